--- Why a webhook is refused: errors for our own logs. Their messages tell what would make the
-- request valid, and are not for its sender.
-- @module stripe.webhook.refusal

local Error = require "stripe.error"

local MESSAGES = {
  header_missing = "the request has no header Stripe-Signature",
  header_repeated = "the request has more than one header Stripe-Signature",
  header_too_long = "the header is longer than 8 KiB",
  header_malformed = "the header lacks t and v1: it is no Stripe-Signature",
  timestamp_missing = "the header lacks t",
  timestamp_repeated = "the header has more than one t",
  timestamp_malformed = "t in the header is not written as Unix seconds",
  signature_missing = "the header lacks v1",
  signature_scheme = "the header lacks v1: it only has signatures of other schemes, such as v0",
  signature_malformed = "the header has v1, but none of 64 hex digits",
  signature_limit = "the header has more than 16 signatures",
  signature_mismatch = "no signature in the header fits the payload and %s",
  timestamp_too_old = "the signature is %.0f s old, and %s s are allowed",
  timestamp_in_future = "the signature is made %.0f s from now, and %s s are allowed",
}

local DIAGNOSES = {
  timestamp_too_old = "the clock here is %.0f s ahead, or the request was held up or repeated",
  timestamp_in_future = "the clock here is %.0f s behind",
}

local Refusal = {}

local function mismatch(request)
  local count = #request.secrets
  local message = MESSAGES.signature_mismatch:format(
    count == 1 and "the secret" or ("any of the %d secrets"):format(count))
  if request.diagnose == false then return message end
  return message, require "stripe.webhook.diagnosis" (request.payload, request.header,
    request.secrets, request.other_secrets)
end

--- An error of type `signature_error`.
-- @string code
-- @tparam ?table request what was verified: `payload, header, secrets, other_secrets, diagnose,
--   tolerance, future, timestamp, age`; not needed when there was nothing to verify
-- @treturn table with `diagnosis` where there is one, which the message ends with
function Refusal.of_signature(code, request)
  request = request or {}
  local message, diagnosis, age = MESSAGES[code], nil, request.age
  if code == "signature_mismatch" then
    message, diagnosis = mismatch(request)
  elseif code == "timestamp_too_old" then
    message = message:format(age, ("%.14g"):format(request.tolerance))
    diagnosis = DIAGNOSES[code]:format(age)
  elseif code == "timestamp_in_future" then
    message = message:format(-age, ("%.14g"):format(request.future))
    diagnosis = DIAGNOSES[code]:format(-age)
  end
  return Error.new {
    type = "signature_error", code = code, diagnosis = diagnosis,
    message = diagnosis and message .. "; " .. diagnosis or message,
    timestamp = request.timestamp, age = age, attempts = {}, retryable = false, sent = "no",
  }
end

--- An error for a payload that is signed and is no event.
-- @param value what it was decoded to; nil: it is no JSON
-- @tparam ?string why it is none
-- @treturn table of type `validation_error`
function Refusal.of_payload(value, why)
  local code, message = "payload_not_event", "the payload is signed, but is no event"
  if value == nil then
    code, message = "payload_not_json", "the payload is signed, but is no JSON: " .. tostring(why)
  elseif type(value) == "table" and value.object == "v2.core.event" then
    code, message = "payload_thin", "the payload is a thin event, which has no object in it: "
      .. "stripe.webhook.handler takes those"
  end
  return Error.new {
    type = "validation_error", code = code, message = message,
    attempts = {}, retryable = false, sent = "no",
  }
end

return Refusal
