--- The blocking driver over real sockets.

local core = require "stripe.core"
local driver = require "stripe.driver.blocking"
local stripe = require "stripe"
local wire_support = require "spec.support.wire"

local path = wire_support.path

describe("The blocking driver, over the wire", function()
  local wire, client

  setup(function()
    wire = wire_support.start()
    client = wire:client()
  end)
  teardown(function() wire:stop() stripe.close() end)

  local function times(n, asked, options)
    local list = {}
    for i = 1, n do
      list[i] = function() return client:request("GET", asked, nil, options) end
    end
    return list
  end

  local function until_asked(asked, n)
    wire:until_asked(asked, n, driver.sleep)
  end

  it("has 64 calls of gather in flight at once: the server answers none before it has all",
    function()
      local asked = path("together", 64)
      local results, errors = stripe.gather(times(64, asked), { concurrency = 64 })
      assert.is_nil(errors)
      assert.equal(64, #results)
      assert.equal(64, wire:requests(asked))
    end)

  it("has no more in flight than gather is told", function()
    local asked = path("together", 5)
    local results, errors = stripe.gather(times(4, asked, { timeout = 0.2 }), { concurrency = 4 })
    assert.equal(0, #results)
    for i = 1, 4 do assert.equal("timeout", errors[i].code) end
  end)

  it("fetches the next page while one is worked on", function()
    local asked, items = path("pages", 4), {}
    for item, err in assert(client:request("GET", asked)):each { prefetch = true } do
      assert.is_nil(err)
      items[#items + 1] = item.id
      if #items == 1 then until_asked(asked, 2) end
    end
    assert.equal("item_1 item_2 item_3 item_4 item_5 item_6 item_7 item_8",
      table.concat(items, " "))
    assert.equal(4, wire:requests(asked))
  end)

  it("fetches it at once in a task, too, when no other one is to run", function()
    local asked, before = path("pages", 2), nil
    local ok, thrown = driver.await(driver.spawn(function()
      local page = assert(client:request("GET", asked))
      driver.sleep(0.001) -- the answer may have come without a wait
      assert(page:each { prefetch = true }())
      for _ = 1, 100 do
        core.sleep(0.01) -- no step of the engine in here
        before = wire:requests(asked)
        if before == 2 then break end
      end
      driver.sleep(0.05)
    end))
    assert.is_true(ok, thrown)
    assert.equal(2, before)
  end)

  it("fetches no page ahead that nobody will want", function()
    local asked = path("pages", 4)
    local items = assert(client:request("GET", asked)):collect { prefetch = true, max_items = 2 }
    assert.equal(2, #items)
    driver.sleep(0.02)
    assert.equal(1, wire:requests(asked))
  end)

  it("leaves a fetch alone that nobody waits for", function()
    local asked = path("one_page", 2)
    assert(assert(client:request("GET", asked)):each { prefetch = true }())
    until_asked(asked, 2)
    collectgarbage()
    collectgarbage()
    assert(client:request("GET", path "ok"))
    stripe.close()
    assert(client:request("GET", path "ok"))
  end)
end)
