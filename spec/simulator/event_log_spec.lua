--- Event objects: stripe.simulator.events. (What the API answers about them is in event_resource.)

local core = require "stripe.core"
local exchange = require "spec.support.exchange"
local schema = require "spec.support.schema"

local DAY = 24 * 3600
local ORDER = "product=climsku_frontier_offtake_portfolio_2027&metric_tons=1&metadata[a]=1"

describe("an event", function()
  local x, sim, account

  before_each(function()
    x = exchange.open()
    sim, account = x.sim, x.sim:account(x.key)
  end)

  local function order(headers)
    local response = x.post("/v1/climate/orders", ORDER, headers)
    assert.equal(200, response.status, response.body)
    return response
  end

  local function newest() return x.get("/v1/events?limit=1").object.data[1] end

  local function endpoint(form, headers)
    local response = x.post("/v1/webhook_endpoints",
      "url=https://example.com/hook&" .. form, headers)
    assert.equal(200, response.status, response.body)
    return response.object
  end

  it("7 names the request that caused it, and its idempotency key", function()
    local response = order { ["Idempotency-Key"] = "k" }
    local event = newest()
    assert.same({ id = response.header "Request-Id", idempotency_key = "k" }, event.request)
    assert.same({ "event", "climate.order.created", x.start, false, core.api_version },
      { event.object, event.type, event.created, event.livemode, event.api_version })
    assert.matches("^evt_", event.id)
  end)

  it("7 without a request has request.id null", function()
    local id = order().object.id
    assert(account.climate:deliver(id))
    assert.matches('"request":{"id":null,"idempotency_key":null},"type":"climate.order.delivered"',
      x.get("/v1/events?limit=1").body, 1, true)
  end)

  it("7 of work that came due names no request either, and has its own time", function()
    local id = x.post("/v1/climate/orders",
      "product=climsku_frontier_spot_biomass_2024&metric_tons=1").object.id
    sim:advance(40 * DAY)
    local event = newest()
    assert.equal(id, event.data.object.id)
    assert.same({}, event.request)
    assert.equal(x.start + 30 * DAY, event.created)
  end)

  it("7 keeps its object as it was", function()
    local id = order().object.id
    x.post("/v1/climate/orders/" .. id, "metadata[a]=2")
    assert.equal("1", newest().data.object.metadata.a)
  end)

  it("1.7 hides what appears only when asked for", function()
    local session = { id = "vs_1", object = "identity.verification_session",
      verified_outputs = { first_name = "Jenny", id_number = "1" }, metadata = {} }
    local event = account.events:emit("identity.verification_session.verified", session)
    assert.is_nil(event.data.object.verified_outputs)
    assert.equal("1", session.verified_outputs.id_number)
  end)

  it("7 has previous_attributes when an update says so, nulls included", function()
    account.events:emit("climate.product.pricing_updated", { object = "climate.product", id = "p" },
      { previous_attributes = { delivery_year = core.null, name = "Old" } })
    local text = x.get("/v1/events?limit=1").body
    assert.truthy(text:find('"previous_attributes":{"delivery_year":null,"name":"Old"}', 1, true))
  end)

  it("7 counts the endpoints it goes to as pending_webhooks", function()
    order()
    assert.equal(0, newest().pending_webhooks)
    endpoint "enabled_events[]=climate.order.created"
    endpoint "enabled_events[]=climate.order.canceled"
    endpoint "enabled_events[]=*"
    local off = endpoint "enabled_events[]=*"
    x.post("/v1/webhook_endpoints/" .. off.id, "disabled=true")
    order()
    assert.equal(2, newest().pending_webhooks)
  end)

  it("2.1 that needs explicit selection is not part of *", function()
    endpoint "enabled_events[]=*"
    local redacted = "identity.verification_session.redacted"
    assert.equal(0, assert(account.events:trigger(redacted)).pending_webhooks)
    endpoint("enabled_events[]=" .. redacted)
    assert.equal(1, assert(account.events:trigger(redacted)).pending_webhooks)
  end)

  it("7 has `account` only for Connect, and goes to the platform's connect endpoints", function()
    endpoint "enabled_events[]=*"
    endpoint "enabled_events[]=*&connect=true"
    order()
    local event = newest()
    assert.is_nil(event.account)
    assert.equal(1, event.pending_webhooks)
    order { ["Stripe-Account"] = "acct_1" }
    event = x.get("/v1/events?limit=1", { ["Stripe-Account"] = "acct_1" }).object.data[1]
    assert.equal("acct_1", event.account)
    assert.equal(1, event.pending_webhooks)
  end)

  it("7 can be read for 30 days", function()
    order()
    local id = newest().id
    sim:advance(30 * DAY)
    assert.equal(200, x.get("/v1/events/" .. id).status)
    sim:advance(1)
    assert.equal(404, x.get("/v1/events/" .. id).status)
    assert.same({}, x.get("/v1/events").object.data)
    assert.equal(400, x.get("/v1/events?starting_after=" .. id).status)
    order()
    assert.is_nil(account.store:get("event", id))
  end)

  it("can be rewritten, for redaction", function()
    order()
    account.events:rewrite(function(snapshot, event)
      if event.type == "climate.order.created" then snapshot.metadata = {} end
    end)
    assert.same({}, newest().data.object.metadata)
  end)
end)

