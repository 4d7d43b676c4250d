--- The events family: each sentence is a row of docs/simulator/events.md. What is in an event and
-- how it comes about is in event_log_spec.

local asking = require "spec.support.asking"
local core = require "stripe.core"
local schema = require "spec.support.schema"
local stripe = require "stripe"

local DAY = 86400
local ORDERS = "/v1/climate/orders"
local ORDER = "metric_tons=1&product=climsku_frontier_offtake_portfolio_2027"
local SESSIONS = "/v1/identity/verification_sessions"

describe("events", function()
  local a, sim, get, post

  before_each(function()
    a = asking.open()
    sim, get, post = a.sim, a.get, a.post
  end)

  local function types(query)
    local found = {}
    local list, status = get("/v1/events", query)
    assert.equal(200, status, list.error and list.error.message)
    for i, event in ipairs(list.data) do found[i] = event.type end
    return found
  end

  local function refused(code, param, query)
    local object, status = get("/v1/events", query)
    assert.equal(400, status)
    assert.same({ code, param }, { object.error.code, object.error.param })
    return object.error.message
  end

  -- Newest first: a canceled order, a session, an order's creation.
  local function happen()
    local order = post(ORDERS, ORDER)
    sim:advance(10)
    post(SESSIONS, "type=document")
    sim:advance(10)
    post(ORDERS .. "/" .. order.id .. "/cancel")
  end

  local CREATED, CANCELED = "climate.order.created", "climate.order.canceled"
  local SESSION = "identity.verification_session.created"

  describe("are listed", function()
    before_each(happen)

    it("newest first", function()
      assert.same({ CANCELED, SESSION, CREATED }, types())
    end)

    it("by the type of one name", function()
      assert.same({ CREATED }, types("type=" .. CREATED))
      assert.same({}, types("type=climate.order"))
      assert.same({}, types("type=climate.order.delayed"))
    end)

    it("by the type of a group", function()
      assert.same({ CANCELED, CREATED }, types("type=climate.order.*"))
      assert.same({ CANCELED, CREATED }, types("type=climate.*"))
      assert.same({ SESSION }, types("type=identity.*"))
      assert.same({}, types("type=limate.*"))
      assert.same({ CANCELED, SESSION, CREATED }, types("type=*"))
    end)

    it("by up to 20 types", function()
      assert.same({ CANCELED, SESSION },
        types("types[]=" .. SESSION .. "&types[]=" .. CANCELED .. "&types[]=file.created"))
      assert.same({}, types("types[]=climate.*"))
      local form = { "types[]=" .. CREATED }
      for i = 2, 20 do form[i] = "types[]=charge.updated" end
      assert.same({ CREATED }, types(table.concat(form, "&")))
      form[21] = "types[]=charge.failed"
      refused(nil, "types", table.concat(form, "&"))
    end)

    it("not by type and types together", function()
      assert.equal("You may pass only one of these parameters: type, types.",
        refused("parameters_exclusive", "types", "type=" .. CREATED .. "&types[]=" .. CREATED))
    end)

    it("by created, an integer or a range", function()
      assert.same({ SESSION }, types("created=" .. a.start + 10))
      assert.same({ CANCELED, SESSION }, types("created[gt]=" .. a.start))
      assert.same({ SESSION, CREATED },
        types("created[gte]=" .. a.start .. "&created[lt]=" .. a.start + 20))
    end)

    it("by more than one filter", function()
      assert.same({ CANCELED }, types("type=climate.*&created[gt]=" .. a.start))
    end)

    it("in pages, also under a filter", function()
      local first = get("/v1/events", "type=climate.*&limit=1")
      assert.same({ true, "/v1/events", CANCELED },
        { first.has_more, first.url, first.data[1].type })
      local second = get("/v1/events", "type=climate.*&limit=1&starting_after=" .. first.data[1].id)
      assert.same({ false, CREATED }, { second.has_more, second.data[1].type })
    end)
  end)

  it("are filtered by delivery_success, where false means pending ones too", function()
    post(ORDERS, ORDER)
    post("/v1/webhook_endpoints", "url=https://example.com&enabled_events[]=" .. SESSION)
    post(SESSIONS, "type=document")
    assert.same({ SESSION }, types("delivery_success=false"))
    assert.same({ CREATED }, types("delivery_success=true"))
    assert.same({}, types("delivery_success=true&type=" .. SESSION))
  end)

  it("can be retrieved, with nothing to expand", function()
    happen()
    local listed = get("/v1/events").data[2]
    assert.same(listed, (get("/v1/events/" .. listed.id)))
    local answer, status = get("/v1/events/" .. listed.id, "expand[]=data")
    assert.same({ 400, "This property cannot be expanded (data)." },
      { status, answer.error.message })
  end)

  it("that don't exist are 404 in the path, 400 as a cursor", function()
    local answer, status = get("/v1/events/evt_x")
    assert.same({ 404, "resource_missing", "No such event: 'evt_x'" },
      { status, answer.error.code, answer.error.message })
    refused("resource_missing", "starting_after", "starting_after=evt_x")
  end)

  it("reach back 30 days", function()
    happen()
    local oldest = get("/v1/events", "type=" .. CREATED).data[1].id
    sim:advance(30 * DAY - 20)
    assert.same({ CANCELED, SESSION, CREATED }, types())
    sim:advance(1)
    assert.same({ CANCELED, SESSION }, types())
    assert.equal(404, select(2, get("/v1/events/" .. oldest)))
    sim:advance(20)
    assert.same({}, types())
    assert.same({}, types("created[gte]=1"))
  end)

  it("can't be made, changed or deleted", function()
    happen()
    local path = "/v1/events/" .. get("/v1/events").data[1].id
    for _, answer in ipairs { { post("/v1/events") }, { post(path) }, { a.delete(path) } } do
      assert.equal(404, answer[2])
      assert.matches("^Unrecognized request URL", answer[1].error.message)
    end
  end)

  it("hold objects in the shape that the API shows without expand", function()
    happen()
    a.upload({ "a.pdf", "%PDF-1.4" }, { purpose = "dispute_evidence" })
    sim.climate:price("climsku_frontier_offtake_portfolio_2027", { usd = 60000 })
    local _, _, text = get("/v1/events", "limit=100")
    local seen = {}
    for _, event in ipairs(core.decode(text, true).data) do
      local object = event.data.object
      assert.same({}, schema.check(object, object.object))
      seen[object.object] = true
    end
    assert.same({ ["climate.order"] = true, ["climate.product"] = true, file = true,
      ["identity.verification_session"] = true }, seen)
  end)

  it("have previous_attributes when their type ends in .updated, as the onramp's does", function()
    happen()
    sim.climate:price("climsku_frontier_offtake_portfolio_2027", { usd = 60000 })
    sim.crypto:move(post("/v1/crypto/onramp_sessions").id, { status = "rejected" })
    local updated = {}
    for _, event in ipairs(get("/v1/events", "limit=100").data) do
      if event.data.previous_attributes then updated[#updated + 1] = event.type end
    end
    assert.same({ "crypto.onramp_session.updated" }, updated)
  end)

  it("come through the client as pages", function()
    happen()
    local client = stripe.new { api_key = a.key, transport = sim }
    local found = {}
    for event, err in client.events:list({ type = "climate.*", limit = 1 }):each() do
      found[#found + 1] = event and event.type or error(tostring(err))
    end
    assert.same({ CANCELED, CREATED }, found)
    local newest = assert(client.events:list { types = { SESSION } }).data[1]
    assert.equal("requires_input", assert(client.events:retrieve(newest.id)).data.object.status)
  end)
end)

describe("resending an event, as the Stripe CLI asks for it", function()
  local a, get, post, id

  before_each(function()
    a = asking.open()
    get, post = a.get, a.post
    post(ORDERS, ORDER)
    id = get("/v1/events").data[1].id
  end)

  local function resend(event, form)
    local object, status = post("/v1/events/" .. event .. "/retry", form)
    return status, object.error and object.error.message or object
  end

  it("answers with the event", function()
    local status, event = resend(id, "for_stripecli=true")
    assert.equal(200, status)
    assert.same({ id, "event" }, { event.id, event.object })
  end)

  it("wants an event and an endpoint that there are", function()
    assert.same({ 404, "No such event: 'evt_none'" }, { resend "evt_none" })
    assert.same({ 400, "No such webhook endpoint: 'we_none'" },
      { resend(id, "webhook_endpoint=we_none") })
  end)

  it("is a POST", function()
    local _, status = get("/v1/events/" .. id .. "/retry")
    assert.equal(404, status)
  end)
end)
