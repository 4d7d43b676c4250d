--- Webhooks: verify what Stripe sends, and handle it once.
--
--     local event, err = stripe.webhook.construct_event(body, header, "whsec_...")
--     if not event then log(err); return 400 end
--
-- Nothing of an error may reach the sender: it says what would make the request valid.
-- `handler`, `queue` and `store` load when first touched.
-- @module stripe.webhook

local core = require "stripe.core"
local Secrets = require "stripe.webhook.secrets"
local suggest = require "stripe.suggest"

local TOLERANCE = 300 -- seconds, as Stripe's own libraries have it
local LATEST = 999999999999 -- the greatest time that a header may hold

local VERIFY = { "tolerance", "future_tolerance", "now", "other_secrets", "diagnose" }
local CONSTRUCT = { "null" }
local SIGN = { "timestamp", "scheme" }
for _, list in ipairs { VERIFY, CONSTRUCT, SIGN } do
  for i, name in ipairs(list) do list[i], list[name] = nil, true end
end
for name in pairs(VERIFY) do CONSTRUCT[name] = true end

local function unknown(options, known)
  for name in pairs(options) do
    if not known[name] then
      return ("unknown option %q"):format(core.redact(tostring(name))) .. suggest.hint(name, known)
    end
  end
end

-- Seconds that an option allows; false: any.
local function seconds(options, name, default)
  local value = options[name]
  if value == nil then return default end
  if value == false then return false end
  if type(value) ~= "number" or not (value >= 0) then
    return nil, ("option %q must be a number of seconds from 0, or false for no limit"):format(name)
  end
  return value
end

local function time(value, name)
  if value == nil then return nil end
  if type(value) ~= "number" or not (value >= 0 and value <= LATEST) then
    return nil, ("option %q must be Unix seconds"):format(name)
  end
  return math.floor(value)
end

local function bytes(payload)
  if type(payload) == "string" then return nil end
  return ("the payload is a %s: give the raw bytes of the request's body, as they came%s"):format(
    type(payload), type(payload) == "table" and ", and not what they were decoded to" or "")
end

-- Arguments as the core takes them; or nil and what is wrong.
local function prepare(payload, header, secret, options, known)
  local problem = bytes(payload)
  if problem then return nil, problem end
  if type(header) == "number" or type(header) == "boolean" or type(header) == "function" then
    return nil, "the header must be the text of Stripe-Signature, not a " .. type(header)
  end
  if options ~= nil and type(options) ~= "table" then
    return nil, "options must be a table, not a " .. type(options)
  end
  local given = { secret = secret, options = options or {} }
  problem = unknown(given.options, known)
  if problem then return nil, problem end
  given.secrets, given.names = Secrets.read(secret)
  if not given.secrets then return nil, given.names end
  given.tolerance, problem = seconds(given.options, "tolerance", TOLERANCE)
  if problem then return nil, problem end
  given.future, problem = seconds(given.options, "future_tolerance", given.tolerance)
  if problem then return nil, problem end
  given.now, problem = time(given.options.now, "now")
  if problem then return nil, problem end
  return given
end

local function verify(payload, header, given)
  if type(header) ~= "string" then
    local refusal = require "stripe.webhook.refusal"
    return nil, refusal(type(header) == "table" and "header_repeated" or "header_missing")
  end
  local at, which, which_age, age = core.webhook_verify(payload, header, given.secrets,
    given.tolerance, given.future, given.now)
  if not at then
    return nil, require "stripe.webhook.refusal" (which, which_age, age, payload, header, given)
  end
  return { timestamp = at, age = which_age, secret = given.names[which], index = which }
end

local webhook = {}

