--- A receiver of webhooks, and a page that shows what became of each delivery.

local cjson = require "cjson.safe"
local page = require "page"
local setup = require "setup"
local stripe = require "stripe"
local visitor = require "visitor"

local arrivals = ngx.shared.arrivals -- "count", the last by number, and how many are to "fail"
local KEPT = 30

local webhook = {}

-- What to send, in the simulator.
local TYPES = {
  "climate.order.created", "climate.order.delivered", "crypto.onramp_session.updated",
  "identity.verification_session.verified", "identity.verification_session.requires_input",
}

-- Shown to observers: nothing personal, and of what failed the kind alone.
local function note(seen)
  local n = arrivals:incr("count", 1, 0)
  arrivals:set("arrival:" .. n, cjson.encode {
    n = n, time = ngx.time(), id = seen.id, type = seen.type, result = seen.result,
    status = seen.status, attempt = seen.attempt, milliseconds = seen.duration * 1000,
    worker = ngx.worker.id(), reason = seen.error_code or seen.reason or seen.error_type,
  })
  arrivals:delete("arrival:" .. n - KEPT)
end

-- Whether this run is one of those that were asked to fail.
local function must_fail()
  local left = arrivals:incr("fail", -1, 0)
  if left < 0 then arrivals:incr("fail", 1) end
  return left >= 0
end

--- The endpoint. A shared dictionary knows what is done, for all workers.
webhook.webhook = setup.webhook {
  on = {
    ["*"] = function() -- here is what your program does
      if must_fail() then return nil, "this try was asked to fail" end
    end,
  },
  on_event = note,
}

function webhook.page()
  local types = {}
  for i, name in ipairs(TYPES) do types[i] = { name = name } end
  return page.show("receiver.html", { types = types, simulator = setup.simulator })
end

--- The last deliveries, the newest first.
function webhook.arrivals()
  local list, n = {}, arrivals:get "count" or 0
  for i = n, math.max(n - KEPT + 1, 1), -1 do list[#list + 1] = arrivals:get("arrival:" .. i) end
  return page.json("[" .. table.concat(list, ",") .. "]")
end

local actions = {}

function actions.send(fields)
  return setup.simulate("/events/trigger", { type = tostring(fields.type) })
end

function actions.twice(fields)
  local event, why = actions.send(fields)
  if not event then return nil, why end
  return setup.simulate("/events/duplicate", { id = event.id })
end

function actions.fail(fields)
  arrivals:set("fail", 1)
  return actions.send(fields)
end

-- What failed comes again after minutes; the simulator's clock can be moved there.
function actions.later() return setup.simulate("/clock/advance", { seconds = 301 }) end

-- A delivery that somebody else has signed: our own endpoint, asked with their secret.
function actions.forge(fields)
  local body = cjson.encode { id = "evt_forged", object = "event", type = tostring(fields.type) }
  ngx.req.set_header("Stripe-Signature", stripe.webhook.sign(body, "whsec_of_somebody_else"))
  return ngx.location.capture("/webhook", { method = ngx.HTTP_POST, body = body })
end

--- Has the simulator send something.
function webhook.simulate()
  local fields = visitor.form()
  local action = actions[fields.action]
  if not (setup.simulator and action) then return ngx.exit(404) end
  local done, why = action(fields)
  if not done then ngx.log(ngx.WARN, "webhook: ", why) end
  return page.go "/"
end

return webhook
