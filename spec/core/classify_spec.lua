local core = require "stripe.core"

-- Status, type and code of an answer, and the error type that it is.
local rows = {
  { 400, "invalid_request_error", "parameter_missing", "invalid_request_error" },
  { 400, "idempotency_error", nil, "idempotency_error" },
  { 404, "idempotency_error", nil, "idempotency_error" },
  { 409, "idempotency_error", nil, "idempotency_error" },
  { 409, "invalid_request_error", "idempotency_key_in_use", "idempotency_error" },
  { 409, nil, nil, "idempotency_error" },
  { 400, nil, "rate_limit", "rate_limit_error" },
  { 400, "rate_limit", "x", "rate_limit_error" },
  { 401, nil, nil, "authentication_error" },
  { 401, "invalid_request_error", "api_key_expired", "authentication_error" },
  { 402, "card_error", "card_declined", "card_error" },
  { 402, "api_error", "forwarding_api_retryable_upstream_error", "api_error" },
  { 402, "invalid_request_error", nil, "invalid_request_error" },
  { 402, "insufficient_funds", nil, "invalid_request_error" },
  { 402, nil, nil, "invalid_request_error" },
  { 400, "card_error", nil, "invalid_request_error" },
  { 403, nil, nil, "permission_error" },
  { 404, "invalid_request_error", "resource_missing", "invalid_request_error" },
  { 404, nil, "not_found", "invalid_request_error" },
  { 400, "temporary_session_expired", nil, "invalid_request_error" },
  { 400, "invalid_grant", nil, "invalid_request_error" },
  { 405, nil, nil, "api_error" },
  { 422, nil, "invalid_fields", "invalid_request_error" },
  { 422, nil, "zzz", "api_error" },
  { 424, nil, nil, "api_error" },
  { 429, nil, "lock_timeout", "rate_limit_error" },
  { 429, "invalid_request_error", "rate_limit", "rate_limit_error" },
  { 429, nil, "too_many", "rate_limit_error" },
  { 500, "api_error", nil, "api_error" },
  { 502, nil, nil, "api_error" },
  { 504, nil, nil, "api_error" },
  { 200, nil, nil, "api_error" },
  { 302, nil, nil, "api_error" },
}

describe("The error type of an answer", function()
  for _, row in ipairs(rows) do
    local status, kind, code, expected = row[1], row[2], row[3], row[4]
    it(("is %s for a %d with type %s and code %s"):format(expected, status, tostring(kind),
      tostring(code)), function()
      assert.equal(expected, core.classify(status, kind, code))
    end)
  end
end)
