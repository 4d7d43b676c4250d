--- Signals that wait until they are asked for, in a process of their own.

describe("held signals", function()
  -- Runs Lua in which `send(name)` sends a signal to the process itself; returns what it printed.
  local function run(code)
    local lua = rawget(_G, "jit") and "luajit" or "lua" .. _VERSION:match "[%d.]+"
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write([[
      local core = require "stripe.core"
      local stat = io.open "/proc/self/stat"
      local pid = ("%d"):format(stat:read "*n")
      stat:close()
      local function send(name) os.execute("kill -" .. name .. " " .. pid) end
    ]], code)
    file:close()
    local pipe = assert(io.popen(("LUA_PATH='%s' LUA_CPATH='%s' %s %s 2>&1; echo \"exit $?\"")
      :format(package.path, package.cpath, lua, path)))
    local output = pipe:read "*a"
    pipe:close()
    os.remove(path)
    return output
  end

  it("end nothing, and are told once each", function()
    assert.equal("nil\nTERM\nnil\nexit 0\n", run [[
      core.hold_signals()
      print(core.held_signal())
      send "TERM" send "TERM"
      print(core.held_signal())
      print(core.held_signal())
    ]])
  end)

  it("are TERM, INT and HUP", function()
    assert.equal("HUP INT TERM\nexit 0\n", run [[
      core.hold_signals()
      send "TERM" send "HUP" send "INT" -- os.execute drops an INT from before it
      local names = { core.held_signal(), core.held_signal(), core.held_signal() }
      table.sort(names)
      print(table.concat(names, " "))
    ]])
  end)

  it("end the process where nobody holds them", function()
    assert.matches("exit 143\n$", run [[send "TERM" core.sleep(10)]])
  end)
end)
