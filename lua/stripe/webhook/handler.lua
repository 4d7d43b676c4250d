--- Handlers of webhooks: from the bytes of a request to the answer to it.
--
--     local handler = stripe.webhook.handler {
--       secrets = { "whsec_..." },
--       on = { ["climate.order.delivered"] = function(ctx) ... ctx.object.certificate ... end },
--     }
--     local status, body = handler(payload, headers)
--
-- A handler verifies, claims the event in its store, calls the function for its type, commits.
-- What happened is the third value it returns, the outcome:
--
-- * `status`: what to answer; `result`: "committed", "duplicate", "stale", "ignored", "queued",
--   "busy", "lost", "failed" or "refused"
-- * `id`, `type` of the event; `attempt`; `pattern` that fitted; `duration`, seconds
-- * `error` of "failed" and "refused"; `reason` of "ignored" and of a failed store or queue
-- * `retry_after` of "busy": whole seconds
--
-- The sender is told the result and nothing else.
-- @module stripe.webhook.handler

local core = require "stripe.core"
local Dispatch = require "stripe.webhook.dispatch"
local Error = require "stripe.error"
local Options = require "stripe.webhook.options"
local Process = require "stripe.webhook.process"
local find_header = require "stripe.webhook.headers"
local protect = require "stripe.webhook.protect"
local report = require "stripe.webhook.report"
local webhook = require "stripe.webhook"

local Handler = {}

local settings_of = setmetatable({}, { __mode = "k" }) -- so that no printout shows the secrets

local function refuse(settings, err, info)
  return report(settings, Process.outcome({}, "refused", { error = err, duration = 0 }), nil, info)
end

-- The event of a request, verified.
local function read(settings, payload, headers, received)
  if type(payload) ~= "string" then
    return nil, Process.refusal(("the payload is a %s: the handler takes the raw bytes of the "
      .. "request's body"):format(type(payload)))
  end
  local header = find_header(headers, "stripe-signature")
  local verification, err = webhook.verify(payload, header, settings.secrets, {
    tolerance = settings.tolerance, future_tolerance = settings.future_tolerance, now = received,
    other_secrets = settings.other_secrets, diagnose = settings.diagnose,
  })
  if not verification then return nil, err end
  local event, why = core.decode(payload, settings.null ~= nil)
  local problem = event == nil and "the payload is no JSON: " .. tostring(why)
    or Process.malformed(event)
  if problem then return nil, Process.refusal(problem) end
  return event, verification
end

-- Leaves the event to whoever works on the queue.
local function push(settings, event, payload, info)
  local ok, found, reason = protect(function() return Dispatch.find(settings, event) end)
  if not ok then return Process.outcome(event, "failed", { error = found }) end
  if not found then return Process.outcome(event, "ignored", { reason = reason }) end
  local called, pushed, why = protect(function()
    return settings.queue:push(payload, {
      id = event.id, type = event.type, received = info.received,
      secret = info.verification.secret,
    })
  end)
  if called and pushed then return Process.outcome(event, "queued") end
  local err = not called and pushed or Error.new {
    type = "api_error", code = "queue", retryable = true, sent = "no", attempts = {},
    message = "the webhook queue failed: " .. tostring(why or "it did not say why"),
  }
  return Process.outcome(event, "failed", { status = 503, reason = "queue", error = err })
end

local function answer(outcome)
  return outcome.status, ('{"result":"%s"}'):format(outcome.result), outcome
end

--- Verifies a request, for whoever handles its event later, by `process`.
-- @string payload
-- @param headers
-- @treturn[1] table event
-- @treturn[1] table what is known of it, for `process`
-- @treturn[2] nil
-- @treturn[2] table the outcome, a refusal
function Handler:accept(payload, headers)
  local settings = settings_of[self]
  if settings.secrets == false then
    error("this handler has secrets = false: it only processes, handler:process(event)", 3)
  end
  local received = math.floor(settings.now())
  local info = { source = "webhook", received = received, headers = headers }
  local event, verification = read(settings, payload, headers, received)
  if not event then return nil, refuse(settings, verification, info) end
  info.verification = verification
  return event, info
end

