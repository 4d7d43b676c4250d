--- Webhooks: verify what Stripe sends, and handle it once.
--
--     local event, err = stripe.webhook.construct_event(body, header, "whsec_...")
--     if not event then log(err); return 400 end
--
-- Nothing of an error may reach the sender: it says what would make the request valid.
-- `handler`, `queue` and `store` load when first touched.
-- @module stripe.webhook

local core = require "stripe.core"
local Misuse = require "stripe.misuse"
local Secrets = require "stripe.webhook.secrets"

local TOLERANCE = 300 -- seconds, as Stripe's own libraries have it
local LATEST = 999999999999 -- the greatest time that a header may hold

local VERIFY = {
  tolerance = true, future_tolerance = true, now = true, other_secrets = true, diagnose = true,
}
local CONSTRUCT = { null = true }
for name in pairs(VERIFY) do CONSTRUCT[name] = true end
local SIGN = { timestamp = true, scheme = true }

local function check_options(options, known)
  if type(options) ~= "table" then return "options must be a table, not a " .. type(options) end
  return Misuse.names(options, known)
end

local function check_payload(payload)
  if type(payload) == "string" then return nil end
  return ("the payload is a %s: give the raw bytes of the request's body, as they came%s"):format(
    type(payload), type(payload) == "table" and ", and not what they were decoded to" or "")
end

-- Seconds that an option allows; false: any number.
local function seconds(options, name, default)
  local value = options[name]
  if value == nil then return default end
  if value == false then return false end
  if type(value) ~= "number" or value < 0 or value ~= value then
    return nil, ("option %q must be a number of seconds from 0, or false for no limit"):format(name)
  end
  return value
end

local function time(options, name)
  local value = options[name]
  if value == nil then return nil end
  if type(value) ~= "number" or not (value >= 0 and value <= LATEST) then
    return nil, ("option %q must be Unix seconds"):format(name)
  end
  return math.floor(value)
end

local function prepare_options(request, options, known)
  local problem = check_options(options, known)
  if problem then return problem end
  request.tolerance, problem = seconds(options, "tolerance", TOLERANCE)
  if problem then return problem end
  request.future, problem = seconds(options, "future_tolerance", request.tolerance)
  if problem then return problem end
  request.now, problem = time(options, "now")
  if problem then return problem end
  request.diagnose, request.other_secrets = options.diagnose, options.other_secrets
  if options.other_secrets == nil then return nil end
  problem = select(2, Secrets.read(options.other_secrets))
  return type(problem) == "string" and 'option "other_secrets": ' .. problem or nil
end

-- What is to be verified, as the core takes it; or nil and what is wrong with the arguments.
local function prepare(payload, header, secret, options, known)
  local problem = check_payload(payload)
  if problem then return nil, problem end
  local kind = type(header) -- several headers of that name are a table, in nginx and elsewhere
  if kind ~= "string" and kind ~= "nil" and kind ~= "table" then
    return nil, "the header must be the text of Stripe-Signature, not a " .. kind
  end
  local secrets, names = Secrets.read(secret)
  if not secrets then return nil, names end
  local request = {
    payload = payload, header = header, secrets = secrets, names = names,
    tolerance = TOLERANCE, future = TOLERANCE,
  }
  problem = options ~= nil and prepare_options(request, options, known)
  if problem then return nil, problem end
  return request
end

local function verify(request)
  local header = request.header
  if type(header) ~= "string" then
    return nil, require "stripe.webhook.refusal".of_signature(
      header and "header_repeated" or "header_missing")
  end
  local timestamp, index, age, of_fault = core.webhook_verify(request.payload, header,
    request.secrets, request.tolerance, request.future, request.now)
  if timestamp then
    return { timestamp = timestamp, age = age, secret = request.names[index], index = index }
  end
  request.timestamp, request.age = age, of_fault
  return nil, require "stripe.webhook.refusal".of_signature(index, request)
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
  local request, problem = prepare(payload, header, secret, options, VERIFY)
  if not request then error(problem, 2) end
  return verify(request)
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
-- @treturn[2] table as of `verify`; of type `validation_error` when the signature is right and the
--   payload is no event: code `payload_not_json`, `payload_not_event`, `payload_thin`
function webhook.construct_event(payload, header, secret, options)
  local request, problem = prepare(payload, header, secret, options, CONSTRUCT)
  if not request then error(problem, 2) end
  local null = options and options.null
  if null ~= nil and null ~= core.null then
    error('option "null" must be stripe.null, or nil', 2)
  end
  local verification, err = verify(request)
  if not verification then return nil, err end
  local event, why = core.decode(payload, null ~= nil)
  if type(event) ~= "table" or event.object ~= "event" then
    return nil, require "stripe.webhook.refusal".of_payload(event, why)
  end
  return event, nil, verification
end

--- Signs a payload as Stripe does, for tests.
-- @string payload
-- @param secret see `stripe.webhook.secrets`; of several, each gives a signature
-- @tparam ?table options `timestamp`: Unix seconds (this machine's), `scheme` ("v1")
-- @treturn string the text of the header
function webhook.sign(payload, secret, options)
  local problem = check_payload(payload)
  if problem then error(problem, 2) end
  options = options == nil and {} or options
  problem = check_options(options, SIGN)
  if problem then error(problem, 2) end
  local secrets, wrong = Secrets.read(secret)
  if not secrets then error(wrong, 2) end
  local scheme = options.scheme == nil and "v1" or options.scheme
  if type(scheme) ~= "string" or not scheme:find("^%w+$") then
    error('option "scheme" must be a word such as "v1"', 2)
  end
  local at
  at, wrong = time(options, "timestamp")
  if wrong then error(wrong, 2) end
  local text = ("%.0f"):format(at or math.floor(core.time()))
  local parts = { "t=" .. text }
  for i, value in ipairs(secrets) do
    parts[i + 1] = scheme .. "=" .. core.webhook_sign(payload, value, text)
  end
  return table.concat(parts, ",")
end

-- A module that has a constructor stands for it.
local function constructor(name)
  local module = require(name)
  return type(module) == "table" and module.new or module
end

-- What loads when it is touched: name -> module.
local function lazy(self, name, modules)
  return setmetatable(self, {
    __name = name,
    __index = function(_, key)
      local module = modules[key]
      if not module then return nil end
      local value = constructor(module)
      rawset(self, key, value)
      return value
    end,
  })
end

--- Where what was handled is remembered: `store.memory`, `store.sqlite`, `store.redis`,
-- `store.dict`.
webhook.store = lazy({}, "stripe.webhook.store", {
  memory = "stripe.webhook.store.memory", sqlite = "stripe.webhook.store.sqlite",
  redis = "stripe.webhook.store.redis", dict = "stripe.webhook.store.dict",
})

return lazy(webhook, "stripe.webhook", {
  handler = "stripe.webhook.handler", queue = "stripe.webhook.queue",
})
