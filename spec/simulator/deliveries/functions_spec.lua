--- Functions of this process that take events, or requests of deliveries.

local delivering = require "spec.support.delivering"
local stripe = require "stripe"

describe("a function that takes events", function()
  local d, sim, seen

  before_each(function()
    d = delivering.open()
    sim, seen = d.sim, {}
  end)

  local function see(event) seen[#seen + 1] = event.type end

  it("gets each, without an endpoint", function()
    sim:on_event(function(event, delivery)
      seen[#seen + 1] = { event.type, event.data.object.id, delivery.event == event.id,
        delivery.attempt }
    end)
    local order = d:order()
    assert.same({ { "climate.order.created", order.id, true, 1 } }, seen)
    assert.equal(0, d:event().pending_webhooks)
    sim.events:trigger "identity.verification_session.redacted"
    assert.equal(2, #seen)
  end)

  it("is called when the request has ended: it can make others", function()
    local depth, deepest = 0, 0
    sim:on_event(function(event)
      depth = depth + 1
      deepest = math.max(deepest, depth)
      see(event)
      if #seen == 1 then
        assert(d.client.climate.orders:retrieve(event.data.object.id))
        d:order()
        assert.equal(1, #seen)
      end
      depth = depth - 1
    end)
    d:order()
    assert.same({ "climate.order.created", "climate.order.created" }, seen)
    assert.equal(1, deepest)
  end)

  it("gets an event of its own, which it may change", function()
    sim:on_event(function(event) event.type, event.data.object.id = "changed", nil end)
    d:order()
    assert.equal("climate.order.created", d:event().type)
    assert.is_string(d:event().data.object.id)
  end)

  it("gets nulls if it wants them, as a handler says by itself", function()
    local function told(event)
      local old = event.data.previous_attributes
      seen[#seen + 1] = old and old.transaction_details.wallet_address or "absent"
    end
    local function move()
      local session = assert(d.client.crypto.onramp_sessions:create {})
      assert(sim.crypto:move(session.id, { status = "requires_payment" }))
    end
    sim:on_event(told, { null = stripe.null })
    sim:on_event(told)
    for _, null in ipairs { stripe.null, false } do
      sim:on_event(stripe.webhook.handler {
        secrets = false, null = null or nil, on = { ["*"] = function(ctx) told(ctx.event) end },
      })
    end
    move()
    assert.same({ stripe.null, "absent", stripe.null, "absent" }, seen)
  end)

  it("has no other options", function()
    assert.error_matches(function() sim:on_event(see, { nul = stripe.null }) end,
      "unknown option: nul")
    assert.error_matches(function() sim:on_event(see, { null = true }) end, "stripe.null")
    assert.error_matches(function() sim:on_event(see, stripe.null) end, "a table of options")
  end)

  it("gets what controls and time bring about", function()
    sim:on_event(see)
    local order = d:order()
    assert(sim.climate:deliver(order.id))
    assert.equal(2, #seen)
    local session = d.client.identity.verification_sessions:create { type = "document" }
    d.client.identity.verification_sessions:redact(session.id)
    seen = {}
    sim:advance(24 * 3600)
    assert.same({ "identity.verification_session.redacted" }, seen)
  end)

  it("that throws has failed, and is called again", function()
    local fail = true
    sim:on_event(function(event)
      see(event)
      if fail then error "not today" end
    end)
    d:order()
    assert.same({ "pending", "threw" }, { d:last().status, d:last().attempts[1].error.kind })
    assert.matches("not today", d:last().attempts[1].error.message)
    fail = false
    sim:advance(300)
    assert.same({ "succeeded", 2 }, { d:last().status, #seen })
  end)

  it("can be a handler, which processes without verifying", function()
    local handled, refuse
    sim:on_event(stripe.webhook.handler {
      secrets = false,
      on = { ["climate.*"] = function(ctx)
        handled = ctx.object.id
        if refuse then error "no" end
      end },
    })
    assert.equal(d:order().id, handled)
    assert.equal("succeeded", d:last().status)
    refuse = true
    d:order()
    assert.same({ "pending", 500 }, { d:last().status, d:last().attempts[1].status })
  end)

  it("takes those of one account, or of all, until it is ended", function()
    local other = stripe.new { api_key = "sk_test_other", transport = sim }
    local stop = sim:account(d.key):on_event(see)
    other.climate.orders:create(delivering.ORDER)
    assert.equal(0, #seen)
    sim:on_event(see)
    d:order()
    assert.equal(2, #seen)
    stop()
    d:order()
    assert.equal(3, #seen)
  end)

  it("waits while deliveries are held", function()
    sim:on_event(see)
    sim.events:hold()
    d:order()
    assert.equal(0, #seen)
    sim.events:release()
    assert.equal(1, #seen)
  end)

  it("that is gone is delivered nothing any more", function()
    local stop = sim:on_event(function() error "not today" end)
    d:order()
    stop()
    sim:advance(300)
    assert.same({ "stopped", "the function is gone" }, { d:last().status, d:last().reason })
  end)

  it("must be one", function()
    assert.error_matches(function() sim:on_event "me" end, "function")
    assert.error_matches(function() sim:deliver_to("http://a.test", 7) end, "function")
    assert.error_matches(function() sim:deliver_to("here", see) end, "url")
  end)

  for _, name in ipairs { "blocking", "cqueues", "luv" } do
    it("may wait in a task of the driver " .. name, function()
      local driver = require("stripe.driver." .. name)
      sim:on_event(function(event)
        driver.sleep(0.001)
        see(event)
        assert(d.client:with { driver = driver }.climate.orders:retrieve(event.data.object.id))
      end)
      local function work()
        return stripe.gather({ function() return d:order() end, function() return d:order() end })
      end
      local client = d.client
      d.client = client:with { driver = driver }
      if name == "cqueues" then
        local loop = require("cqueues").new()
        loop:wrap(work)
        assert(loop:loop(10))
      elseif name == "luv" then
        coroutine.wrap(work)()
        require("luv").run()
      else
        work()
      end
      assert.equal(2, #seen)
      assert.equal("succeeded", d:last().status)
    end)
  end
end)

describe("a function that answers for an address", function()
  local d, sim

  before_each(function()
    d = delivering.open()
    sim = d.sim
  end)

  it("gets the request as it would be sent, signed", function()
    local endpoint = d:endpoint { url = "http://app.test/hooks/stripe" }
    local event, headers_seen
    sim:deliver_to("http://app.test/hooks", function(payload, headers)
      headers_seen = headers
      local err
      event, err = stripe.webhook.construct_event(payload, headers["stripe-signature"],
        endpoint.secret)
      assert(event, err)
      return 200, "thanks"
    end)
    local order = d:order()
    assert.equal(order.id, event.data.object.id)
    assert.equal(headers_seen["Stripe-Signature"], headers_seen["stripe-signature"])
    assert.same({ "succeeded", 200, "thanks" },
      { d:last().status, d:last().attempts[1].status, d:last().attempts[1].body })
    assert.equal(0, d:event().pending_webhooks)
  end)

  it("can be a handler", function()
    local endpoint, handled = d:endpoint { url = "http://app.test/hook" }, nil
    sim:deliver_to("http://app.test/hook", stripe.webhook.handler {
      secrets = { endpoint.secret },
      on = { ["climate.order.created"] = function(ctx) handled = ctx.object.id end },
    })
    assert.equal(d:order().id, handled)
    sim.events:duplicate(d:event().id)
    assert.equal('{"result":"duplicate"}', d:last().attempts[1].body)
  end)

  it("fails when it answers with another status than 2xx, with none, or throws", function()
    local answers = { function() return 500 end, function() end, function() error "no" end }
    for i, answer in ipairs(answers) do
      d = delivering.open()
      d:endpoint { url = "http://app.test/hook" }
      d.sim:deliver_to("http://app.test", answer)
      d:order()
      local attempt = d:last().attempts[1]
      assert.equal(({ 500, "no_status", "threw" })[i], attempt.status or attempt.error.kind)
      assert.equal(1, d:event().pending_webhooks)
    end
  end)

  it("gets what waited for it, and leaves others to be sent", function()
    d:endpoint { url = "http://app.test/hook" }
    local other = d:endpoint { url = "http://127.0.0.1:9/hook" }
    d:order()
    local n = 0
    sim:deliver_to("http://app.test", function()
      n = n + 1
      return 200
    end)
    assert.equal(0, n)
    sim:settle()
    assert.equal(1, n)
    local due = sim:due()
    assert.same({ 1, other.id }, { #due, due[1].endpoint })
  end)

  it("is asked no more when it is taken away", function()
    d:endpoint { url = "http://127.0.0.1:9/hook" }
    local n = 0
    sim:deliver_to("http://127.0.0.1:9", function()
      n = n + 1
      return 500
    end)
    d:order()
    sim:deliver_to("http://127.0.0.1:9", nil)
    sim:advance(300)
    assert.same({ 1, 1 }, { n, #sim:due() })
  end)
end)
