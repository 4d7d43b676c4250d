--- What a forwarded request came to: at the destination, or on the way there.
-- @module stripe.workflow.forwarding.outcome

local Class = require "stripe.workflow.class"
local core = require "stripe.core"

local Outcome = {}

-- The connection to the destination was never made. [docs.stripe.com/changelog/basil/2025-03-31]
local NOT_CONNECTED = "forwarding_api_retryable_upstream_error"

-- Somewhere after that it went wrong.
local UPSTREAM = {
  forwarding_api_upstream_error = true, forwarding_api_upstream_connection_error = true,
  forwarding_api_upstream_connection_timeout = true,
}

local function word(status)
  if status >= 200 and status < 300 then return "accepted" end
  if status >= 300 and status < 400 then return "redirected" end
  return status < 500 and "refused" or "failed"
end

local function by_name(headers)
  local map = {}
  for _, header in ipairs(headers or {}) do map[header.name:lower()] = header.value end
  return map
end

--- What a stored exchange says.
-- @tparam table request a forwarding.request
-- @treturn table see `stripe.workflow.forwarding`
function Outcome.of(request)
  local answer, context = request.response_details or {}, request.request_context or {}
  local status = answer.status or 0
  local outcome = word(status)
  local doubtful = outcome == "failed" or status == 408
  return {
    request = request, id = request.id, status = status, outcome = outcome,
    ok = outcome == "accepted", body = answer.body, headers = by_name(answer.headers),
    json = type(answer.body) == "string" and core.decode(answer.body) or nil,
    duration = context.destination_duration, doubtful = doubtful,
    check = doubtful and ("the destination answered %d: only it can tell whether it acted on the "
      .. "request; ask it before you send this again"):format(status) or nil,
  }
end

--- The same of what a journal has kept of an exchange that Stripe has forgotten.
function Outcome.kept(kept)
  local result = Outcome.of { id = kept.request, response_details = { status = kept.status } }
  result.request = nil
  return result
end

--- What a failure means: "not connected" (nothing was sent to the destination), "doubtful", or nil:
-- it is what it says.
function Outcome.meaning(err, response)
  if err.code == NOT_CONNECTED then return "not connected" end
  if err.code == "doubtful" or UPSTREAM[err.code] then return "doubtful" end
  -- Another failure may be tried again with its key, unless that only repeats it.
  local repeated = response ~= nil and response.replayed and (err.status or 0) >= 500
  return repeated and "doubtful" or nil
end

--- The error of a request that never reached its destination.
function Outcome.not_connected(err, url)
  return Class.failure("not_connected", ("the connection to %s could not be made, so nothing was "
    .. "sent there: try again later"):format(url), {
    retryable = true, status = err.status, request_id = err.request_id, cause = err,
  })
end

--- The error of a request of which nobody knows whether it arrived.
-- @tparam table err
-- @string url
-- @string key the idempotency key, or the name in the journal
-- @string again how to send it once more
function Outcome.doubtful(err, url, key, again)
  return Class.failure("doubtful", ("whether %s got the request can't be told: %s. Look there for "
    .. "what it would have done (%s, request %s); only if it did nothing, send it again: %s")
    :format(url, (err.message:gsub("%.$", "")), key, err.request_id or "unknown", again), {
    sent = "maybe", status = err.status, request_id = err.request_id, cause = err,
  })
end

return Outcome
