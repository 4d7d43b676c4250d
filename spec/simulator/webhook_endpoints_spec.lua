--- The webhook_endpoints family: each sentence is a row of docs/simulator/webhook_endpoints.md.

local asking = require "spec.support.asking"
local core = require "stripe.core"
local stripe = require "stripe"

local PATH = "/v1/webhook_endpoints"
local URL = "https://example.com/hook"
local ORDER = "metric_tons=1&product=climsku_frontier_offtake_portfolio_2027"
local LIVE = { Authorization = "Bearer sk_live_asking" }

describe("webhook endpoints", function()
  local a, sim, get, post, delete

  before_each(function()
    a = asking.open()
    sim, get, post, delete = a.sim, a.get, a.post, a.delete
  end)

  local function create(form, headers)
    local object, status = post(PATH, "url=" .. URL .. "&" .. (form or "enabled_events[]=*"),
      headers)
    assert.equal(200, status, object.error and object.error.message)
    return object
  end

  local function refused(code, param, object, status)
    assert.equal(400, status)
    assert.same({ "invalid_request_error", code, param },
      { object.error.type, object.error.code, object.error.param })
    return object.error.message
  end

  local function pending(event_type)
    return assert(a.account.events:trigger(event_type)).pending_webhooks
  end

  -- How many endpoints the event of a new order goes to.
  local function reached(headers)
    post("/v1/climate/orders", ORDER, headers)
    return get("/v1/events", "limit=1", headers).data[1].pending_webhooks
  end

  describe("created", function()
    it("are enabled, with what was asked for", function()
      local object = create("enabled_events[]=climate.order.created&enabled_events[]=file.created"
        .. "&description=main&metadata[a]=1&api_version=2024-06-20")
      assert.matches("^we_%w+$", object.id)
      assert.same({ "webhook_endpoint", a.start, "enabled", URL, "main", "2024-06-20", false },
        { object.object, object.created, object.status, object.url, object.description,
          object.api_version, object.livemode })
      assert.same({ "climate.order.created", "file.created" }, object.enabled_events)
      assert.same({ a = "1" }, object.metadata)
    end)

    it("have neither api_version nor description unless given", function()
      local _, _, text = get(PATH .. "/" .. create().id)
      assert.truthy(text:find('"api_version":null', 1, true))
      assert.truthy(text:find('"description":null', 1, true))
      assert.truthy(text:find('"application":null', 1, true))
    end)

    it("show their secret in the answer of create only", function()
      local object = create()
      assert.matches("^whsec_%w+$", object.secret)
      local path = PATH .. "/" .. object.id
      for _, answer in ipairs { get(path), post(path, "description=x"), get(PATH).data[1] } do
        assert.equal(object.id, answer.id)
        assert.is_nil(answer.secret)
      end
    end)

    it("have a secret of their own each, the same again when the key is repeated", function()
      local form, headers = "enabled_events[]=*", { ["Idempotency-Key"] = "k" }
      local first = create(form, headers)
      assert.equal(first.secret, create(form, headers).secret)
      assert.not_equal(first.secret, create(form).secret)
      assert.equal(2, #get(PATH).data)
    end)

    it("need url and enabled_events", function()
      assert.equal("Missing required param: url.",
        refused("parameter_missing", "url", post(PATH, "enabled_events[]=*")))
      assert.equal("Missing required param: enabled_events.",
        refused("parameter_missing", "enabled_events", post(PATH, "url=" .. URL)))
      refused("parameter_invalid_empty", "enabled_events",
        post(PATH, "enabled_events=&url=" .. URL))
    end)

    it("take the 275 names and *, no other name and no group", function()
      for _, name in ipairs { "climate.order.eaten", "climate.*" } do
        refused(nil, "enabled_events[0]", post(PATH, "url=" .. URL .. "&enabled_events[]=" .. name))
      end
      local names = core.names().event_types
      assert.equal(275, #names)
      local form = {}
      for i, name in ipairs(names) do form[i] = "enabled_events[]=" .. name end
      assert.equal(275, #create(table.concat(form, "&")).enabled_events)
    end)

    it("take one of the API's versions", function()
      refused(nil, "api_version",
        post(PATH, "enabled_events[]=*&api_version=2024-06-21&url=" .. URL))
    end)
  end)

  describe("their address", function()
    local function with(url, headers)
      return post(PATH, "enabled_events[]=*&url=" .. url, headers)
    end

    it("needs a scheme", function()
      for _, url in ipairs { "example.com/hook", "//example.com", "hook", "://example.com" } do
        assert.equal("Invalid URL: An explicit scheme (such as https) must be provided",
          refused("url_invalid", "url", with(url)))
      end
    end)

    it("needs a host, and can't hold spaces", function()
      for _, url in ipairs { "https://", "https:///hook", "https://a.b/c%20d", "https://?x" } do
        refused("url_invalid", "url", with(url))
      end
    end)

    it("may be http in test mode, but must be https in live mode", function()
      local _, status = with("http://localhost:4242/hook")
      assert.equal(200, status)
      refused("url_invalid", "url", with("ftp://example.com/hook"))
      refused("url_invalid", "url", with("http://example.com/hook", LIVE))
      local object
      object, status = with("HTTPS://example.com/hook", LIVE)
      assert.same({ 200, true }, { status, object.livemode })
    end)
  end)

  describe("their number", function()
    it("is at most 16", function()
      local last
      for _ = 1, 16 do last = create() end
      assert.equal("You have reached the maximum of 16 test webhook endpoints.",
        refused(nil, nil, post(PATH, "enabled_events[]=*&url=" .. URL)))
      create(nil, LIVE)
      delete(PATH .. "/" .. last.id)
      create()
    end)

    it("counts disabled ones too", function()
      for _ = 1, 16 do post(PATH .. "/" .. create().id, "disabled=true") end
      refused(nil, nil, post(PATH, "enabled_events[]=*&url=" .. URL))
    end)
  end)

  describe("updated", function()
    it("change url, enabled_events, description and metadata", function()
      local object = create("enabled_events[]=*&description=old&metadata[a]=1&metadata[b]=2")
      object = post(PATH .. "/" .. object.id, "url=https://example.com/new"
        .. "&enabled_events[]=file.created&description=new&metadata[a]=&metadata[c]=3")
      assert.same({ "https://example.com/new", "new" }, { object.url, object.description })
      assert.same({ "file.created" }, object.enabled_events)
      assert.same({ b = "2", c = "3" }, object.metadata)
    end)

    it("keep what is not named", function()
      local object = create("enabled_events[]=*&description=old&metadata[a]=1")
      object.secret = nil
      assert.same(object, (post(PATH .. "/" .. object.id)))
    end)

    it("clear description and metadata", function()
      local object = create("enabled_events[]=*&description=old&metadata[a]=1")
      object = post(PATH .. "/" .. object.id, "description=&metadata=")
      assert.is_nil(object.description)
      assert.same({}, object.metadata)
    end)

    it("can't change api_version and connect", function()
      local path = PATH .. "/" .. create().id
      refused("parameter_unknown", "api_version", post(path, "api_version=2024-06-20"))
      refused("parameter_unknown", "connect", post(path, "connect=true"))
    end)

    it("can't have a wrong address or no events, and then stay as they were", function()
      local object = create("enabled_events[]=*&description=old")
      local path = PATH .. "/" .. object.id
      refused("url_invalid", "url", post(path, "url=nowhere&description=new"))
      refused("parameter_invalid_empty", "enabled_events",
        post(path, "enabled_events=&description=new"))
      object.secret = nil
      assert.same(object, (get(path)))
    end)

    it("are disabled by disabled=true and enabled by disabled=false", function()
      local path = PATH .. "/" .. create().id
      assert.equal("disabled", post(path, "disabled=true").status)
      assert.equal("disabled", post(path, "description=x").status)
      assert.equal(0, reached())
      assert.equal("enabled", post(path, "disabled=false").status)
      assert.equal(1, reached())
    end)
  end)

  describe("get", function()
    it("the events that they name", function()
      create "enabled_events[]=climate.order.created&enabled_events[]=file.created"
      create "enabled_events[]=climate.order.canceled"
      assert.equal(1, pending "climate.order.created")
      assert.equal(1, pending "file.created")
      assert.equal(0, pending "climate.order.delayed")
    end)

    it("by * all but those that need explicit selection", function()
      create "enabled_events[]=*"
      local explicit = {}
      for _, name in ipairs(core.names().explicit_event_types) do explicit[name] = true end
      assert.is_true(explicit["identity.verification_session.redacted"])
      for _, name in ipairs(core.names().event_types) do
        assert.equal(explicit[name] and 0 or 1, pending(name), name)
      end
      create "enabled_events[]=*&enabled_events[]=identity.verification_session.redacted"
      assert.equal(1, pending "identity.verification_session.redacted")
    end)

    it("with connect=true those of connected accounts, otherwise the account's own", function()
      local connected = { ["Stripe-Account"] = "acct_1" }
      create "enabled_events[]=*&connect=true"
      assert.same({ 0, 1 }, { reached(), reached(connected) })
      create "enabled_events[]=*&connect=false"
      assert.same({ 1, 1 }, { reached(), reached(connected) })
    end)
  end)

  describe("deleted", function()
    it("answer { id, object, deleted = true } and are gone", function()
      local id = create().id
      local answer, status = delete(PATH .. "/" .. id)
      assert.same({ 200, { id = id, object = "webhook_endpoint", deleted = true } },
        { status, answer })
      assert.same({}, get(PATH).data)
      for _, ask in ipairs { get, post, delete } do
        answer, status = ask(PATH .. "/" .. id)
        assert.same({ 404, "resource_missing", "No such webhook endpoint: '" .. id .. "'" },
          { status, answer.error.code, answer.error.message })
      end
    end)

    it("get no events any more", function()
      delete(PATH .. "/" .. create().id)
      assert.equal(0, reached())
    end)
  end)

  it("have no events", function()
    local path = PATH .. "/" .. create().id
    post(path, "disabled=true")
    delete(path)
    assert.same({}, a.events())
  end)

  it("are listed newest first, in pages, without a filter created", function()
    local ids = {}
    for i = 1, 3 do
      table.insert(ids, 1, create().id)
      if i == 1 then sim:advance(10) end
    end
    local list = get(PATH, "limit=2")
    assert.same({ ids[1], ids[2] }, { list.data[1].id, list.data[2].id })
    assert.same({ true, PATH }, { list.has_more, list.url })
    list = get(PATH, "starting_after=" .. ids[2])
    assert.same({ ids[3], nil, false }, { list.data[1].id, list.data[2], list.has_more })
    refused("parameter_unknown", "created", get(PATH, "created=1"))
  end)

  it("have nothing to expand", function()
    local answer, status = get(PATH .. "/" .. create().id, "expand[]=application")
    assert.same({ 400, "This property cannot be expanded (application)." },
      { status, answer.error.message })
  end)

  it("that are loaded show no secret, and get events", function()
    assert(sim:load { { object = "webhook_endpoint", id = "we_1", url = URL,
      secret = "whsec_mine", metadata = {} } })
    local object, _, text = get(PATH .. "/we_1")
    assert.same({ "enabled", { "*" } }, { object.status, object.enabled_events })
    assert.is_nil(text:find("whsec", 1, true))
    assert.equal("whsec_mine", a.account.store:private("we_1").secret)
    assert.equal(1, reached())
  end)

  it("live and end through the client", function()
    local client = stripe.new { api_key = a.key, transport = sim }
    local endpoints = client.webhook_endpoints
    local object = assert(endpoints:create {
      url = URL, enabled_events = { "climate.order.created" }, description = "mine",
    })
    assert.matches("^whsec_", object.secret)
    object = assert(endpoints:update(object.id, { disabled = true, description = stripe.null }))
    assert.same({ "disabled", nil }, { object.status, object.description })
    assert.equal(object.id, assert(endpoints:list()).data[1].id)
    assert.is_true(assert(endpoints:delete(object.id)).deleted)
    local gone, err = endpoints:retrieve(object.id)
    assert.is_nil(gone)
    assert.same({ "resource_missing", 404 }, { err.code, err.status })
  end)
end)
