--- Failures on demand.

local exchange = require "spec.support.exchange"

local ORDER = "product=climsku_frontier_offtake_portfolio_2027&metric_tons=1"

describe("a fault", function()
  local x, sim

  before_each(function()
    x = exchange.open()
    sim = x.sim
  end)

  local function add(fault, match, times)
    assert(sim.faults:add { fault = fault, match = match, times = times })
  end

  local function order(key)
    return x.post("/v1/climate/orders", ORDER, key and { ["Idempotency-Key"] = key })
  end

  local function count() return #x.get("/v1/climate/orders").object.data end

  it("answers the next request and then is gone", function()
    add "server_error"
    assert.equal(500, order().status)
    assert.equal(200, order().status)
    assert.equal(1, count())
  end)

  it("answers as many requests as it says", function()
    add("server_error", nil, 2)
    assert.same({ 500, 500, 200 }, { order().status, order().status, order().status })
  end)

  it("waits for a request that matches method, path or operation", function()
    add("html", { method = "post" })
    assert.equal(200, x.get("/v1/events").status)
    assert.equal(502, order().status)
    add("html", { path = "/v1/climate/.*" })
    assert.equal(200, x.get("/v1/events").status)
    assert.equal(502, x.get("/v1/climate/products").status)
    add("html", { path = "/v1/climate/orders" })
    assert.equal(404, x.get("/v1/climate/orders/x").status)
    assert.equal(502, x.get("/v1/climate/orders?limit=1").status)
    add("html", { path = "climate.orders.create" })
    assert.equal(200, x.get("/v1/climate/orders").status)
    assert.equal(502, order().status)
    add("html", { operation = "climate.orders.list", method = "GET" })
    assert.equal(200, order().status)
    assert.equal(502, x.get("/v1/climate/orders").status)
  end)

  it("belongs to all accounts, or to one", function()
    assert(sim:account("sk_test_other").faults:add { fault = "server_error" })
    assert.equal(200, order().status)
    assert.equal(500, x.get("/v1/events", { Authorization = "Bearer sk_test_other" }).status)
  end)

  it("1.5 rate_limit is a 429 invalid_request_error with a reason header", function()
    add "rate_limit"
    local response = order()
    assert.equal(429, response.status)
    assert.same({ "invalid_request_error", "rate_limit" },
      { response.object.error.type, response.object.error.code })
    assert.matches("^Testmode request rate limit exceeded", response.object.error.message)
    assert.equal("global-rate", response.header "Stripe-Rate-Limited-Reason")
    assert.is_nil(response.header "Retry-After")
    add { kind = "rate_limit", reason = "endpoint-concurrency" }
    assert.equal("endpoint-concurrency", order().header "Stripe-Rate-Limited-Reason")
  end)

  it("1.5 lock_timeout is a 429 without a reason header", function()
    add "lock_timeout"
    local response = order()
    assert.equal(429, response.status)
    assert.equal("lock_timeout", response.object.error.code)
    assert.matches("^This object cannot be accessed right now", response.object.error.message)
    assert.is_nil(response.header "Stripe-Rate-Limited-Reason")
  end)

  it("1.4 conflict is the 409 of a key in use", function()
    add "conflict"
    local response = order "k"
    assert.equal(409, response.status)
    assert.equal("idempotency_key_in_use", response.object.error.code)
    assert.matches("Idempotent Key %(.*%): k%. Please", response.object.error.message)
    assert.equal(200, order("k").status)
  end)

  it("server_error is a 500 whose body says nothing", function()
    add "server_error"
    local response = order()
    assert.same({ 500, "{}" }, { response.status, response.body })
    assert.matches("^req_", response.header "Request-Id")
  end)

  it("html is a 502 of something in between", function()
    add "html"
    local response = order()
    assert.equal("text/html", response.header "Content-Type")
    assert.matches("^<html>", response.body)
  end)

  it("can be any answer", function()
    add { status = 402, body = { error = { type = "card_error", message = "No." } },
      headers = { ["Stripe-Should-Retry"] = "false" } }
    local response = order()
    assert.equal(402, response.status)
    assert.equal("card_error", response.object.error.type)
    assert.equal("false", response.header "Stripe-Should-Retry")
    add { status = 200, body = "not json" }
    assert.equal("not json", order().body)
  end)

  it("reset breaks the connection before anything is done", function()
    add "reset"
    local response = order "k"
    assert.same({ directive = "reset" }, response)
    assert.equal(0, count())
  end)

  it("lost does the work and loses the answer: a retry is a replay", function()
    add("lost", { method = "POST" })
    local response = order "k"
    assert.same({ directive = "reset", done = true }, response)
    assert.equal(1, count())
    assert.equal("true", order("k").header "Idempotent-Replayed")
    assert.equal(1, count())
  end)

  it("delay answers rightly, later", function()
    add { delay = 2.5 }
    local response = order()
    assert.equal("delay", response.directive)
    assert.equal(2.5, response.seconds)
    assert.equal(200, response.response.status)
    assert.equal(1, count())
  end)

  it("truncate cuts the body short", function()
    add "truncate"
    local response = order()
    assert.equal("truncate", response.directive)
    assert.is_true(response.bytes > 0 and response.bytes < #response.response.body)
    add { kind = "truncate", bytes = 7 }
    assert.equal(7, order().bytes)
  end)

  it("comes before the key is looked at, for those of all accounts", function()
    add "server_error"
    assert.equal(500, x.get("/v1/events", { Authorization = "Bearer wrong" }).status)
  end)

  it("spoils the answer after an exchange with the outside too", function()
    local families = require "stripe.simulator.families"
    local name = "climate.orders.create"
    local original = families.operations[name]
    families.operations[name] = function(account, request)
      return { outbound = {}, resume = function() return original(account, request) end }
    end
    finally(function() families.operations[name] = original end)
    add "lost"
    local response = order()
    assert.is_table(response.outbound)
    assert.same({ directive = "reset", done = true }, response.resume {})
  end)

  it("can be taken back", function()
    add("server_error", nil, 5)
    sim.faults:clear()
    assert.equal(200, order().status)
  end)

  it("whose pattern breaks on a path that nobody thought of doesn't match it", function()
    assert(sim.faults:add { fault = "reset", match = { path = "/x%d[" } })
    assert.equal(404, x.get("/x1").status)
  end)

  it("may be for ever, also in a snapshot", function()
    assert(sim.faults:add { fault = "server_error", times = math.huge })
    assert.equal(200, x.get("/_sim/snapshot").status)
    for _ = 1, 3 do assert.equal(500, x.get("/v1/events").status) end
  end)

  it("that makes no sense is refused with the reason", function()
    for _, row in ipairs {
      { "Invalid fault: an object expected", {} },
      { "no such fault: earthquake", { fault = "earthquake" } },
      { "fault.status", { fault = { status = 99 } } },
      { "fault.status", { fault = { status = 100 } } },
      { "fault.bytes", { fault = { kind = "truncate", bytes = -1 } } },
      { "fault.headers", { fault = { status = 500, headers = { ["X\r\nY"] = "1" } } } },
      { "fault.delay", { fault = { delay = -1 } } },
      { "unknown parameter: fault[dealy]", { fault = { dealy = 1 } } },
      { "Invalid fault[body]: text expected", { fault = { status = 500, body = 1 } } },
      { "Invalid fault[headers]", { fault = { status = 500, headers = { "X" } } } },
      { "unknown parameter: match[paht]", { fault = "reset", match = { paht = "/v1" } } },
      { "Invalid match[method]: text expected", { fault = "reset", match = { method = 1 } } },
      { "not a Lua pattern", { fault = "reset", match = { path = "/v1/[" } } },
      { "not a Lua pattern", { fault = "reset", match = { path = "/v%d/climate/[" } } },
      { "no such operation", { fault = "reset", match = { operation = "climate.order.create" } } },
      { "a path begins with /", { fault = "reset", match = { path = ".*/orders" } } },
      { "times", { fault = "reset", times = 0 } },
      { "unknown parameter: time", { fault = "reset", time = 2 } },
    } do
      local done, problem = sim.faults:add(row[2])
      assert.is_nil(done)
      assert.matches(row[1], tostring(problem), 1, true)
    end
  end)
end)
