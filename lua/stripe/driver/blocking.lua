--- The driver of plain scripts: waiting is sleeping.
--
-- A driver knows how its host waits, in five verbs; everything that waits (calls, `gather`, the
-- `prefetch` of pages) is built on these alone:
--
-- * `now()`: seconds on a clock that never goes back.
-- * `sleep(seconds, canceller)`: returns after that time, or when the canceller fires.
-- * `start(transport, call)`: a handle for one HTTP exchange of a call.
-- * `spawn(f)`: a handle for a task; `f` runs at once, until it first waits.
-- * `await(handle, canceller)`: of an exchange: returns when the call has its answer or failure.
--   Of a task: returns `true` and what `f` returned, or `false`, what it threw, and a traceback.
--
-- Here tasks are coroutines that this file resumes while somebody sleeps or awaits; the process
-- really sleeps only when no task can run, and then until the first of them is due. Who can't
-- yield (the main program, a coroutine of somebody else, a pcall or for-iterator of PUC Lua 5.1)
-- waits in place, and the tasks run meanwhile.
-- @module stripe.driver.blocking

local core = require "stripe.core"

local Blocking = {}

local unpack = table.unpack or unpack -- luacheck: ignore 113 143

-- Whether the running coroutine can yield from here. Lua 5.1 and 5.2 can't say; there, C functions
-- and the iterators of for loops on the stack are what may be in the way.
local yieldable = coroutine.isyieldable -- luacheck: ignore 143
if not yieldable then
  function yieldable()
    local level, info = 2, debug.getinfo(2, "Sn")
    while info do
      if info.what == "C" or info.name == "(for generator)" then return false end
      level = level + 1
      info = debug.getinfo(level, "Sn")
    end
    return true
  end
end

--- A driver with tasks of its own.
-- @tparam function now seconds on a clock that never goes back
-- @tparam function pause `pause(seconds)`: lets that time pass
-- @treturn table the five verbs
function Blocking.new(now, pause)
  local driver = { now = now }
  local asleep = {}  -- tasks waiting for a time, in the order in which they came
  local tasks = {}   -- coroutine -> task, of the living ones

  local function current()
    local task = tasks[coroutine.running() or false]
    return task and yieldable() and task or nil
  end

  local function wake(task)
    task.due = -math.huge
  end

  local function finish(task, ok, ...)
    if coroutine.status(task.co) ~= "dead" then return end
    tasks[task.co] = nil
    task.done, task.ok, task.n = true, ok, select("#", ...)
    for i = 1, task.n do task[i] = (select(i, ...)) end
    if not ok then task.trace = debug.traceback(task.co) end
    for _, waiter in ipairs(task.waiters) do
      wake(waiter)
      asleep[#asleep + 1] = waiter
    end
  end

  local function resume(task)
    finish(task, coroutine.resume(task.co))
  end

  local function earliest()
    local first
    for i, task in ipairs(asleep) do
      if not first or task.due < asleep[first].due then first = i end
    end
    return first
  end

  -- Runs what is due until `ready` says so; `due` is when it will at the latest.
  local function wait_here(ready, due)
    while not ready() do
      local first = earliest()
      local at = first and asleep[first].due or math.huge
      local left = math.min(at, due) - now()
      if left > 0 then
        if left == math.huge then error("every task waits for another one") end
        pause(left)
      elseif first and at <= due then
        resume(table.remove(asleep, first))
      end
    end
  end

  function driver.sleep(seconds, canceller)
    local due = now() + seconds
    local task = current()
    local sleeper = task or {}
    sleeper.due = due
    local forget = canceller and canceller:on_cancel(function() wake(sleeper) end)
    if task then
      asleep[#asleep + 1] = task
      coroutine.yield()
    else
      wait_here(function() return now() >= sleeper.due end, due)
    end
    if forget then forget() end
  end

  function driver.spawn(f)
    local task = { co = coroutine.create(f), waiters = {} }
    tasks[task.co] = task
    resume(task)
    return task
  end

  -- An exchange runs where it is awaited: the transports of plain Lua have no other place.
  function driver.start(transport, call)
    return { transport = transport, call = call }
  end

  function driver.await(handle, canceller)
    if handle.transport then
      return handle.transport:exchange(handle.call, driver, canceller)
    end
    if not handle.done then
      local task = current()
      if task then
        handle.waiters[#handle.waiters + 1] = task
        coroutine.yield()
      else
        wait_here(function() return handle.done end, math.huge)
      end
    end
    if not handle.ok then return false, handle[1], handle.trace end
    return true, unpack(handle, 1, handle.n)
  end

  return driver
end

local driver = Blocking.new(core.now, core.sleep)
for name, verb in pairs(driver) do Blocking[name] = verb end

return Blocking
