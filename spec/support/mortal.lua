--- A process that is killed (SIGKILL) at a chosen moment of its work, as machines and people do it.
--
-- A script of a spec calls `mortal.step()` wherever its end would be interesting; the process dies
-- in the step whose number the environment gives. What it prints before that is kept.

local mortal = {}

local steps = 0
local last = tonumber(os.getenv "MORTAL_STEP" or "")

--- One moment; in the chosen one the process is gone.
function mortal.step()
  steps = steps + 1
  if steps ~= last then return end
  io.stdout:flush()
  local stat = assert(io.open("/proc/self/stat"))
  local pid = stat:read("*n")
  stat:close()
  os.execute("kill -9 " .. ("%d"):format(pid))
end

--- A storage of a journal, or anything else with methods, each call of which has a moment before
-- it and one after it.
-- @tparam table target
-- @tparam {string,...} names of the methods
function mortal.around(target, names)
  local wrapped = setmetatable({}, { __index = target })
  for _, name in ipairs(names) do
    wrapped[name] = function(_, ...)
      mortal.step()
      local a, b, c = target[name](target, ...)
      mortal.step()
      return a, b, c
    end
  end
  return wrapped
end

-- The interpreter that runs this.
local function interpreter()
  return rawget(_G, "jit") and "luajit" or "lua" .. _VERSION:match "[%d.]+"
end

--- Begins to run a script of ours in a process of its own.
-- @string script path
-- @tparam {string,...} arguments
-- @tparam[opt] integer step in which it dies
-- @treturn function waits for it: whether it lived to its end, and what it printed
function mortal.begin(script, arguments, step)
  local words = {}
  for i, word in ipairs(arguments) do words[i] = "'" .. word:gsub("'", "'\\''") .. "'" end
  local pipe = assert(io.popen(("LUA_PATH='%s' LUA_CPATH='%s' MORTAL_STEP=%s %s %s %s 2>&1; "
    .. 'echo "exit $?"'):format(package.path, package.cpath, step or "", interpreter(),
      script, table.concat(words, " "))))
  return function()
    local output = pipe:read "*a"
    pipe:close()
    local text, status = output:match "^(.*)exit (%d+)\n$"
    return status == "0", text or output
  end
end

--- Runs one, and waits for it.
-- @treturn boolean whether it lived to its end
-- @treturn string what it printed
function mortal.run(script, arguments, step)
  return mortal.begin(script, arguments, step)()
end

return mortal
