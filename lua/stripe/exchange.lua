--- The loop in which drivers and transports meet: it does what a call asks for until it is done.
-- @module stripe.exchange

local Observe = require "stripe.observe"
local Operations = require "stripe.operations"

-- A clock that never goes back, and that is not behind what we know to have passed.
local function tick(context, least)
  local time, at = context.clock(), context.at
  if at and at > time then time = at end
  if least and least > time then time = least end
  context.at = time
  return time
end

-- Waits for the limiter's leave: the seconds that it took, or nil and why it refused.
local function acquire(limiter, call, context, attempt)
  local before = tick(context)
  local ok, waited, message =
    pcall(limiter.acquire, limiter, context.key, call:seconds_left(before), attempt)
  if not ok then return nil, "it threw: " .. tostring(waited) end
  if not waited then return nil, tostring(message or "no reason given") end
  return type(waited) == "number" and waited or tick(context) - before
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

-- Sends one attempt, and tells the call what came of it. Whether the call is known to be done.
local function attempt(call, context)
  local driver, canceller, observers = context.driver, context.canceller, context.observers
  if observers.on_request then tell_request(call, context) end
  local handle = driver.start(context.transport, call)
  local answer, failure = driver.await(handle, canceller)
  local done = false
  if answer == true then
    done = call:answered(tick(context))
  elseif answer then
    call:answer(tick(context), answer)
  elseif canceller and canceller.canceled then
    call:cancel(tick(context), canceller.reason)
  elseif failure then
    call:failure(tick(context), failure.kind, failure.message, failure.sent)
  end
  if observers.on_response then tell_response(call, context, answer) end
  return done
end

--- Runs a call to its end.
--
-- `await` of an exchange returns an answer `{status, headers, body}`, or nil and a failure
-- `{kind, message, sent}`; true when the transport has put its answer into the call, and nothing
-- when it has told the call of the failure.
-- @tparam userdata call
-- @tparam table context `driver`, `transport`, `clock` (a function: seconds), `observers` (has
--   `on_request`, `on_response`, or neither), and optionally `at` (when the call was made by that
--   clock), `canceller`, `limiter` with `key`. Gets `observer_error`, what the first observer to
--   throw threw, and `limited`, why the limiter refused. A limiter has `acquire(self, key,
--   seconds_left, attempt)`, and may have `report(self, key, attempt, operation)`, which gets the
--   latest entry of the call's history
local function exchange(call, context)
  local limiter, canceller, tried = context.limiter, context.canceller, 0
  local granted = not limiter
  local since = context.at or tick(context)
  repeat
    if canceller and canceller.canceled then call:cancel(since, canceller.reason) end
    local action, seconds = call:next(since)
    if action == "send" and not granted then
      local waited, message = acquire(limiter, call, context, tried + 1)
      if not waited then
        context.limited = message
        return call:cancel(tick(context), message)
      end
      call:throttled(waited)
      tick(context, since + waited)
      granted = true
    elseif action == "send" then
      local done = attempt(call, context)
      tried, granted = tried + 1, not limiter
      if limiter then report(limiter, call, context) end
      if done then return end
    elseif action == "wait" then
      context.driver.sleep(seconds, canceller)
      if not (canceller and canceller.canceled) then tick(context, since + seconds) end
    end
    since = tick(context)
  until action == "done"
end

return exchange
