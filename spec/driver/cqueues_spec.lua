local found, cqueues = pcall(require, "cqueues")
if not found then
  describe("The cqueues driver", function() pending "needs lua-cqueues for this Lua" end)
  return
end

local Blocking = require "stripe.driver.blocking"
local Driver = require "stripe.driver"
local driver = require "stripe.driver.cqueues"
local manners = require "spec.support.hosted"
local stripe = require "stripe"
local wire_support = require "spec.support.wire"

local path = wire_support.path

describe("The cqueues driver", function()
  local controller

  before_each(function() controller = cqueues.new() end)

  manners {
    name = "cqueues", driver = driver,
    start = function(f) controller:wrap(f) end,
    loop = function()
      assert(controller:loop(20))
      assert(controller:empty(), "something never ends")
    end,
    every = function(seconds, f)
      local ended = false
      controller:wrap(function()
        while not ended do
          cqueues.sleep(seconds)
          f()
        end
      end)
      return function() ended = true end
    end,
  }

  describe("by itself", function()
    local wire, client

    setup(function()
      wire = wire_support.start()
      client = wire:client { max_connections = 0 }
    end)
    teardown(function() wire:stop() stripe.close() end)

    local function ask(asked) return function() return client:request("GET", asked) end end

    it("is chosen under a running controller, and only there", function()
      assert.equal(Blocking, Driver.current())
      controller:wrap(function() assert(Driver.current() == driver) end)
      assert(controller:loop())
      assert.equal(Blocking, Driver.current())
    end)

    it("lets calls of coroutines of the program be in flight together", function()
      local asked, ended = path("together", 8), 0
      for _ = 1, 8 do
        controller:wrap(function()
          assert(client:request("GET", asked))
          ended = ended + 1
        end)
      end
      assert(controller:loop(20))
      assert.equal(8, ended)
    end)

    it("serves several controllers, side by side and one in another", function()
      local other, asked, ended = cqueues.new(), path("together", 2), 0
      local function call()
        assert(client:request("GET", asked))
        ended = ended + 1
      end
      controller:wrap(call)
      other:wrap(call)
      controller:wrap(function() assert(other:loop(20)) end)
      assert(controller:loop(20))
      assert.equal(2, ended)
    end)

    it("serves a controller that runs inside a task of the blocking driver", function()
      stripe.close()
      assert(client:request("GET", path "ok"))
      local ended = 0
      local function call()
        assert(client:request("GET", path "ok"))
        local canceller = stripe.canceller()
        controller:wrap(function() cqueues.sleep(0.02) canceller:cancel() end)
        local _, err = client:request("GET", path "never", nil, { cancel = canceller })
        assert(err.code == "canceled")
        ended = ended + 1
      end
      stripe.gather {
        function()
          Blocking.sleep(0.001)
          controller:wrap(call)
          controller:wrap(call)
          assert(controller:loop(3))
        end,
        function() Blocking.sleep(0.001) return ask(path "ok")() end,
      }
      assert.equal(2, ended)
    end)

    it("lets tasks wait for whatever cqueues waits for", function()
      local condition, log = require("cqueues.condition").new(), {}
      controller:wrap(function()
        local results = stripe.gather {
          function() condition:wait() log[#log + 1] = "woken" return 1 end,
          function() cqueues.sleep(0.01) condition:signal() return 2 end,
        }
        assert(#results == 2)
      end)
      assert(controller:loop(20))
      assert.same({ "woken" }, log)
    end)

    it("waits in place in a coroutine that somebody else resumes", function()
      local items = {}
      controller:wrap(function()
        local generator = coroutine.wrap(function()
          coroutine.yield(ask(path "ok")().id)
          coroutine.yield(ask(path "ok")().id)
        end)
        items[1], items[2] = generator(), generator()
      end)
      assert(controller:loop(20))
      assert.same({ "climorder_1", "climorder_1" }, items)
    end)

    it("waits in place in a pcall, where Lua can't yield from there", function()
      local ok, object
      controller:wrap(function() ok, object = pcall(ask(path "slow")) end)
      assert(controller:loop(20))
      assert.is_true(ok)
      assert.equal("climorder_1", object.id)
    end)

    it("works by name where no controller runs: it waits in place", function()
      local named = wire:client { driver = "cqueues" }
      assert(named:request("GET", path "ok"))
      local results = stripe.gather({ ask(path "ok"), ask(path "ok") }, { driver = "cqueues" })
      assert.equal(2, #results)
    end)

    it("forgets a controller that is dropped with calls in flight", function()
      for _ = 1, 5 do
        local dropped = cqueues.new()
        for _ = 1, 4 do dropped:wrap(ask(path "slow")) end
        assert(dropped:step(0))
        dropped:close()
      end
      collectgarbage()
      collectgarbage()
      assert(client:request("GET", path "slow"))
      controller:wrap(ask(path "slow"))
      assert(controller:loop(20))
    end)
  end)
end)
