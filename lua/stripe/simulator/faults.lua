--- Failures on demand: the next requests that match are answered wrongly.
--
-- A fault without `done` stands in the place of the answer: nothing is executed, nothing stored.
-- The others let the request run and spoil what comes back.
-- @module stripe.simulator.faults

local core = require "stripe.core"
local copy = require "stripe.simulator.copy"
local errors = require "stripe.simulator.errors"
local families = require "stripe.simulator.families"
local idempotency = require "stripe.simulator.idempotency"
local shape = require "stripe.simulator.shape"
local with = require "stripe.with"

local Faults = {}
local metatable = { __name = "stripe.simulator.faults", __index = Faults }

local function refusal(err, headers)
  return { status = err.status, headers = with({ ["Content-Type"] = "application/json" }, headers),
    body = errors.body(err) }
end

-- Name -> what is answered instead: function(fault, request).
local instead = {
  rate_limit = function(fault)
    return refusal(errors.new {
      status = 429, code = "rate_limit",
      message = "Testmode request rate limit exceeded, the rate limits in testmode are lower than "
        .. "livemode. You can learn more about rate limits here "
        .. "https://stripe.com/docs/rate-limits.",
    }, { ["Stripe-Rate-Limited-Reason"] = fault.reason or "global-rate" })
  end,
  lock_timeout = function()
    return refusal(errors.new {
      status = 429, code = "lock_timeout",
      message = "This object cannot be accessed right now because another API request or Stripe "
        .. "process is currently accessing it. If you see this error intermittently, retry the "
        .. "request.",
    })
  end,
  conflict = function(_, request)
    return refusal(idempotency.in_flight(request.idempotency_key or "none"))
  end,
  server_error = function()
    return { status = 500, headers = { ["Content-Type"] = "application/json" }, body = "{}" }
  end,
  html = function()
    return { status = 502, headers = { ["Content-Type"] = "text/html" },
      body = "<html><head><title>502 Bad Gateway</title></head><body></body></html>" }
  end,
  status = function(fault)
    local body = fault.body
    if type(body) == "table" then body = core.json(body) end
    return { status = fault.status, body = body or "",
      headers = with({ ["Content-Type"] = "application/json" }, fault.headers) }
  end,
  reset = function() return { directive = "reset" } end,
}

