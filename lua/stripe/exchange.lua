--- The loop in which drivers and transports meet: it does what a call asks for until it is done.
-- @module stripe.exchange

local Observe = require "stripe.observe"
local Operations = require "stripe.operations"

-- A clock that never goes back, and that is not behind what we know to have passed.
local function tick(context, least)
  local time = context.clock()
  return least > time and least or time
end

-- Waits for the limiter's leave: the seconds that it took, or nil and why it refused.
local function acquire(limiter, call, context, since, attempt)
  local before = tick(context, since)
  local ok, waited, message =
    pcall(limiter.acquire, limiter, context.key, call:seconds_left(before), attempt,
      context.canceller)
  if not ok then return nil, "it threw: " .. tostring(waited) end
  if not waited then return nil, tostring(message or "no reason given") end
  return type(waited) == "number" and waited or tick(context, before) - before
end

-- Tells a limiter that wants to know how an attempt ended; what it throws is no matter of the call.
local function report(limiter, call, context)
  if not limiter.report then return end
  local history = call:attempts()
  pcall(limiter.report, limiter, context.key, history[#history],
    Operations.name(call:operation()))
end

local function tell_request(call, context)
  local thrown =
    Observe.request(context.observers.on_request, call, call:request(), #call:attempts() + 1)
  context.observer_error = context.observer_error or thrown
end

local function tell_response(call, context, answer)
  local history = call:attempts()
  local thrown = Observe.response(context.observers.on_response, call, history[#history],
    answer and call:headers())
  context.observer_error = context.observer_error or thrown
end

-- Sends one attempt, and tells the call what came of it: the time, whether the call is known to be
-- done, and the object and its lists, if they are known, too.
local function attempt(call, context, since)
  local driver, canceller, observers = context.driver, context.canceller, context.observers
  local transport = context.transport
  if observers.on_request then tell_request(call, context) end
  local answer, failure, checked
  if driver.in_place and not transport.start then
    answer, failure, checked = transport:exchange(call, driver, canceller)
  else
    answer, failure, checked = driver.await(driver.start(transport, call), canceller)
  end
  local now, done, value, lists = tick(context, since), false, nil, nil
  if answer == true then
    done = call:answered(now)
  elseif answer then
    done, value, lists = call:answer(now, answer, checked and context.keep_null)
  elseif canceller and canceller.canceled then
    call:cancel(now, canceller.reason)
  elseif failure then
    call:failure(now, failure.kind, failure.message, failure.sent)
  end
  if observers.on_response then tell_response(call, context, answer) end
  return now, done, value, lists
end

--- Runs a call to its end.
--
-- `await` of an exchange returns an answer `{status, headers, body}`, or nil and a failure
-- `{kind, message, sent}`; true when the transport has put its answer into the call, and nothing
-- when it has told the call of the failure. With an answer that needs no check, and that nobody is
-- going to change, it returns nil and true.
-- @tparam userdata call
-- @tparam number since when the call was made, by the clock of the context
-- @tparam table context `driver`, `transport`, `clock` (a function: seconds), `observers` (has
--   `on_request`, `on_response`, or neither), and optionally `canceller`, `limiter` with `key`,
--   `keep_null` (a boolean, for `call:take`: what that would return is wanted, and nobody observes
--   the answer). Gets `observer_error`, what the first observer to throw threw, and `limited`, why
--   the limiter refused; without observers and limiter it stays as it is. A limiter has
--   `acquire(self, key, seconds_left, attempt, canceller)`, and may have `report(self, key,
--   attempt, operation)`, which gets the latest entry of the call's history
-- @return what `call:take` would return, when that was taken on the way
local function exchange(call, since, context)
  local limiter, canceller, tried = context.limiter, context.canceller, 0
  local granted = not limiter
  while true do
    if canceller and canceller.canceled then call:cancel(since, canceller.reason) end
    local action, seconds = call:next(since)
    if action == "done" then return end
    if action == "wait" then
      context.driver.sleep(seconds, canceller)
      if not (canceller and canceller.canceled) then since = since + seconds end
    elseif granted then
      local now, done, value, lists = attempt(call, context, since)
      tried, granted, since = tried + 1, not limiter, now
      if limiter then report(limiter, call, context) end
      if done then return value, lists end
    else
      local waited, message = acquire(limiter, call, context, since, tried + 1)
      if not (canceller and canceller.canceled) then
        if not waited then
          context.limited = message
          call:cancel(tick(context, since), message)
          return
        end
        call:throttled(waited)
        granted, since = true, since + waited
      end
    end
    since = tick(context, since)
  end
end

return exchange
