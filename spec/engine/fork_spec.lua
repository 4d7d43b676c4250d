local lfs = require "lfs"

local stripe = require "stripe"
local wire_support = require "spec.support.wire"

-- Plain Lua cannot fork: LuaJIT does it, through its FFI. The C that is tested is the same.
local SCRIPT = [[
  local ffi = require "ffi"
  local core = require "stripe.core"
  local driver = require "stripe.driver.blocking"
  local stripe = require "stripe"
  ffi.cdef "int fork(void); int waitpid(int, int *, int); void _exit(int);"

  local client = stripe.new {
    api_key = "sk_test_1", base_url = arg[1], ca_file = arg[2], max_retries = 0, timeout = 10,
  }
  local wire = require("spec.support.wire").at(arg[3])
  local function connection() return assert(client:request("GET", "/v1/echo/x")).connection end

  -- Runs f in a child, and ends it: leave nil for a clean end of its Lua state.
  local function in_child(f, leave)
    local pid = ffi.C.fork()
    if pid == 0 then
      local ok, message = pcall(f)
      if not ok then io.stderr:write(tostring(message), "\n") end
      if leave then ffi.C._exit(ok and 0 or 1) end
      os.exit(ok and 0 or 1, true)
    end
    local status = ffi.new "int[1]"
    ffi.C.waitpid(pid, status, 0)
    assert(status[0] == 0, "the child failed")
  end
]]

describe("After a fork", function()
  local wire

  setup(function() wire = wire_support.start() end)
  teardown(function() wire:stop() stripe.close() end)

  local function run(body)
    if not lfs.attributes "build/luajit/stripe/engine.so" then return pending "not built here" end
    local script = wire:write("fork.lua", SCRIPT .. body)
    for _, name in ipairs { "plain", "tls" } do
      -- A child leaves in memory what it cannot tidy up without its parent's connections.
      local ok, output = wire_support.run(script,
        table.concat({ wire:url(name), wire:file "ca.pem", wire.directory }, " "),
        "ASAN_OPTIONS=detect_leaks=0", "luajit")
      assert.equal("", output)
      assert.is_true(ok)
    end
  end

  it("parent and child each have connections of their own", function()
    run [[
      local mine = connection()
      for leave = 0, 1 do
        in_child(function()
          local its = connection()
          assert(its ~= mine, "the child speaks on its parent's connection")
          assert(connection() == its)
        end, leave == 1)
        assert(connection() == mine, "the parent's connection did not survive its child")
      end
    ]]
  end)

  it("a child that sends nothing leaves the parent's connections alone", function()
    run [[
      local mine = connection()
      in_child(function() end)
      in_child(function() stripe.close() end)
      assert(connection() == mine)
    ]]
  end)

  it("calls in flight end in the child as canceled, and go on in the parent", function()
    run [[
      local ended, err
      local asked = "/v1/" .. arg[1]:match "%a+" .. "_go_on/together/2"
      local task = driver.spawn(function()
        ended, err = client:request("POST", asked, nil, { idempotency_key = "key-1" })
        return true
      end)
      wire:until_asked(asked, 1, driver.sleep)
      in_child(function()
        driver.await(task)
        assert(not ended and err.code == "canceled" and err.sent == "maybe", tostring(err))
        assert(err.idempotency_key == "key-1")
        assert(connection())
      end)
      assert(client:request("GET", asked)) -- the other one that it waits for
      driver.await(task)
      assert(ended and ended.id == "climorder_1", tostring(err))
      assert(connection())
    ]]
  end)

  it("the child knows that its parent may send what it has not sent yet", function()
    run [[
      local one = client:with { max_connections = 1 }
      local asked = "/v1/" .. arg[1]:match "%a+" .. "_waits/together/2"
      local ended, err = {}, {}
      local tasks = {}
      for i = 1, 2 do
        tasks[i] = driver.spawn(function() ended[i], err[i] = one:request("POST", asked) end)
      end
      wire:until_asked(asked, 1, driver.sleep)
      in_child(function()
        for i = 1, 2 do
          driver.await(tasks[i])
          assert(not ended[i] and err[i].code == "canceled" and err[i].sent == "maybe")
        end
      end)
    ]]
  end)

  it("a child that ends with calls in flight ends well", function()
    run [[
      local asked = "/v1/" .. arg[1]:match "%a+" .. "_ends/together/2"
      local task = driver.spawn(function() return client:request("POST", asked) end)
      wire:until_asked(asked, 1, driver.sleep)
      in_child(function() end)
      assert(client:request("GET", asked))
      local _, object = driver.await(task)
      assert(object.id == "climorder_1")
    ]]
  end)

  it("a child closes its copies of the sockets, but nothing that took their numbers", function()
    run [[
      connection()
      local function names()
        local found = {}
        for line in require("spec.support.memory").listing():gmatch "[^\n]+" do
          found[line:match "(%d+) %->" or 0] = line:match "%-> (.*)"
        end
        return found
      end
      local inherited = {}
      for fd, name in pairs(names()) do
        if name:find "^socket" then inherited[fd] = name end
      end
      in_child(function()
        connection()
        local gone = 0
        local now = names()
        for fd, name in pairs(inherited) do
          if now[fd] ~= name then gone = gone + 1 end
        end
        assert(gone >= 1)
      end)
      in_child(function()
        ffi.cdef "int dup2(int, int); int open(const char *, int);"
        local null = ffi.C.open("/dev/null", 0)
        local replaced = {}
        for fd in pairs(inherited) do
          if ffi.C.dup2(null, tonumber(fd)) >= 0 then replaced[#replaced + 1] = fd end
        end
        connection()
        local now = names()
        for _, fd in ipairs(replaced) do assert(now[fd] == "/dev/null", fd .. " was closed") end
      end)
    ]]
  end)
end)
