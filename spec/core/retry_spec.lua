-- Which outcomes are tried again. The names are the scenarios that the official libraries were
-- watched in; all with two retries unless they say otherwise.

local scripted = require "spec.support.scripted"

local refusal = scripted.refusal
local html = "<html><title>502 Bad Gateway</title></html>"

local function should_retry(word) return { ["Stripe-Should-Retry"] = word } end

-- A row: the name, the answer or failure that keeps coming, how often it is asked for, and more
-- options of the call.
local rows = {
  { "a 500 in JSON", refusal(500), 3 },
  { "a 503 in JSON", refusal(503), 3 },
  { "a 500 with Stripe-Should-Retry: false", refusal(500, nil, should_retry "false"), 1 },
  { "a 500 in HTML", { status = 500, body = html }, 3 },
  { "a 502 in HTML", { status = 502, body = html }, 3 },
  { "a 504 without a body", { status = 504 }, 3 },
  { "a 500 with {}", { status = 500, body = "{}" }, 3 },
  { "a 409 in JSON", refusal(409, "idempotency_key_in_use"), 3 },
  { "a 409 with Stripe-Should-Retry: false", refusal(409, nil, should_retry "false"), 1 },
  { "a 429 rate_limit", refusal(429, "rate_limit"), 1 },
  { "a 429 rate_limit, with retry_rate_limit", refusal(429, "rate_limit"), 3,
    { retry_rate_limit = true } },
  { "a 429 without a body, with retry_rate_limit", { status = 429 }, 3,
    { retry_rate_limit = true } },
  { "a 429 lock_timeout", refusal(429, "lock_timeout"), 3 },
  { "a 429 with Stripe-Should-Retry: true", refusal(429, "rate_limit", should_retry "true"), 3 },
  { "a 429 with Stripe-Should-Retry: false, with retry_rate_limit",
    refusal(429, "rate_limit", should_retry "false"), 1, { retry_rate_limit = true } },
  { "a 429 with Retry-After: 3", refusal(429, "rate_limit", { ["Retry-After"] = "3" }), 1 },
  { "a 503 with Retry-After: 3", refusal(503, nil, { ["Retry-After"] = "3" }), 3 },
  { "a 400 with Stripe-Should-Retry: true", refusal(400, nil, should_retry "true"), 3 },
  { "a 400", refusal(400), 1 },
  { "a 400 with a Stripe-Should-Retry that says neither", refusal(400, nil, should_retry "?"), 1 },
  { "a 401", refusal(401), 1 },
  { "a 402", refusal(402), 1 },
  { "a 403", refusal(403), 1 },
  { "a 404 in HTML", { status = 404, body = html }, 1 },
  { "a 424", refusal(424), 1 },
  { "a redirect, which is not followed", { status = 302, headers = { Location = "/x" } }, 1 },
  { "a 200 with broken JSON", { status = 200, body = '{"id":' }, 1 },
  { "a connection ended before the answer", { kind = "reset" }, 3 },
  { "a connection ended before the answer, without retries", { kind = "reset" }, 1,
    { max_retries = 0 } },
  { "a body shorter than its Content-Length",
    { status = 200, headers = { ["Content-Length"] = "100" }, body = '{"id":"x"}' }, 3 },
  { "headers, then silence until the timeout", { kind = "timeout", sent = "yes" }, 3 },
  { "no answer until the timeout", { kind = "timeout", takes = 80 }, 3 },
  { "no connection", { kind = "connect" }, 3 },
  { "no address of the host", { kind = "resolve" }, 3 },
  { "a TLS handshake that broke", { kind = "tls" }, 3 },
  { "a certificate that is not trusted", { kind = "tls", retry = false }, 1 },
  { "an answer that is not HTTP", { kind = "protocol" }, 1 },
  { "an answer over the cap", { kind = "too_large" }, 1 },
  { "an exchange that this side aborted", { kind = "aborted" }, 1 },
  { "an exchange that was canceled", { kind = "canceled" }, 1 },
  { "an exchange that met the deadline", { kind = "deadline" }, 1 },
  { "any failure, with the defaults of a client", refusal(500), 3 },
  { "any failure of a POST, without retries", refusal(500), 1, { max_retries = 0 } },
}