local function handle(self, payload, headers)
  local settings = settings_of[self]
  local event, info = self:accept(payload, headers)
  if not event then return answer(info) end
  if not settings.queue then return answer(self:process(event, info)) end
  local began = core.now()
  local outcome = push(settings, event, payload, info)
  outcome.duration = core.now() - began
  return answer(report(settings, outcome, event, info))
end

--- Handles an event that is to be trusted: one from a queue that verified events wait in, or one
-- that a call to the API returned. For those the same claims and commits count.
-- @tparam table event
-- @tparam ?table info `source`: a word for observers; `verification`, `headers`, `received` (Unix
--   seconds): what is known of how it came
-- @treturn table outcome
function Handler:process(event, info)
  local settings = settings_of[self or false]
  if not settings then error("use handler:process(event) with a colon", 2) end
  if type(event) ~= "table" then
    error("handler:process takes an event, not a " .. type(event), 2)
  end
  if info ~= nil and type(info) ~= "table" then
    error("handler:process takes a table of what is known of the event", 2)
  end
  info = info or {}
  return report(settings, Process.run(settings, event, info), event, info)
end

--- Whether there is a function for a type of event.
-- @string kind
-- @treturn boolean
function Handler:handles(kind)
  local settings = settings_of[self or false]
  if not settings then error("use handler:handles(type) with a colon", 2) end
  return (settings.patterns:match(kind) or settings.fallback) ~= nil
end

--- Whether its functions want the members of an event that are null: for whoever decodes events
-- for `process`.
-- @treturn boolean
function Handler:keeps_null()
  local settings = settings_of[self or false]
  if not settings then error("use handler:keeps_null() with a colon", 2) end
  return settings.null ~= nil
end

local metatable = { __name = "stripe.webhook.handler", __index = Handler, __call = handle }

function metatable:__tostring()
  return ("%s (%d patterns)"):format(metatable.__name, settings_of[self].patterns.count)
end

--- Makes a handler. Misuse is an error that names the option.
-- @tparam table given
--
-- * `secrets`: as `stripe.webhook.verify` takes them; false: only `process` will be called
-- * `tolerance`, `future_tolerance`, `other_secrets`, `diagnose`: see `stripe.webhook.verify`;
--   `now`: a function that gives Unix seconds, for specs
-- * `on`: pattern -> function(ctx), see `stripe.webhook.patterns` and `stripe.webhook.context`. It
--   fails by throwing, or by returning `nil, err` or false: then 500 lets Stripe try again
-- * `fallback`: function(ctx) for types that no pattern fits; without one they are ignored (200)
-- * `use`: list of function(ctx, next): each runs around what follows and returns what it returns
-- * `store`: who remembers what was handled (one in memory); false: nobody
-- * `lease` (300): seconds that a handler may take before another one may begin
-- * `name`: keeps this handler's events apart from those of others on the same store
-- * `newest`: true, or patterns, or a function(event) -> key, order; see `stripe.webhook.newest`.
--   `wait` (5): seconds to wait for another event of the same object to be done
-- * `queue`: who takes the verified events, `queue:push(payload, about)`; others process them
-- * `client`: for thin events and `ctx.client`; `fetch`: "event", "related" or "both": what to
--   fetch of thin events before their function runs; `related_prefixes`: list of paths
--   that related objects may be fetched from (those that the catalogue can retrieve)
-- * `livemode`: events of the other mode are ignored; `accounts`: a list of ids, or a
--   function(account, event): events of others are ignored
-- * `null`: stripe.null keeps members of events that are null; without it they are absent
-- * `validate` (true): refuse patterns that look like a slip
-- * `driver`: how to wait, as of `stripe.new`
-- * `on_event(seen)`: observer of every outcome, for logs and metrics: no secrets, no personal data
-- * `on_error(err, seen)`: observer of what went wrong, in full
-- @treturn table to be called with `payload, headers` -> `status, body, outcome`
function Handler.new(given)
  if type(given) ~= "table" then error("stripe.webhook.handler takes a table of options", 2) end
  local settings, wrong = Options.settings(given)
  if not settings then error(wrong, 2) end
  local self = setmetatable({}, metatable)
  settings_of[self] = settings
  return self
end

return Handler.new