--- Verifies that Stripe sent a request, and when.
-- @string payload the bytes of the request's body, as they came
-- @param header the text of the header Stripe-Signature; nil, when there is none, is refused
-- @param secret what it may be signed with, see `stripe.webhook.secrets`
-- @tparam ?table options
--
-- * `tolerance` (300): how old the signature may be, seconds; 0 is zero seconds, false: any age
-- * `future_tolerance` (as `tolerance`): how far ahead its time may be, seconds; false: any
-- * `now`: Unix seconds, instead of this machine's time
-- * `other_secrets`: secrets that are not valid here; when one of them made the signature, the
--   error says which
-- * `diagnose` (true): look for the reason when no signature fits, which costs some ten times what
--   verifying does
-- @treturn[1] table `{ timestamp =, age =, secret =, index = }`: when it was signed (Unix seconds),
--   how long ago (seconds), the name of the secret that fitted, if it has one, and its position
-- @treturn[2] nil
-- @treturn[2] table error of type `signature_error` with `code`, `message` and `diagnosis`, for
--   your logs only; `timestamp` and `age` where they are known
function webhook.verify(payload, header, secret, options)
  local given, problem = prepare(payload, header, secret, options, VERIFY)
  if not given then error(problem, 2) end
  return verify(payload, header, given)
end

--- Verifies a request and decodes the event in it.
-- @string payload see `verify`, also for the rest
-- @param header
-- @param secret
-- @tparam ?table options those of `verify`, and `null`: stripe.null keeps members that are null
-- @treturn[1] table the event, as a call would return it, but with lists that are plain tables
-- @treturn[1] nil
-- @treturn[1] table what `verify` returns
-- @treturn[2] nil
-- @treturn[2] table as of `verify`; of type `invalid_request_error` when the signature is right and
--   the payload is no event
function webhook.construct_event(payload, header, secret, options)
  local given, problem = prepare(payload, header, secret, options, CONSTRUCT)
  local null = given and given.options.null
  if null ~= nil and null ~= core.null then problem = 'option "null" must be stripe.null or nil' end
  if problem then error(problem, 2) end
  local verification, err = verify(payload, header, given)
  if not verification then return nil, err end
  local event, why = core.decode(payload, null == core.null)
  if type(event) ~= "table" or event.object ~= "event" then
    return nil, require "stripe.webhook.refusal".of_payload(event, why)
  end
  return event, nil, verification
end

--- Signs a payload as Stripe does, for tests.
-- @string payload
-- @param secret see `stripe.webhook.secrets`; several give several signatures
-- @tparam ?table options `timestamp`: Unix seconds (now), `scheme` ("v1")
-- @treturn string the text of the header
function webhook.sign(payload, secret, options)
  local problem = bytes(payload)
  if problem then error(problem, 2) end
  options = options or {}
  if type(options) ~= "table" then error("options must be a table", 2) end
  problem = unknown(options, SIGN)
  if problem then error(problem, 2) end
  local secrets, wrong = Secrets.read(secret)
  if not secrets then error(wrong, 2) end
  local scheme = options.scheme == nil and "v1" or options.scheme
  if type(scheme) ~= "string" or not scheme:find("^%w+$") then
    error('option "scheme" must be a word such as "v1"', 2)
  end
  local at
  at, wrong = time(options.timestamp == nil and core.time() or options.timestamp, "timestamp")
  if wrong then error(wrong, 2) end
  local text = ("%.0f"):format(at)
  local parts = { "t=" .. text }
  for i, value in ipairs(secrets) do
    parts[i + 1] = scheme .. "=" .. core.webhook_sign(payload, value, text)
  end
  return table.concat(parts, ",")
end

local function lazy(name, modules, take)
  return setmetatable({}, {
    __name = name,
    __index = function(self, key)
      local module = modules[key]
      if not module then return nil end
      local value = take(require(module))
      rawset(self, key, value)
      return value
    end,
  })
end

-- A module that has a constructor stands for it.
local function constructor(module)
  return type(module) == "table" and module.new or module
end

local later = {
  handler = "stripe.webhook.handler", queue = "stripe.webhook.queue",
}

local store = lazy("stripe.webhook.store", {
  memory = "stripe.webhook.store.memory", sqlite = "stripe.webhook.store.sqlite",
  redis = "stripe.webhook.store.redis",
}, constructor)

return setmetatable(webhook, {
  __name = "stripe.webhook",
  __index = function(self, name)
    local module = later[name]
    if not module then return name == "store" and store or nil end
    local value = constructor(require(module))
    rawset(self, name, value)
    return value
  end,
})
