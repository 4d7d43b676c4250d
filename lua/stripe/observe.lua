--- Observers: what `on_request` and `on_response` get to see.
--
-- Each gets a redacted copy of its own, so what it does with it changes nothing; adding to it is an
-- error, since that can only be a misunderstanding. What an observer throws is kept for
-- `response.observer_error`, and the call goes on.
-- @module stripe.observe

local core = require "stripe.core"
local Operations = require "stripe.operations"

local Observe = {}

local read_only = {
  __name = "stripe.observation",
  __newindex = function(_, field)
    error(("an observer only looks: can't set %q"):format(tostring(field)), 2)
  end,
}

--- Makes a table one that an observer gets.
-- @tparam table seen
-- @treturn table the same
function Observe.sealed(seen) return setmetatable(seen, read_only) end

-- Headers whose whole value is a secret.
local SECRET = { ["stripe-oauth-token"] = true, ["cookie"] = true, ["set-cookie"] = true }

--- Headers without secrets.
-- @tparam table headers list of `{name, value}`
-- @treturn table the same kind of list; lookup by lower-case name, too
function Observe.headers(headers)
  local shown, by_name = {}, {}
  for i, header in ipairs(headers) do
    local name, value = header[1], tostring(header[2])
    value = SECRET[name:lower()] and "[redacted]" or core.redact(value)
    shown[i] = { name, value }
    by_name[name:lower()] = value
  end
  return setmetatable(shown, {
    __name = read_only.__name, __newindex = read_only.__newindex, __index = by_name,
  })
end

-- The operation whose parameters tell what is sensitive, also of one that is called by its path.
local function operation_of(call)
  return call:operation() or (core.route(call:method(), call:path()))
end

--- The address of a request without secrets in its query.
-- @tparam userdata call
-- @tparam string url
-- @treturn string
function Observe.url(call, url)
  local address, query = url:match("^([^?]*)%?(.*)$")
  if not address then return core.redact(url) end
  return core.redact(address) .. "?" .. core.redact_form(operation_of(call), query)
end

--- The body of a request without secrets; an upload from disk has none to show.
-- @tparam userdata call
-- @tparam table request
-- @treturn ?string
function Observe.body(call, request)
  local length = request.stream and request.stream.content_length or #(request.body or "")
  if length == 0 then return request.body end
  local content_type = request.headers["content-type"] or ""
  if content_type:find("multipart", 1, true) then
    return ("[%.0f bytes of %s]"):format(length, content_type:match("^[^;]*"))
  end
  return core.redact_form(operation_of(call), request.body)
end

local function tell(observer, seen)
  local ok, message = pcall(observer, Observe.sealed(seen))
  if not ok then return message == nil and "nil" or message end
end

--- Shows a request that is about to be sent: operation, method, url, headers, body, attempt,
-- idempotency_key.
-- @tparam function observer
-- @tparam userdata call
-- @tparam table request
-- @tparam integer attempt 1 for the first
-- @return what the observer threw, or nil
function Observe.request(observer, call, request, attempt)
  return tell(observer, {
    operation = Operations.name(call:operation()), method = request.method,
    url = Observe.url(call, request.url), headers = Observe.headers(request.headers),
    body = Observe.body(call, request), attempt = attempt, idempotency_key = call:idempotency_key(),
  })
end

--- Shows how an attempt ended: operation, method, path, attempt, status or failure, request_id,
-- duration (seconds), headers (nil when there was no answer), idempotency_key.
-- @tparam function observer
-- @tparam userdata call
-- @tparam table attempt the last one of the call's history
-- @tparam ?table headers of the answer
-- @return what the observer threw, or nil
function Observe.response(observer, call, attempt, headers)
  return tell(observer, {
    operation = Operations.name(call:operation()), method = call:method(),
    path = core.redact(call:path()), attempt = attempt.n, status = attempt.status,
    failure = attempt.failure, request_id = attempt.request_id, duration = attempt.duration,
    headers = headers and Observe.headers(headers), idempotency_key = call:idempotency_key(),
  })
end

return Observe
