--- The state of the simulator as a value.

local core = require "stripe.core"
local exchange = require "spec.support.exchange"
local simulator = require "stripe.simulator"

local ORDER = "product=climsku_frontier_offtake_portfolio_2027&metric_tons=1"

describe("the state", function()
  local x, sim

  before_each(function()
    x = exchange.open()
    sim = x.sim
  end)

  local function order(headers)
    local response = x.post("/v1/climate/orders", ORDER, headers)
    assert.equal(200, response.status, response.body)
    return response
  end

  local function through_json(value) return assert(core.decode(core.json(value))) end

  it("after a reset is as new, down to the ids", function()
    local first = order()
    assert(sim.faults:add { fault = "reset", match = { path = "/never" } })
    sim:advance(100)
    sim:reset()
    assert.same({}, sim:requests())
    assert.same({}, x.get("/v1/climate/orders").object.data)
    sim:reset()
    local again = order()
    assert.equal(first.body, again.body)
    assert.equal(first.header "Request-Id", again.header "Request-Id")
  end)

  it("of one account can be reset alone", function()
    local other = { Authorization = "Bearer sk_test_other" }
    order()
    order(other)
    sim:account(x.key):reset()
    assert.equal(0, #x.get("/v1/climate/orders").object.data)
    assert.equal(1, #x.get("/v1/climate/orders", other).object.data)
  end)

  it("comes back from a snapshot, also one that went through JSON", function()
    for _, way in ipairs { function(value) return value end, through_json } do
      sim:reset()
      local first = order { ["Idempotency-Key"] = "k" }
      local snapshot = way(sim:snapshot())
      local next_id = order().object.id
      x.post("/v1/climate/orders/" .. first.object.id, "metadata[a]=b")
      sim:advance(1000)
      assert(sim:restore(snapshot))
      assert.equal(1, #x.get("/v1/climate/orders").object.data)
      assert.same({}, x.get("/v1/climate/orders/" .. first.object.id).object.metadata)
      assert.equal(first.body, order({ ["Idempotency-Key"] = "k" }).body)
      assert.equal(x.start, sim:account(x.key).clock:now())
      assert.equal(next_id, order().object.id)
    end
  end)

  it("restored in another simulator goes on there, with its due work", function()
    local id = x.post("/v1/climate/orders",
      "product=climsku_frontier_spot_biomass_2024&metric_tons=1").object.id
    local other = simulator.new { clock = 5 }
    assert(other:restore(through_json(sim:snapshot())))
    local account = other:account(x.key)
    assert.equal("confirmed", account.store:get("climate.order", id).status)
    other:advance(31 * 24 * 3600)
    assert.equal("delivered", account.store:get("climate.order", id).status)
  end)

  it("can be restored twice from one snapshot", function()
    order()
    local snapshot = sim:snapshot()
    for _ = 1, 2 do
      assert(sim:restore(snapshot))
      order()
      assert.equal(2, #x.get("/v1/climate/orders").object.data)
    end
  end)

  it("of one account restores that one", function()
    local account = sim:account(x.key)
    local snapshot = through_json(account:snapshot())
    order()
    assert(account:restore(snapshot))
    assert.equal(0, #x.get("/v1/climate/orders").object.data)
  end)

  it("keeps faults, settings, connected accounts and bytes", function()
    local account = sim:account(x.key)
    account.settings.business_name = "Other"
    local private = account.store:private "x"
    private.bytes, private.text, private.nothing = "\255\0\1", "caf\195\169", core.null
    order { ["Stripe-Account"] = "acct_1" }
    assert(account.faults:add { fault = "server_error" })
    local other = simulator.new()
    assert(other:restore(through_json(sim:snapshot())))
    account = other:account(x.key)
    assert.equal("Other", account.settings.business_name)
    private = account.store:private "x"
    assert.same({ "\255\0\1", "caf\195\169" }, { private.bytes, private.text })
    assert.equal(core.null, private.nothing)
    assert.is_table(other:account(x.key, "acct_1").store:each "climate.order"())
    assert.equal(account, other:account(x.key, "acct_1").parent)
    assert.equal("server_error", account.faults:take({ method = "GET", path = "/" }).kind)
  end)

  it("keeps what holds for the accounts to come, and what came without a key", function()
    local orders = "/v1/climate/orders"
    local function asked(one)
      return one.post(orders, "product=climsku_sale&metric_tons=1",
        { Authorization = "Bearer sk_test_later" }),
        one.get(orders, { Authorization = "Bearer no" })
    end
    assert(sim.climate:product("climsku_sale", { prices = { usd = 700 }, metric_tons = "9" }))
    assert(sim.forwarding:answer("https://fixed.example", { body = "\255" }))
    assert(sim.forwarding:answer("https://asked.example", function() return {} end))
    x.get(orders, { Authorization = "Bearer no" })
    local other = exchange.open { seed = 99 }
    assert(other.sim:restore(through_json(sim:snapshot())))
    assert.same(sim:requests(), other.sim:requests())
    local made, refused = asked(x)
    local made_again, same_refused = asked(other)
    assert.equal(721, made.object.amount_total)
    assert.equal(made.body, made_again.body)
    assert.equal(401, refused.status)
    assert.equal(refused.header "Request-Id", same_refused.header "Request-Id")
  end)

  it("restored keeps the functions of now", function()
    local snapshot = sim:snapshot()
    assert(sim.forwarding:answer("https://asked.example", function() return { body = "here" } end))
    assert(sim:restore(snapshot))
    local forwarded = x.post("/v1/forwarding/requests",
      "url=https://asked.example&payment_method=pm_card_visa&replacements[]=card_cvc"
        .. "&request[body]=a", { Authorization = "Bearer sk_test_later" })
    assert.equal("here", forwarded.object.response_details.body)
  end)

  it("can be saved while a fault has bytes that are no text", function()
    assert(sim.faults:add { fault = { status = 500, body = "\255" } })
    local other = exchange.open()
    assert(other.sim:restore(through_json(sim:snapshot())))
    assert.equal("\255", other.get("/v1/climate/orders").body)
  end)

  it("that is none is refused, and nothing changes", function()
    order()
    for _, value in ipairs { 1, {}, { accounts = { {} } }, { accounts = { { format = 1 } } } } do
      local done, problem = sim:restore(value)
      assert.is_nil(done)
      assert.is_string(problem)
    end
    assert.is_nil((sim:account(x.key):restore {}))
    assert.equal(1, #x.get("/v1/climate/orders").object.data)
  end)

  it("that has lost a part is refused before anything changes, and so is a key that is none",
    function()
      order()
      for _, spoil in ipairs {
        function(snapshot) snapshot.clock = {} end,
        function(snapshot) snapshot.order = "7" end,
        function(snapshot) snapshot.accounts = { a = 1 } end,
        function(snapshot) snapshot.accounts[1].key = "pk_test_1" end,
        function(snapshot) snapshot.accounts[1].key = nil end,
        function(snapshot) snapshot.accounts[1].settings = {} end,
        function(snapshot) snapshot.accounts[1].ids.a = nil end,
        function(snapshot) snapshot.accounts[1].store = { objects = {} } end,
        function(snapshot) snapshot.accounts[1].journal = { 1 } end,
      } do
        local snapshot = through_json(sim:snapshot())
        spoil(snapshot)
        local done, problem = sim:restore(snapshot)
        assert.is_nil(done)
        assert.matches("snapshot", problem)
        assert.equal(1, #x.get("/v1/climate/orders").object.data)
      end
    end)

  it("that is damaged anywhere changes nothing at all", function()
    local hook = { Authorization = "Bearer sk_test_hook" }
    local function first(snapshot) return snapshot.accounts[1] end
    local damages = {
      ["clock.schedule[1].name"] = function(s) first(s).clock.schedule[1].name = "climate.fly" end,
      ["clock.schedule[1].time"] = function(s) first(s).clock.schedule[1].time = "soon" end,
      ["ids.a"] = function(s) first(s).ids.a = 0.5 end,
      ["store.objects[climate.order][1]"] = function(s)
        first(s).store.objects["climate.order"][1].id = nil
      end,
      ["store.objects[climate.order][2]: amount_total: a number expected"] = function(s)
        first(s).store.objects["climate.order"][2].amount_total = "much"
      end,
      ["store"] = function(s) first(s).store.privates.x = { ["$hex"] = 5 } end,
      ["store.privates[x]"] = function(s) first(s).store.privates.x = 5 end,
      ["faults[1].match"] = function(s)
        first(s).faults = { { times = 1, fault = { kind = "lost" } } }
      end,
      ["faults[1].fault.kind"] = function(s)
        s.faults = { { match = {}, times = 1, fault = {} } }
      end,
      ["idempotency[1].body"] = function(s) first(s).idempotency[1].body = nil end,
      ["journal[1].path"] = function(s) first(s).journal[1].path = nil end,
      ["outbox.records[1].due"] = function(s) s.accounts[2].outbox.records[1].due = nil end,
      ["outbox.records[1].event"] = function(s) s.accounts[2].outbox.records[1].event = {} end,
      ["standing[1]"] = function(s) s.standing[1].name = "fly" end,
      ["seed"] = function(s) s.seed = {} end,
      ["settings.api_version"] = function(s) s.settings = 5 end,
      ["no access to an account 'theirs'"] = function(s) s.accounts[2].id = "theirs" end,
      ["is damaged: "] = function(s) s.accounts[2].id = { 1 } end,
    }
    x.post("/v1/climate/orders", "product=climsku_frontier_spot_biomass_2024&metric_tons=1")
    order { ["Idempotency-Key"] = "k" }
    x.post("/v1/webhook_endpoints", "url=https://app.test/hook&enabled_events[]=*", hook)
    order(hook)
    assert(sim.climate:product("climsku_sale", { prices = { usd = 700 }, metric_tons = "9" }))
    local spoiled = {}
    for problem, damage in pairs(damages) do
      spoiled[problem] = through_json(sim:snapshot())
      damage(spoiled[problem])
    end
    sim:account(x.key).settings.business_name = "Later"
    sim:account("sk_test_third")
    local before = sim:snapshot()
    for problem, snapshot in pairs(spoiled) do
      local done, said = sim:restore(snapshot)
      assert.is_nil(done, problem)
      assert.matches(problem, said, 1, true)
      assert.same(before, sim:snapshot())
    end
    local account = sim:account(x.key)
    local half = through_json(account:snapshot())
    half.ids, half.outbox.records = { seed = "1", a = 1, b = 1 }, { {} }
    assert.is_nil((account:restore(half)))
    assert.same(before, sim:snapshot())
    local id = order(hook).object.id
    sim:restore(before)
    assert.equal(id, order(hook).object.id)
  end)

  it("comes back with names that begin with $", function()
    local form = ORDER .. "&metadata[$hex]=ff00&metadata[$null]=x&metadata[$$a]=y"
    local id = x.post("/v1/climate/orders", form).object.id
    assert(sim:restore(through_json(sim:snapshot())))
    assert.same({ ["$hex"] = "ff00", ["$null"] = "x", ["$$a"] = "y" },
      x.get("/v1/climate/orders/" .. id).object.metadata)
  end)

  it("takes objects as they are, to their place in time", function()
    order()
    assert(sim:load {
      { object = "climate.order", id = "climorder_old", created = 1000, status = "open",
        metric_tons = "3", amount_total = 7, product = "climsku_x", metadata = { a = "b" } },
      { object = "file", purpose = "identity_document" },
    })
    local list = x.get("/v1/climate/orders").object.data
    assert.equal("climorder_old", list[2].id)
    assert.same({ 7, "open", "b" }, { list[2].amount_total, list[2].status, list[2].metadata.a })
    local file = x.get("/v1/files").object.data[1]
    assert.matches("^file_", file.id)
    assert.equal(x.start, file.created)
  end)

  it("completes objects by what the steps of their lives need", function()
    assert(sim:load {
      { object = "climate.order", id = "climorder_1" },
      { object = "climate.product", id = "climsku_1" },
      { object = "identity.verification_session", id = "vs_1" },
      { object = "crypto.onramp_session", id = "cos_1" },
      { object = "event", id = "evt_1" },
    })
    assert(sim.climate:delay("climorder_1"))
    assert.equal(200, x.post("/v1/climate/orders/climorder_1/cancel").status)
    assert(sim.climate:price("climsku_1", { usd = 1000 }))
    assert.equal("out_of_inventory",
      x.post("/v1/climate/orders", "product=climsku_1&metric_tons=1").object.error.code)
    assert(sim.identity:submit("vs_1", { outcome = "verified" }))
    assert.equal(1, #x.get("/v1/crypto/onramp_sessions?status=initialized").object.data)
    assert(sim.crypto:move("cos_1", { status = "requires_payment" }))
    assert.equal(200, x.get("/v1/events?type=climate.*").status)
    assert.equal(200, x.post("/v1/identity/verification_sessions/vs_1/redact").status)
    sim:advance(4 * 24 * 3600)
  end)

  it("takes lists of objects only, with ids that are text", function()
    for _, value in ipairs { { object = "climate.order" }, { a = 1 }, "x", { 5 },
      { { object = "climate.order", id = 5 } }, { { object = "climate.order", id = "" } } } do
      local done, problem = sim:load(value)
      assert.is_nil(done)
      assert.is_string(problem)
    end
    assert(sim:load {})
  end)

  it("takes no object that the API could not show", function()
    local done, problem = sim:load { { object = "climate.order", id = "c", metadata = "none" } }
    assert.is_nil(done)
    assert.matches("^object 1: .*metadata", problem)
  end)

  it("loaded before any key was used belongs to the first key, also when restored", function()
    assert(sim:load { { object = "climate.order", id = "climorder_1" } })
    local other = exchange.open()
    assert(other.sim:restore(through_json(sim:snapshot())))
    for _, one in ipairs { x, other } do
      assert.equal(200, one.get("/v1/climate/orders/climorder_1").status)
    end
  end)

  it("takes no object of an unknown kind, and then none at all", function()
    local done, problem = sim:load {
      { object = "climate.order", id = "climorder_1" }, { object = "charge", id = "ch_1" },
    }
    assert.is_nil(done)
    assert.equal("object 2: no such kind: charge", problem)
    assert.equal(404, x.get("/v1/climate/orders/climorder_1").status)
  end)
end)
