--- What the driver of any event loop must do, over real sockets.
--
--     require("spec.support.hosted")(host)
--
-- `host`: `name`; `driver`; `start(f)`: runs f in a coroutine of the loop; `loop()`: until nothing
-- is left to do; `every(seconds, f)` -> function that ends it.

local busted = require "busted"
local stripe = require "stripe"
local wire_support = require "spec.support.wire"

-- What spec files have as globals.
local assert, describe, it = busted.assert, busted.describe, busted.it
local setup, teardown = busted.setup, busted.teardown

local path = wire_support.path

local function manners(host)
  local driver, wire, client = host.driver, nil, nil

  setup(function()
    wire = wire_support.start()
    client = wire:client { driver = driver, max_connections = 0 }
  end)
  teardown(function() wire:stop() stripe.close() end)

  -- Runs f on the loop, until the loop has nothing left to do.
  local function run(f)
    local result
    host.start(function() result = { driver.await(driver.spawn(f)) } end)
    host.loop()
    assert.is_table(result, "the loop ended before its task")
    if not result[1] then error(result[2], 0) end
    return result[2]
  end

  local function call(act, last)
    local asked = path(act, last)
    return function() return client:request("GET", asked) end
  end

  local function times(n, f)
    local list = {}
    for i = 1, n do list[i] = f end
    return list
  end

  -- Waits until the server has read so many requests for a path.
  local function until_asked(asked, n)
    wire:until_asked(asked, n, driver.sleep)
  end

  describe("calls", function()
    it("are in flight together, a hundred of them, while a timer ticks on", function()
      local ticks, ended = 0, 0
      local asked, stop = path("together", 101), nil
      local function ask()
        if client:request("GET", asked) then ended = ended + 1 end
        if ended == 101 then stop() end
      end
      stop = host.every(0.01, function()
        ticks = ticks + 1
        if ticks == 10 then host.start(ask) end -- the one that the others wait for
      end)
      for _ = 1, 100 do host.start(ask) end
      host.loop()
      assert.equal(101, ended)
      assert.equal(101, wire:requests(asked))
    end)

    it("are in flight together in gather, and as many as it is told", function()
      local results, errors
      run(function()
        results, errors = stripe.gather(times(64, call("together", 64)),
          { concurrency = 64, driver = driver })
      end)
      assert.is_nil(errors)
      assert.equal(64, #results)
    end)

    it("of clients without a driver wait by that of their task", function()
      local plain = wire:client { max_connections = 0 }
      local asked = path("together", 8)
      local results = run(function()
        return (stripe.gather(times(8, function() return plain:request("GET", asked) end),
          { driver = driver }))
      end)
      assert.equal(8, #results)
    end)

    it("follow each other on one connection", function()
      local before = wire:connections()
      run(function() for _ = 1, 20 do assert(call("ok")()) end end)
      assert.is_true(wire:connections() - before <= 1)
    end)

    it("fail each by itself", function()
      local results, errors
      run(function()
        results, errors = stripe.gather({ call "ok", call "reset", call "short", call "ok" },
          { driver = driver })
      end)
      assert.equal("climorder_1", results[1].id)
      assert.equal("reset", errors[2].code)
      assert.equal("reset", errors[3].code)
      assert.equal("climorder_1", results[4].id)
    end)

    it("end at their deadline", function()
      local _, err = nil, nil
      run(function()
        _, err = client:request("GET", path "never", nil, { deadline = 0.1 })
      end)
      assert.equal("deadline", err.code)
    end)

    it("bring a body in pieces, to a sink that waits, too", function()
      local count = 0
      run(function()
        assert(client.files:contents("bytes_3000003", function(bytes)
          count = count + #bytes
          driver.sleep(0.001)
        end))
      end)
      assert.equal(3000003, count)
    end)
  end)

  describe("a task", function()
    it("runs at once, until it first waits", function()
      local log = {}
      run(function()
        local task = driver.spawn(function()
          log[#log + 1] = "in"
          driver.sleep(0.001)
          log[#log + 1] = "later"
        end)
        log[#log + 1] = "out"
        driver.await(task)
      end)
      assert.same({ "in", "out", "later" }, log)
    end)

    it("gives what it returned, nils included, as often as it is asked", function()
      run(function()
        local task = driver.spawn(function() driver.sleep(0.001) return nil, "b", nil end)
        assert.equal(4, select("#", driver.await(task)))
        local ok, a, b = driver.await(task)
        assert.is_true(ok)
        assert.is_nil(a)
        assert.equal("b", b)
      end)
    end)

    it("gives what it threw, sooner or later, with its traceback", function()
      run(function()
        for _, seconds in ipairs { 0, 0.001 } do
          local thrown = {}
          local ok, value, trace = driver.await(driver.spawn(function()
            driver.sleep(seconds)
            error(thrown)
          end))
          assert.is_false(ok)
          assert.equal(thrown, value)
          assert.matches("hosted.lua", trace)
        end
      end)
    end)

    it("is awaited by several others", function()
      local seen = {}
      run(function()
        local one = driver.spawn(function() driver.sleep(0.005) return "one" end)
        local function follow()
          local _, value = driver.await(one)
          seen[#seen + 1] = value
        end
        local two, three = driver.spawn(follow), driver.spawn(follow)
        driver.await(two)
        driver.await(three)
      end)
      assert.same({ "one", "one" }, seen)
    end)

    it("sleeps beside the others, its time at least", function()
      local order = {}
      run(function()
        local before = driver.now()
        local function sleeper(name, seconds)
          return driver.spawn(function()
            driver.sleep(seconds)
            assert(driver.now() - before >= seconds)
            order[#order + 1] = name
          end)
        end
        local slow, quick = sleeper("slow", 0.3), sleeper("quick", 0.02)
        assert.is_true(driver.await(slow))
        assert.is_true(driver.await(quick))
      end)
      assert.same({ "quick", "slow" }, order)
    end)
  end)

  describe("a canceller", function()
    it("wakes a sleep, and lets none begin", function()
      local canceller = stripe.canceller()
      local before = driver.now()
      run(function()
        driver.spawn(function() driver.sleep(0.01) canceller:cancel() end)
        driver.sleep(60, canceller)
        driver.sleep(60, canceller)
      end)
      assert.is_true(driver.now() - before < 30)
    end)

    it("ends a call that waits for its answer, its key kept for another try", function()
      local canceller, err = stripe.canceller(), nil
      local asked = path "never"
      run(function()
        driver.spawn(function()
          until_asked(asked, 1)
          canceller:cancel("changed my mind")
        end)
        local _
        _, err = client:request("POST", asked, nil, { cancel = canceller })
      end)
      assert.equal("canceled", err.code)
      assert.equal("maybe", err.sent)
      assert.is_string(err.idempotency_key)
    end)

    if require "stripe.driver.through_pcall" then
      it("ends a call that waits for its limiter", function()
        local canceller, err = stripe.canceller(), nil
        local before = driver.now()
        local limited = client:with { limiter = { acquire = function(_, _, _, _, given)
          driver.sleep(60, given)
          return true
        end } }
        run(function()
          driver.spawn(function() driver.sleep(0.01) canceller:cancel() end)
          local _
          _, err = limited:request("GET", path "never", nil, { cancel = canceller })
        end)
        assert.equal("canceled", err.code)
        assert.equal("no", err.sent)
        assert.is_true(driver.now() - before < 30)
      end)
    end

    it("ends a call from a callback of the loop", function()
      local canceller, err = stripe.canceller(), nil
      local stop
      stop = host.every(0.02, function()
        canceller:cancel()
        stop()
      end)
      run(function()
        local _
        _, err = client:request("GET", path "never", nil, { cancel = canceller })
      end)
      assert.equal("canceled", err.code)
    end)
  end)

  describe("pages", function()
    it("come before they are asked for", function()
      local asked, items = path("pages", 3), {}
      run(function()
        local step = assert(client:request("GET", asked)):each { prefetch = true }
        local item = step()
        until_asked(asked, 2)
        while item do
          items[#items + 1] = item.id
          item = step()
        end
      end)
      assert.equal("item_1 item_2 item_3 item_4 item_5 item_6", table.concat(items, " "))
      assert.equal(3, wire:requests(asked))
    end)

    it("come in a for loop, on every Lua", function()
      local last
      run(function()
        for item, err in assert(client:request("GET", path("pages", 3))):each {
          prefetch = true,
        } do
          assert(not err)
          last = item.id
          driver.sleep(0.001)
        end
      end)
      assert.equal("item_6", last)
    end)

    it("may be left alone while the next one is on its way", function()
      local asked = path("pages", 3)
      run(function()
        assert(assert(client:request("GET", asked)):each { prefetch = true }())
      end)
      assert(run(call "ok"))
      asked = path("one_page", 3)
      run(function()
        assert(assert(client:request("GET", asked)):each { prefetch = true }())
        until_asked(asked, 2)
        stripe.close()
      end)
    end)
  end)

  describe("stripe.close", function()
    it("ends the calls in flight, and the next one opens the engine again", function()
      local asked, errors = path "never", nil
      run(function()
        driver.spawn(function()
          until_asked(asked, 10)
          stripe.close()
        end)
        local _
        _, errors = stripe.gather(times(10, function() return client:request("GET", asked) end),
          { driver = driver })
        assert(client:request("GET", path "ok"))
      end)
      for i = 1, 10 do assert.equal("canceled", errors[i].code) end
      assert(run(call "ok"))
    end)

    it("may come between two calls, a descriptor taken by another", function()
      run(function()
        for _ = 1, 3 do
          assert(client:request("GET", path "ok"))
          stripe.close()
          local other = assert(io.open "/dev/null")
          assert(client:request("GET", path "ok"))
          other:close()
        end
      end)
    end)
  end)

  describe("where nothing can yield", function()
    local function in_place(f)
      local result
      local _ = ("x"):gsub("x", function() result = f() end)
      return result
    end

    it("a call waits in place", function()
      assert.equal("climorder_1", run(function() return in_place(call "slow") end).id)
    end)

    it("calls are in flight together all the same", function()
      local results = run(function()
        return in_place(function()
          return (stripe.gather(times(8, call("together", 8)), { driver = driver }))
        end)
      end)
      assert.equal(8, #results)
    end)

    it("what others wait for comes meanwhile, and they go on after", function()
      local order = {}
      run(function()
        local other = driver.spawn(function()
          assert(call "slow"())
          order[#order + 1] = "other"
        end)
        in_place(call "slow")
        in_place(call "slow")
        order[#order + 1] = "in place"
        assert(driver.await(other))
      end)
      assert.same({ "in place", "other" }, order)
    end)
  end)

  describe("beside the blocking driver", function()
    local blocking

    setup(function() blocking = wire:client { driver = "blocking", max_connections = 0 } end)

    it("each gets its answers, whoever steps the engine", function()
      local first, second
      run(function()
        local task = driver.spawn(call "slow")
        first = blocking:request("GET", path "slow")
        local _
        _, second = driver.await(task)
      end)
      assert.equal("climorder_1", first.id)
      assert.equal("climorder_1", second.id)
    end)

    it("a call goes on while its loop does not run", function()
      local answer
      host.start(function() answer = call "slow"() end)
      assert(blocking:request("GET", path "slow"))
      host.loop()
      assert.equal("climorder_1", answer.id)
    end)

    it("their calls are in flight together", function()
      local asked, results = path("together", 8), {}
      for i = 1, 4 do
        host.start(function() results[i] = client:request("GET", asked) end)
      end
      host.start(function()
        until_asked(asked, 4)
        local list = stripe.gather(times(4, function() return blocking:request("GET", asked) end),
          { driver = "blocking" })
        for i = 1, 4 do results[4 + i] = list[i] end
      end)
      host.loop()
      assert.equal(8, #results)
    end)
  end)

  it("a Lua state dies quietly with calls in flight", function()
    local script = wire:write("exit.lua", [[
      local stripe = require "stripe"
      local client = stripe.new { api_key = "sk_test_1", base_url = arg[1], driver = arg[2] }
      local function ask() client:request("POST", "/v1/1/never/x") end
      local function list()
        client:request("GET", "/v1/1/one_page/3"):each { prefetch = true }()
      end
      if arg[2] == "luv" then
        for _ = 1, 10 do coroutine.wrap(ask)() end
        coroutine.wrap(list)()
        for _ = 1, 20 do require("luv").run("nowait") end
      else
        local controller = require("cqueues").new()
        for _ = 1, 10 do controller:wrap(ask) end
        controller:wrap(list)
        assert(controller:loop(0.05))
      end
    ]])
    local ok, output = wire_support.run(script, wire:url() .. " " .. host.name)
    assert.equal("", output)
    assert.is_true(ok)
  end)
end

return manners
