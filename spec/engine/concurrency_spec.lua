local core = require "stripe.core"
local driver = require "stripe.driver.blocking"
local memory = require "spec.support.memory"
local stripe = require "stripe"
local wire_support = require "spec.support.wire"

local path = wire_support.path
local unpack = table.unpack or unpack -- luacheck: ignore 113 143

describe("Many calls at once", function()
  local wire, client

  setup(function()
    wire = wire_support.start()
    client = wire:client()
  end)
  teardown(function() wire:stop() stripe.close() end)

  local function calls(n, act)
    local list = {}
    for i = 1, n do list[i] = function() return client:request("GET", path(act)) end end
    return list
  end

  it("are all in flight together", function()
    local asked, list = path("together", 64), {} -- none is answered before all have come
    for i = 1, 64 do list[i] = function() return client:request("GET", asked) end end
    local results, errors = stripe.gather(list, { concurrency = 64 })
    assert.is_nil(errors)
    assert.equal(64, #results)
  end)

  it("more than there may be connections wait their turn", function()
    local results, errors = stripe.gather(calls(150, "ok"), { concurrency = 150 })
    assert.is_nil(errors)
    assert.equal(150, #results)
  end)

  it("let a timer tick meanwhile", function()
    local canceller, list = stripe.canceller(), {}
    driver.spawn(function()
      for _ = 1, 20 do driver.sleep(0.01) end
      canceller:cancel()
    end)
    for i = 1, 10 do
      list[i] = function()
        return client:request("GET", path "never", nil, { cancel = canceller })
      end
    end
    local _, errors = stripe.gather(list)
    for i = 1, 10 do assert.equal("canceled", errors[i].code) end -- and no timeout of 10 s
  end)

  it("are not starved by tasks that never rest", function()
    local done = false
    driver.spawn(function() while not done do driver.sleep(0) end end)
    assert(client:request("GET", path "ok"))
    done = true
  end)

  it("fail each by itself", function()
    local results, errors = stripe.gather {
      calls(1, "ok")[1], calls(1, "reset")[1], calls(1, "short")[1], calls(1, "ok")[1],
    }
    assert.equal("climorder_1", results[1].id)
    assert.equal("reset", errors[2].code)
    assert.equal("reset", errors[3].code)
    assert.equal("climorder_1", results[4].id)
  end)

  it("run under a pcall and inside iterators, on every Lua", function()
    local results = stripe.gather {
      function() return select(2, pcall(calls(1, "slow")[1])) end,
      function()
        local last
        for object in function()
          local object = not last and client:request("GET", path "slow")
          return object or nil
        end do last = object end
        return last
      end,
    }
    assert.equal("climorder_1", results[1].id)
    assert.equal("climorder_1", results[2].id)
  end)

  it("start when they are started, not when somebody waits", function()
    local asked = path "ok"
    assert(client:request("GET", path "ok"))
    local task = driver.spawn(function() return client:request("GET", asked) end)
    wire:until_asked(asked, 1) -- no step of the engine in here
    driver.await(task)
  end)

  it("start when they are started, too, after all tasks have waited for another one", function()
    local asked, first = path "ok", driver.spawn(function() driver.sleep(0.01) end)
    local a, b
    a = driver.spawn(function() driver.await(first) driver.await(b) end)
    b = driver.spawn(function() driver.await(first) driver.await(a) end)
    assert.has_error(function() driver.await(a) end)
    local task = driver.spawn(function() return client:request("GET", asked) end)
    for _ = 1, 100 do
      core.sleep(0.01) -- no step of the engine in here
      if wire:requests(asked) == 1 then break end
    end
    assert.equal(1, wire:requests(asked))
    driver.await(task)
  end)

  -- Has functions run in one turn, as tasks that wait for the same.
  local function in_one_turn(...)
    local first = driver.spawn(function() driver.sleep(0.01) end)
    local functions = { ... }
    for i, f in ipairs(functions) do
      functions[i] = function() driver.await(first) return f() end
    end
    return stripe.gather(functions)
  end

  it("go out together when tasks start them in one turn", function()
    local asked, before = path "ok", nil
    local results, errors = in_one_turn(
      function() return client:request("GET", asked) end,
      function()
        core.sleep(0.1)
        before = wire:requests(asked)
        return client:request("GET", asked)
      end)
    assert.is_nil(errors)
    assert.equal(2, #results)
    assert.equal(0, before)
    assert.equal(2, wire:requests(asked))
  end)

  it("don't wait for a turn that takes long", function()
    local asked, before = path "ok", nil
    in_one_turn(
      function() return client:request("GET", asked) end,
      function() core.sleep(0.05) return client:request("GET", asked) end,
      function()
        for _ = 1, 500 do
          core.sleep(0.01) -- no step of the engine in here
          before = wire:requests(asked)
          if before == 2 then break end
        end
        return true
      end)
    assert.equal(2, before)
  end)

  it("don't go out when they are canceled in the turn that starts them", function()
    local asked, canceller = path "ok", stripe.canceller()
    local _, errors = in_one_turn(
      function() return client:request("GET", asked, nil, { cancel = canceller }) end,
      function() canceller:cancel "enough" return true end)
    assert.equal("canceled", errors[1].code)
    assert.equal(0, wire:requests(asked))
  end)

  it("keep their deadline when they wait for the end of a turn", function()
    local asked = path "ok"
    local function compute() core.sleep(0.25) return true end
    local function ask(...)
      local rest = { ... }
      return function() return client:request(unpack(rest, 1, 4)) end
    end
    local late = select(2, in_one_turn(ask("POST", asked, nil, { deadline = 0.1 }), compute))[1]
    assert.equal("deadline", late.code)
    assert.equal("no", late.sent)
    assert.equal(0, wire:requests(asked))
    late = select(2, in_one_turn(ask("GET", path "never", nil, { deadline = 0.3 }), compute))[1]
    assert.equal("deadline", late.code)
    assert.is_true(late.attempts[1].duration < 0.2)
    assert(in_one_turn(ask("GET", path "slow", nil, { timeout = 0.2 }), compute)[1])
  end)

  it("don't go out when the Lua state ends in the turn that starts them", function()
    local asked = path "ok"
    local script = wire:write("turn.lua", [[
      local stripe = require "stripe"
      local driver = require "stripe.driver.blocking"
      local client = stripe.new { api_key = "sk_test_1", base_url = arg[1], max_retries = 0 }
      client:request("GET", "/v1/0/ok/x")
      local first = driver.spawn(function() driver.sleep(0.01) end)
      driver.spawn(function() driver.await(first) client:request("POST", arg[2]) end)
      driver.spawn(function() driver.await(first) os.exit(0, true) end)
      driver.sleep(1)
      print "it did not end"
    ]])
    local ok, output = wire_support.run(script, wire:url() .. " " .. asked)
    assert.equal("", output)
    assert.is_true(ok)
    assert.equal(0, wire:requests(asked))
  end)

  it("take no more memory and no more descriptors after 10,000 of them", function()
    local asked = path "ok"
    local function get() return client:request("GET", asked) ~= nil end
    local function thousands(n)
      for _ = 1, n do
        local list = {}
        for i = 1, 500 do list[i] = get end
        assert.is_nil((select(2, stripe.gather(list, { concurrency = 16 }))))
        for _ = 1, 500 do assert(get()) end
        collectgarbage() collectgarbage() -- or the most garbage that there ever was is measured
      end
      return memory.descriptors(), memory.resident()
    end
    local all = path("together", 16) -- every connection that there may be
    local function meet() return client:request("GET", all) ~= nil end
    local list = {}
    for i = 1, 16 do list[i] = meet end
    assert.is_nil((select(2, stripe.gather(list))))
    -- After some, what is kept for the next ones has its size.
    local descriptors_before, resident_before = thousands(3)
    local descriptors_after, resident_after = thousands(10)
    assert.is_true(wire:requests(asked) > 10000)
    assert.is_true(descriptors_after <= descriptors_before)
    local more = resident_after - resident_before
    assert.is_true(more < 512 * 1024, ("%d bytes more"):format(more))
  end)
end)
