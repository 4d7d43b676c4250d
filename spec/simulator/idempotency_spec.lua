--- Idempotency keys.

local exchange = require "spec.support.exchange"
local fingerprint = require "stripe.simulator.fingerprint"
local clock = require "stripe.simulator.clock"
local core = require "stripe.core"
local idempotency = require "stripe.simulator.idempotency"

local ORDER = "product=climsku_frontier_offtake_portfolio_2027&metric_tons=1"
local HOUR = 3600

describe("an idempotency key", function()
  local x, sim

  before_each(function()
    x = exchange.open()
    sim = x.sim
  end)

  local function post(body, headers, path)
    headers = headers or {}
    if headers["Idempotency-Key"] == nil then headers["Idempotency-Key"] = "k" end
    return x.post(path or "/v1/climate/orders", body or ORDER, headers)
  end

  local function count()
    return #x.get("/v1/climate/orders?limit=100").object.data
  end

  it("1.4 gives a repeat the same status and body, and acts once", function()
    local first, second = post(), post()
    assert.equal(200, second.status)
    assert.equal(first.body, second.body)
    assert.equal(1, count())
  end)

  it("1.4 a replay carries Idempotent-Replayed and Original-Request, and its own Request-Id",
    function()
      local first, second = post(), post()
      assert.is_nil(first.header "Idempotent-Replayed")
      assert.equal("true", second.header "Idempotent-Replayed")
      assert.equal(first.header "Request-Id", second.header "Original-Request")
      assert.not_equal(first.header "Request-Id", second.header "Request-Id")
      assert.equal("k", second.header "Idempotency-Key")
    end)

  it("1.4 is compared by parsed parameters: order and escapes don't matter", function()
    local first = post()
    local second = post("metric%5Ftons=1&product=climsku_frontier_offtake_portfolio_2027")
    assert.equal(first.body, second.body)
  end)

  it("1.4 with other parameters is a 400 idempotency_error", function()
    post()
    local response = post(ORDER .. "&metadata[a]=b")
    assert.equal(400, response.status)
    assert.equal("idempotency_error", response.object.error.type)
    assert.equal("Keys for idempotent requests can only be used with the same parameters they were "
      .. "first used with. Try using a key other than 'k' if you meant to execute a different "
      .. "request.", response.object.error.message)
    assert.equal(1, count())
  end)

  it("1.4 on another endpoint is the same error", function()
    local id = post().object.id
    local response = post("", nil, "/v1/climate/orders/" .. id .. "/cancel")
    assert.equal("idempotency_error", response.object.error.type)
  end)

  it("1.4 replays failures of the endpoint as well", function()
    local bad = "product=climsku_none&metric_tons=1"
    local first, second = post(bad), post(bad)
    assert.is_true(first.status >= 400)
    assert.equal(first.body, second.body)
    assert.equal("true", second.header "Idempotent-Replayed")
  end)

  it("1.4 stays new when the parameters were refused", function()
    assert.equal(400, post("metric_tons=1").status)
    local response = post()
    assert.equal(200, response.status)
    assert.is_nil(response.header "Idempotent-Replayed")
  end)

  it("1.4 stays new after a 401 and a 429", function()
    assert.equal(401, post(nil, { Authorization = "Bearer wrong" }).status)
    assert(sim.faults:add { fault = "rate_limit" })
    assert.equal(429, post().status)
    assert.equal(200, post().status)
  end)

  it("1.4 stays new when the endpoint itself asks for another authorization", function()
    local headers = { ["Stripe-Version"] = "2026-10-28.endive;crypto_onramp_beta=v2" }
    local form = "ui_mode=headless&crypto_customer_id=crc_1&payment_token=cpt_1"
    local sessions = "/v1/crypto/onramp_sessions"
    assert.equal(401, post(form, headers, sessions).status)
    headers["Stripe-OAuth-Token"] = "t"
    assert.equal(200, post(form, headers, sessions).status)
  end)

  it("1.4 has no effect on GET and DELETE", function()
    local headers = { ["Idempotency-Key"] = "k" }
    x.get("/v1/climate/orders", headers)
    assert.equal(0, #x.get("/v1/climate/orders", headers).object.data)
    assert.equal(200, post().status)
    assert.equal(1, #x.get("/v1/climate/orders", headers).object.data)
  end)

  it("1.4 is new again after 24 hours", function()
    local first = post()
    sim:advance(24 * HOUR - 1)
    assert.equal(first.body, post().body)
    sim:advance(1)
    assert.not_equal(first.body, post().body)
  end)

  it("1.4 may be 255 characters long", function()
    assert.equal(200, post(nil, { ["Idempotency-Key"] = ("k"):rep(255) }).status)
    local response = post(nil, { ["Idempotency-Key"] = ("k"):rep(256) })
    assert.equal(400, response.status)
    assert.equal("idempotency_error", response.object.error.type)
  end)

  it("1.4 is text: other bytes are refused, and no event has them", function()
    local response = post(nil, { ["Idempotency-Key"] = "k\255" })
    assert.same({ 400, "idempotency_error" }, { response.status, response.object.error.type })
    assert.equal(0, count())
    assert.equal(200, post(nil, { ["Idempotency-Key"] = "k\195\188" }).status)
    assert.equal("k\195\188", x.get "/v1/events".object.data[1].request.idempotency_key)
  end)

  it("1.4 is in use as long as a delay lasts, also after a snapshot was taken", function()
    assert(sim.faults:add { fault = { delay = 5 } })
    local delayed = x.send("POST", "/v1/climate/orders", ORDER, { ["Idempotency-Key"] = "k" })
    assert.equal("delay", delayed.directive)
    assert.equal(409, post().status)
    assert(require("stripe.simulator").new():restore(sim:snapshot()))
    assert.equal(409, post().status)
    delayed.finished()
    assert.equal(delayed.response.body, post().body)
  end)

  it("is new again when the simulator threw", function()
    local families = require "stripe.simulator.families"
    local create = families.operations["climate.orders.create"]
    families.operations["climate.orders.create"] = function() error "boom" end
    local ok, problem = pcall(post)
    families.operations["climate.orders.create"] = create
    assert.is_false(ok)
    assert.matches("boom.*traceback", problem)
    assert.equal(200, post().status)
  end)

  it("is new again when the simulator threw at the end of an exchange with the outside", function()
    local form = "payment_method=pm_card_visa&replacements[0]=card_number&request[body]=x"
      .. "&url=http://127.0.0.1:1/"
    local function forward() return post(form, nil, "/v1/forwarding/requests") end
    local waiting = forward()
    assert.equal(409, forward().status)
    assert.is_false(pcall(waiting.resume, { status = {} }))
    assert.is_table(forward().outbound)
  end)

  it("1.4 belongs to its account", function()
    local first = post()
    local other = post(nil, { Authorization = "Bearer sk_test_other" })
    assert.is_nil(other.header "Idempotent-Replayed")
    assert.not_equal(first.object.id, other.object.id)
  end)

  it("1.4 while its first request runs is a 409", function()
    local families = require "stripe.simulator.families"
    local name = "climate.orders.create"
    local original = families.operations[name]
    families.operations[name] = function(account, request)
      return { outbound = {}, resume = function() return original(account, request) end }
    end
    finally(function() families.operations[name] = original end)
    local running = post()
    local response = post()
    assert.equal(409, response.status)
    assert.same({ "idempotency_error", "idempotency_key_in_use" },
      { response.object.error.type, response.object.error.code })
    assert.equal("There is currently another in-progress request using this Idempotent Key (that "
      .. "probably means you submitted twice, and the other request is still going through): k. "
      .. "Please try again later.", response.object.error.message)
    local done = running.resume {}
    assert.equal(200, done.status)
    assert.equal(done.body, post().body)
  end)
end)

describe("the idempotency store", function()
  local time = clock.new { time = 0 }

  local function finished(kept, key)
    local record = assert(kept:begin(key, "f", "req_" .. key))
    kept:finish(record, { status = 200, headers = {}, body = "{}" })
  end

  it("is bounded: the oldest keys go first", function()
    local kept = idempotency.new(time, 3)
    for i = 1, 5 do finished(kept, "k" .. i) end
    assert.is_nil(kept:begin("k2", "f", "r").status)
    assert.equal(200, kept:begin("k5", "f", "r").status)
  end)

  it("lets a function rewrite the answers it keeps", function()
    local kept = idempotency.new(time)
    local record = assert(kept:begin("k", "f", "req_1"))
    kept:finish(record, { status = 200, headers = {}, body = '{"name":"Jenny"}' }, "vs_1")
    kept:rewrite(function(one)
      if one.object == "vs_1" then one.body = "{}" end
    end)
    assert.equal("{}", kept:begin("k", "f", "req_2").body)
  end)

  it("forgets a request in flight in a snapshot", function()
    local kept = idempotency.new(time)
    finished(kept, "done")
    kept:begin("running", "f", "r")
    local other = idempotency.new(time)
    other:restore(kept:snapshot())
    assert.equal(200, other:begin("done", "f", "r").status)
    assert.is_nil(other:begin("running", "other", "r").status)
  end)
end)

describe("a fingerprint", function()
  local of = fingerprint.of

  it("is that of the parameters, however they are ordered", function()
    assert.equal(of("POST /", { a = { b = "1" }, c = { "x", "y" } }),
      of("POST /", { c = { "x", "y" }, a = { b = "1" } }))
  end)

  it("tells apart what is different", function()
    local seen = {}
    for _, params in ipairs {
      {}, { a = "1" }, { a = 1 }, { a = "12" }, { ["1"] = "a" }, { a = { "1" } },
      { a = { b = "1" } }, { a = core.null }, { a = "null" }, { a = true }, { a = "true" },
      { a = ("x"):rep(6) }, { a = ("x"):rep(7) }, { a = "\0" }, { a = "" }, { a = "1", b = "1" },
      { a = { "x", "y" } }, { a = { "y", "x" } },
    } do
      local print = of("POST /", params)
      assert.is_nil(seen[print])
      seen[print] = true
    end
    assert.not_equal(of("POST /a", {}), of("POST /b", {}))
  end)

  it("holds nothing of the parameters", function()
    assert.matches("^%d+%.%d+$", of("POST /", { name = "Jenny" }))
  end)
end)
