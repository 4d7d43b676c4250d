local scripted = require "spec.support.scripted_client"

local key = "sk_test_51HxTravelersSecretKey99"
local new = { product = "climsku_1", metric_tons = "0.5" }

local function watch(answers, options)
  local script = scripted.new(answers)
  local seen = {}
  options = options or {}
  options.api_key = key
  options.on_request = options.on_request or function(request) seen[#seen + 1] = request end
  options.on_response = options.on_response or function(response) seen[#seen + 1] = response end
  return script:client(options), seen, script
end

describe("an observer", function()
  it("sees every request and how it ended", function()
    local client, seen = watch { scripted.failure("reset"), scripted.json(500, {}),
      scripted.json(200, { id = "x" }) }
    client.climate.orders:create(new)
    assert.equal(6, #seen)
    assert.equal("climate.orders.create", seen[1].operation)
    assert.equal("POST", seen[1].method)
    assert.equal("https://api.stripe.com/v1/climate/orders", seen[1].url)
    assert.equal("metric_tons=0.5&product=climsku_1", seen[1].body)
    assert.equal(1, seen[1].attempt)
    assert.equal(3, seen[5].attempt)
    assert.equal("reset", seen[2].failure)
    assert.is_nil(seen[2].status)
    assert.is_nil(seen[2].headers)
    assert.equal(500, seen[4].status)
    assert.equal(200, seen[6].status)
    assert.equal("req_scripted", seen[6].request_id)
    assert.equal("req_scripted", seen[6].headers["request-id"])
    assert.equal(seen[1].idempotency_key, seen[6].idempotency_key)
  end)

  it("sees no key, no token and no sensitive parameter", function()
    local client, seen = watch { scripted.json(200, { id = "x" }, { ["Set-Cookie"] = "crumbs" }) }
    client.crypto.onramp_sessions:create({
      customer_information = { first_name = "Ada", email = "ada@example.com" },
    }, { oauth_token = "liwltoken_verysecret", headers = { ["X-Debug"] = key } })
    local request, response = seen[1], seen[2]
    assert.matches("^Bearer sk_test_%*%*%*ey99$", request.headers["authorization"])
    assert.equal("[redacted]", request.headers["stripe-oauth-token"])
    assert.not_matches("Travelers", request.headers["x-debug"])
    assert.not_matches("ada", request.body)
    assert.not_matches("Ada", request.body)
    assert.equal("[redacted]", response.headers["set-cookie"])
  end)

  it("sees no secret in the query of a request either", function()
    local client, seen = watch { scripted.json(200, { id = "x" }) }
    client:request("GET", "/v1/things", { client_secret = "cos_1_secret_abcdefghij", a = "b" })
    assert.matches("^https://api.stripe.com/v1/things%?", seen[1].url)
    assert.not_matches("abcdefghij", seen[1].url)
    assert.matches("a=b", seen[1].url)
  end)

  it("sees no secret in JSON either", function()
    local client, seen = watch { scripted.json(200, { id = "x" }) }
    client:request("POST", "/v2/things", { client_secret = "cos_1_secret_abc", a = { cvc = 123 } })
    assert.equal('{"a":{"cvc":"[redacted]"},"client_secret":"[redacted]"}', seen[1].body)
  end)

  it("changes nothing by writing into what it sees", function()
    local client, _, script = watch({ scripted.json(200, { id = "x" }) }, {
      on_request = function(request)
        request.method, request.url, request.body = "GET", "https://evil.example", "a=b"
        request.headers[1][2] = "changed"
      end,
    })
    assert.equal("x", client.climate.orders:create(new).id)
    assert.equal("POST", script.requests[1].method)
    assert.equal("https://api.stripe.com/v1/climate/orders", script.requests[1].url)
    assert.equal("application/json", script.requests[1].headers["accept"])
  end)

  it("can't add a header: that is an error of the observer", function()
    local client, _, script = watch({ scripted.json(200, { id = "x" }) }, {
      on_request = function(request) request.headers["X-Trace"] = "1" end,
    })
    local made, _, response = client.climate.orders:create(new)
    assert.equal("x", made.id)
    assert.is_nil(script.requests[1].headers["x-trace"])
    assert.matches('only looks: can\'t set "X%-Trace"', response.observer_error)
  end)

  it("that throws does not lose the call; the first error is kept", function()
    local client = watch({ scripted.json(200, { id = "x" }) }, {
      on_request = function() error("log is full", 0) end,
      on_response = function() error("again", 0) end,
    })
    local made, err, response = client.climate.orders:create(new)
    assert.equal("x", made.id)
    assert.is_nil(err)
    assert.equal("log is full", response.observer_error)
  end)

  it("that throws about a call that fails leaves its error there too", function()
    local client = watch({ scripted.failure("reset") }, {
      max_retries = 0, on_response = function() error("log is full", 0) end,
    })
    local _, err = client.climate.orders:create(new)
    assert.equal("reset", err.code)
    assert.equal("log is full", err.observer_error)
  end)
end)