describe("What is asked for again:", function()
  for _, row in ipairs(rows) do
    local name, step, count, more = row[1], row[2], row[3], row[4]
    for _, make in ipairs { "call", "order" } do
      it(("%s is asked for %d %s by a %s"):format(name, count, count == 1 and "time" or "times",
        make == "call" and "GET" or "POST"), function()
        local call = scripted[make](more)
        local log = scripted.run(call, { step })
        assert.equal(count, #log.requests)
        assert.equal(count, #call:attempts())
        assert.is_false(call:ok())
      end)
    end
  end

  it("a success after failures ends the call", function()
    local call = scripted.order()
    local log = scripted.run(call, { refusal(500), { kind = "reset" }, scripted.success })
    assert.equal(3, #log.requests)
    assert.is_true(call:ok())
    assert.is_false(call:retryable())
  end)

  it("a 200 is never asked for again, whatever Stripe-Should-Retry says", function()
    local call = scripted.call()
    local answer = { status = 200, headers = should_retry "true", body = '{"id":"x"}' }
    assert.equal(1, #scripted.run(call, { answer }).requests)
  end)
end)

describe("The wait before a retry", function()
  local function waits(more, step)
    return scripted.run(scripted.call(more), { step or refusal(500) }).waits
  end

  it("doubles from half a second to five, times a factor of a half to one", function()
    local bounds = { { 0.5, 0.5 }, { 0.5, 1 }, { 1, 2 }, { 2, 4 }, { 2.5, 5 }, { 2.5, 5 } }
    for seed = 1, 50 do
      local list = waits { max_retries = 6, seed = seed }
      assert.equal(6, #list)
      for n, bound in ipairs(bounds) do
        assert.is_true(list[n] > bound[1] - 1e-9 and list[n] < bound[2] + 1e-9,
          ("retry %d of seed %d waited %g s"):format(n, seed, list[n]))
      end
    end
  end)

  it("is the same for the same seed and differs between seeds", function()
    assert.same(waits { max_retries = 6, seed = 7 }, waits { max_retries = 6, seed = 7 })
    assert.are_not.same(waits { max_retries = 6, seed = 7 }, waits { max_retries = 6, seed = 8 })
  end)

  it("differs between calls that name no seed", function()
    local options = scripted.options { max_retries = 6 }
    options.seed = nil
    local core = require "stripe.core"
    local function run()
      return scripted.run(assert(core.call(options)), { refusal(500) }).waits
    end
    assert.are_not.same(run(), run())
  end)

  it("ignores the Retry-After of a 503", function()
    local list = waits(nil, refusal(503, nil, { ["Retry-After"] = "30" }))
    assert.is_true(list[1] < 1)
  end)

  it("honours the Retry-After of a 429 that is tried again", function()
    local more = { retry_rate_limit = true, max_retries = 1 }
    local function after(text)
      return waits(more, refusal(429, "rate_limit", { ["Retry-After"] = text }))[1]
    end
    assert.equal(3, after "3")
    assert.equal(0.5, after "0")
    assert.equal(0.5, after "Wed, 21 Oct 2026 07:28:00 GMT")
    assert.equal(60, after "60")
  end)

  it("waits for as long as a Retry-After says where a deadline allows it", function()
    local step = refusal(429, "rate_limit", { ["Retry-After"] = "300" })
    local more = { retry_rate_limit = true, max_retries = 1, deadline = 600 }
    assert.equal(300, waits(more, step)[1])
    step.headers["Retry-After"] = "86401"
    assert.equal(0.5, waits(more, step)[1])
  end)

  it("ignores a Retry-After of more than a minute without a deadline", function()
    for _, text in ipairs { "61", "3600", "86400", ("9"):rep(400) } do
      local step = refusal(429, "rate_limit", { ["Retry-After"] = text })
      assert.equal(0.5, waits({ retry_rate_limit = true, max_retries = 1 }, step)[1])
      step = refusal(429, "lock_timeout", { ["Retry-After"] = text })
      assert.equal(0.5, waits({ max_retries = 1 }, step)[1])
    end
  end)

  it("ends a Retry-After with the deadline", function()
    local more = { retry_rate_limit = true, deadline = 2 }
    local call = scripted.call(more)
    local log = scripted.run(call, { refusal(429, "rate_limit", { ["Retry-After"] = "30" }) })
    assert.same({ 2 }, log.waits)
    assert.equal(1, #log.requests)
    assert.equal("deadline", (call:problem()))
  end)
end)

describe("An outcome is retryable", function()
  local function retryable(step, more)
    local options = { max_retries = 0 }
    for name, value in pairs(more or {}) do options[name] = value end
    local call = scripted.call(options)
    scripted.run(call, { step })
    return call:retryable()
  end

  it("when it would have been tried again, had there been retries left", function()
    assert.is_true(retryable(refusal(500)))
    assert.is_true(retryable(refusal(409)))
    assert.is_true(retryable { kind = "timeout" })
    assert.is_true(retryable(refusal(400, nil, should_retry "true")))
  end)

  it("when it is a plain 429, which costs nothing to repeat", function()
    assert.is_true(retryable(refusal(429, "rate_limit")))
  end)

  it("when only the deadline ended the call", function()
    assert.is_true(retryable({ kind = "timeout", takes = 5 }, { deadline = 5 }))
  end)

  it("not otherwise", function()
    assert.is_false(retryable(refusal(400)))
    assert.is_false(retryable(refusal(500, nil, should_retry "false")))
    assert.is_false(retryable { kind = "tls", retry = false })
    assert.is_false(retryable { kind = "canceled" })
    assert.is_false(retryable { status = 200, body = "" })
  end)
end)
