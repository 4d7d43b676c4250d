--- What a transport may hand back, checked: it may come from somebody else's code.
-- @module stripe.transport.answer

local core = require "stripe.core"

-- The kinds of failure that a transport can name.
local KINDS = {
  resolve = true, connect = true, tls = true, timeout = true, reset = true, aborted = true,
  protocol = true, too_large = true, canceled = true, deadline = true,
}

local function malformed(message)
  return nil, { kind = "protocol", message = "the transport gave " .. message, sent = "maybe" }
end

local SENT = { no = true, maybe = true, yes = true }

local function failure_of(failure)
  if type(failure) ~= "table" then
    return { kind = "aborted", message = tostring(failure or "the transport gave no answer") }
  end
  local kind = KINDS[failure.kind] and failure.kind or "aborted"
  local sent = SENT[failure.sent] and failure.sent or nil
  return { kind = kind, sent = sent, message = tostring(failure.message or kind) }
end

--- Checks what a transport returned.
-- @param answer
-- @param failure
-- @treturn[1] table with `status, headers, body`
-- @treturn[2] nil
-- @treturn[2] table `{kind, message, sent}`
local function check(answer, failure)
  if not answer then
    local found = failure_of(failure)
    found.message = core.redact(found.message)
    return nil, found
  end
  if type(answer) ~= "table" then return malformed("a " .. type(answer) .. " as its answer") end
  local status = answer.status
  if type(status) ~= "number" or status % 1 ~= 0 or status < 100 or status > 599 then
    return malformed("an answer without a status from 100 to 599")
  end
  if answer.headers ~= nil and type(answer.headers) ~= "table" then
    return malformed("an answer whose headers are no table")
  end
  if answer.body ~= nil and type(answer.body) ~= "string" then
    return malformed("an answer whose body is no text")
  end
  if answer.headers and answer.body then return answer end
  return { status = status, headers = answer.headers or {}, body = answer.body or "" }
end

return { check = check }
