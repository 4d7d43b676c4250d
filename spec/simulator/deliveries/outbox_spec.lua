--- What is delivered, when, and what becomes of it: each sentence is a row of
-- docs/simulator/deliveries.md.

local core = require "stripe.core"
local delivering = require "spec.support.delivering"
local stripe = require "stripe"

local MINUTE, HOUR, DAY = 60, 3600, 24 * 3600

local function types_of(list)
  local types = {}
  for i, delivery in ipairs(list) do types[i] = delivery.type end
  return types
end

describe("deliveries", function()
  local d, sim, client

  local function open(options)
    d = delivering.open(options)
    sim, client = d.sim, d.client
  end

  before_each(function() open() end)

  describe("are made", function()
    it("of each event to each endpoint that listens to its type", function()
      local all, one = d:endpoint(), d:endpoint { enabled_events = { "climate.order.created" } }
      d:endpoint { enabled_events = { "climate.order.canceled" } }
      d:order()
      local found = {}
      for _, delivery in ipairs(sim:due()) do found[delivery.endpoint] = delivery.event end
      local event = d:event()
      assert.same({ [all.id] = event.id, [one.id] = event.id }, found)
    end)

    it("by * of all but what needs explicit selection", function()
      d:endpoint()
      sim.events:trigger "identity.verification_session.redacted"
      assert.same({}, sim:due())
      d:endpoint { enabled_events = { "identity.verification_session.redacted" } }
      sim.events:trigger "identity.verification_session.redacted"
      assert.equal(1, #sim:due())
    end)

    it("after the request, not within it", function()
      d:endpoint()
      d:order()
      assert.equal(1, d:event().pending_webhooks)
      assert.same({ "pending", 0 }, { d:last().status, #d:last().attempts })
    end)

    it("once: what is under way is not handed out again", function()
      d:endpoint()
      d:order()
      assert.equal(1, #sim:due())
      assert.equal(0, #sim:due())
    end)

    it("for a connected account also to its platform's endpoints", function()
      local connected = client:with { account = "acct_connected" }
      local platform = d:endpoint { connect = true }
      d:endpoint()
      assert(connected.climate.orders:create(delivering.ORDER))
      local due = sim:due()
      assert.equal(1, #due)
      assert.equal(platform.id, due[1].endpoint)
      assert.equal("acct_connected", core.decode(due[1].request.body).account)
      assert(sim:delivered(due[1].id, { status = 200 }))
      assert.equal(0, connected.events:list().data[1].pending_webhooks)
      assert.equal("acct_connected", sim:account(d.key):deliveries()[1].account)
    end)

    it("of each account apart", function()
      d:endpoint()
      d:order()
      assert.equal(0, #sim:account("sk_test_other"):due())
      assert.equal(0, #sim:account("sk_test_other"):deliveries())
      assert.equal(1, #sim:account(d.key):deliveries())
      assert.equal(1, #sim:account(d.key):due())
    end)

    it("at most so many at a time", function()
      d:endpoint()
      for _ = 1, 5 do d:order() end
      assert.equal(2, #sim:due(nil, 2))
      assert.equal(3, #sim:due(nil, 9))
    end)
  end)

  describe("send", function()
    local function request_of(endpoint)
      d:endpoint(endpoint)
      d:order()
      return sim:due()[1].request
    end

    it("a POST of the event as the API shows it", function()
      local request = request_of { url = "http://127.0.0.1:9/hook?a=1" }
      assert.same({ "POST", "http://127.0.0.1:9/hook?a=1", 10 },
        { request.method, request.url, request.timeout })
      assert.same(d:event().data, core.decode(request.body).data)
      assert.equal(d:event().id, core.decode(request.body).id)
    end)

    it("JSON that is indented", function()
      assert.equal('{\n  "id": "evt_', request_of().body:sub(1, 15))
    end)

    it("Stripe's headers", function()
      local headers = request_of().headers
      assert.equal("Stripe/1.0 (+https://stripe.com/docs/webhooks)", headers["User-Agent"])
      assert.equal("application/json; charset=utf-8", headers["content-type"])
      assert.equal("*/*; q=0.5, application/xml", headers.Accept)
      assert.equal("no-cache", headers["Cache-Control"])
    end)

    it("the endpoint's version as a label, on the same shape", function()
      local endpoint = d:endpoint { api_version = "2024-06-20" }
      d:endpoint()
      d:order()
      local versions, data = {}, {}
      for _, delivery in ipairs(sim:due()) do
        local event = core.decode(delivery.request.body)
        versions[delivery.endpoint == endpoint.id] = event.api_version
        data[#data + 1] = event.data
      end
      assert.same({ [true] = "2024-06-20", [false] = core.api_version }, versions)
      assert.same(data[1], data[2])
    end)

    it("the address that the endpoint has now", function()
      local endpoint = d:endpoint()
      d:order()
      client.webhook_endpoints:update(endpoint.id, { url = "http://localhost/new" })
      assert.equal("http://localhost/new", sim:due()[1].request.url)
    end)
  end)

  describe("are signed", function()
    local function signature() return sim:due()[1].request.headers["Stripe-Signature"] end

    it("so that the library accepts them", function()
      local secret = d:endpoint().secret
      d:order()
      local request = sim:due()[1].request
      local verified, err = stripe.webhook.verify(request.body,
        request.headers["Stripe-Signature"], secret)
      assert(verified, err)
    end)

    it("at the host's time unless the simulator's is asked for", function()
      d:endpoint()
      d:order()
      local time = tonumber(signature():match "^t=(%d+)")
      assert.is_true(math.abs(time - core.time()) < 60)
      open { sign_clock = "simulator" }
      d:endpoint()
      d:order()
      assert.equal(d.start, tonumber(signature():match "^t=(%d+)"))
      assert.error_matches(function() open { sign_clock = "sundial" } end, "sign_clock")
    end)

    it("anew at each try", function()
      open { sign_clock = "simulator" }
      d:endpoint()
      d:order()
      local first = d:answer({ status = 500 })[1].request
      sim:advance(5 * MINUTE)
      local second = sim:due()[1].request
      assert.equal(first.body, second.body)
      assert.not_equal(first.headers["Stripe-Signature"], second.headers["Stripe-Signature"])
    end)

    it("with each secret that is active while one is rolled", function()
      local endpoint = d:endpoint()
      local rolled = assert(sim.webhook_endpoints:roll_secret(endpoint.id, { expires_in = HOUR }))
      assert.matches("^whsec_", rolled.secret)
      assert.not_equal(endpoint.secret, rolled.secret)
      d:order()
      local request = sim:due()[1].request
      local header = request.headers["Stripe-Signature"]
      local _, signatures = header:gsub("v1=", "")
      assert.equal(2, signatures)
      for _, secret in ipairs { endpoint.secret, rolled.secret } do
        assert(stripe.webhook.verify(request.body, header, secret))
      end
    end)

    it("with the new one alone when the time of the old one is over", function()
      local endpoint = d:endpoint()
      sim.webhook_endpoints:roll_secret(endpoint.id, { expires_in = HOUR })
      sim:advance(HOUR)
      d:order()
      local _, signatures = signature():gsub("v1=", "")
      assert.equal(1, signatures)
    end)

    it("with the new one alone when the old one ends at once", function()
      local endpoint = d:endpoint()
      local rolled = sim.webhook_endpoints:roll_secret(endpoint.id)
      d:order()
      local request = sim:due()[1].request
      local header = request.headers["Stripe-Signature"]
      assert(stripe.webhook.verify(request.body, header, rolled.secret))
      assert.is_nil(stripe.webhook.verify(request.body, header, endpoint.secret))
    end)

    it("with an old secret for a day at most", function()
      local endpoint = d:endpoint()
      assert.is_nil(sim.webhook_endpoints:roll_secret(endpoint.id, { expires_in = DAY + 1 }))
      assert.is_nil(sim.webhook_endpoints:roll_secret(endpoint.id, { expires_in = -1 }))
      assert.is_nil(sim.webhook_endpoints:roll_secret("we_none"))
      assert(sim.webhook_endpoints:roll_secret(endpoint.id, { expires_in = DAY }))
    end)

    it("with a fake v0 beside, in test mode alone", function()
      d:endpoint()
      d:order()
      assert.matches("^t=%d+,v1=%x+,v0=%x+$", signature())
      open { key = "sk_live_delivering" }
      d:endpoint()
      d:order()
      assert.matches("^t=%d+,v1=%x+$", signature())
    end)
  end)

  describe("succeed", function()
    it("by any 2xx, and pending_webhooks counts down", function()
      for _ = 1, 3 do d:endpoint() end
      d:order()
      local due = sim:due()
      for i, status in ipairs { 200, 204, 299 } do
        assert.equal(4 - i, d:event().pending_webhooks)
        sim:delivered(due[i].id, { status = status })
      end
      assert.equal(0, d:event().pending_webhooks)
      assert.equal(1, #client.events:list({ delivery_success = true }).data)
    end)

    it("by nothing else: redirects, errors, no answer", function()
      for _, outcome in ipairs {
        { status = 199 }, { status = 301 }, { status = 307 }, { status = 400 }, { status = 503 },
        { failure = "timeout" }, { failure = "tls" }, { failure = "too_large", status = 200 },
      } do
        open()
        d:endpoint()
        d:order()
        d:answer(outcome)
        assert.equal(1, d:event().pending_webhooks)
        assert.equal("pending", d:last().status)
      end
    end)

    it("are told of once: no such delivery is under way then", function()
      d:endpoint()
      d:order()
      local id = d:answer()[1].id
      local told, problem = sim:delivered(id, { status = 500 })
      assert.is_nil(told)
      assert.matches(id, problem)
      assert.is_nil(sim:delivered("dlv_none", { status = 200 }))
      assert.equal("succeeded", d:last().status)
    end)
  end)

  describe("that fail are tried again", function()
    -- The seconds between the tries, as the clock moves.
    local function intervals()
      local found = {}
      d:answer { status = 500 }
      while d:last().status == "pending" do
        local wait = d:last().next_attempt - sim.accounts.list[1].clock:now()
        sim:advance(wait - 1)
        assert.same({}, sim:due())
        sim:advance(1)
        assert.equal(1, #d:answer { status = 500 })
        found[#found + 1] = wait
      end
      assert.equal("failed", d:last().status)
      return found
    end

    it("three times over a few hours in test mode", function()
      d:endpoint()
      d:order()
      assert.same({ 5 * MINUTE, 30 * MINUTE, 3 * HOUR }, intervals())
      assert.equal(1, d:event().pending_webhooks)
    end)

    it("with growing intervals for three days in live mode", function()
      open { key = "sk_live_delivering" }
      d:endpoint()
      d:order()
      local found, sum = intervals(), 0
      for i, interval in ipairs(found) do
        assert.is_true(i == 1 or interval > found[i - 1])
        sum = sum + interval
      end
      assert.equal(3 * DAY, sum)
    end)

    it("until one succeeds", function()
      d:endpoint()
      d:order()
      d:answer { status = 500 }
      sim:advance(5 * MINUTE)
      assert.equal(2, d:answer()[1].attempt)
      assert.same({ "succeeded", 2 }, { d:last().status, #d:last().attempts })
      assert.equal(0, d:event().pending_webhooks)
      sim:advance(DAY)
      assert.same({}, sim:due())
    end)

    it("as often as the time says that has passed at once", function()
      d:endpoint()
      d:order()
      d:answer { status = 500 }
      sim:advance(DAY)
      for n = 2, 4 do assert.equal(n, d:answer({ status = 500 })[1].attempt) end
      assert.equal("failed", d:last().status)
    end)

    it("not when the endpoint is deleted or disabled by then", function()
      local gone, off = d:endpoint(), d:endpoint()
      d:order()
      d:answer { status = 500 }
      client.webhook_endpoints:delete(gone.id)
      client.webhook_endpoints:update(off.id, { disabled = true })
      sim:advance(5 * MINUTE)
      assert.same({}, sim:due())
      local reasons = {}
      for _, entry in ipairs(sim:deliveries()) do
        assert.equal("stopped", entry.status)
        reasons[entry.endpoint] = entry.reason
      end
      assert.same({ [gone.id] = "the endpoint is deleted", [off.id] = "the endpoint is disabled" },
        reasons)
      client.webhook_endpoints:update(off.id, { disabled = false })
      sim:advance(DAY)
      assert.same({}, sim:due())
    end)

    it("when it is disabled and enabled again before", function()
      local endpoint = d:endpoint()
      d:order()
      d:answer { status = 500 }
      client.webhook_endpoints:update(endpoint.id, { disabled = true })
      client.webhook_endpoints:update(endpoint.id, { disabled = false })
      sim:advance(5 * MINUTE)
      assert.equal(1, #sim:due())
    end)
  end)

  describe("stay in this machine", function()
    it("unless their address is allowed", function()
      d:endpoint { url = "https://example.com/hook" }
      d:order()
      assert.same({}, sim:due())
      local entry = d:last()
      assert.equal("not_allowed", entry.attempts[1].error.kind)
      assert.equal("pending", entry.status)
      assert(sim.webhook_endpoints:allow "https://example.com")
      sim:advance(5 * MINUTE)
      assert.equal("https://example.com/hook", sim:due()[1].request.url)
    end)

    it("unless the simulator is made to allow it", function()
      open { allowed_endpoints = { "https://example.com/" } }
      d:endpoint { url = "https://example.com/hook" }
      d:endpoint { url = "https://example.org/hook" }
      d:order()
      assert.equal(1, #sim:due())
      assert.error_matches(function() open { allowed_endpoints = { "there" } } end, "there")
      assert.is_nil(sim.webhook_endpoints:allow "there")
    end)
  end)

  describe("in another order", function()
    local function events(list)
      local ids = {}
      for i, delivery in ipairs(list) do ids[i] = delivery.event end
      return ids
    end

    -- Three events that wait, oldest first.
    local function held()
      d:endpoint()
      assert(sim.events:hold())
      local ids = {}
      for i = 1, 3 do
        d:order()
        ids[i] = d:event().id
      end
      assert.same({}, sim:due())
      assert.is_nil(sim:seconds_until_due())
      return ids
    end

    -- One after the other, as each comes to its end.
    local function sequence()
      local ids = {}
      local list = d:answer()
      while list[1] do
        assert.equal(1, #list)
        ids[#ids + 1] = list[1].event
        list = d:answer()
      end
      return ids
    end

    it("wait while they are held, and all go out when they are released", function()
      local ids = held()
      assert(sim.events:release())
      assert.same(ids, events(sim:due()))
    end)

    it("go out the newest first, each when the one before has ended", function()
      local ids = held()
      assert(sim.events:release { order = "reverse" })
      assert.same({ ids[3], ids[2], ids[1] }, sequence())
    end)

    it("go out as a list of events says, the rest behind", function()
      local ids = held()
      assert(sim.events:release { order = { ids[2] } })
      assert.same({ ids[2], ids[1], ids[3] }, sequence())
      ids = held()
      assert(sim.events:release { order = "created" })
      assert.equal(ids[1], sim:due()[1].event)
    end)

    it("keep it in a snapshot", function()
      local ids = held()
      sim.events:release { order = "reverse" }
      sim:due()
      assert(sim:restore(core.decode(core.json(sim:snapshot()))))
      assert.same({ ids[3], ids[2], ids[1] }, sequence())
    end)

    it("refuse an order that there is none of", function()
      held()
      local released, err = sim.events:release { order = "random" }
      assert.is_nil(released)
      assert.equal("order", err.param)
    end)

    it("are held for accounts to come, too", function()
      sim.events:hold()
      assert.is_nil((sim.events:release { order = "sideways" }))
      local other = stripe.new { api_key = "sk_test_later", transport = sim }
      other.webhook_endpoints:create { url = "http://127.0.0.1/x", enabled_events = { "*" } }
      other.climate.orders:create(delivering.ORDER)
      assert.same({}, sim:due())
      sim.events:release()
      assert.equal(1, #sim:due())
    end)
  end)

  describe("once more", function()
    it("go to those that listen, with a single try", function()
      d:endpoint()
      d:order()
      d:answer()
      local event = assert(sim.events:resend(d:event().id))
      assert.equal(d:event().id, event.id)
      assert.equal(1, #d:answer { status = 500 })
      assert.same({ "manual", "failed", nil },
        { d:last().kind, d:last().status, d:last().next_attempt })
    end)

    it("go to one endpoint, whether it listens or not", function()
      d:endpoint()
      local deaf = d:endpoint { enabled_events = { "file.created" } }
      d:order()
      d:answer()
      assert(sim.events:resend(d:event().id, { endpoint = deaf.id }))
      assert.equal(deaf.id, sim:due()[1].endpoint)
    end)

    it("go by the way of the Stripe CLI", function()
      local endpoint = d:endpoint()
      d:order()
      d:answer()
      local path = "/v1/events/" .. d:event().id .. "/retry"
      assert.equal(d:event().id, client:request("POST", path,
        { webhook_endpoint = endpoint.id }).id)
      assert.equal(1, #d:answer())
      local _, err = client:request("POST", path, { webhook_endpoint = "we_none" })
      assert.equal(400, err.status)
      _, err = client:request("POST", "/v1/events/evt_none/retry")
      assert.equal(404, err.status)
    end)

    it("don't stop the retries, and count as the success that was waited for", function()
      d:endpoint()
      d:order()
      d:answer { status = 500 }
      sim.events:resend(d:event().id)
      d:answer()
      assert.equal(0, d:event().pending_webhooks)
      sim:advance(5 * MINUTE)
      assert.equal(1, #d:answer())
      assert.equal(0, d:event().pending_webhooks)
    end)

    it("don't go to a disabled endpoint", function()
      local endpoint = d:endpoint()
      d:order()
      client.webhook_endpoints:update(endpoint.id, { disabled = true })
      local sent, err = sim.events:resend(d:event().id, { endpoint = endpoint.id })
      assert.is_nil(sent)
      assert.equal("webhook_endpoint", err.param)
    end)

    it("are duplicates when that is asked for", function()
      d:endpoint()
      d:order()
      local event = d:event().id
      assert(sim.events:duplicate(event))
      assert.equal(2, #d:answer())
      assert.equal(0, d:event().pending_webhooks)
      assert.equal("duplicate", d:last().kind)
      assert.is_nil(sim.events:duplicate "evt_none")
      assert.is_nil(sim.events:resend(nil))
    end)
  end)

  describe("are logged", function()
    it("with what was sent and what came back", function()
      local endpoint = d:endpoint { url = "http://localhost/hook" }
      d:order()
      local sent = d:answer({ status = 500, body = "no\255", duration = 12 })[1]
      sim:advance(5 * MINUTE)
      d:answer { failure = "connect", message = "refused" }
      local entry = sim:deliveries()[1]
      assert.same({ sent.id, d:event().id, "climate.order.created", endpoint.id, "automatic",
        "pending", d.start + 35 * MINUTE }, { entry.id, entry.event, entry.type, entry.endpoint,
        entry.kind, entry.status, entry.next_attempt })
      local first, second = entry.attempts[1], entry.attempts[2]
      assert.same({ 1, d.start, "http://localhost/hook", 500, "no\239\191\189", 12 },
        { first.n, first.time, first.url, first.status, first.body, first.duration })
      assert.equal(sent.request.headers["Stripe-Signature"], first.headers["Stripe-Signature"])
      assert.same({ 2, d.start + 300, { kind = "connect", message = "refused" } },
        { second.n, second.time, second.error })
    end)

    it("with 4096 bytes of an answer at most", function()
      d:endpoint()
      d:order()
      d:answer { status = 200, body = ("x"):rep(10000) }
      assert.equal(4096, #d:last().attempts[1].body)
    end)

    it("the last 1000, and all that are pending", function()
      d:endpoint()
      d:order()
      d:answer { status = 500 }
      d:endpoint { url = "http://127.0.0.1/other", enabled_events = { "file.created" } }
      for _ = 1, 1005 do
        sim.events:trigger "file.created"
        d:answer()
      end
      local log, pending = sim:deliveries(), 0
      for _, entry in ipairs(log) do
        if entry.status == "pending" then pending = pending + 1 end
      end
      assert.same({ 1001, 1 }, { #log, pending })
    end)
  end)

  describe("survive", function()
    it("a snapshot; what was under way is tried again", function()
      d:endpoint()
      d:order()
      d:answer { status = 500 }
      d:order()
      sim:due()
      local kept = core.decode(core.json(sim:snapshot()))
      sim:reset()
      assert.same({}, sim:deliveries())
      assert(sim:restore(kept))
      assert.equal(1, d:answer()[1].attempt)
      sim:advance(5 * MINUTE)
      assert.equal(2, d:answer()[1].attempt)
      assert.equal(0, d:event().pending_webhooks)
    end)

    it("a restore in another simulator, whose ids are never the same", function()
      d:endpoint()
      d:order()
      d:order()
      local kept = sim:snapshot()
      open()
      assert(sim:restore(kept))
      d:order()
      local ids = {}
      for _, entry in ipairs(sim:deliveries()) do
        assert.is_nil(ids[entry.id])
        ids[entry.id] = true
      end
    end)

    it("a restore in the same one; what is under way isn't taken for what comes", function()
      d:endpoint()
      local kept = sim:snapshot()
      d:order()
      local before = sim:due()[1]
      assert(sim:restore(kept))
      d:order()
      local after = sim:due()[1]
      assert.is_nil((sim:delivered(before.id, { status = 200 })))
      assert(sim:delivered(after.id, { status = 500 }))
      assert.equal(500, d:last().attempts[1].status)
    end)

    it("not their event", function()
      d:endpoint()
      sim.events:hold()
      d:order()
      sim:advance(31 * DAY)
      d:order()
      sim.events:release()
      assert.same({ "climate.order.created" }, types_of(sim:due()))
      assert.same({ "stopped", "the event is gone" },
        { sim:deliveries()[1].status, sim:deliveries()[1].reason })
    end)

    it("redaction without what it takes away", function()
      d:endpoint()
      local session = client.identity.verification_sessions:create {
        type = "document", metadata = { name = "Jenny" } }
      d:answer { status = 500, body = "I got Jenny" }
      assert(sim.identity:submit(session.id, { outcome = "verified",
        data = { first_name = "Jenny" } }))
      assert(client.identity.verification_sessions:redact(session.id))
      sim:advance(DAY)
      local list, bodies = sim:due(), {}
      assert.is_true(#list > 0)
      for _, delivery in ipairs(list) do bodies[#bodies + 1] = delivery.request.body end
      local left = table.concat(bodies) .. core.json(sim:deliveries())
      assert.is_nil(left:find "Jenny")
      assert.equal("[redacted]", sim:deliveries()[1].attempts[1].body)
    end)

    it("redaction that comes while they are under way", function()
      d:endpoint()
      local session = client.identity.verification_sessions:create {
        type = "document", metadata = { name = "Jenny" } }
      local delivery = sim:due()[1]
      assert(client.identity.verification_sessions:redact(session.id))
      sim:advance(DAY)
      assert(sim:delivered(delivery.id, { status = 500, body = "I got Jenny" }))
      assert.equal("[redacted]", sim:deliveries()[1].attempts[1].body)
      sim:advance(5 * MINUTE)
      d:answer { status = 500, body = "I got nobody" }
      assert.equal("I got nobody", sim:deliveries()[1].attempts[2].body)
    end)

    it("redaction without what functions threw", function()
      d:endpoint { url = "http://app.test/hook" }
      sim:deliver_to("http://app.test", function() error("no Jenny here") end)
      local session = client.identity.verification_sessions:create {
        type = "document", metadata = { name = "Jenny" } }
      assert(core.json(sim:deliveries()):find "Jenny")
      sim:deliver_to("http://app.test", nil)
      assert(client.identity.verification_sessions:redact(session.id))
      sim:advance(DAY)
      assert.is_nil(core.json(sim:deliveries()):find "Jenny")
    end)
  end)

  it("cost a request nothing while none waits", function()
    d:order()
    assert.is_nil(sim.stirred)
    assert.is_nil(sim:seconds_until_due())
    d:endpoint()
    d:order()
    assert.equal(0, sim:seconds_until_due())
  end)

  it("wake a host that delivers by itself", function()
    local woken = 0
    function sim.wake() woken = woken + 1 end
    d:endpoint()
    assert.equal(0, woken)
    d:order()
    assert.equal(1, woken)
    sim:advance(1)
    assert.equal(2, woken)
  end)
end)
