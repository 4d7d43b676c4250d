local scripted = require "spec.support.scripted_client"

local new = { product = "climsku_1", metric_tons = "0.5" }

-- The outcome of one request that is answered so.
local function outcome(answer, options)
  local script = scripted.new { answer }
  options = options or {}
  options.max_retries = 0
  return script:client(options).climate.orders:create(new)
end

local function answered(status, value, headers)
  return outcome(scripted.json(status, value, headers))
end

describe("an error of the API", function()
  it("carries all that the answer said", function()
    local none, err, response = answered(400, { error = {
      type = "invalid_request_error", code = "parameter_missing", param = "amount",
      message = "Missing required param: amount.", doc_url = "https://stripe.com/docs/x",
      decline_code = "none",
    } })
    assert.is_nil(none)
    assert.equal("invalid_request_error", err.type)
    assert.equal("parameter_missing", err.code)
    assert.equal("amount", err.param)
    assert.equal("Missing required param: amount.", err.message)
    assert.equal("https://stripe.com/docs/x", err.doc_url)
    assert.equal("none", err.decline_code)
    assert.equal(400, err.status)
    assert.equal("req_scripted", err.request_id)
    assert.equal("climate.orders.create", err.operation)
    assert.equal("POST", err.method)
    assert.equal("/v1/climate/orders", err.path)
    assert.equal(36, #err.idempotency_key)
    assert.equal(400, err.attempts[1].status)
    assert.is_false(err.retryable)
    assert.equal("yes", err.sent)
    assert.equal("amount", err.raw.error.param)
    assert.equal(400, response.status)
  end)

  it("is one readable line with the request id", function()
    local _, err = answered(404, { error = {
      type = "invalid_request_error", code = "resource_missing",
      message = "No such product:\n'climsku_1'",
    } })
    assert.equal("invalid_request_error: No such product: 'climsku_1' (code resource_missing, "
      .. "status 404, climate.orders.create, request req_scripted)", tostring(err))
    assert.equal("failed: " .. tostring(err), "failed: " .. err)
  end)

  it("has no secret in any of its texts", function()
    local _, err = answered(402, { error = {
      type = "card_error", code = "sk_test_51HxTravelersKey99",
      param = "sk_test_51HxTravelersKey99", message = "4242 4242 4242 4242 was declined",
      payment_method = { number = "4242424242424242" },
    } })
    assert.equal("***4242 was declined", err.message)
    assert.equal("sk_test_***ey99", err.param)
    assert.equal("sk_test_***ey99", err.code)
    assert.equal("***4242", err.raw.error.payment_method.number)
    local _, refused = scripted.new({}):client().climate.orders:create {
      sk_test_51HxTravelersKey99 = 1, product = "p", amount = 1,
    }
    assert.equal("sk_test_***ey99", refused.param)
  end)

  it("can be thrown as it is", function()
    local _, err = answered(404, { error = { type = "invalid_request_error" } })
    local ok, thrown = pcall(error, err)
    assert.is_false(ok)
    assert.equal(err, thrown)
  end)

  it("has the type of its status and its body", function()
    for _, row in ipairs {
      { 400, { type = "invalid_request_error" }, "invalid_request_error" },
      { 400, { type = "idempotency_error" }, "idempotency_error" },
      { 401, { type = "invalid_request_error" }, "authentication_error" },
      { 402, { type = "card_error", code = "card_declined" }, "card_error" },
      { 403, { type = "invalid_request_error" }, "permission_error" },
      { 404, { type = "invalid_request_error" }, "invalid_request_error" },
      { 409, { type = "idempotency_error" }, "idempotency_error" },
      { 429, { type = "invalid_request_error", code = "rate_limit" }, "rate_limit_error" },
      { 500, { type = "api_error" }, "api_error" },
    } do
      local _, err = answered(row[1], { error = row[2] })
      assert.equal(row[3], err.type, row[1])
    end
  end)

  it("understands the OAuth style", function()
    local _, err = answered(400, { error = "invalid_grant", error_description = "gone" })
    assert.equal("invalid_grant", err.code)
    assert.equal("gone", err.message)
  end)

  it("survives bodies that are no error", function()
    for _, row in ipairs {
      { 500, "{}", "describes no error" }, { 502, "<html>Bad Gateway</html>", "no JSON" },
      { 500, "", "empty" }, { 500, "[]", "no JSON object" }, { 500, "null", "no JSON object" },
      { 500, '{"error":null}', "describes no error" }, { 500, '{"error":[]}', "answered 500" },
      { 500, '{"error":{"message":{},"code":7,"type":[]}}', "answered 500" },
      { 500, "{\"error\":", "answered 500" },
    } do
      local none, err, response = outcome { status = row[1], headers = {}, body = row[2] }
      assert.is_nil(none)
      assert.equal("api_error", err.type)
      assert.equal(row[1], err.status)
      assert.matches(row[3], err.message, 1, true)
      assert.is_string(tostring(err))
      assert.equal(row[1], response.status)
    end
  end)

  it("is made of a success that can't be read, since nobody may book it", function()
    for _, body in ipairs { "", "[]", "null", "<html>", "{", '"x"', "17" } do
      local none, err, response = outcome { status = 200, headers = {}, body = body }
      assert.is_nil(none, body)
      assert.equal("api_error", err.type)
      assert.equal(200, err.status)
      assert.equal("yes", err.sent)
      assert.equal(200, response.status)
    end
  end)

  it("calls what is no JSON an api_error, whatever its status, but for a rate limit", function()
    for status, expected in pairs {
      [400] = "api_error", [404] = "api_error", [429] = "rate_limit_error",
    } do
      local _, err = outcome { status = status, headers = {}, body = "<html>" }
      assert.equal(expected, err.type)
    end
  end)

  it("keeps a page of HTML short", function()
    local _, err = outcome { status = 502, headers = {}, body = ("<p>"):rep(10000) }
    assert.equal(2000, #err.raw)
  end)
end)

describe("an error of the connection", function()
  it("has a code, no status and no response", function()
    local none, err, response = outcome(scripted.failure("resolve", "no such host"))
    assert.is_nil(none)
    assert.equal("connection_error", err.type)
    assert.equal("resolve", err.code)
    assert.equal("no such host", err.message)
    assert.equal("no", err.sent)
    assert.is_true(err.retryable)
    assert.is_nil(err.status)
    assert.is_nil(response)
    assert.equal("resolve", err.attempts[1].failure)
  end)

  it("says in its line when the request may have arrived", function()
    local _, err = outcome(scripted.failure("timeout", "nothing came"))
    assert.matches("may have reached Stripe", tostring(err), 1, true)
  end)
end)

describe("an error of ours", function()
  it("names the parameter, and that nothing was sent", function()
    local script = scripted.new {}
    local none, err, response = script:client().climate.orders:create { product = "climsku_1",
      metric_tons = "0.5", currancy = "usd" }
    assert.is_nil(none)
    assert.is_nil(response)
    assert.equal("validation_error", err.type)
    assert.equal("currancy", err.param)
    assert.equal("no", err.sent)
    assert.is_false(err.retryable)
    assert.same({}, err.attempts)
    assert.equal("climate.orders.create", err.operation)
    assert.matches("currency", err.message)
    assert.equal(0, #script.requests)
  end)
end)

describe("a secret", function()
  local key = "sk_test_51HxTravelersSecretKey99"

  local function contains(value, secret, seen)
    seen = seen or {}
    if type(value) == "string" then return value:find(secret, 1, true) ~= nil end
    if type(value) ~= "table" or seen[value] then return false end
    seen[value] = true
    for k, v in pairs(value) do
      if contains(k, secret, seen) or contains(v, secret, seen) then return true end
    end
    return contains(tostring(value), secret)
  end

  it("is not in an error, wherever the answer repeats it", function()
    local _, err = outcome(scripted.json(401, { error = {
      type = "invalid_request_error", message = "Invalid API Key provided: " .. key,
      extra = { key = key, client_secret = "cos_1_secret_abcdefghij" },
    } }), { api_key = key })
    assert.is_false(contains(err, "TravelersSecretKey"))
    assert.is_false(contains(err, "secret_abcdefghij"))
  end)

  it("is not in the raw text of an answer that is no JSON", function()
    local page = "<p>Authorization: Bearer " .. key
    local _, err = outcome({ status = 502, headers = {}, body = page }, { api_key = key })
    assert.is_false(contains(err, "TravelersSecretKey"))
  end)

  it("is not in what a client, a resource, a response or an error shows of itself", function()
    local script = scripted.new { scripted.json(200, { id = "x" }) }
    local client = script:client { api_key = key }
    local _, _, response = client.climate.orders:create(new)
    local shown = { client, client.climate, client.climate.orders, response }
    assert.is_false(contains(shown, "Travelers"))
    assert.equal("stripe.client (test, ...ey99)", tostring(client))
  end)
end)


describe("an error of a function that threw", function()
  it("keeps what was thrown, and where", function()
    local Error, thrown = require "stripe.error", { "thrown" }
    local err = Error.thrown(thrown, "stack traceback: ...")
    assert.is_true(Error.is(err))
    assert.equal("lua_error", err.type)
    assert.equal(tostring(thrown), err.message)
    assert.equal(thrown, err.cause)
    assert.equal("stack traceback: ...", err.traceback)
    assert.equal("maybe", err.sent)
    assert.is_false(err.retryable)
  end)
end)
