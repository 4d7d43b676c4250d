--- Errors: the second value of a call that failed.
--
-- A plain table with these fields, and a `tostring` of one line:
--
-- * `type`: `invalid_request_error`, `card_error`, `authentication_error`, `permission_error`,
--   `rate_limit_error`, `idempotency_error`, `api_error`, `connection_error`, `validation_error`
--   (refused here, nothing sent), `signature_error`, `lua_error` (a function threw),
--   `journal_error`, `workflow_error`
-- * `message`; `code`, `param`, `doc_url`, `decline_code` when known
-- * `status`, `request_id` when there was an answer
-- * `operation` (such as "climate.orders.create"), `method`, `path`, `idempotency_key`
-- * `attempts`: list of `{n, status or failure, request_id, started, duration, slept}`, seconds
-- * `retryable`: the same call may succeed later; `sent`: "no", "maybe" or "yes"
-- * `raw`: the body of the answer, decoded if it was JSON, redacted
--
-- No secret is in any of them.
-- @module stripe.error

local core = require "stripe.core"
local Operations = require "stripe.operations"

local Error = {}

local function describe(self)
  local about = {}
  local function add(label, value)
    if value ~= nil then about[#about + 1] = label .. tostring(value) end
  end
  add("code ", self.code)
  add("param ", self.param)
  add("status ", self.status)
  add("", self.operation or self.method and self.path and self.method .. " " .. self.path)
  add("request ", self.request_id)
  if self.sent == "maybe" then add("", "may have reached Stripe") end
  local line = self.type .. ": " .. self.message
  if #about > 0 then line = line .. " (" .. table.concat(about, ", ") .. ")" end
  return (line:gsub("%c+", " "))
end

local metatable = {
  __name = "stripe.error",
  __tostring = describe,
  __concat = function(a, b) return tostring(a) .. tostring(b) end,
}

--- Makes an error of the fields above; texts are redacted here, once for all.
-- @tparam table fields at least type and message
-- @treturn table the same table
function Error.new(fields)
  for name, value in pairs(fields) do
    if type(value) == "string" then fields[name] = core.redact(value) end
  end
  return setmetatable(fields, metatable)
end

--- Whether a value is one of these errors.
-- @param value
-- @treturn boolean
function Error.is(value)
  return getmetatable(value) == metatable
end

--- A call refused before anything was sent.
-- @tparam table problem `{ param=, message= }`, as the core describes it
-- @tparam ?table operation entry of `Operations.list`
-- @tparam ?string method when there is no operation
-- @tparam ?string path
-- @treturn table
function Error.refused(problem, operation, method, path)
  return Error.new {
    type = "validation_error", message = problem.message, param = problem.param,
    code = problem.kind, operation = operation and operation.resource .. "." .. operation.name,
    method = operation and operation.method or method, path = operation and operation.path or path,
    attempts = {}, retryable = false, sent = "no",
  }
end

--- The error made of what a function threw: nobody knows how far it came.
-- @param thrown kept as `cause`
-- @tparam ?string trace
-- @treturn table
function Error.thrown(thrown, trace)
  return Error.new {
    type = "lua_error", message = tostring(thrown), traceback = trace, cause = thrown,
    attempts = {}, retryable = false, sent = "maybe",
  }
end

--- An error about a call, which tells the rest. By itself, for failures that our side found: no
-- transport, an answer that can't be read, a sink that failed.
-- @tparam userdata call
-- @tparam table fields type, code, message
-- @treturn table
function Error.about(call, fields)
  fields.status = call:status()
  fields.request_id = call:request_id()
  fields.operation = Operations.name(call:operation())
  fields.method, fields.path = call:method(), call:path()
  fields.idempotency_key = call:idempotency_key()
  fields.attempts = call:attempts()
  if fields.retryable == nil then fields.retryable = call:retryable() end
  fields.sent = fields.sent or call:sent()
  return Error.new(fields)
end

-- The error object of a body: Stripe's own, or the OAuth style (`error` is a word).
local function described(body)
  if type(body) ~= "table" then return nil end
  if type(body.error) == "table" then return body.error end
  if type(body.error) == "string" then
    return { code = body.error, message = body.error_description }
  end
end

local function text(value)
  return type(value) == "string" and value or nil
end

--- The error of a call that is done and did not succeed.
-- @tparam userdata call
-- @treturn table
function Error.of_call(call)
  local kind, message = call:problem()
  if kind then
    return Error.about(call, { type = "connection_error", code = kind, message = message or kind })
  end
  local status, body = call:status(), call:error_body()
  local found = described(body)
  local own = found or {}
  if not found then
    local _, why = call:object()
    message = ("the API answered %d, and %s"):format(status,
      body and "its body describes no error" or why or "no error")
  end
  -- What is no JSON was not written by the API: only its status is known.
  local foreign = body == nil and status ~= 429
  return Error.about(call, {
    type = foreign and "api_error" or core.classify(status, text(own.type), text(own.code)),
    code = text(own.code), param = text(own.param), doc_url = text(own.doc_url),
    decline_code = text(own.decline_code),
    message = text(own.message) or message or ("the API answered %d"):format(status),
    raw = body and core.redact_object(body) or core.redact((call:body() or ""):sub(1, 2000)),
  })
end

return Error
