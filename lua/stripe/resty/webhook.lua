--- Webhooks inside nginx: an endpoint that handles events, and a guard for what stands behind it.
--
--     init_by_lua_block { webhook = require("stripe.resty").webhook { secrets = ..., on = ... } }
--     location = /webhook { content_by_lua_block { webhook() } }
--
-- The body is taken from memory or from the file where nginx put it; its bytes are what was signed.
-- @module stripe.resty.webhook

local core = require "stripe.core"
local webhook = require "stripe.webhook"

local Webhook = {}

local MAX_BODY = 1024 * 1024 -- bytes; events of Stripe are far smaller

-- The body, or nil and the status to answer.
local function read_body(ngx, most)
  local length = tonumber(ngx.var.content_length)
  if length and length > most then return nil, 413 end
  ngx.req.read_body()
  local body = ngx.req.get_body_data()
  if body then
    if #body > most then return nil, 413 end
    return body
  end
  local path = ngx.req.get_body_file()
  if not path then return "" end
  local file = io.open(path, "rb")
  if not file then return nil, 500 end
  body = file:read(most + 1)
  file:close()
  if not body then return nil, 500 end
  if #body > most then return nil, 413 end
  return body
end

local WORDS = { [405] = "method", [413] = "too_large", [500] = "failed" }

local function answer(ngx, status, body, outcome)
  ngx.status = status
  ngx.header["Content-Type"] = "application/json"
  if status == 405 then ngx.header["Allow"] = "POST" end
  if outcome and outcome.retry_after then ngx.header["Retry-After"] = outcome.retry_after end
  ngx.print(body or ('{"result":"%s"}'):format(WORDS[status] or "refused"))
  return ngx.exit(status)
end

-- What goes into the error log: the reason why, which the sender never learns.
local function log(ngx, outcome)
  local err = outcome.error
  if not err then return end
  local level = outcome.result == "refused" and ngx.WARN or ngx.ERR
  ngx.log(level, "stripe webhook ", outcome.id or "", " ", outcome.type or "", " ",
    outcome.result, ": ", core.redact(tostring(err)))
end

-- Runs what was verified after the answer. A worker that dies before that loses the event: the
-- claim is not committed, but Stripe has its 200 and sends nothing again.
local function in_timer(ngx, handler, event, info)
  return ngx.timer.at(0, function(premature)
    local outcome = handler:process(event, info)
    log(ngx, outcome)
    if premature and outcome.result ~= "committed" then
      ngx.log(ngx.ERR, "stripe webhook ", event.id, ": the worker exits, ", outcome.result)
    end
  end)
end

local Endpoint = {}
local metatable = { __name = "stripe.resty.webhook", __index = Endpoint }

local function serve(self)
  local ngx = package.loaded.ngx
  if ngx.req.get_method() ~= "POST" then return answer(ngx, 405) end
  local body, status = read_body(ngx, self.max_body)
  if not body then return answer(ngx, status) end
  local headers = ngx.req.get_headers(100, true)
  if self.background then
    local event, err, verification = webhook.construct_event(body,
      headers["stripe-signature"] or headers["Stripe-Signature"], self.secrets, self.verify_options)
    if not event then
      log(ngx, { result = "refused", error = err })
      return answer(ngx, 400)
    end
    local begun, why = in_timer(ngx, self.handler, event, {
      source = "webhook", verification = verification, headers = headers, received = ngx.time(),
    })
    if begun then return answer(ngx, 200, '{"result":"accepted"}') end
    ngx.log(ngx.ERR, "stripe webhook ", event.id, ": no timer: ", why)
    return answer(ngx, 503)
  end
  local outcome
  status, body, outcome = self.handler(body, headers)
  log(ngx, outcome)
  if self.metrics then self.metrics:event(outcome) end
  return answer(ngx, status, body, outcome)
end

metatable.__call = serve

--- Verifies in the access phase and lets the request through to what stands behind, such as
-- `proxy_pass`; else answers 400 or 413 itself. `access_by_lua_block { webhook:verify() }`.
-- @treturn table what `stripe.webhook.verify` returns
function Endpoint:verify()
  local ngx = package.loaded.ngx
  local body, status = read_body(ngx, self.max_body)
  if not body then return answer(ngx, status) end
  local headers = ngx.req.get_headers(100, true)
  local verification, err = webhook.verify(body,
    headers["stripe-signature"] or headers["Stripe-Signature"], self.secrets, self.verify_options)
  if verification then return verification end
  log(ngx, { result = "refused", error = err })
  return answer(ngx, 400)
end

local OWN = { max_body = true, background = true, metrics = true }
local OF_VERIFY = { "tolerance", "future_tolerance", "other_secrets", "diagnose" }

--- Makes an endpoint.
-- @tparam table options those of `stripe.webhook.handler`, and
--
-- * `store`: also `{ dict = "name" }`, a shared dictionary of all workers, or `{ redis = {...} }`
-- * `max_body` (1 MiB): bytes; more is answered 413
-- * `background`: true answers 200 once the signature is right, and runs the function in a timer:
--   for work that takes long and may be lost with the worker. What may not be lost belongs into a
--   `queue`
-- * `metrics`: a `stripe.resty.metrics` to count outcomes into
--
-- Without `on` it can only `verify`.
-- @treturn table call it in the content phase, its `verify` in the access phase
function Webhook.new(options)
  if type(options) ~= "table" then error("webhook takes a table of options", 2) end
  local own, given = {}, {}
  for name, value in pairs(options) do
    if OWN[name] then own[name] = value else given[name] = value end
  end
  local self = setmetatable({
    secrets = options.secrets, max_body = own.max_body or MAX_BODY, background = own.background,
    metrics = own.metrics, verify_options = {},
  }, metatable)
  for _, name in ipairs(OF_VERIFY) do self.verify_options[name] = options[name] end
  local store = options.store
  if type(store) == "table" and (store.dict or store.redis) and not store.claim then
    local made, message
    if store.dict then
      made, message = webhook.store.dict(store)
    else
      made, message = webhook.store.redis(store.redis)
    end
    if not made then error(message, 2) end
    given.store = made
  end
  if options.on or options.fallback then self.handler = webhook.handler(given) end
  return self
end

return Webhook