describe("a test event", function()
  local x, sim

  before_each(function()
    x = exchange.open()
    sim = x.sim
  end)

  it("has an object of its type, with a status that fits", function()
    local event = assert(sim.events:trigger "identity.verification_session.verified")
    local object = event.data.object
    assert.same({ "identity.verification_session", "verified" }, { object.object, object.status })
    assert.matches("^vs_", object.id)
    assert.equal(x.start, object.created)
  end)

  it("can be made of every public type", function()
    local types, known = core.names().event_types, {}
    for _, about in pairs(core.catalogue()) do known[about.object] = true end
    assert.equal(275, #types)
    for _, name in ipairs(types) do
      local event = assert(sim.events:trigger(name))
      assert.equal(name, event.type)
      assert.is_string(event.data.object.object)
      local object = core.decode(core.render(event), true).data.object
      if known[object.object] then assert.same({}, schema.check(object, object.object)) end
    end
    assert(sim.events:trigger "crypto.onramp_session.updated")
    assert.equal(1, #x.get("/v1/events?type=charge.succeeded").object.data)
  end)

  it("takes the newest object of its kind, or the one named", function()
    local form = "product=climsku_frontier_offtake_portfolio_2027&metric_tons="
    local first = x.post("/v1/climate/orders", form .. "1").object.id
    local second = x.post("/v1/climate/orders", form .. "2").object.id
    assert.equal(second, sim.events:trigger("climate.order.created").data.object.id)
    local event = sim.events:trigger("climate.order.created", { id = first })
    assert.equal("1", event.data.object.metric_tons)
  end)

  it("has what the overrides say", function()
    local event = assert(sim.events:trigger("climate.order.created",
      { metric_tons = "9", metadata = { a = "b" }, beneficiary = { public_name = "Me" } }))
    local object = event.data.object
    assert.equal("9", object.metric_tons)
    assert.same({ a = "b" }, object.metadata)
    assert.equal("Me", object.beneficiary.public_name)
  end)

  it("with overrides that no answer could show is refused, and leaves no trace", function()
    local before = sim:account():snapshot()
    for _, row in ipairs {
      { "customer.created", { name = "\255" } }, { "customer.created", { n = 1 / 0 } },
      { "customer.created", { 1, 2 } }, { "climate.order.created", { amount_total = "x" } },
      { "climate.order.created", { metric_ton = "1" } }, { "climate.order.created", { 1, 2 } },
    } do
      local event, err = sim.events:trigger(row[1], row[2])
      assert.is_nil(event)
      assert.matches("^overrides: [^.]", err)
      assert.falsy(err:find("%.lua"))
    end
    local after = sim:account():snapshot()
    for _, name in ipairs { "ids", "outbox", "journal" } do
      assert.same(before[name], after[name], name)
    end
    assert.equal(0, #x.get("/v1/events").object.data)
  end)

  it("of no known type is refused", function()
    local event, err = sim.events:trigger "climate.order.forgotten"
    assert.is_nil(event)
    assert.equal("unknown event type: climate.order.forgotten", err)
  end)
end)
