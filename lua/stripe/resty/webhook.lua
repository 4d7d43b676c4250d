--- Webhooks inside nginx: an endpoint that handles events, and a guard for what stands behind it.
--
--     init_by_lua_block {
--       webhook = require("stripe.resty").webhook { secrets = ..., store = ..., on = ... }
--     }
--     location = /webhook { content_by_lua_block { webhook() } }
--
-- The body is taken from memory or from the file where nginx put it; its bytes are what was signed.
-- @module stripe.resty.webhook

local core = require "stripe.core"
local Secrets = require "stripe.webhook.secrets"
local find_header = require "stripe.webhook.headers"
local suggest = require "stripe.suggest"
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

-- What goes into the error log is the reason why, which the sender never learns.
local function note(self, ngx, outcome)
  if self.metrics then self.metrics:event(outcome) end
  local err = outcome.error
  if not err then return end
  local level = outcome.result == "refused" and ngx.WARN or ngx.ERR
  ngx.log(level, "stripe webhook ", outcome.id or "", " ", outcome.type or "", " ",
    outcome.result, ": ", core.redact(tostring(err)))
end

-- Runs in a timer what was verified, unless its request does so by now. A worker that is killed
-- meanwhile loses the event: the claim is not committed, but Stripe has its 200 and sends nothing
-- again. One that ends lets its timers end.
local function work(premature, self, one)
  if one.taken then return end
  one.taken = true
  local ngx = package.loaded.ngx
  local outcome = self.handler:process(one.event, one.info)
  note(self, ngx, outcome)
  if premature and outcome.status ~= 200 then
    ngx.log(ngx.ERR, "stripe webhook ", one.event.id, ": the worker exits, ", outcome.result)
  end
end

-- Whether a timer has taken the event, else why not. nginx refuses timers
-- (`lua_max_pending_timers`), and it drops those for which there is no room when their time has
-- come (`lua_max_running_timers`): which is before the shortest sleep ends.
local function in_timer(self, ngx, event, info)
  local one = { event = event, info = info }
  local begun, why = ngx.timer.at(0, work, self, one)
  if begun then ngx.sleep(0.001) end
  if one.taken then return true end
  one.taken = true
  return false, why or "nginx has dropped it"
end

local function serve_later(self, ngx, body, headers)
  local event, info = self.handler:accept(body, headers)
  if not event then
    note(self, ngx, info)
    return answer(ngx, info.status)
  end
  local begun, why = in_timer(self, ngx, event, info)
  if begun then return answer(ngx, 200, '{"result":"accepted"}') end
  ngx.log(ngx.WARN, "stripe webhook ", event.id, ": its request handles it, there is no timer: ",
    why)
  local outcome = self.handler:process(event, info)
  note(self, ngx, outcome)
  return answer(ngx, outcome.status, ('{"result":"%s"}'):format(outcome.result), outcome)
end

local Endpoint = {}
local metatable = { __name = "stripe.resty.webhook", __index = Endpoint }
local checks = setmetatable({}, { __mode = "k" }) -- so that no printout shows the secrets

local function serve(self)
  if not self.handler then
    error('this endpoint has no functions, option "on": it can only webhook:verify()', 2)
  end
  local ngx = package.loaded.ngx
  if ngx.req.get_method() ~= "POST" then return answer(ngx, 405) end
  local body, status = read_body(ngx, self.max_body)
  if not body then return answer(ngx, status) end
  local headers = ngx.req.get_headers(100, true)
  if self.background then return serve_later(self, ngx, body, headers) end
  local outcome
  status, body, outcome = self.handler(body, headers)
  note(self, ngx, outcome)
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
  local header = find_header(ngx.req.get_headers(100, true), "stripe-signature")
  local check = checks[self]
  local verification, err = webhook.verify(body, header, check.secrets, check.options)
  if verification then return verification end
  note(self, ngx, { result = "refused", error = err })
  return answer(ngx, 400)
end

local OWN = { max_body = true, background = true, metrics = true }
local OF_VERIFY = { "tolerance", "future_tolerance", "other_secrets", "diagnose" }

-- All that an endpoint without functions takes.
local OF_GUARD = { secrets = true }
for _, name in ipairs(OF_VERIFY) do OF_GUARD[name] = true end
for name in pairs(OWN) do OF_GUARD[name] = true end

local function check_own(own, given)
  local most = own.max_body
  if most ~= nil and (type(most) ~= "number" or most <= 0 or most ~= most) then
    return 'option "max_body" must be a number of bytes'
  end
  if own.background and given.queue then
    return 'give option "queue" or option "background"; not both'
  end
  if own.background and not given.on then return 'option "background" needs the option "on"' end
end

-- What is wrong with an endpoint that can only verify: the handler checks the others.
local function check_guard(given)
  for name in pairs(given) do
    if not OF_GUARD[name] then
      return ('unknown option %q, or one that needs the option "on"'):format(tostring(name))
        .. suggest.hint(name, OF_GUARD)
    end
  end
  if given.secrets == nil then return 'option "secrets" is missing' end
  local read, problem = Secrets.read(given.secrets)
  if not read then return ('option "secrets": %s'):format(problem) end
end

-- The store that the option names: nil and what is wrong with it.
local function store_of(given)
  if type(given) ~= "table" or given.claim then return given end
  if given.dict then return webhook.store.dict(given) end
  if not given.redis then return given end
  for name in pairs(given) do
    if name ~= "redis" then
      return nil, ('option "store": %q belongs inside of redis = {...}'):format(tostring(name))
    end
  end
  return webhook.store.redis(given.redis)
end

-- The store that a handler has by itself is in the memory of one worker.
local function warn_of_workers(given)
  local ngx = package.loaded.ngx
  local count = given.store == nil and not given.queue and ngx.worker.count() or 1
  if count < 2 then return end
  ngx.log(ngx.WARN, ("stripe webhook: each of the %d workers remembers for itself what it has "
    .. "handled, so that an event that comes twice may run twice: give a store, such as "
    .. '{ dict = "events" }'):format(count))
end

--- Makes an endpoint.
-- @tparam table options those of `stripe.webhook.handler`, and
--
-- * `store`: also `{ dict = "name" }`, a shared dictionary of all workers, or `{ redis = {...} }`;
--   without one each worker remembers for itself
-- * `max_body` (1 MiB): bytes; more is answered 413
-- * `background`: true answers 200 once the signature is right, and runs the function in a timer:
--   for work that takes long and may be lost with the worker. What may not be lost belongs into a
--   `queue`. Where there is no timer for it, it runs as without this option
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
  local handles = options.on or options.fallback
  local wrong = check_own(own, given) or not handles and check_guard(given)
  if wrong then error(wrong, 2) end
  local self = setmetatable({
    max_body = own.max_body or MAX_BODY, background = own.background, metrics = own.metrics,
  }, metatable)
  local check = { secrets = options.secrets, options = {} }
  for _, name in ipairs(OF_VERIFY) do check.options[name] = options[name] end
  checks[self] = check
  local made, message = store_of(options.store)
  if message then error(message, 2) end
  given.store = made
  if handles then
    self.handler = webhook.handler(given)
    warn_of_workers(given)
  end
  return self
end

return Webhook
