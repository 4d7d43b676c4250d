--- The loop in which drivers and transports meet: it does what a call asks for until it is done.
-- @module stripe.exchange

local Observe = require "stripe.observe"
local Operations = require "stripe.operations"

-- Waits for the limiter's leave: the seconds that it took, or nil and why it refused.
local function acquire(limiter, call, context, now, attempt)
  local before = now()
  local ok, waited, message =
    pcall(limiter.acquire, limiter, context.key, call:seconds_left(before), attempt)
  if not ok then return nil, "it threw: " .. tostring(waited) end
  if not waited then return nil, tostring(message or "no reason given") end
  return type(waited) == "number" and waited or now() - before
end

-- Tells a limiter that wants to know how an attempt ended; what it throws is no matter of the call.
local function report(limiter, call, context)
  if not limiter.report then return end
  local history = call:attempts()
  pcall(limiter.report, limiter, context.key, history[#history],
    Operations.name(call:operation()))
end

-- Sends one attempt, and tells the call what came of it.
local function attempt(call, context, now)
  local driver, canceller = context.driver, context.canceller
  if context.on_request then
    local thrown = Observe.request(context.on_request, call, call:request(), #call:attempts() + 1)
    context.observer_error = context.observer_error or thrown
  end
  local handle = driver.start(context.transport, call)
  local answer, failure = driver.await(handle, canceller)
  if answer == true then
    call:answered(now())
  elseif answer then
    call:answer(now(), answer)
  elseif canceller and canceller.canceled then
    call:cancel(now(), canceller.reason)
  elseif failure then
    call:failure(now(), failure.kind, failure.message, failure.sent)
  end
  if context.on_response then
    local history = call:attempts()
    local thrown = Observe.response(context.on_response, call, history[#history],
      answer and call:headers())
    context.observer_error = context.observer_error or thrown
  end
end

--- Runs a call to its end.
--
-- `await` of an exchange returns an answer `{status, headers, body}`, or nil and a failure
-- `{kind, message, sent}`; true when the transport has put its answer into the call, and nothing
-- when it has told the call of the failure.
-- @tparam userdata call
-- @tparam table context `driver`, `transport`, `clock` (a function: seconds), and optionally
--   `canceller`, `limiter` with `key`, `on_request`, `on_response`. Gets `observer_error`, what
--   the first observer to throw threw, and `limited`, why the limiter refused. A limiter has
--   `acquire(self, key, seconds_left, attempt)`, and may have `report(self, key, attempt,
--   operation)`, which gets the latest entry of the call's history
local function exchange(call, context)
  local driver, canceller = context.driver, context.canceller
  local at = -math.huge
  -- A clock that never goes back, and that is not behind what we know to have passed.
  local function now(least)
    local time = context.clock()
    if time > at then at = time end
    if least and least > at then at = least end
    return at
  end
  local limiter, tried = context.limiter, 0
  local granted = not limiter
  repeat
    if canceller and canceller.canceled then call:cancel(now(), canceller.reason) end
    local action, seconds = call:next(now())
    local since = at
    if action == "send" and not granted then
      local waited, message = acquire(limiter, call, context, now, tried + 1)
      if not waited then
        context.limited = message
        return call:cancel(now(), message)
      end
      call:throttled(waited)
      now(since + waited)
      granted = true
    elseif action == "send" then
      attempt(call, context, now)
      tried, granted = tried + 1, not limiter
      if limiter then report(limiter, call, context) end
    elseif action == "wait" then
      driver.sleep(seconds, canceller)
      if not (canceller and canceller.canceled) then now(since + seconds) end
    end
  until action == "done"
end

return exchange
