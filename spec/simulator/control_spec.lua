--- The HTTP routes under /_sim/.

local core = require "stripe.core"
local exchange = require "spec.support.exchange"

local ORDER = "product=climsku_frontier_offtake_portfolio_2027&metric_tons=1"

describe("the control route", function()
  local x, sim

  before_each(function()
    x = exchange.open()
    sim = x.sim
  end)

  -- Without a key unless one is given: the controls of all accounts.
  local function control(method, path, body, key)
    return x.send(method, "/_sim/" .. path, body and core.json(body),
      { Authorization = key and "Bearer " .. key or false })
  end

  local function order() return x.post("/v1/climate/orders", ORDER).object end

  it("clock/advance moves all clocks, or that of a key", function()
    x.get "/v1/events"
    local response = control("POST", "clock/advance", { seconds = 60 })
    assert.same({ 200, { now = x.start + 60 } }, { response.status, response.object })
    assert.equal(x.start + 60, sim:account(x.key).clock:now())
    control("POST", "clock/advance", { seconds = 5 }, "sk_test_other")
    assert.equal(x.start + 60, sim:account(x.key).clock:now())
    assert.equal(x.start + 65, control("GET", "clock", nil, "sk_test_other").object.now)
    assert.equal(400, control("POST", "clock/advance", { seconds = "soon" }).status)
    for _, body in ipairs { '{"seconds":1e999}', '{"seconds":1e300}', '{"second":5}', "{}" } do
      assert.equal(400, x.send("POST", "/_sim/clock/advance", body).status, body)
    end
    assert.equal(x.start + 60, control("GET", "clock").object.now)
  end)

  it("of a currency sets its price", function()
    local response = control("POST", "crypto/eth/price", { usd = "2000" })
    assert.same({ 200, { currency = "eth", usd = "2000" } }, { response.status, response.object })
    local quotes = x.get("/v1/crypto/onramp/quotes?source_amount=100&destination_currencies[]=eth"
      .. "&destination_networks[]=base").object.destination_network_quotes
    assert.equal("0.050000000000000000", quotes.base_network[1].destination_amount)
  end)

  it("of a family's control acts and answers with the object", function()
    local id = order().id
    local response = control("POST", "climate/orders/" .. id .. "/deliver", { delivered_at = 7 })
    assert.equal(200, response.status, response.body)
    assert.same({ "climate.order", "delivered", 7 },
      { response.object.object, response.object.status, response.object.delivered_at })
    assert.truthy(response.body:find('"canceled_at":null', 1, true))
  end)

  it("of a control that can't be done says why", function()
    local response = control("POST", "climate/orders/climorder_x/deliver", {})
    assert.equal(400, response.status)
    assert.matches("no such climate order", response.object.error.message)
  end)

  it("of a control without an object passes the body", function()
    local response = control("POST", "climate/funds", { usd = 5 })
    assert.equal(200, response.status, response.body)
    assert.equal('{"data":[]}', response.body)
  end)

  it("identity submit is one of them", function()
    local id = x.post("/v1/identity/verification_sessions", "type=document").object.id
    local response = control("POST", "identity/verification_sessions/" .. id .. "/submit",
      { outcome = "verified" })
    assert.equal(200, response.status, response.body)
    assert.equal("verified",
      x.get("/v1/identity/verification_sessions/" .. id).object.status)
  end)

  it("forwarding/destinations sets an answer, or lets requests out", function()
    assert.equal("{}", control("POST", "forwarding/destinations",
      { url = "https://a.example/", status = 201, body = "ok" }).body)
    assert.equal(200, control("POST", "forwarding/destinations",
      { url = "https://b.example/", allow = true }).status)
    assert.equal(400, control("POST", "forwarding/destinations", {}).status)
  end)

  it("faults adds and clears", function()
    assert.equal(200, control("POST", "faults", { fault = "server_error", times = 9 }).status)
    assert.equal(500, x.get("/v1/events").status)
    assert.equal(200, control("DELETE", "faults").status)
    assert.equal(200, x.get("/v1/events").status)
    local response = control("POST", "faults", { fault = "earthquake" })
    assert.equal(400, response.status)
    assert.equal("no such fault: earthquake", response.object.error.message)
  end)

  it("events/trigger makes a test event", function()
    local response = control("POST", "events/trigger",
      { type = "climate.order.created", overrides = { metric_tons = "4" } }, x.key)
    assert.equal("4", response.object.data.object.metric_tons)
    assert.equal(response.object.id, x.get("/v1/events").object.data[1].id)
  end)

  it("requests is the journal", function()
    assert.equal('{"data":[]}', control("GET", "requests").body)
    order()
    local data = control("GET", "requests").object.data
    assert.equal(1, #data)
    assert.equal("climate.orders.create", data[1].operation)
  end)

  it("snapshot, restore and reset carry the state", function()
    order()
    local snapshot = control("GET", "snapshot").object
    assert.equal("{}", control("POST", "reset").body)
    assert.equal(0, #x.get("/v1/climate/orders").object.data)
    assert.equal(200, control("POST", "restore", snapshot).status)
    assert.equal(1, #x.get("/v1/climate/orders").object.data)
    assert.equal(400, control("POST", "restore", { a = 1 }).status)
  end)

  it("load takes objects", function()
    assert.equal(200, control("POST", "load",
      { { object = "climate.order", id = "climorder_1" } }, x.key).status)
    assert.equal(200, control("POST", "load",
      { objects = { { object = "climate.order", id = "climorder_2" } } }, x.key).status)
    assert.equal(2, #x.get("/v1/climate/orders").object.data)
  end)

  it("takes ids with escapes, as the API does", function()
    assert(sim:account(x.key):load { { object = "climate.order", id = "a/b \195\188" } })
    local path = "climate/orders/a%2Fb%20%c3%bc/deliver"
    assert.equal("delivered", control("POST", path, {}, x.key).object.status)
    assert.equal(400, control("POST", "climate/orders/%ff/deliver", {}, x.key).status)
  end)

  it("that doesn't exist is a 404", function()
    for _, path in ipairs { "nothing", "store/x", "climate/orders/x/explode", "climate" } do
      assert.equal(404, control("POST", path, {}).status, path)
    end
    assert.equal(404, control("GET", "reset").status)
  end)

  it("refuses names that its method doesn't know, and what it needs is missing", function()
    for path, bodies in pairs {
      ["events/trigger"] = { { type = "file.created", override = {} }, {} },
      ["events/resend"] = { { id = "evt_1", endpont = "we_1" }, {} },
      ["events/duplicate"] = { { id = "evt_1", times = 2 }, {} },
      ["events/hold"] = { { id = "evt_1" } },
      ["forwarding/destinations"] = { { url = "https://a.test", allow = false },
        { url = "https://a.test", allow = true, status = 500 } },
    } do
      for _, body in ipairs(bodies) do
        assert.equal(400, control("POST", path, body).status, path)
      end
    end
  end)

  it("refuses a body that is no JSON object, and a bad key", function()
    assert.equal(400, x.send("POST", "/_sim/faults", "{").status)
    for _, body in ipairs { "7", "null", '"x"' } do
      assert.equal("Invalid JSON: an object expected",
        x.send("POST", "/_sim/faults", body).object.error.message)
    end
    assert.equal(401, control("POST", "reset", nil, "wrong").status)
  end)

  it("leaves no trace in the journal", function()
    control("POST", "reset")
    control("GET", "snapshot")
    assert.same({}, sim:requests())
  end)
end)
