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
-- really sleeps only when no task can run, and then until the first of them is due or something
-- comes over the wire. Who can't yield (the main program, a coroutine of somebody else, a pcall or
-- for-iterator of PUC Lua 5.1) waits in place, and the tasks run meanwhile.
-- @module stripe.driver.blocking

local Task = require "stripe.driver.task"
local Timers = require "stripe.driver.timers"
local core = require "stripe.core"
local owners = require "stripe.driver.owners"
local traced = require "stripe.driver.traced"
local yieldable = require "stripe.driver.yieldable"

local Blocking = {}

--- A driver with tasks of its own.
-- @tparam function now seconds on a clock that never goes back
-- @tparam function sleep `sleep(seconds)`: lets that time pass
-- @tparam ?function engine gives what calls over the wire run on, see `stripe.transport.engine`,
--   or nil while there were none
-- @treturn table the five verbs
function Blocking.new(now, sleep, engine)
  local driver = { now = now, in_place = true } -- what needs no loop is done without a handle
  local tasks = {}              -- coroutine -> task, of the living ones
  local timers = Timers.new()
  local first, last = 1, 0      -- of the tasks that can go on, at these keys of `awake`
  local awake = {}
  local turn = 0                -- how many of them run before time and the wire are looked at
  local collecting = false      -- whether the wire waits with what they send

  local function current()
    local task = tasks[coroutine.running() or false]
    return task and yieldable() and task or nil
  end

  local function wake(task)
    if last < first then first, last = 1, 0 end
    last = last + 1
    awake[last] = task
  end

  local function finish(task, ok, ...)
    if coroutine.status(task.co) ~= "dead" then return end
    tasks[task.co] = nil
    if ok then
      Task.keep(task, true, ...)
    else
      Task.keep(task, false, (...), debug.traceback(task.co))
    end
    for _, waiter in ipairs(task.waiters) do wake(waiter) end
  end

  local function resume(task)
    finish(task, coroutine.resume(task.co))
  end

  -- Where several tasks take turns, what they send goes out together, after them.
  local function collect(on)
    local wire = on ~= collecting and engine and engine()
    if not wire then return end
    collecting = on
    wire.collect(on)
  end

  -- Lets time pass until somebody can go on, or until `due`.
  local function pause(due)
    local wire = engine and engine()
    local busy = wire and wire.active() > 0
    local left = timers[1] and math.min(timers:next(), due) or due
    if last >= first then left = 0 elseif left < math.huge then left = left - now() end
    if left == math.huge and not busy then
      collect(false)
      error("every task waits for another one")
    end
    if busy then
      wire.wait(math.max(left, 0))
    elseif left > 0 then
      sleep(left)
    end
    if not timers[1] then return end
    local time = now()
    local task = timers:pop(time)
    while task do
      wake(task)
      task = timers:pop(time)
    end
  end

  -- Runs tasks until `ready(what)`; `due` is when that will be at the latest.
  local function wait_here(ready, what, due)
    while not ready(what) do
      if turn > 0 and last >= first then
        local task = awake[first]
        awake[first], first, turn = nil, first + 1, turn - 1
        resume(task)
      else
        pause(due)
        turn = last - first + 1
        collect(turn > 1)
      end
    end
    collect(false)
  end

  local function sleep_here(seconds, canceller)
    local due = now() + seconds
    local forget = canceller and canceller:on_cancel(function() due = -math.huge end)
    wait_here(function() return now() >= due end, nil, due)
    if forget then forget() end
  end

  local function sleep_in_task(task, seconds, canceller)
    local timer = timers:push(now() + seconds, task)
    local forget = canceller and canceller:on_cancel(function()
      if timer.value == nil then return end
      timer.value = nil
      wake(task)
    end)
    coroutine.yield()
    timer.value = nil
    if forget then forget() end
  end

  function driver.sleep(seconds, canceller)
    local task = current()
    if task then return sleep_in_task(task, seconds, canceller) end
    sleep_here(seconds, canceller)
  end

  function driver.spawn(f)
    local task = Task.new()
    local found, co = pcall(coroutine.create, f)
    if not found then -- some phases of nginx have no coroutines
      Task.keep(task, traced(f))
      return task
    end
    task.co = co
    tasks[co], owners[co] = task, driver
    resume(task)
    return task
  end

  -- Waits until the exchange has something to do: its end, or chunks to take.
  local function wait_for(exchange)
    local task = current()
    if task then
      exchange.wake, exchange.sleeper = wake, task
      coroutine.yield()
      return
    end
    while engine and not exchange.news and last < first and not timers[1] do -- nobody else runs
      engine().wait(math.huge)
    end
    wait_here(exchange.ready, exchange, math.huge)
  end

  -- One over the wire is under way from here on. The transports of plain Lua have no other place
  -- than where they are awaited.
  function driver.start(transport, call)
    if transport.start then return transport:start(call, now) end
    return { transport = transport, call = call }
  end

  local function is_done(task)
    return task.done
  end

  local function await_task(handle)
    if not handle.done then
      local task = current()
      if task then
        handle.waiters[#handle.waiters + 1] = task
        coroutine.yield()
      else
        wait_here(is_done, handle, math.huge)
      end
    end
    return Task.outcome(handle)
  end

  function driver.await(handle, canceller)
    if handle.finish then return handle:finish(canceller, wait_for) end
    if handle.transport then return handle.transport:exchange(handle.call, driver, canceller) end
    return await_task(handle)
  end

  return driver
end

local driver = Blocking.new(core.now, core.sleep, function()
  return package.loaded["stripe.transport.engine"]
end)
for name, verb in pairs(driver) do Blocking[name] = verb end

return Blocking
