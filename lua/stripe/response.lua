--- The answer behind an object: the third value of every call that got one.
--
-- `status`, `headers` (list of `{name, value}`; `headers["request-id"]` looks up by lower-case
-- name), `request_id`, `idempotency_key`, `replayed` (Stripe gave the stored answer of an earlier
-- request with this key), `attempts` (list of `{n, status or failure, request_id, started,
-- duration, slept}`, seconds), `notice` (a text that Stripe wants read), `observer_error` (what an
-- observer threw), `error` (the error beside it, if the call failed: LuaJIT's `assert` throws the
-- last of its arguments, and not the second). Each is built when first read.
-- @module stripe.response

local readers = {
  status = function(call) return call:status() end,
  headers = function(call) return call:headers() end,
  request_id = function(call) return call:request_id() end,
  idempotency_key = function(call) return call:idempotency_key() end,
  replayed = function(call) return call:replayed() end,
  attempts = function(call) return call:attempts() end,
  notice = function(call) return call:headers()["stripe-notice"] end,
}

local CALL = {} -- under which a response has its call

local metatable = { __name = "stripe.response" }

function metatable:__tostring()
  local about = ("stripe.response (%s, %s)"):format(self.status,
    self.request_id or "no request id")
  return self.error and about .. " with " .. tostring(self.error) or about
end

function metatable:__index(field)
  local read = readers[field]
  if not read then return nil end
  local value = read(rawget(self, CALL))
  rawset(self, field, value)
  return value
end

--- Wraps a finished call.
-- @tparam userdata call
-- @param observer_error
-- @tparam ?table err the error that the call returned
-- @treturn table
local function new(call, observer_error, err)
  return setmetatable({ [CALL] = call, observer_error = observer_error, error = err }, metatable)
end

--- What a call returns that failed: without a response there is no third value, since LuaJIT's
-- assert throws the last one.
-- @tparam table err
-- @tparam ?table response
-- @return nil, the error, and the response if there is one
local function failed(err, response)
  if response then return nil, err, response end
  return nil, err
end

return { new = new, failed = failed }
