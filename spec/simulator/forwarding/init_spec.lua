--- The forwarding family: each sentence is a row of docs/simulator/forwarding.md.

local asking = require "spec.support.asking"
local core = require "stripe.core"

local PATH = "/v1/forwarding/requests"
local URL = "https://pay.example/v1/payments"
local DAY = 86400

local BODY = '{"amount":{"value":1000,"currency":"usd"},"paymentMethod":{"number":"",'
  .. '"expiryMonth":"","expiryYear":"","cvc":"","holderName":""},"reference":"ref_1"}'

local ALL = { "card_number", "card_expiry", "card_cvc", "cardholder_name" }

describe("forwarding", function()
  local a, sim, get, sent

  before_each(function()
    a = asking.open()
    sim, get = a.sim, a.get
    sent = {}
  end)

  -- What a request needs, with changes; the form text of it.
  local function form(changes)
    local params = { payment_method = "pm_card_visa", url = URL, replacements = ALL,
      request = { body = BODY } }
    for name, value in pairs(changes or {}) do params[name] = value end
    return (assert(core.encode(nil, params)))
  end

  local function forward(changes, headers) return a.post(PATH, form(changes), headers) end

  -- Answers at URL, and keeps what arrives.
  local function destination(reply)
    assert(sim.forwarding:answer(URL, function(request)
      sent[#sent + 1] = request
      return reply or { status = 200, body = '{"transactionId":"example1234"}',
        headers = { { "Content-Type", "application/json;charset=UTF-8" } } }
    end))
  end

  local function answers(reply) assert(sim.forwarding:answer(URL, reply)) end

  local function refused(code, param, answer, status)
    assert.equal(400, status)
    assert.same({ code, param }, { answer.error.code, answer.error.param })
  end

  describe("a request", function()
    it("is sent as a POST with the card's fields in their places", function()
      destination()
      local _, status = forward()
      assert.equal(200, status)
      assert.equal(1, #sent)
      assert.same({ "POST", URL }, { sent[1].method, sent[1].url })
      assert.equal('{"amount":{"value":1000,"currency":"usd"},"paymentMethod":{"number":'
        .. '"4242424242424242","expiryMonth":"03","expiryYear":"2030","cvc":"123",'
        .. '"holderName":"Jenny Rosen"},"reference":"ref_1"}', sent[1].body)
    end)

    it("goes out with User-Agent, Accept, Content-Type, then the given headers", function()
      destination()
      forward { request = { body = BODY, headers = { { name = "Destination-Idempotency-Key",
        value = "dest-key-1" } } } }
      assert.same({ { "User-Agent", "Stripe" }, { "Accept", "*/*" },
        { "Content-Type", "application/json" }, { "Destination-Idempotency-Key", "dest-key-1" } },
        sent[1].headers)
      assert.equal("*/*", sent[1].headers.accept)
    end)

    it("lets a given header take the place of Stripe's own", function()
      destination()
      local object = forward { request = { body = "<a/>", headers = { { name = "content-type",
        value = "application/xml" } } } }
      assert.same({ { "User-Agent", "Stripe" }, { "Accept", "*/*" },
        { "content-type", "application/xml" } }, sent[1].headers)
      assert.same({ { name = "content-type", value = "application/xml" } },
        object.request_details.headers)
    end)

    it("answers with the stored exchange", function()
      destination()
      local object = forward { metadata = { order = "7" } }
      assert.truthy(object.id:find "^fwdreq_")
      assert.equal("forwarding.request", object.object)
      assert.equal(a.start, object.created)
      assert.is_false(object.livemode)
      assert.same({ order = "7" }, object.metadata)
      assert.equal("pm_card_visa", object.payment_method)
      assert.same(ALL, object.replacements)
      assert.equal(URL, object.url)
      assert.same({ body = '{"transactionId":"example1234"}', status = 200,
        headers = { { name = "Content-Type", value = "application/json;charset=UTF-8" } } },
        object.response_details)
      assert.same(object, (get(PATH .. "/" .. object.id)))
    end)

    it("is stored with the number as first 6, ******, last 4, and *** for the cvc", function()
      destination()
      local object = forward()
      assert.equal('{"amount":{"value":1000,"currency":"usd"},"paymentMethod":{"number":'
        .. '"424242******4242","expiryMonth":"03","expiryYear":"2030","cvc":"***",'
        .. '"holderName":"Jenny Rosen"},"reference":"ref_1"}', object.request_details.body)
    end)

    it("is stored as a POST with the given headers, then Content-Type", function()
      destination()
      local details = forward { request = { body = BODY, headers = {
        { name = "Destination-Idempotency-Key", value = "dest-key-1" } } } }.request_details
      assert.equal("POST", details.http_method)
      assert.same({ { name = "Destination-Idempotency-Key", value = "dest-key-1" },
        { name = "Content-Type", value = "application/json" } }, details.headers)
    end)

    it("is stored with the values of credential headers redacted", function()
      destination { headers = { ["Set-Cookie"] = "sid=1", ["X-Request"] = "r1" }, body = "ok" }
      local names = { "Authorization", "Destination-API-Key", "X-Auth-Token", "Client-Secret",
        "X-Signature", "Cookie" }
      local headers = {}
      for i, name in ipairs(names) do headers[i] = { name = name, value = "hush" .. i } end
      local object, _, text = forward { request = { body = BODY, headers = headers } }
      for i, name in ipairs(names) do
        assert.same({ name = name, value = "[redacted]" }, object.request_details.headers[i])
      end
      assert.is_nil(text:find("hush", 1, true))
      assert.same({ { name = "Set-Cookie", value = "[redacted]" },
        { name = "X-Request", value = "r1" } }, object.response_details.headers)
      assert.equal("hush1", sent[1].headers.authorization)
    end)

    it("is stored without what the destination echoes of the card", function()
      assert(sim.forwarding:answer(URL, function(request)
        return { body = request.body, headers = { ["X-Card"] = "4242424242424242" } }
      end))
      local object, _, text = forward()
      assert.is_nil(text:find("4242424242424242", 1, true))
      assert.is_nil(text:find('\\"123\\"', 1, true))
      assert.equal("424242******4242", object.response_details.headers[1].value)
    end)

    it("tells the destination's duration in milliseconds and its address", function()
      answers { body = "ok", duration = 234, ip = "203.0.113.9" }
      assert.same({ destination_duration = 234, destination_ip_address = "203.0.113.9" },
        forward().request_context)
    end)

    it("is a success whatever status the destination answers", function()
      for _, code in ipairs { 201, 302, 402, 404, 500, 503 } do
        answers { status = code, body = "no" }
        local object, status = forward()
        assert.equal(200, status)
        assert.equal(code, object.response_details.status)
      end
    end)

    it("may have no body", function()
      destination()
      local object, status = forward { request = { headers = { { name = "A", value = "b" } } } }
      assert.equal(200, status)
      assert.equal("", sent[1].body)
      assert.equal("", object.request_details.body)
    end)

    it("needs payment_method, replacements, request and url", function()
      for _, name in ipairs { "payment_method", "replacements", "request", "url" } do
        local text = (form() .. "&"):gsub(name .. "[^=&]*=[^&]*&", "")
        local answer, status = a.post(PATH, text:sub(1, -2))
        refused("parameter_missing", name, answer, status)
      end
    end)

    it("refuses replacements that are in no enum, as those of wallets are", function()
      local _, status = forward { replacements = { "network_token_number" } }
      assert.equal(400, status)
    end)

    it("emits no event", function()
      destination()
      forward()
      assert.same({}, a.events())
    end)

    it("is kept for 30 days", function()
      destination()
      local id = forward().id
      sim:advance(30 * DAY - 1)
      assert.equal(id, get(PATH .. "/" .. id).id)
      sim:advance(1)
      local answer, status = get(PATH .. "/" .. id)
      assert.equal(404, status)
      assert.equal("resource_missing", answer.error.code)
      assert.same({}, get(PATH).data)
    end)

    it("is listed newest first, between times", function()
      destination()
      local old = forward()
      sim:advance(10)
      local new = forward()
      local list = get(PATH)
      assert.same({ new.id, old.id }, { list.data[1].id, list.data[2].id })
      list = get(PATH, "created[gt]=" .. old.created)
      assert.same({ new.id, nil }, { list.data[1].id, list.data[2] })
    end)

    it("is listed with created as a range only", function()
      local _, status = get(PATH, "created=1")
      assert.equal(400, status)
    end)
  end)

  describe("a payment method", function()
    it("may be any of Stripe's test cards", function()
      destination()
      for id, number in pairs { pm_card_mastercard = "5555555555554444",
        pm_card_amex = "378282246310005", pm_card_discover = "6011111111111117" } do
        forward { payment_method = id, request = { body = '{"number":"","cvc":""}' } }
        local cvc = #number == 15 and "1234" or "123"
        assert.equal(('{"number":"%s","cvc":"%s"}'):format(number, cvc), sent[#sent].body)
      end
    end)

    it("that nobody knows is missing", function()
      destination()
      refused("resource_missing", "payment_method", forward { payment_method = "pm_456" })
      assert.equal(0, #sent)
    end)

    it("may be added", function()
      destination()
      sim.forwarding:payment_method("pm_456", { number = "4000 0000 0000 0077", exp_month = 7,
        exp_year = 2031, cvc = "999", name = "First Last" })
      local object = forward { payment_method = "pm_456" }
      assert.truthy(sent[1].body:find('"number":"4000000000000077","expiryMonth":"07",'
        .. '"expiryYear":"2031","cvc":"999","holderName":"First Last"', 1, true))
      assert.truthy(object.request_details.body:find('"number":"400000******0077"', 1, true))
    end)

    it("loses its CVC by a forward that carries it", function()
      destination()
      sim.forwarding:payment_method "pm_456"
      forward { payment_method = "pm_456", replacements = { "card_number" } }
      local _, status = forward { payment_method = "pm_456" }
      assert.equal(200, status)
      refused("forwarding_api_invalid_parameter", "replacements",
        forward { payment_method = "pm_456" })
      _, status = forward { payment_method = "pm_456", replacements = { "card_number" } }
      assert.equal(200, status)
    end)

    it("keeps its CVC when the connection was never made", function()
      sim.forwarding:payment_method "pm_456"
      answers { failure = "connect_timeout" }
      forward { payment_method = "pm_456" }
      answers { body = "ok" }
      local _, status = forward { payment_method = "pm_456" }
      assert.equal(200, status)
    end)

    it("of Link is refused", function()
      destination()
      sim.forwarding:payment_method("pm_link", { type = "link" })
      refused("forwarding_api_invalid_parameter", "payment_method",
        forward { payment_method = "pm_link" })
    end)

    it("with a number that is none is refused", function()
      local added, err = sim.forwarding:payment_method("pm_1", { number = "42" })
      assert.is_nil(added)
      assert.equal("number", err.param)
    end)
  end)

  describe("a destination", function()
    it("that nobody set up is refused", function()
      refused("forwarding_api_invalid_parameter", "url", forward())
    end)

    it("needs a scheme", function()
      refused("url_invalid", "url", forward { url = "pay.example/v1" })
    end)

    it("stands for everything below it, and the longest one decides", function()
      assert(sim.forwarding:answer("https://pay.example", { body = "all" }))
      assert(sim.forwarding:answer("https://Pay.example/v1/", { body = "v1" }))
      local function said(url) return forward { url = url }.response_details.body end
      assert.equal("all", said "https://pay.example/v2?x=1")
      assert.equal("v1", said "https://pay.example/v1/payments?x=1")
      assert.equal("v1", said "https://pay.example/v1")
      assert.equal("all", said "https://pay.example/v11")
      local _, status = forward { url = "https://pay.example.org/v1" }
      assert.equal(400, status)
    end)

    it("of Stripe's own for trying out is there from the start", function()
      local object, status = forward { url = "https://forwarding-api-demo.stripedemos.com/tokens" }
      assert.equal(200, status)
      assert.equal(200, object.response_details.status)
    end)

    it("may answer with a table, written as JSON", function()
      answers { status = 201, body = { id = "t_1" } }
      assert.equal('{"id":"t_1"}', forward().response_details.body)
    end)

    it("may be set over HTTP", function()
      local answer = sim:handle { method = "POST", url = "/_sim/forwarding/destinations",
        headers = {}, body = '{"url":"' .. URL .. '","status":418,"body":"tea"}' }
      assert.equal(200, answer.status)
      assert.equal(418, forward().response_details.status)
    end)

    it("survives a snapshot", function()
      answers { body = "kept" }
      local snapshot = core.decode(core.json(sim:snapshot()))
      sim:reset()
      local _, status = forward()
      assert.equal(400, status)
      assert(sim:restore(snapshot))
      assert.equal("kept", forward().response_details.body)
    end)

    it("knows no other failures than a connection has", function()
      local set, err = sim.forwarding:answer(URL, { failure = "boredom" })
      assert.is_nil(set)
      assert.equal("failure", err.param)
    end)
  end)

  describe("trouble", function()
    local function trouble(kind, version)
      answers { failure = kind }
      local answer, status = forward(nil, { ["Stripe-Version"] = version })
      return status .. " " .. answer.error.code
    end

    it("before the connection is made is a 402, safe to retry", function()
      assert.equal("402 forwarding_api_retryable_upstream_error", trouble "connect_timeout")
    end)

    it("of time after it is a 504", function()
      assert.equal("504 forwarding_api_upstream_connection_timeout", trouble "timeout")
      answers { body = "late", duration = 60000 }
      local _, status = forward()
      assert.equal(504, status)
    end)

    it("of another kind is a 502", function()
      for _, kind in ipairs { "resolve", "connect", "tls", "reset" } do
        assert.equal("502 forwarding_api_upstream_connection_error", trouble(kind))
      end
      for _, kind in ipairs { "aborted", "protocol", "too_large" } do
        assert.equal("502 forwarding_api_upstream_error", trouble(kind))
      end
    end)

    it("was a 504 even before the connection in versions older than 2025-03-31.basil", function()
      assert.equal("504 forwarding_api_upstream_connection_timeout",
        trouble("connect_timeout", "2025-02-24.acacia"))
      assert.equal("402 forwarding_api_retryable_upstream_error",
        trouble("connect_timeout", "2025-03-31.basil"))
    end)

    it("has the wire type api_error and leaves no object", function()
      answers { failure = "reset" }
      assert.equal("api_error", forward().error.type)
      assert.same({}, get(PATH).data)
    end)
  end)

  describe("an idempotency key", function()
    local KEY = { ["Idempotency-Key"] = "k1" }

    it("makes one outbound request, however often it comes", function()
      destination()
      local first = forward(nil, KEY)
      local second = forward(nil, KEY)
      assert.equal(1, #sent)
      assert.equal(first.id, second.id)
    end)

    it("is bound to the body and the headers", function()
      destination()
      forward(nil, KEY)
      for _, request in ipairs { { body = "{}" },
        { body = BODY, headers = { { name = "A", value = "b" } } } } do
        local answer, status = forward({ request = request }, KEY)
        assert.equal(400, status)
        assert.equal("idempotency_error", answer.error.type)
      end
      assert.equal(1, #sent)
    end)

    it("repeats a stored error without asking the destination", function()
      answers { failure = "timeout" }
      forward(nil, KEY)
      destination()
      local answer, status = forward(nil, KEY)
      assert.equal(504, status)
      assert.equal("forwarding_api_upstream_connection_timeout", answer.error.code)
      assert.equal(0, #sent)
    end)
  end)

  describe("an allowed destination", function()
    -- The simulator's own answer, which may be a request to be sent.
    local function start(changes, headers)
      local list = { { "Authorization", "Bearer " .. a.account.key } }
      for name, value in pairs(headers or {}) do list[#list + 1] = { name, value } end
      return sim:handle { method = "POST", url = "https://api.stripe.com" .. PATH, headers = list,
        body = form(changes) }
    end

    before_each(function() assert(sim.forwarding:allow "https://pay.example") end)

    it("makes the host send the request, and its answer the object", function()
      local pending = start()
      assert.is_nil(pending.status)
      local out = pending.outbound
      assert.same({ "POST", URL, 60 }, { out.method, out.url, out.timeout })
      assert.same({ "User-Agent", "Stripe" }, out.headers[1])
      assert.truthy(out.body:find("4242424242424242", 1, true))
      local answer = pending.resume { status = 202, headers = { { "A", "b" } }, body = "fine",
        duration = 12.6, ip = "198.51.100.7" }
      assert.equal(200, answer.status)
      local object = core.decode(answer.body)
      assert.equal(202, object.response_details.status)
      assert.equal("fine", object.response_details.body)
      assert.same({ destination_duration = 12, destination_ip_address = "198.51.100.7" },
        object.request_context)
      assert.equal(object.id, get(PATH .. "/" .. object.id).id)
    end)

    it("keeps bytes that are no text as U+FFFD, in names of headers too", function()
      local answer = start().resume {
        status = 200, headers = { { "X-\255", "\255" } }, body = "\255",
      }
      local details = core.decode(answer.body).response_details
      assert.same({ { name = "X-\239\191\189", value = "\239\191\189" } }, details.headers)
      assert.equal("\239\191\189", details.body)
    end)

    it("turns the host's failure into an error", function()
      local function status_of(failure) return start().resume(failure).status end
      assert.equal(402, status_of { failure = "timeout", sent = "no" })
      assert.equal(504, status_of { failure = "timeout", sent = "maybe" })
      assert.equal(502, status_of { failure = "reset", sent = "maybe" })
    end)

    it("answers 409 to the same key while the request is out", function()
      local key = { ["Idempotency-Key"] = "k1" }
      local pending = start(nil, key)
      local again = start(nil, key)
      assert.equal(409, again.status)
      assert.equal("idempotency_key_in_use", core.decode(again.body).error.code)
      pending.resume { status = 200, body = "ok" }
      assert.equal(200, start(nil, key).status)
    end)

    it("is not needed for loopback", function()
      for _, host in ipairs { "http://127.0.0.1:8080", "http://localhost", "https://[::1]:9" } do
        assert.truthy(start { url = host .. "/x" }.outbound, host)
      end
      for _, host in ipairs { "http://127.0.0.1.example", "http://localhost.example" } do
        assert.equal(400, start { url = host .. "/x" }.status, host)
      end
    end)
  end)

  it("refuses headers that no request could carry", function()
    destination()
    local function with(name, value)
      return forward { request = { headers = { { name = name, value = value } } } }
    end
    refused("forwarding_api_invalid_parameter", "request[headers][0][name]", with("a b", "c"))
    refused("forwarding_api_invalid_parameter", "request[headers][0][value]",
      with("a", "b\r\nc: d"))
  end)
end)
