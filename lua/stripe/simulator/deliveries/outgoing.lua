--- The request that a delivery makes: the event as it is now, labelled, signed.
-- [behaviour: Signature, Delivery]
-- @module stripe.simulator.deliveries.outgoing

local core = require "stripe.core"
local copy = require "stripe.simulator.copy"
local pretty = require "stripe.simulator.deliveries.pretty"
local readable = require "stripe.simulator.readable"

local outgoing = {}

local TIMEOUT = 10 -- seconds

local function signature(payload, secrets, time)
  local text = ("%.0f"):format(time)
  local parts = { "t=" .. text }
  for _, secret in ipairs(secrets.active) do
    parts[#parts + 1] = "v1=" .. core.webhook_sign(payload, secret, text)
  end
  if secrets.fake then -- of a scheme that nobody may trust; Stripe sends it in test mode
    parts[#parts + 1] = "v0=" .. core.webhook_sign(payload, "v0" .. secrets.active[1], text)
  end
  return table.concat(parts, ",")
end

--- @tparam table event
-- @tparam table endpoint
-- @tparam table secrets `active`: those that sign; `fake`: whether a signature of scheme v0 is
--   added
-- @number time of the signature, Unix seconds
-- @treturn table `{ method, url, headers = {{name, value}, ...}, body, timeout = seconds }`; the
--   headers can be read by name too
function outgoing.request(event, endpoint, secrets, time)
  local shown = copy.shallow(event)
  shown.api_version = endpoint.api_version or event.api_version
  local payload = pretty(core.render(shown))
  return {
    method = "POST", url = endpoint.url, body = payload, timeout = TIMEOUT,
    headers = readable {
      { "Accept", "*/*; q=0.5, application/xml" },
      { "Cache-Control", "no-cache" },
      { "Content-Type", "application/json; charset=utf-8" },
      { "Stripe-Signature", signature(payload, secrets, time) },
      { "User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)" },
    },
  }
end

--- The event as somebody in this process gets it, with its nulls if he wants them.
function outgoing.event(event, keep_null)
  return (assert(core.decode(core.render(event), keep_null)))
end

return outgoing
