local lfs = require "lfs"

local memory = require "spec.support.memory"
local wire_support = require "spec.support.wire"

local COUNTER = [[
  #define _GNU_SOURCE
  #include <sys/epoll.h>
  #include <sys/syscall.h>
  #include <unistd.h>
  int changes, waits;
  int epoll_ctl(int epoll, int what, int fd, struct epoll_event *event)
  {
      changes++;
      return (int)syscall(SYS_epoll_ctl, epoll, what, fd, event);
  }
  int epoll_wait(int epoll, struct epoll_event *events, int n, int ms)
  {
      waits++;
      return (int)syscall(SYS_epoll_wait, epoll, events, n, ms);
  }
]]

-- What is counted, and processes, are reached by LuaJIT's FFI. The C that is tested is the same.
local SCRIPT = [[
  local ffi = require "ffi"
  local stripe = require "stripe"
  ffi.cdef "extern int changes, waits; int fork(void); int pause(void); int kill(int, int);"

  local sleep = require "stripe.core".sleep
  local wire = require("spec.support.wire").at(arg[4])
  local function new(url)
    return stripe.new {
      api_key = "sk_test_1", base_url = url, ca_file = arg[2], max_retries = 0, timeout = 10,
    }
  end
  local client, other = new(arg[1]), new(arg[3]) -- each has connections of its own

  -- One after the other, through an engine.
  local function call(path, times)
    local calls = {}
    for i = 1, times or 1 do calls[i] = function() return client:request("GET", path) end end
    local _, errors = stripe.gather(calls, { concurrency = 1 })
    return errors and errors[1]
  end

  -- How often epoll is asked while a call waits half a second for nothing.
  local function asked_in_vain()
    local before = ffi.C.waits
    local _, err = other:request("GET", "/v1/never/x", nil, { timeout = 0.5 })
    assert(err.code == "timeout", err)
    return ffi.C.waits - before
  end
]]

describe("The socket of a connection", function()
  local wire

  setup(function() wire = wire_support.start() end)
  teardown(function() wire:stop() end)

  local function run(body)
    if not lfs.attributes "build/luajit/stripe/engine.so" then return pending "not built here" end
    if memory.watched then return pending "what watches memory is preloaded itself" end
    local script = wire:write("sockets.lua", SCRIPT .. body)
    local counter = wire_support.compile(wire, "counter", COUNTER)
    for _, name in ipairs { "plain", "tls" } do
      local elsewhere = wire:url():gsub("127.0.0.1", "localhost")
      local ok, output = wire_support.run(script,
        table.concat({ wire:url(name), wire:file "ca.pem", elsewhere, wire.directory }, " "),
        "LD_PRELOAD=" .. counter, "luajit")
      assert.equal("", output)
      assert.is_true(ok)
    end
  end

  it("is made known to epoll once, whatever number of calls use it", function()
    run [[
      assert(not call("/v1/ok/x", 3))
      local before = ffi.C.changes
      assert(before > 0)
      assert(not call("/v1/ok/x", 10))
      assert(ffi.C.changes == before, ffi.C.changes - before .. " more changes")
    ]]
  end)

  it("wakes nobody again and again for what comes unasked", function()
    run [[
      assert(not call "/v1/afterword/x")
      local times = asked_in_vain()
      assert(times < 50, times)
    ]]
  end)

  it("is not used again when something came unasked, as far as that shows", function()
    run [[
      local asked = "/v1/" .. arg[1]:match "%a+" .. "/afterword/x"
      assert(not call(asked))
      wire:until_logged("afterword " .. asked)
      local err = call "/v1/ok/x"
      assert(not err or arg[1]:find "^https", err)
    ]]
  end)

  it("is not used again after its peer's farewell, though it waits for ours", function()
    run [[
      local asked = "/v1/" .. arg[1]:match "%a+" .. "/farewell/x"
      assert(not call(asked))
      wire:until_logged("farewell " .. asked)
      local err = call "/v1/ok/x"
      assert(not err, err)
    ]]
  end)

  it("wakes nobody again and again when its peer has left", function()
    run [[
      assert(not call "/v1/idle_close/x")
      local times = asked_in_vain()
      assert(times < 50, times)
    ]]
  end)

  it("is not taken for idle while a transfer pauses that was answered at once", function()
    run [[
      stripe.close()
      require "stripe.transport.engine".open = require "stripe.engine".open_threaded
      for _ = 1, 20 do
        assert(not call "/v1/ok/x")
        local count = 0
        assert(client.files:contents("last_bytes_600000", function(bytes)
          count = count + #bytes
          sleep(0.002)
        end))
        assert(count == 600000, count)
      end
    ]]
  end)

  it("wakes nobody once it is closed, though a child has a copy", function()
    run [[
      assert(not call "/v1/ok/x")
      local child = ffi.C.fork()
      if child == 0 then ffi.C.pause() end
      assert(call "/v1/garbage/x")
      local times = asked_in_vain()
      ffi.C.kill(child, 9)
      assert(times < 50, times)
    ]]
  end)
end)
