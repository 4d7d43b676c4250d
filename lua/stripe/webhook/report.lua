--- Observers of webhook handlers: what `on_event` and `on_error` get to see.
-- @module stripe.webhook.report

local Context = require "stripe.webhook.context"
local Error = require "stripe.error"
local Observe = require "stripe.observe"
local present = require "stripe.webhook.present"
local protect = require "stripe.webhook.protect"

-- What observers see: nothing of what the event says about people.
local function observation(outcome, event, info)
  local err = outcome.error
  local verification = info.verification or {}
  return Observe.sealed {
    id = outcome.id, type = outcome.type, result = outcome.result, status = outcome.status,
    reason = outcome.reason, attempt = outcome.attempt, pattern = outcome.pattern,
    duration = outcome.duration, source = info.source or "process", secret = verification.secret,
    livemode = event and present(event.livemode), account = event and present(event.account),
    version_mismatch = event and Context.mismatch(event),
    error_type = Error.is(err) and err.type or err ~= nil and "handler" or nil,
    error_code = Error.is(err) and err.code or nil,
  }
end

local function tell(outcome, observer, a, b)
  local ok, err = protect(function() return observer(a, b) end)
  if not ok then outcome.observer_error = outcome.observer_error or err end
end

--- Shows an outcome to the observers of a handler. What one of them throws is kept in the outcome.
-- @tparam table settings of the handler
-- @tparam table outcome
-- @tparam ?table event
-- @tparam table info
-- @treturn table the outcome
return function(settings, outcome, event, info)
  if outcome.error ~= nil and settings.on_error then
    tell(outcome, settings.on_error, outcome.error, observation(outcome, event, info))
  end
  if settings.on_event then
    tell(outcome, settings.on_event, observation(outcome, event, info))
  end
  return outcome
end
