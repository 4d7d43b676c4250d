--- The five verbs (see `stripe.driver.blocking`) on an event loop that is somebody else's.
--
-- A host knows its loop:
--
-- * `here()`: the place where the running coroutine can be suspended; nil when it can't be.
-- * `place:suspend(seconds)`: until it is woken, at most so long (nil: any time); may end early.
-- * `place:wake()`: from anywhere, also when nobody is suspended there.
-- * `place:watch()`, `place:unwatch()`: from the one to the other, the loop steps the engine
--   whenever its descriptor is readable.
-- * `place:leave()`, if there is one: nobody is going to wait there or to wake it any more.
-- * `run(f, finish)`: begins `f` at once in a coroutine that can be suspended, and calls
--   `finish(true, ...)` with what it returns, or `finish(false, thrown, traceback)`.
--
-- A place that can't be suspended waits by the driver of its task, or the blocking one: in place,
-- on the engine that all of them share.
-- @module stripe.driver.hosted

local Blocking = require "stripe.driver.blocking"
local Task = require "stripe.driver.task"
local core = require "stripe.core"
local owners = require "stripe.driver.owners"

local Hosted = {}

local function leave(place)
  if place.leave then place:leave() end
end

-- A host may end a coroutine without a word, and use its stack again. What others keep of it must
-- therefore refer to no local variable of its own: it is made in functions that have returned.
local function waker(place)
  place.waker = function() place:wake() end
  return place.waker
end

local function canceling(place)
  return function()
    place.canceled = true
    place:wake()
  end
end

-- Until there is news of an exchange, or a while.
local function wait_for(exchange)
  local place = exchange.place
  exchange.wake = place.waker or waker(place)
  place:watch()
  place:suspend()
  place:unwatch()
end

--- Makes a driver of a host.
-- @tparam table host
-- @treturn table the five verbs
function Hosted.new(host)
  local driver = { now = core.now }

  -- Where to wait, or who else is to do it.
  local function here()
    local owner = owners[coroutine.running() or false]
    if owner and owner ~= driver then return nil, owner end
    return host.here(), Blocking
  end

  function driver.sleep(seconds, canceller)
    local place, other = here()
    if not place then return other.sleep(seconds, canceller) end
    local due = driver.now() + seconds
    place.canceled = false
    local forget = canceller and canceller:on_cancel(canceling(place))
    local left = due - driver.now()
    while left > 0 and not place.canceled do
      place:suspend(left)
      left = due - driver.now()
    end
    if forget then forget() end
    leave(place)
  end

  function driver.spawn(f)
    local place, other = here()
    if not place then return { driver = other, handle = other.spawn(f) } end
    local task = Task.new()
    local function finish(...)
      Task.keep(task, ...)
      for _, waiter in ipairs(task.waiters) do waiter:wake() end
    end
    host.run(function()
      owners[coroutine.running()] = driver
      return f()
    end, finish)
    return task
  end

  function driver.start(transport, call)
    if transport.start then return transport:start(call, driver.now) end
    return { transport = transport, call = call }
  end

  local function await_task(task)
    if task.driver then return task.driver.await(task.handle) end
    if not task.done then
      local place = here()
      if not place then error("a task of the event loop can't be awaited where nothing yields") end
      task.waiters[#task.waiters + 1] = place
      repeat place:suspend() until task.done
      leave(place)
    end
    return Task.outcome(task)
  end

  local function await_exchange(exchange, canceller)
    local place, other = here()
    if not place then return other.await(exchange, canceller) end
    exchange.place = place
    local ok, failure = exchange:finish(canceller, wait_for)
    leave(place)
    return ok, failure
  end

  function driver.await(handle, canceller)
    if handle.finish then return await_exchange(handle, canceller) end
    if handle.transport then
      return handle.transport:exchange(handle.call, driver, canceller)
    end
    return await_task(handle)
  end

  return driver
end

return Hosted
