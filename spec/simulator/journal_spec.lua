--- The journal of requests.

local exchange = require "spec.support.exchange"
local journal = require "stripe.simulator.journal"

local ORDER = "product=climsku_frontier_offtake_portfolio_2027&metric_tons=1"

describe("the journal", function()
  local x, sim

  before_each(function()
    x = exchange.open()
    sim = x.sim
  end)

  it("says what was asked and answered", function()
    local response = x.post("/v1/climate/orders", ORDER, { ["Idempotency-Key"] = "k" })
    assert.same({ {
      id = response.header "Request-Id", method = "POST", path = "/v1/climate/orders",
      operation = "climate.orders.create", status = 200, idempotency_key = "k", time = x.start,
      params = { product = "climsku_frontier_offtake_portfolio_2027", metric_tons = "1" },
      object = response.object.id, order = 1,
    } }, sim:requests())
  end)

  it("has refused requests as well, of unknown paths and keys too", function()
    x.get "/v1/nothing"
    x.get("/v1/events", { Authorization = "Bearer wrong" })
    x.get "/v1/events/evt_x"
    local statuses = {}
    for i, entry in ipairs(sim:requests()) do statuses[i] = entry.status end
    assert.same({ 404, 401, 404 }, statuses)
  end)

  it("shows bytes of a request's head that are no text as U+FFFD", function()
    x.get("/v1/\255", { ["Idempotency-Key"] = "k\255" })
    local entry = x.get "/_sim/requests".object.data[1]
    assert.same({ "/v1/\239\191\189", "k\239\191\189" }, { entry.path, entry.idempotency_key })
  end)

  it("names the fault that a request met, and has no status where none was answered", function()
    assert(sim.faults:add { fault = "reset" })
    x.get "/v1/events"
    local entry = sim:requests()[1]
    assert.equal("reset", entry.fault)
    assert.is_nil(entry.status)
  end)

  it("is that of one account, or of all in the order of the requests", function()
    local other = { Authorization = "Bearer sk_test_other" }
    x.get "/v1/events"
    x.get("/v1/files", other)
    x.get "/v1/climate/orders"
    local paths = {}
    for i, entry in ipairs(sim:requests()) do paths[i] = entry.path end
    assert.same({ "/v1/events", "/v1/files", "/v1/climate/orders" }, paths)
    assert.equal(1, #sim:account("sk_test_other"):requests())
  end)

  it("doesn't follow later changes of the objects", function()
    local id = x.post("/v1/climate/orders", ORDER .. "&metadata[a]=1").object.id
    x.post("/v1/climate/orders/" .. id, "metadata[a]=2")
    assert.equal("1", sim:requests()[1].params.metadata.a)
    sim:requests()[1].params.metadata.a = "3"
    assert.equal("1", sim:requests()[1].params.metadata.a)
  end)

  it("keeps the size of an upload instead of its content", function()
    assert.same({ file = { filename = "a.png", type = "image/png", size = 3 }, purpose = "p" },
      journal.remembered { purpose = "p",
        file = { filename = "a.png", type = "image/png", content = "abc" } })
  end)

  it("is bounded: the oldest entries go first", function()
    local small = journal.new(3)
    for i = 1, 5 do small:add { id = i } end
    assert.same({ { id = 3 }, { id = 4 }, { id = 5 } }, small:list())
  end)

  it("can be rewritten, for redaction", function()
    local id = x.post("/v1/climate/orders", ORDER).object.id
    sim:account(x.key).journal:rewrite(function(entry)
      if entry.object == id then entry.params = {} end
    end)
    assert.same({}, sim:requests()[1].params)
  end)
end)
