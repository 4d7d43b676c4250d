--- The engine in a thread of its own, as in nginx, here under plain Lua and the blocking driver.

local lfs = require "lfs"

local core = require "stripe.core"
local driver = require "stripe.driver.blocking"
local engine = require "stripe.engine"
local memory = require "spec.support.memory"
local stripe = require "stripe"
local transport = require "stripe.transport.engine"
local wire_support = require "spec.support.wire"

local path = wire_support.path

describe("The engine in a thread of its own", function()
  local wire, client, open

  setup(function()
    wire = wire_support.start()
    stripe.close()
    open = transport.open
    transport.open = engine.open_threaded
    client = wire:client()
  end)
  teardown(function()
    stripe.close()
    transport.open = open
    wire:stop()
  end)

  -- What the kernel says of a thread: its name, and the numbers after that, from its parent's.
  local function status_of(thread)
    local file = io.open("/proc/self/task/" .. thread .. "/stat")
    if not file then return nil end
    local text = file:read "*a"
    file:close()
    if not text then return nil end -- it has ended since
    local name, rest = text:match "%((.*)%) %a (.*)"
    local numbers = {}
    for number in rest:gmatch "%S+" do numbers[#numbers + 1] = tonumber(number) end
    return { name = name, policy = numbers[38] }
  end

  local function threads()
    local list = {}
    for thread in lfs.dir "/proc/self/task" do
      local status = status_of(thread)
      if status and status.name == "stripe" then list[#list + 1] = status end
    end
    return list
  end

  local function times(n, f)
    local list = {}
    for i = 1, n do list[i] = f end
    return list
  end

  -- To be preloaded: the thread learns of everything 50 ms late.
  local function slow_thread()
    return wire_support.compile(wire, "slow", [[
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <sys/epoll.h>
      #include <unistd.h>
      int epoll_wait(int fd, struct epoll_event *events, int most, int ms)
      {
          static int (*wait)(int, struct epoll_event *, int, int);
          if (!wait)
              wait = (int (*)(int, struct epoll_event *, int, int))dlsym(RTLD_NEXT, "epoll_wait");
          int n = wait(fd, events, most, ms);
          if (ms == 0) usleep(50000);
          return n;
      }
    ]])
  end

  -- The kernel shows a thread that was waited for until it has tidied up after it.
  local function until_gone()
    local latest = core.now() + 20
    while #threads() > 0 and core.now() < latest do core.sleep(0.001) end
    assert.equal(0, #threads())
  end

  it("is there from the first call to stripe.close", function()
    stripe.close()
    until_gone()
    assert(client:request("GET", path "ok"))
    assert(client:request("GET", path "ok"))
    assert.equal(1, #threads())
    stripe.close()
    until_gone()
    assert(client:request("GET", path "ok"))
    assert.equal(1, #threads())
  end)

  it("does not interrupt the event loop", function()
    assert(client:request("GET", path "ok"))
    assert.equal(3, threads()[1].policy) -- SCHED_BATCH
  end)

  it("has as many calls in flight as the process may have descriptors for", function()
    local asked = path("together", 150)
    local results, errors = stripe.gather(times(150, function()
      return client:request("GET", asked)
    end), { concurrency = 150 })
    assert.is_nil(errors)
    assert.equal(150, #results)
  end)

  it("reuses the connections of a busy host", function()
    local before = wire:connections()
    for _ = 1, 5 do
      local asked = path("together", 100)
      stripe.gather(times(100, function() return client:request("GET", asked) end),
        { concurrency = 100 })
    end
    assert.is_true(wire:connections() - before <= 100)
  end)

  it("fails calls each by itself", function()
    local _, errors = stripe.gather {
      function() return client:request("GET", path "reset") end,
      function() return client:request("GET", path "short") end,
      function() return client:request("GET", path "status/402") end,
      function() return client:request("GET", path "ok") end,
    }
    assert.equal("reset", errors[1].code)
    assert.equal("yes", errors[2].sent)
    assert.equal(402, errors[3].status)
    assert.is_nil(errors[4])
  end)

  it("ends calls by deadline and by canceller, whatever they are doing", function()
    local canceller, asked, taken, over = stripe.canceller(), path "never", false, false
    local _, errors = stripe.gather({
      function() return client:request("GET", path "never", nil, { deadline = 0.1 }) end,
      function() return client:request("POST", asked, nil, { cancel = canceller }) end,
      function()
        return client.files:contents("bytes_3000003", function()
          taken = true
          while not over do driver.sleep(0.01) end
        end, { cancel = canceller })
      end,
      function()
        wire:until_asked(asked, 1, driver.sleep)
        while not taken do driver.sleep(0.01) end
        canceller:cancel()
        over = true
      end,
    })
    assert.equal("deadline", errors[1].code)
    assert.equal("canceled", errors[2].code)
    assert.equal("maybe", errors[2].sent)
    assert.equal("canceled", errors[3].code)
  end)

  it("keeps the first of the reasons why a call was to end", function()
    for i = 1, 100 do
      local canceller = stripe.canceller()
      local task = driver.spawn(function()
        return client:request("GET", path "never", nil, { cancel = canceller })
      end)
      canceller:cancel "the first reason"
      local until_ = core.now() + i % 10 * 1e-5
      while core.now() < until_ do end -- luacheck: ignore 542
      stripe.close()
      local ok, _, err = driver.await(task)
      assert.is_true(ok)
      assert.equal("the first reason", err.message)
    end
  end)

  it("may be told to cancel what ends at that moment", function()
    for i = 1, 200 do
      local canceller = stripe.canceller()
      local task = driver.spawn(function()
        return client:request("GET", path "ok", nil, { cancel = canceller })
      end)
      if i % 3 == 0 then driver.sleep(0.0005) end
      canceller:cancel()
      local ok, object, err = driver.await(task)
      assert.is_true(ok)
      assert(object or err.code == "canceled")
    end
    assert(client:request("GET", path "ok"))
  end)

  it("hands a body over in pieces, and pauses until they are taken", function()
    local count = 0
    assert(client.files:contents("bytes_3000003", function(bytes)
      count = count + #bytes
      driver.sleep(0)
    end))
    assert.equal(3000003, count)
  end)

  it("tells how far bodies are", function()
    local done, total
    assert(client.files:create({
      purpose = "identity_document", file = { data = ("x"):rep(200000), filename = "x.png" },
    }, { progress = function(a, b) done, total = a, b end }))
    assert.is_true(done >= 200000)
    assert.equal(total, done)
  end)

  it("aborts a call whose progress function throws, also when its answer has just come", function()
    if memory.watched then return pending "what watches memory is preloaded itself" end
    local script = wire:write("throws.lua", [[
      local core = require "stripe.core"
      require("stripe.transport.engine").open = require("stripe.engine").open_threaded
      local client = require("stripe").new {
        api_key = "sk_test_1", base_url = arg[1], max_retries = 0,
      }
      local calls = 0
      local file, err = client.files:create({
        purpose = "identity_document", file = { data = "x", filename = "x.png" },
      }, { progress = function()
        calls = calls + 1
        core.sleep(0.02)
        error "enough"
      end })
      print(file, err and err.code, calls)
    ]])
    local _, output = wire_support.run(script, wire:url(), "LD_PRELOAD=" .. slow_thread())
    assert.equal("nil\taborted\t1\n", output)
  end)

  it("ends what is under way when it is closed", function()
    local asked = path "never"
    local tasks = {}
    for i = 1, 10 do
      tasks[i] = driver.spawn(function() return client:request("POST", asked) end)
    end
    driver.sleep(0.05)
    stripe.close()
    for i = 1, 10 do
      local _, _, err = driver.await(tasks[i])
      assert.equal("canceled", err.code)
    end
  end)

  it("takes no more memory and no more descriptors the more calls there have been", function()
    local asked = path "ok"
    local function many()
      for _ = 1, 500 do assert(client:request("GET", asked)) end
      collectgarbage() collectgarbage()
      return memory.descriptors(), memory.resident()
    end
    many()
    local descriptors_before, resident_before = many()
    many()
    local descriptors_after, resident_after = many()
    assert.is_true(descriptors_after <= descriptors_before)
    assert.is_true(resident_after - resident_before < 512 * 1024)
  end)

  describe("and the end of a program", function()
    local BEGIN = [[
      local driver = require "stripe.driver.blocking"
      local stripe = require "stripe"
      require("stripe.transport.engine").open = require("stripe.engine").open_threaded
      local client = stripe.new {
        api_key = "sk_test_1", base_url = arg[1], ca_file = arg[2], max_retries = 0, timeout = 10,
      }
      assert(client:request("GET", "/v1/ok/x"))
      local tasks = {}
      for i = 1, 20 do
        tasks[i] = driver.spawn(function() return client:request("POST", "/v1/1/never/x") end)
      end
    ]]

    local function ends_well(script, lua)
      local file = wire:write("ends.lua", BEGIN .. script)
      for _, name in ipairs { "plain", "tls" } do
        local ok, output = wire_support.run(file, wire:url(name) .. " " .. wire:file "ca.pem",
          "ASAN_OPTIONS=detect_leaks=0", lua)
        assert.equal("", output)
        assert.is_true(ok)
      end
    end

    it("go well together, with calls in flight", function()
      ends_well "driver.sleep(0.02)"
      ends_well ""
    end)

    it("go well together when the Lua state is not closed", function()
      ends_well "driver.sleep(0.02) os.exit(0)"
    end)

    it("tells of those that changed something, and that nobody awaits", function()
      local file = wire:write("lost.lua", [[
        require("stripe.core").on_lost(function(call)
          print(call:method(), call:idempotency_key())
        end)
      ]] .. BEGIN .. [[
        driver.spawn(function()
          return client:request("POST", "/v1/1/never/y", nil, { idempotency_key = "mine" })
        end)
        driver.spawn(function() return client:request("GET", "/v1/1/never/z") end)
      ]])
      local _, output = wire_support.run(file, wire:url())
      assert.equal(21, select(2, output:gsub("POST\t", "")))
      assert.equal(1, select(2, output:gsub("mine", "")))
      assert.is_nil(output:find "GET")
    end)

    it("leaves nothing of a call to the thread once the call is gone", function()
      if memory.watched then return pending "what watches memory is preloaded itself" end
      local library = slow_thread()
      local script = wire:write("gone.lua", [[
        -- In plain Lua: LuaJIT unloads libraries before it collects for the last time.
        local function sockets()
          local n = 0
          for fd = 3, 63 do
            local _, why = io.open("/proc/self/fd/" .. fd)
            if why and why:find "No such device" then n = n + 1 end
          end
          return n
        end
        local before
        local meta = { __gc = function() print(before, sockets()) end }
        local last = newproxy and newproxy(true) or setmetatable({}, meta)
        getmetatable(last).__gc = meta.__gc
        local driver = require "stripe.driver.blocking"
        local stripe = require "stripe"
        require("stripe.transport.engine").open = require("stripe.engine").open_threaded
        local client = stripe.new { api_key = "sk_test_1", base_url = arg[1], max_retries = 0 }
        assert(client:request("GET", "/v1/ok/x"))
        before = sockets()
        for i = 1, 3 do
          driver.spawn(function() return client:request("GET", "/v1/1/never/x") end)
        end
        driver.sleep(0.3)
      ]])
      local _, output = wire_support.run(script, wire:url(), "LD_PRELOAD=" .. library)
      local before, after = output:match "(%d+)%s+(%d+)"
      assert.equal(before - 1, tonumber(after)) -- they used the one connection that there was
    end)

    it("comes twice after a fork", function()
      if not lfs.attributes "build/luajit/stripe/engine.so" then return pending "not built here" end
      ends_well([[
        local ffi = require "ffi"
        ffi.cdef "int fork(void); int waitpid(int, int *, int);"
        driver.sleep(0.02)
        local pid = ffi.C.fork()
        if pid == 0 then
          for i = 1, 20 do
            local _, _, err = driver.await(tasks[i])
            assert(err.code == "canceled", tostring(err))
          end
          assert(client:request("GET", "/v1/ok/child"))
          os.exit(0, true)
        end
        local status = ffi.new "int[1]"
        ffi.C.waitpid(pid, status, 0)
        assert(status[0] == 0, "the child failed")
        assert(client:request("GET", "/v1/ok/parent"))
      ]], "luajit")
    end)
  end)
end)
