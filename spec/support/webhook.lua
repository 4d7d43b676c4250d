--- Events, and requests that carry them, for the specs of webhooks.

local core = require "stripe.core"
local stripe = require "stripe"

local support = { secret = "whsec_spec_7f3a", time = 1767225600 }

local function copy(value)
  if type(value) ~= "table" then return value end
  local result = {}
  for k, v in pairs(value) do result[k] = copy(v) end
  return result
end

--- An event about a climate order, with other members where they are given.
function support.event(more)
  local event = {
    id = "evt_1", object = "event", type = "climate.order.delivered",
    created = support.time - 10, livemode = false, api_version = core.api_version,
    data = { object = { id = "climorder_1", object = "climate.order", status = "delivered" } },
  }
  for name, value in pairs(more or {}) do event[name] = copy(value) end
  return event
end

--- A notification about a climate order.
function support.thin(more)
  local event = {
    id = "evt_thin_1", object = "v2.core.event", type = "v1.climate.order.delivered",
    created = "2026-01-01T00:00:00.000Z", livemode = false,
    related_object = {
      id = "climorder_1", type = "climate.order", url = "/v1/climate/orders/climorder_1",
    },
  }
  for name, value in pairs(more or {}) do event[name] = copy(value) end
  return event
end

--- The bytes and the headers of a request.
function support.request(event, secret)
  local payload = type(event) == "string" and event or core.json(event)
  return payload, { ["Stripe-Signature"] = stripe.webhook.sign(payload, secret or support.secret,
    { timestamp = support.time }) }
end

--- A handler with the secret and the time of these requests.
function support.handler(options)
  local given = { secrets = support.secret, now = function() return support.time end }
  for name, value in pairs(options) do given[name] = value end
  return stripe.webhook.handler(given)
end

--- A memory store with a clock of its own: `store.advance(seconds)`.
function support.store(options)
  local time = 0
  local given = { now = function() return time end }
  for name, value in pairs(options or {}) do given[name] = value end
  local store = stripe.webhook.store.memory(given)
  return store, function(seconds) time = time + seconds end
end

return support