-- Name -> what the answer becomes: function(fault, response).
local after = {
  delay = function(fault, response)
    return { directive = "delay", seconds = fault.delay, response = response }
  end,
  truncate = function(fault, response)
    return { directive = "truncate", response = response,
      bytes = fault.bytes or math.floor(#(response.body or "") / 2) }
  end,
  lost = function() return { directive = "reset", done = true } end,
}

local FAULT = {
  kind = "string", reason = "string", delay = "number", bytes = "integer", status = "integer",
  body = shape.either("bytes", "table"), headers = shape.map "scalar",
}
local MOST = 2 ^ 52 -- times, which JSON can carry
local OPTIONS = { match = true, times = true, fault = true }
local MATCH = { method = "string", path = "string", operation = "string" }

-- Checks what a user wrote and gives it one shape: { kind =, ... }.
local function normalized(fault)
  if type(fault) == "string" then fault = { kind = fault } end
  local err = shape.check(fault, FAULT, "fault")
  if err then return nil, err end
  fault = copy.deep(fault)
  fault.kind = fault.kind or fault.status and "status" or fault.delay and "delay"
  if not (instead[fault.kind] or after[fault.kind]) then
    return nil, "no such fault: " .. tostring(fault.kind)
  elseif fault.kind == "status"
    and not (fault.status and fault.status >= 200 and fault.status <= 599) then
    return nil, "fault.status: an HTTP status from 200 to 599 expected"
  elseif fault.kind == "delay" and not (fault.delay and fault.delay >= 0) then
    return nil, "fault.delay: seconds expected"
  elseif (fault.bytes or 0) < 0 then
    return nil, "fault.bytes: how many bytes expected"
  end
  for name in pairs(fault.headers or {}) do
    if not name:find "^[%w!#$%%&'*+.^_`|~-]+$" then
      return nil, "fault.headers: no name of a header: " .. name
    end
  end
  return fault
end

-- Where a path fits a pattern, if it does, and whether the pattern is sound: Lua looks at one only
-- as far as it fits.
local function found(path, pattern)
  local sound, at = pcall(string.find, path, "^" .. pattern .. "$")
  return sound and at, sound
end

-- Whether a text is a Lua pattern, as far as paths of the API show.
local function is_pattern(text)
  local _, sound = found(text, text)
  for _, operation in ipairs(families.descriptors) do
    sound = sound and select(2, found(operation.path, text))
  end
  return sound
end

local function new() return setmetatable({ list = {} }, metatable) end

--- Adds a fault. Faults are tried in the order in which they were added.
-- @tparam table options
--   `match`: all that is given must fit, `{ method = "POST", path = pattern or operation }`: a path
--   that begins with "/" is a Lua pattern for the whole path, another is the name of an operation
--   such as "climate.orders.create" (also as `operation`); no match: every request;
--   `times`: how many requests (1);
--   `fault`: `"rate_limit"` (or `{ kind = "rate_limit", reason = "endpoint-rate" }`),
--   `"lock_timeout"`, `"conflict"`, `"server_error"`, `"html"`, `"reset"`, `"truncate"` (or
--   `{ kind = "truncate", bytes = n }`), `"lost"` (done, then the connection breaks),
--   `{ delay = seconds }`, `{ status =, body = text or table, headers = map }`
-- @treturn boolean true | nil, err
function Faults:add(options)
  if type(options) ~= "table" then return nil, "a table expected" end
  for name in pairs(options) do
    if not OPTIONS[name] then
      return nil, errors.from_problem { kind = "unknown", param = tostring(name) }
    end
  end
  local fault, problem = normalized(options.fault)
  if not fault then return nil, problem end
  local match = copy.deep(options.match or {})
  local err = shape.check(match, MATCH, "match")
  if err then return nil, err end
  if match.path and match.path:sub(1, 1) ~= "/" then
    match.path, match.operation = nil, match.path
  end
  if match.path and not is_pattern(match.path) then
    return nil, "match.path: not a Lua pattern: " .. match.path
  end
  if match.operation and not families.operations[match.operation] then
    return nil, ("match: no such operation: %s; a path begins with /"):format(match.operation)
  end
  local times = options.times or 1
  if type(times) ~= "number" or times < 1 or times ~= times then
    return nil, "times: a number of 1 or more expected"
  end
  table.insert(self.list, { match = match, times = math.min(times, MOST), fault = fault })
  return true
end

local function fits(match, request)
  return (not match.method or match.method:upper() == request.method)
    and (not match.path or found(request.path, match.path))
    and (not match.operation or request.operation ~= nil
      and match.operation == request.operation.title)
end

--- The fault for a request, used up by it; nil when there is none.
function Faults:take(request)
  for i, entry in ipairs(self.list) do
    if fits(entry.match, request) then
      entry.times = entry.times - 1
      if entry.times < 1 then table.remove(self.list, i) end
      return entry.fault
    end
  end
end

--- The answer that a fault puts in the place of the right one; nil when the request is to run.
local function replacement(fault, request)
  local make = instead[fault.kind]
  return make and make(fault, request)
end

--- What a fault makes of the answer of a request that ran.
local function spoiled(fault, response)
  local spoil = after[fault.kind]
  return spoil and spoil(fault, response) or response
end

--- Removes all faults.
function Faults:clear() self.list = {} end

Faults.reset = Faults.clear

function Faults:snapshot() return copy.deep(self.list) end

function Faults:restore(list) self.list = list end

return { new = new, instead = replacement, after = spoiled }
