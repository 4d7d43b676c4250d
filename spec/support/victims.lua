--- Scripts that a spec kills (SIGKILL) while they work, and deliveries of events for them.

local core = require "stripe.core"

local victims = {}

local SECONDS = 60 -- what takes longer fails the spec

--- A generator of our own, since each Lua has another one: the same seed, the same choices.
-- @number seed
-- @treturn function(n) an integer from 1 to n
function victims.random(seed)
  local state = seed % 2147483646 + 1
  return function(n)
    state = state * 16807 % 2147483647
    return state % n + 1
  end
end

--- The lines of a file, none when it isn't there.
function victims.lines_of(path)
  local lines = {}
  local file = io.open(path)
  if not file then return lines end
  for line in file:lines() do lines[#lines + 1] = line end
  file:close()
  return lines
end

local function quoted(text) return "'" .. tostring(text):gsub("'", "'\\''") .. "'" end

local interpreter = rawget(_G, "jit") and "luajit" or "lua" .. _VERSION:match("[%d.]+")

--- Starts a script in a process of its own. It ends with this one, however this one ends.
-- @string base of the files `base.out`, what it prints, and `base.pid`
-- @tparam {string,...} words the script and its arguments
-- @treturn table
function victims.spawn(base, words)
  local arguments = {}
  for i, word in ipairs(words) do arguments[i] = quoted(word) end
  local command = ("export LUA_PATH=%s LUA_CPATH=%s; %s %s >%s.out 2>&1 </dev/null & pid=$!; "
    .. "echo $pid >%s.pid; cat >/dev/null; kill -9 $pid 2>/dev/null; wait"):format(
    quoted(package.path), quoted(package.cpath), interpreter, table.concat(arguments, " "), base,
    base)
  return { pipe = assert(io.popen(command, "w")), base = base }
end

--- Sends one a signal: "STOP", "CONT".
function victims.signal(process, name)
  local limit = core.now() + SECONDS
  local pid
  repeat
    pid = victims.lines_of(process.base .. ".pid")[1]
    assert(pid or core.now() < limit, "a worker does not start")
  until pid
  os.execute(("kill -%s %s 2>/dev/null"):format(name, pid))
end

--- Kills one, and waits until it is gone.
function victims.kill(process)
  victims.signal(process, "KILL")
  process.pipe:close()
end

--- Deals deliveries of events to workers, one id a line in `directory/name`. 30 % are duplicates:
-- every second of them comes while another worker has the same event in its hands, the others at
-- any time.
-- @string directory
-- @tparam {string,...} names of the workers
-- @number count of deliveries
-- @tparam function choose
-- @treturn {string,...} the ids of the events
function victims.deal(directory, names, count, choose)
  local ids, heap = {}, {}
  for i = 1, math.ceil(count * 0.7) do ids[i] = "evt_" .. i end
  for i = 1, #ids do heap[i] = { ids[i] } end
  for i = 1, count - #ids do
    local n = choose(#ids)
    if i % 2 == 0 then heap[#heap + 1] = { ids[n] } else table.insert(heap[n], ids[n]) end
  end
  for i = #heap, 2, -1 do
    local j = choose(i)
    heap[i], heap[j] = heap[j], heap[i]
  end
  local deliveries = {}
  for _, together in ipairs(heap) do
    for _, id in ipairs(together) do deliveries[#deliveries + 1] = id end
  end
  for n, name in ipairs(names) do
    local file = assert(io.open(("%s/%s"):format(directory, name), "w"))
    for i = n, #deliveries, #names do file:write(deliveries[i], "\n") end
    file:close()
  end
  return ids
end

return victims
