local stripe = require "stripe"

local new = { product = "climsku_1", metric_tons = "0.5" }

describe("a transport function", function()
  local function call(transport, options)
    options = options or {}
    options.api_key, options.transport, options.max_retries = "sk_test_1", transport, 0
    return stripe.new(options).climate.orders:create(new)
  end

  it("gets method, url, headers, body and timeout", function()
    local seen
    call(function(request)
      seen = request
      return { status = 200, headers = {}, body = '{"id":"x"}' }
    end, { timeout = 7 })
    assert.equal("POST", seen.method)
    assert.equal("https://api.stripe.com/v1/climate/orders", seen.url)
    assert.equal("metric_tons=0.5&product=climsku_1", seen.body)
    assert.equal(7, seen.timeout)
    assert.equal("Bearer sk_test_1", seen.headers["authorization"])
    assert.equal("Accept", seen.headers[1][1])
    assert.is_nil(seen.headers["x-none"])
  end)

  it("may give its headers as a map and leave the body out", function()
    local made, err, response = call(function()
      return { status = 200, headers = { ["Request-Id"] = "req_1" }, body = '{"id":"x"}' }
    end)
    assert.equal("x", made.id)
    assert.is_nil(err)
    assert.equal("req_1", response.request_id)
    made, err = call(function() return { status = 200 } end)
    assert.is_nil(made)
    assert.equal("api_error", err.type)
  end)

  it("that names a failure fails the attempt so", function()
    for _, kind in ipairs { "resolve", "connect", "tls", "timeout", "reset", "protocol" } do
      local _, err = call(function() return nil, { kind = kind, message = "as told" } end)
      assert.equal("connection_error", err.type)
      assert.equal(kind, err.code)
      assert.matches("as told", err.message)
    end
  end)

  it("may say whether the request was sent; what is no answer to that is not heard", function()
    local _, err = call(function() return nil, { kind = "reset", sent = "yes" } end)
    assert.equal("yes", err.sent)
    _, err = call(function() return nil, { kind = "reset", message = {}, sent = "perhaps" } end)
    assert.equal("reset", err.code)
    assert.equal("maybe", err.sent)
  end)

  it("that throws is an aborted attempt, which may have reached Stripe", function()
    local none, err = call(function() error("socket gone with sk_test_51HxTravelersKey99") end)
    assert.is_nil(none)
    assert.equal("aborted", err.code)
    assert.equal("maybe", err.sent)
    assert.matches("socket gone", err.message)
    assert.not_matches("TravelersKey99", tostring(err))
  end)

  it("that gives nothing, or a text, is an aborted attempt", function()
    local _, err = call(function() end)
    assert.equal("aborted", err.code)
    _, err = call(function() return nil, "no route" end)
    assert.equal("aborted", err.code)
    assert.matches("no route", err.message)
  end)

  it("that gives something malformed is a protocol failure", function()
    for _, answer in ipairs {
      "text", 17, {}, { status = "200" }, { status = 99 }, { status = 200.5 },
      { status = 200, headers = "x" }, { status = 200, body = {} },
      { status = 200, headers = { { "Request-Id" } } },
    } do
      local none, err = call(function() return answer end)
      assert.is_nil(none)
      assert.equal("connection_error", err.type)
      assert.equal("protocol", err.code)
    end
  end)
end)
