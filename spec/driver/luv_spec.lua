local found, uv = pcall(require, "luv")
if not found then
  describe("The luv driver", function() pending "needs lua-luv for this Lua" end)
  return
end

local Blocking = require "stripe.driver.blocking"
local Driver = require "stripe.driver"
local driver = require "stripe.driver.luv"
local manners = require "spec.support.hosted"
local stripe = require "stripe"
local wire_support = require "spec.support.wire"

local path = wire_support.path

describe("The luv driver", function()
  -- Runs the loop until nothing is left to do, which must come to be.
  local function loop()
    local late, watchdog = false, uv.new_timer()
    uv.update_time()
    watchdog:start(20000, 0, function()
      late = true
      uv.stop()
    end)
    watchdog:unref()
    uv.run()
    watchdog:close()
    uv.run()
    assert.is_false(late, "something never ends")
  end

  local function every(seconds, f)
    local timer = uv.new_timer()
    timer:start(seconds * 1000, seconds * 1000, f)
    return function() timer:close() end
  end

  manners {
    name = "luv", driver = driver, loop = loop, every = every,
    start = function(f) coroutine.wrap(f)() end,
  }

  describe("by itself", function()
    local wire, client

    setup(function()
      wire = wire_support.start()
      client = wire:client { driver = "luv", max_connections = 0 }
    end)
    teardown(function() wire:stop() stripe.close() end)

    local function times(n, f)
      local list = {}
      for i = 1, n do list[i] = f end
      return list
    end

    it("is chosen by name alone", function()
      assert.equal(driver, Driver.choose("luv"))
      coroutine.wrap(function() assert(Driver.current() == Blocking) end)()
    end)

    it("runs the loop for the main program, whose other work goes on", function()
      local ticks, asked = 0, path("together", 9)
      local function ask() return client:request("GET", asked) end
      local stop = every(0.01, function()
        ticks = ticks + 1
        if ticks == 8 then coroutine.wrap(ask)() end -- the one that the others wait for
      end)
      local results = stripe.gather(times(8, ask), { driver = "luv" })
      stop()
      assert.equal(8, #results)
      assert(client:request("GET", path "slow"))
      driver.sleep(0.01)
      loop()
    end)

    it("waits in place in a callback of the loop", function()
      local object, results
      local timer = uv.new_timer()
      timer:start(0, 0, function()
        timer:close()
        object = client:request("GET", path "slow")
        local asked = path("together", 4)
        results = stripe.gather(times(4, function()
          driver.sleep(0.001)
          return client:request("GET", asked)
        end), { driver = "luv" })
      end)
      loop()
      assert.equal("climorder_1", object.id)
      assert.equal(4, #results)
    end)

    it("lets tasks wait for other callbacks of the loop", function()
      local results, errors
      coroutine.wrap(function()
        results, errors = stripe.gather({
          function()
            local co, timer = coroutine.running(), uv.new_timer()
            timer:start(5, 0, function()
              timer:close()
              assert(coroutine.resume(co, "called back"))
            end)
            return coroutine.yield()
          end,
          function() error("thrown") end,
        }, { driver = "luv" })
      end)()
      loop()
      assert.equal("called back", results[1])
      assert.equal("lua_error", errors[2].type)
    end)

    it("tells a coroutine's own error to the program, and the others go on", function()
      local script = wire:write("throws.lua", [[
        local uv = require "luv"
        local client = require("stripe").new {
          api_key = "sk_test_1", base_url = arg[1], driver = "luv",
        }
        coroutine.wrap(function()
          client:request("GET", "/v1/1/ok/x")
          error("my own mistake")
        end)()
        uv.run()
      ]])
      local ok, output = wire_support.run(script, wire:url())
      assert.is_false(ok)
      assert.matches("my own mistake", output, 1, true)
    end)

    it("wants the main program to load luv, which takes any coroutine for that", function()
      local script = wire:write("loads.lua", [[
        coroutine.wrap(function()
          require("stripe").new { api_key = "sk_test_1", base_url = arg[1], driver = "luv" }
        end)()
      ]])
      local ok, output = wire_support.run(script, wire:url())
      assert.is_false(ok)
      assert.matches('require "luv" in the main program first', output, 1, true)
    end)

    it("says so when nothing is left to wait for", function()
      local task = driver.spawn(function() coroutine.yield() end)
      assert.has_error(function() driver.await(task) end, "every task waits for another one")
    end)
  end)
end)
