local core = require "stripe.core"
local stripe = require "stripe"

local URL = "https://vault.example.com/tokens"
local NOW = 1800000000

describe("the forwarding workflow", function()
  local sim, client, forwarding, arrived, answer

  before_each(function()
    sim = stripe.simulator.new { clock = NOW }
    client = stripe.new { api_key = "sk_test_1", transport = sim, max_retries = 0 }
    forwarding = stripe.workflow.forwarding(client)
    arrived = {}
    answer = { status = 201, body = { token = "tok_1" }, headers = { ["X-Trace"] = "t" } }
    sim.forwarding:answer(URL, function(request)
      arrived[#arrived + 1] = request
      return answer
    end)
  end)

  local function options(more)
    local given = {
      url = URL, payment_method = "pm_card_visa",
      replacements = { "card_number", "card_cvc", "card_expiry", "cardholder_name" },
      request = {
        body = '{"card":{"number":"","cvc":"","exp_month":0,"exp_year":"","name":""},"order":6}',
      },
    }
    for name, value in pairs(more or {}) do given[name] = value end
    return given
  end

  it("sends a card, and tells what the destination said", function()
    local result = assert(forwarding:send(options()))
    assert.equal(1, #arrived)
    assert.equal("4242424242424242", core.decode(arrived[1].body).card.number)
    assert.equal(201, result.status)
    assert.equal("accepted", result.outcome)
    assert.is_true(result.ok)
    assert.is_false(result.doubtful)
    assert.equal("tok_1", result.json.token)
    assert.equal("t", result.headers["x-trace"])
    assert.equal("fwdreq_", result.id:sub(1, 7))
    assert.equal("number", type(result.duration))
  end)

  it("tells refusals and failures of the destination apart", function()
    local function outcome(status)
      answer = { status = status }
      local result = assert(forwarding:send(options { reference = "s" .. status }))
      return result.outcome, result.doubtful
    end
    assert.same({ "accepted", false }, { outcome(204) })
    assert.same({ "redirected", false }, { outcome(302) })
    assert.same({ "refused", false }, { outcome(402) })
    assert.same({ "failed", true }, { outcome(503) })
    answer = { status = 503 }
    assert.matches("answered 503", forwarding:send(options { reference = "s503" }).check)
  end)

  it("makes one outbound request of one logical request", function()
    local first = assert(forwarding:send(options()))
    local again = assert(forwarding:send(options()))
    assert.equal(1, #arrived)
    assert.equal(first.id, again.id)
    assert.equal(first.key, again.key)
    assert.is_true(again.replayed)
    assert(forwarding:send(options { reference = "on purpose" }))
    assert(forwarding:send(options { attempt = 2 }))
    assert(forwarding:send(options { payment_method = "pm_card_mastercard" }))
    assert(forwarding:send(options { request = { body = options().request.body,
      headers = { Note = "x" } } }))
    assert.equal(5, #arrived)
  end)

  it("has the same key whatever order things come in", function()
    local one = assert(forwarding:send(options {
      replacements = { "card_number", "card_cvc" },
      request = { body = { card = { number = "", cvc = "" }, a = 1, b = 2 },
        headers = { A = "1", B = "2" } },
    }))
    local two, err = forwarding:send(options {
      replacements = { "card_cvc", "card_number" },
      request = { body = { b = 2, a = 1, card = { cvc = "", number = "" } },
        headers = { { name = "A", value = "1" }, { name = "B", value = "2" } } },
    })
    assert.is_nil(err)
    assert.equal(one.id, two.id)
    -- Other bytes of the same meaning are the same key: refused rather than sent twice.
    two, err = forwarding:send(options {
      replacements = { "card_number", "card_cvc" },
      request = { body = '{"b":2, "a":1, "card":{"cvc":"","number":""}}',
        headers = { A = "1", B = "2" } },
    })
    assert.is_nil(two)
    assert.equal("idempotency_error", err.type)
    assert.equal(1, #arrived)
  end)

  it("takes numbers that differ for others, however long they are", function()
    local keys, numbers = {}, {
      "9007199254740992", "9007199254740993", "-9007199254740993", "12345678901234567891",
      "12345678901234567892", "0.1", "0.10000000000000000001", "[12345678901234567891]",
    }
    for _, number in ipairs(numbers) do
      local sent = assert(forwarding:send(options { replacements = { "card_number" }, request = {
        body = '{"number":"","note":"\\\\\\" 12345678901234567891","id":' .. number .. "}" } }))
      assert.is_nil(keys[sent.key], number)
      keys[sent.key] = true
    end
    assert.equal(#numbers, #arrived)
  end)

  it("sends the very same request when the answer was lost", function()
    sim.faults:add { fault = "lost" }
    local result, err = forwarding:send(options())
    assert.is_nil(result)
    assert.equal("maybe", err.sent)
    result = assert(forwarding:send(options()))
    assert.is_true(result.replayed)
    assert.equal(1, #arrived)
  end)

  it("tries a connection again that was never made, under another key", function()
    answer = { failure = "connect_timeout" }
    local result, err = forwarding:send(options())
    assert.is_nil(result)
    assert.equal("not_connected", err.code)
    assert.equal("no", err.sent)
    assert.is_true(err.retryable)
    assert.equal(3, #arrived)
    answer = { status = 200 }
    result = assert(forwarding:send(options())) -- passes over the three that failed
    assert.equal(4, #arrived)
    assert.equal(result.id, assert(forwarding:send(options())).id)
    assert.equal(4, #arrived)
  end)

  it("says what to check when nobody knows whether it arrived", function()
    answer = { failure = "timeout" }
    local result, err = forwarding:send(options())
    assert.is_nil(result)
    assert.equal("doubtful", err.code)
    assert.equal("maybe", err.sent)
    assert.matches(URL, err.message, 1, true)
    assert.matches("attempt = 2", err.message, 1, true)
    assert.is_nil(err.message:find("..", 1, true))
    assert.equal(504, err.cause.status)
    answer = { status = 200 }
    err = select(2, forwarding:send(options()))
    assert.equal("doubtful", err.code)
    assert.equal(1, #arrived)
    assert(forwarding:send(options { attempt = 2 }))
    assert.equal(2, #arrived)
  end)

  it("is in doubt when its key only repeats a failure, not before", function()
    local replayed
    local other = stripe.workflow.forwarding(stripe.new { api_key = "sk_test_1", max_retries = 0,
      transport = function()
        local headers = replayed and { { "Idempotent-Replayed", "true" } } or {}
        return { status = 500, headers = headers, body = "{}" }
      end })
    local err = select(2, other:send(options()))
    assert.equal("api_error", err.type)
    assert.is_true(err.retryable)
    replayed = true
    err = select(2, other:send(options()))
    assert.equal("doubtful", err.code)
  end)

  describe("with a journal", function()
    local journal, now

    before_each(function()
      now = NOW
      journal = assert(stripe.journal { memory = true, now = function() return now end })
    end)

    local function send(more)
      local given = options { journal = journal, reference = "order-1" }
      for name, value in pairs(more or {}) do given[name] = value end
      return forwarding:send(given)
    end

    it("does the same beyond the life of a key, and keeps no secret", function()
      local first = assert(send())
      now = now + 3 * 24 * 3600
      sim:advance(3 * 24 * 3600)
      local again = assert(send())
      assert.is_true(again.stored)
      assert.equal(first.id, again.id)
      assert.equal("tok_1", again.json.token)
      assert.equal(1, #arrived)
      local entry = core.json(journal:get "forwarding/order-1")
      assert.is_nil(entry:find("tok_1", 1, true))
      now = now + 40 * 24 * 3600
      sim:advance(40 * 24 * 3600)
      again = assert(send())
      assert.same({ 201, "accepted", first.id }, { again.status, again.outcome, again.id })
      assert.is_nil(again.request)
      assert.equal(1, #arrived)
    end)

    it("knows requests without a name by what they say", function()
      local given = options { journal = journal }
      assert(forwarding:send(given))
      assert(forwarding:send(given))
      assert.equal(1, #arrived)
      given.attempt = 2
      assert(forwarding:send(given))
      assert.equal(2, #arrived)
    end)

    it("refuses another request under the same name", function()
      assert(send())
      local result, err = send { payment_method = "pm_card_amex" }
      assert.is_nil(result)
      assert.equal("changed", err.code)
      assert.equal(1, #arrived)
    end)

    it("tries connections again, and stops in doubt until it is told", function()
      answer = { failure = "connect_timeout" }
      local result, err = send()
      assert.is_nil(result)
      assert.equal("not_connected", err.code)
      assert.equal(3, #arrived)
      answer = { failure = "reset" }
      err = select(2, send())
      assert.equal("doubtful", err.code)
      assert.equal(4, #arrived)
      answer = { status = 200 }
      for _ = 1, 3 do
        err = select(2, send())
        assert.equal("doubtful", err.code)
      end
      assert.equal(4, #arrived)
      assert(journal:resolve("forwarding/order-1", { absent = true }))
      assert(send())
      assert.equal(5, #arrived)
    end)

    it("stays in doubt beyond the life of its key: that nothing is kept shows nothing", function()
      local function pass(seconds)
        now = now + seconds
        sim:advance(seconds)
      end
      answer = { failure = "timeout" } -- the destination got it
      assert.equal("doubtful", select(2, send()).code)
      answer = { status = 200 }
      pass(25 * 3600)
      local result, err = send()
      assert.is_nil(result)
      assert.equal("doubtful", err.code)
      assert.matches("not listed", err.message)
      assert.equal(1, #arrived)
      sim.faults:add { fault = "lost" }
      assert.equal("maybe", select(2, send { reference = "order-2" }).sent)
      pass(25 * 3600)
      result = assert(send { reference = "order-2" }) -- it got an answer, and is found
      assert.equal("accepted", result.outcome)
      assert.equal(2, #arrived)
    end)

    it("leaves nothing in it of what is refused here", function()
      local result = send { replacements = { "card_number" } }
      assert.is_nil(result)
      assert.same({}, journal:names())
      assert(send { dry_run = true })
      assert.same({}, journal:names())
      assert.equal(0, #arrived)
    end)
  end)

  describe("checks placeholders before anything is sent:", function()
    local function refused(message, body, replacements, fields)
      local result, err = forwarding:send(options {
        request = { body = body }, replacements = replacements, fields = fields,
      })
      assert.is_nil(result, body)
      assert.equal("validation_error", err.type)
      assert.equal("placeholder", err.code)
      assert.matches(" To send it anyway, pass check = false.", err.message, 1, true)
      assert.matches(message, err.message, 1, true)
      assert.equal(0, #sim:requests())
      return err
    end

    local function taken(body, replacements, fields)
      assert(forwarding:send(options {
        request = { body = body }, replacements = replacements, fields = fields, dry_run = true,
      }))
    end

    it("a replacement without one", function()
      refused('"card_cvc" has no placeholder', '{"number":""}', { "card_number", "card_cvc" })
      local err = refused("blank are: card.verify", '{"card":{"number":"","verify":""}}',
        { "card_number", "card_cvc" })
      assert.equal("replacements", err.param)
      refused("no field card.secret", '{"card":{"number":"","cvc":""}}',
        { "card_number", "card_cvc" }, { card_cvc = "card.secret" })
    end)

    it("one without its replacement", function()
      refused('card.cvc is a placeholder, but "card_cvc" is not among',
        '{"card":{"number":"","cvc":""}}', { "card_number" })
      refused("payments[1].card.exp_year", '{"payments":[{"card":{"number":""}},'
        .. '{"card":{"number":"","exp_year":0}}]}', { "card_number" })
      refused('card.name is a placeholder, but "cardholder_name"',
        '{"card":{"number":"","name":""}}', { "card_number" })
      refused("card.verify is a placeholder", '{"card":{"number":"","verify":""}}',
        { "card_number" }, { card_cvc = "verify" })
    end)

    it("one that already holds something, which is never shown", function()
      local err = refused("card.number holds a value",
        '{"card":{"number":"4111111111111111"}}', { "card_number" })
      assert.is_nil(tostring(err):find("4111", 1, true))
      refused("name is 0", '{"number":"","name":0}', { "card_number", "cardholder_name" })
    end)

    it("a text that is none", function()
      refused("neither JSON nor XML", '{"number":""', { "card_number" })
      refused("neither JSON nor XML", "number=", { "card_number" })
    end)

    it("but takes blank fields that mean nothing, other names, XML, and what it can't know",
      function()
        taken('{"number":"","customer":{"name":""},"note":"","count":0}', { "card_number" })
        taken('{"CardNumber":"","expiryMonth":"","expiryYear":"","CVV2":""}',
          { "card_number", "card_expiry", "card_cvc" })
        taken('{"card":{"expiry":{"month":0,"year":0}}}', { "card_expiry" })
        taken('{"p":{"pan2":"","verify":""}}', { "card_number", "card_cvc" },
          { card_number = "p.pan2", card_cvc = { "verify" } })
        taken("<c><cardNumber></cardNumber><ns:cvc>0</ns:cvc></c>", { "card_number", "card_cvc" })
        refused("card_cvc", "<c><cardNumber></cardNumber></c>", { "card_number", "card_cvc" })
        taken('{"number":""}', { "card_number", "request_signature" })
        assert(forwarding:send(options { request = { body = "number=" }, check = false,
          dry_run = true }))
      end)
  end)

  it("sends nothing that makes no sense", function()
    local function misuse(message, more)
      assert.error_matches(function() forwarding:send(options(more)) end, message, 1, true)
    end
    misuse('"url"', { url = "vault.example.com" })
    misuse('"payment_method"', { payment_method = "" })
    misuse('"replacements"', { replacements = {} })
    misuse("body must be", { request = {} })
    misuse('not "boddy"', { request = { boddy = "", body = "" } })
    misuse('"attempt"', { attempt = 0 })
    misuse('"call"', { call = 5 })
    for _, reference in ipairs { "", "a\nb", "a\255b" } do
      misuse('"reference" must be UTF-8', { reference = reference })
    end
    for _, headers in ipairs { { "A: 1" }, { { "A" } }, { A = { "1", "2" } }, { [true] = "1" } } do
      misuse("headers must be a map, or a list",
        { request = { body = "{}", headers = headers } })
    end
    local unread = select(2, forwarding:send(options { request = { body = { note = "\255" } } }))
    assert.equal("body", unread.code)
    assert.equal("request[body]: note: not valid UTF-8", unread.message)
    misuse('did you mean "replacements"', { replacement = {} })
    local _, err = forwarding:send(options { request = { body = options().request.body,
      headers = { ["X-A"] = "1\r\nX-B: 2" } } })
    assert.equal("header", err.code)
    assert.error_matches(function() forwarding.send(options()) end, "colon")
  end)
end)
