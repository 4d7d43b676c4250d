local scripted = require "spec.support.scripted_client"
local stripe = require "stripe"

local order = { id = "climorder_1", object = "climate.order" }
local new = { product = "climsku_1", metric_tons = "0.5" }

local function header(request, name) return request.headers[name] end

describe("the exchange", function()
  it("sends once when the answer is good", function()
    local script = scripted.new { scripted.json(200, order) }
    local made, err, response = script:client().climate.orders:create(new)
    assert.equal("climorder_1", made.id)
    assert.is_nil(err)
    assert.equal(1, #response.attempts)
    assert.same({}, script.slept)
  end)

  it("sends again after waiting, with the same key and the same body", function()
    local script = scripted.new {
      scripted.failure("reset"), scripted.json(503, {}), scripted.json(200, order),
    }
    local made, _, response = script:client().climate.orders:create(new)
    assert.equal("climorder_1", made.id)
    assert.equal(3, #script.requests)
    for i = 2, 3 do
      assert.equal(script.requests[1].body, script.requests[i].body)
      assert.equal(header(script.requests[1], "idempotency-key"),
        header(script.requests[i], "idempotency-key"))
    end
    assert.equal(2, #script.slept)
    assert.equal("reset", response.attempts[1].failure)
    assert.equal(503, response.attempts[2].status)
    assert.equal(script.slept[2], response.attempts[3].slept)
  end)

  it("stops at the deadline, waits included", function()
    local script = scripted.new {
      scripted.after(2, scripted.json(500, {})), scripted.after(2, scripted.json(500, {})),
    }
    local started = script.driver.now()
    local none, err = script:client { deadline = 2.25 }.climate.orders:create(new)
    assert.is_nil(none)
    assert.equal("connection_error", err.type)
    assert.equal("deadline", err.code)
    assert.is_true(script.driver.now() - started <= 2.25)
  end)

  it("ends although the clock given stands still", function()
    local script = scripted.new { scripted.json(500, {}), scripted.json(200, order) }
    local client = script:client { clock = function() return 5 end }
    local made, _, response = client.climate.orders:create(new)
    assert.equal("climorder_1", made.id)
    assert.equal(5, response.attempts[1].started)
    assert.is_true(response.attempts[2].started >= 5.5)
  end)

  describe("with a limiter", function()
    local function limited(answers, acquire, options)
      local script = scripted.new(answers)
      options = options or {}
      options.limiter = { acquire = acquire }
      return script, script:client(options)
    end

    it("asks before every attempt and counts the wait in", function()
      local asked, script, client = {}, nil, nil
      script, client = limited({ scripted.json(500, {}), scripted.json(200, order) },
        function(self, key, left)
          asked[#asked + 1] = { self = type(self), key = key, left = left }
          script.driver.advance(4)
          return 4
        end, { deadline = 20 })
      local _, _, response = client.climate.orders:create(new)
      assert.equal(2, #asked)
      assert.same({ self = "table", key = "sk_test_scripted0000abcd", left = 20 }, asked[1])
      assert.equal(20 - 4 - script.slept[1], asked[2].left)
      assert.equal(4, response.attempts[1].slept)
      assert.equal(4 + script.slept[1], response.attempts[2].slept)
    end)

    it("lets its wait run into the deadline", function()
      local script, client = limited({}, function() return 30 end, { deadline = 20 })
      local _, err = client.climate.orders:create(new)
      assert.equal("deadline", err.code)
      assert.equal("no", err.sent)
      assert.equal(0, #script.requests)
    end)

    it("takes true for leave", function()
      local _, client = limited({ scripted.json(200, order) }, function() return true end)
      local _, _, response = client.climate.orders:create(new)
      assert.equal(0, response.attempts[1].slept)
    end)

    it("ends when it refuses or throws, and says why", function()
      local script, client = limited({}, function() return nil, "budget spent" end)
      local none, err = client.climate.orders:create(new)
      assert.is_nil(none)
      assert.equal("rate_limit_error", err.type)
      assert.equal("no", err.sent)
      assert.is_true(err.retryable)
      assert.matches("budget spent", err.message)
      assert.equal(0, #script.requests)
      _, client = limited({}, function() error("no redis") end)
      _, err = client.climate.orders:create(new)
      assert.matches("no redis", err.message)
    end)

    it("keeps the attempts made before it refused", function()
      local turns = 0
      local _, client = limited({ scripted.failure("reset") }, function()
        turns = turns + 1
        return turns == 1 or nil
      end)
      local _, err = client.climate.orders:create(new)
      assert.equal("rate_limit_error", err.type)
      assert.equal("maybe", err.sent)
      assert.equal(1, #err.attempts)
    end)
  end)
end)

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

describe("the directives of a simulator", function()
  local driver

  local function call(answer, options)
    driver = scripted.driver()
    options = options or {}
    options.api_key, options.driver, options.max_retries = "sk_test_1", driver, 0
    options.transport = { handle = function() return answer end }
    return stripe.new(options).climate.orders:create(new)
  end

  local good = { status = 200, headers = {}, body = '{"id":"x"}' }

  it("let an answer take its time", function()
    local made = call { directive = "delay", seconds = 3, response = good }
    assert.equal("x", made.id)
    assert.same({ 3 }, driver.slept)
  end)

  it("let the attempt time out when it has less", function()
    local _, err = call({ directive = "delay", seconds = 30, response = good }, { timeout = 5 })
    assert.equal("timeout", err.code)
    assert.equal("maybe", err.sent)
    assert.same({ 5 }, driver.slept)
  end)

  it("let the deadline pass when that comes first", function()
    local _, err = call({ directive = "delay", seconds = 30, response = good },
      { timeout = 5, deadline = 2 })
    assert.equal("deadline", err.code)
    assert.same({ 2 }, driver.slept)
  end)

  it("break the connection before or within the answer", function()
    local _, err = call { directive = "reset" }
    assert.equal("reset", err.code)
    assert.equal("maybe", err.sent)
    _, err = call { directive = "truncate", bytes = 1, response = good }
    assert.equal("reset", err.code)
    assert.equal("yes", err.sent)
  end)

  it("can be one within another", function()
    local _, err = call {
      directive = "delay", seconds = 1, response = { directive = "reset" },
    }
    assert.equal("reset", err.code)
    assert.same({ 1 }, driver.slept)
  end)

  it("tell the simulator when a request can't leave the process", function()
    local told
    local made = call {
      outbound = { method = "POST", url = "https://example.com" },
      resume = function(answer)
        told = answer
        return good
      end,
    }
    assert.equal("x", made.id)
    assert.same({ failure = "connect", sent = "no" }, told)
  end)

  it("that nobody knows are a protocol failure", function()
    local _, err = call { directive = "dance" }
    assert.equal("protocol", err.code)
  end)
end)
