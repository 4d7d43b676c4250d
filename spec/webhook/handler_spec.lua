local core = require "stripe.core"
local scripted = require "spec.support.scripted_client"
local stripe = require "stripe"
local support = require "spec.support.webhook"

local event, request = support.event, support.request

-- A handler for all events that keeps what it got.
local function keeping(options)
  local seen = {}
  options = options or {}
  options.on = options.on or { ["*"] = function(ctx) seen[#seen + 1] = ctx end }
  return support.handler(options), seen
end

describe("a webhook handler", function()
  it("verifies, runs the function for the event, and answers 200", function()
    local handler, seen = keeping()
    local status, body, outcome = handler(request(event()))
    assert.equal(200, status)
    assert.equal('{"result":"committed"}', body)
    assert.equal("committed", outcome.result)
    assert.equal("evt_1", outcome.id)
    assert.equal("climate.order.delivered", outcome.type)
    assert.equal("*", outcome.pattern)
    assert.equal(1, outcome.attempt)
    assert.is_true(outcome.duration >= 0)
    assert.equal(1, #seen)
  end)

  it("verifies alone for whoever handles the event later", function()
    local handler, seen = keeping()
    local payload, headers = request(event())
    local accepted, info = handler:accept(payload, headers)
    assert.equal(0, #seen)
    assert.equal("committed", handler:process(accepted, info).result)
    assert.equal(headers, seen[1].headers)
    local none, outcome = handler:accept(payload .. " ", headers)
    assert.is_nil(none)
    assert.same({ 400, "refused" }, { outcome.status, outcome.result })
  end)

  it("hands the function what it may need", function()
    local handler, seen = keeping { secrets = { platform = support.secret } }
    local payload, headers = request(event {
      account = "acct_1", type = "climate.order.product_substituted",
      data = { object = { id = "climorder_1" }, previous_attributes = { product = "climsku_1" } },
    })
    handler(payload, headers)
    local ctx = seen[1]
    assert.equal("evt_1", ctx.event.id)
    assert.equal("evt_1", ctx.id)
    assert.equal("climate.order.product_substituted", ctx.type)
    assert.equal("climorder_1", ctx.object.id)
    assert.equal("climsku_1", ctx.previous_attributes.product)
    assert.equal("acct_1", ctx.account)
    assert.is_false(ctx.livemode)
    assert.is_false(ctx.thin)
    assert.is_true(ctx.known)
    assert.equal(1, ctx.attempt)
    assert.equal("evt_1", ctx.claim.id)
    assert.is_function(ctx.store.claim)
    assert.equal("webhook", ctx.source)
    assert.equal("platform", ctx.verification.secret)
    assert.equal(headers, ctx.headers)
    assert.equal(support.time, ctx.received)
    assert.is_nil(ctx.version_mismatch)
    assert.is_nil(ctx.client)
    assert.is_nil(ctx.unheard_of)
    assert.matches("evt_1", tostring(ctx))
  end)

  it("runs one function: that of the most specific pattern", function()
    local ran = {}
    local function note(name) return function() ran[#ran + 1] = name end end
    local handler = support.handler { on = {
      ["*"] = note "any", ["climate.*"] = note "group",
      ["climate.order.delivered"] = note "exact",
    } }
    handler(request(event()))
    handler(request(event { id = "evt_2", type = "climate.order.created" }))
    handler(request(event { id = "evt_3", type = "file.created" }))
    assert.same({ "exact", "group", "any" }, ran)
  end)

  it("knows both spellings of the onramp's event as one", function()
    local handler, seen = keeping()
    handler(request(event { type = "crypto.onramp_session_updated" }))
    assert.equal("crypto.onramp_session.updated", seen[1].type)
    assert.equal("crypto.onramp_session_updated", seen[1].event.type)
  end)

  it("answers 200 to what nobody asked for, and lets go of it", function()
    local handler = support.handler { on = { ["climate.order.created"] = function() end } }
    local status, _, outcome = handler(request(event()))
    assert.equal(200, status)
    assert.equal("ignored", outcome.result)
    assert.equal("type", outcome.reason)
  end)

  it("gives to the fallback what no pattern fits", function()
    local seen
    local handler = support.handler {
      on = { ["climate.order.created"] = function() end },
      fallback = function(ctx) seen = ctx end,
    }
    local _, _, outcome = handler(request(event { type = "teleport.session.arrived" }))
    assert.equal("committed", outcome.result)
    assert.is_nil(outcome.pattern)
    assert.is_false(seen.known)
  end)
end)

describe("a sender that can't prove who it is", function()
  local function refused(payload, headers, options)
    local seen = {}
    options = options or {}
    options.on_error = function(err) seen.err = err end
    options.on_event = function(about) seen.about = about end
    local handler, ran = keeping(options)
    local status, body, outcome = handler(payload, headers)
    assert.equal(400, status)
    assert.equal('{"result":"refused"}', body)
    assert.equal("refused", outcome.result)
    assert.equal(seen.err, outcome.error)
    assert.equal("refused", seen.about.result)
    assert.is_nil(seen.about.id)
    assert.equal(0, #ran)
    return outcome.error
  end

  it("is refused for a wrong signature, and told nothing", function()
    local payload, headers = request(event(), "whsec_of_somebody_else")
    assert.equal("signature_error", refused(payload, headers).type)
  end)

  it("is refused without a signature", function()
    assert.equal("signature_error", refused(core.json(event()), {}).type)
    assert.equal("signature_error", refused(core.json(event()), nil).type)
  end)

  it("is refused with two signatures, of which nobody knows which counts", function()
    local payload, headers = request(event())
    local value = headers["Stripe-Signature"]
    local err = refused(payload, { ["stripe-signature"] = { value, value } })
    assert.equal("signature_error", err.type)
  end)

  it("is refused for bytes that were changed", function()
    local payload, headers = request(event())
    refused(payload .. "\n", headers)
  end)

  it("is refused when it is late", function()
    local payload, headers = request(event())
    refused(payload, headers, { now = function() return support.time + 301 end })
    local handler = keeping { now = function() return support.time + 301 end, tolerance = 400 }
    assert.equal(200, (handler(payload, headers)))
  end)

  it("is refused without bytes, and we are told why", function()
    assert.matches("raw bytes", refused(nil, {}).message)
    assert.matches("raw bytes", refused(event(), {}).message)
  end)

  it("is refused when it signed something else than an event", function()
    for _, payload in ipairs { "", "null", "17", '"evt_1"', "[]", "{}", "{", '{"object":"event"}',
      '{"object":"charge","id":"ch_1","type":"climate.order.created"}',
      '{"object":"event","id":"evt 1","type":"climate.order.created"}',
      '{"object":"event","id":"evt_1","type":"a b"}',
      '{"object":"event","id":{},"type":"climate.order.created"}',
      '{"object":"event","id":"evt_1","type":null}' } do
      refused(request(payload))
    end
  end)
end)

describe("a function that fails", function()
  local function fails(f)
    local told
    local handler = support.handler {
      on = { ["*"] = f }, on_error = function(err, about) told = { err, about } end,
    }
    local payload, headers = request(event())
    local status, body, outcome = handler(payload, headers)
    assert.equal(500, status)
    assert.equal('{"result":"failed"}', body)
    assert.equal(told[1], outcome.error)
    assert.equal("evt_1", told[2].id)
    return outcome.error, handler, payload, headers
  end

  it("by throwing makes Stripe try again, and is told so then", function()
    local attempts = {}
    local err, handler, payload, headers = fails(function(ctx)
      attempts[#attempts + 1] = ctx.attempt
      if #attempts == 1 then error("no disk", 0) end
    end)
    assert.equal("lua_error", err.type)
    assert.equal("no disk", err.message)
    assert.is_string(err.traceback)
    assert.equal(200, (handler(payload, headers)))
    assert.same({ 1, 2 }, attempts)
  end)

  it("by returning nil and an error hands it on as it is", function()
    local reason = { "anything" }
    assert.equal(reason, (fails(function() return nil, reason end)))
    assert.equal("no", (fails(function() return false, "no" end)))
    assert.is_string((fails(function() return false end)))
  end)

  it("doesn't by returning nothing, nil, or anything else", function()
    for _, f in ipairs { function() end, function() return nil end, function() return 0 end } do
      local handler = support.handler { on = { ["*"] = f } }
      assert.equal(200, (handler(request(event()))))
    end
  end)
end)

describe("middleware", function()
  it("runs around the function, the first one outermost", function()
    local order = {}
    local function around(name)
      return function(ctx, next)
        order[#order + 1] = name .. " " .. ctx.id
        local result = next()
        order[#order + 1] = name .. " " .. result
        return result
      end
    end
    local handler = support.handler {
      use = { around "outer", around "inner" }, on = { ["*"] = function() return "done" end },
    }
    handler(request(event()))
    assert.same({ "outer evt_1", "inner evt_1", "inner done", "outer done" }, order)
  end)

  it("may decide that there is nothing to do", function()
    local ran = false
    local handler = support.handler {
      use = { function() end }, on = { ["*"] = function() ran = true end },
    }
    local _, _, outcome = handler(request(event()))
    assert.equal("committed", outcome.result)
    assert.is_false(ran)
  end)

  it("sees failures, and can hand them on or not", function()
    local function handler(around)
      return support.handler { use = { around }, on = { ["*"] = function() return nil, "no" end } }
    end
    assert.equal(500, (handler(function(_, next) return next() end)(request(event()))))
    assert.equal(200, (handler(function(_, next) next() end)(request(event()))))
  end)

  it("can't run the function twice", function()
    local handler, seen = keeping { use = { function(_, next)
      next()
      next()
    end } }
    local _, _, outcome = handler(request(event()))
    assert.matches("called next twice", outcome.error.message)
    assert.equal(1, #seen)
  end)
end)

describe("an observer of events", function()
  it("sees what happened, and no word of what the event says", function()
    local seen
    local handler = support.handler {
      secrets = { main = support.secret }, on = { ["identity.*"] = function() end },
      on_event = function(about) seen = about end,
    }
    handler(request(event {
      type = "identity.verification_session.verified", api_version = "2020-08-27",
      data = { object = { id = "vs_1", verified_outputs = { first_name = "Ada" } } },
    }))
    assert.equal("evt_1", seen.id)
    assert.equal("committed", seen.result)
    assert.equal(200, seen.status)
    assert.equal("identity.*", seen.pattern)
    assert.equal("main", seen.secret)
    assert.equal("webhook", seen.source)
    assert.same({ event = "2020-08-27", library = core.api_version }, seen.version_mismatch)
    for _, value in pairs(seen) do
      assert.not_matches("Ada", tostring(value))
      assert.not_matches(support.secret, tostring(value), 1, true)
    end
    assert.error_matches(function() seen.extra = 1 end, "only looks")
  end)

  it("sees what kind of thing went wrong, and on_error all of it, but only then", function()
    local seen, errors, err = {}, {}, nil
    local handler = support.handler {
      on = { ["*"] = function() return nil, err end },
      on_event = function(about) seen[#seen + 1] = about end,
      on_error = function(problem) errors[#errors + 1] = problem end,
    }
    assert.equal("committed", handler:process(event()).result)
    assert.same({}, errors)
    assert.is_nil(seen[1].error_type)
    err = "mail to ada@example.com bounced"
    handler:process(event { id = "evt_2" })
    assert.same({ err }, errors)
    assert.same({ "handler", nil }, { seen[2].error_type, seen[2].error_code })
    err = select(2, stripe.webhook.verify("{}", nil, "whsec_x"))
    handler:process(event { id = "evt_3" })
    assert.same({ "signature_error", err.code }, { seen[3].error_type, seen[3].error_code })
    local quiet = support.handler { on = { ["*"] = function() return nil, "no" end } }
    assert.is_nil(quiet:process(event()).observer_error)
  end)

  it("that throws changes nothing", function()
    local handler = keeping {
      on_event = function() error("log is full", 0) end,
    }
    local status, _, outcome = handler(request(event()))
    assert.equal(200, status)
    assert.equal("log is full", outcome.observer_error.message)
  end)
end)

describe("an event that isn't meant for us", function()
  it("is ignored when it is of the other mode", function()
    local handler, seen = keeping { livemode = true }
    local status, _, outcome = handler(request(event()))
    assert.equal(200, status)
    assert.same({ "ignored", "livemode" }, { outcome.result, outcome.reason })
    assert.equal("committed", select(3, handler(request(event { livemode = true }))).result)
    assert.equal(1, #seen)
  end)

  it("is ignored when it is of another account", function()
    local handler = keeping { accounts = { "acct_1" } }
    local function result(account)
      local _, _, outcome = handler(request(event { account = account }))
      return outcome.result .. " " .. tostring(outcome.reason)
    end
    assert.equal("ignored account", result("acct_2"))
    assert.equal("ignored account", result(nil))
    assert.equal("committed nil", result("acct_1"))
  end)

  it("is ignored when a function says so", function()
    local asked
    local handler = keeping { accounts = function(account, about)
      asked = { account, about.id }
      return false
    end }
    assert.equal("account", select(3, handler(request(event { account = "acct_1" }))).reason)
    assert.same({ "acct_1", "evt_1" }, asked)
  end)
end)

describe("the client of a context", function()
  it("speaks in the name of the event's account", function()
    local order = scripted.json(200, { id = "climorder_1" })
    local script = scripted.new { order, order }
    local handler = support.handler { client = script:client(), on = { ["*"] = function(ctx)
      return ctx.client.climate.orders:retrieve("climorder_1")
    end } }
    assert.equal(200, (handler(request(event { account = "acct_7" }))))
    assert.equal(200, (handler(request(event { id = "evt_2" }))))
    assert.equal("acct_7", script.requests[1].headers["stripe-account"])
    assert.is_nil(script.requests[2].headers["stripe-account"])
  end)

  it("speaks in the context of an event that has no account but that", function()
    local order = scripted.json(200, { id = "climorder_1" })
    local script = scripted.new { order, order }
    local handler = support.handler { client = script:client(), on = { ["*"] = function(ctx)
      return ctx.client.climate.orders:retrieve("climorder_1")
    end } }
    handler:process(event { context = "org_1/acct_1" })
    handler:process(event { id = "evt_2", context = "org_1/acct_1", account = "acct_2" })
    assert.equal("org_1/acct_1", script.requests[1].headers["stripe-context"])
    assert.equal("acct_2", script.requests[2].headers["stripe-account"])
    assert.is_nil(script.requests[2].headers["stripe-context"])
  end)
end)

describe("a handler that keeps nulls", function()
  local NULLS = {
    account = core.null, context = "acct_1", livemode = core.null, api_version = core.null,
    request = core.null, type = "crypto.onramp_session.updated",
    data = {
      object = { id = "cos_1", object = "crypto.onramp_session", redirect_url = core.null },
      previous_attributes = { transaction_details = { wallet_address = core.null } },
    },
  }

  it("gives them to its function, and another one doesn't", function()
    local handler, seen = keeping { null = core.null }
    handler(request(event(NULLS)))
    assert.equal(core.null, seen[1].previous_attributes.transaction_details.wallet_address)
    assert.equal(core.null, seen[1].object.redirect_url)
    assert.equal(core.null, seen[1].event.request)
    assert.is_true(handler:keeps_null())
    handler, seen = keeping()
    handler(request(event(NULLS)))
    assert.same({ transaction_details = {} }, seen[1].previous_attributes)
    assert.is_nil(seen[1].object.redirect_url)
    assert.is_false(handler:keeps_null())
  end)

  it("takes for absent what is null of the event itself", function()
    local about, asked
    local handler, seen = keeping {
      null = core.null, on_event = function(what) about = what end,
      accounts = function(account)
        asked = account
        return true
      end,
    }
    handler(request(event(NULLS)))
    assert.equal("acct_1", asked)
    for _, name in ipairs { "account", "livemode", "version_mismatch" } do
      assert.is_nil(seen[1][name])
      assert.is_nil(about[name])
    end
    handler(request(event { id = "evt_2", context = core.null, data = core.null }))
    handler(request(event {
      id = "evt_3", data = { object = core.null, previous_attributes = core.null },
    }))
    assert.is_nil(asked)
    for i = 2, 3 do
      assert.same({}, { seen[i].object, seen[i].previous_attributes })
      assert.is_nil(seen[i].object)
      assert.is_nil(seen[i].previous_attributes)
    end
  end)

  it("refuses what has null for an id or a type, or is null", function()
    local handler = keeping { null = core.null }
    for _, payload in ipairs { "null", core.json(event { id = core.null }),
      core.json(event { type = core.null }), core.json(event { object = core.null }) } do
      assert.equal(400, (handler(request(payload))))
    end
  end)

  it("speaks in the context of an event whose account is null", function()
    local script = scripted.new { scripted.json(200, { id = "climorder_1" }) }
    local handler = support.handler { null = core.null, client = script:client(), on = {
      ["*"] = function(ctx) return ctx.client.climate.orders:retrieve("climorder_1") end,
    } }
    handler(request(event(NULLS)))
    assert.equal("acct_1", script.requests[1].headers["stripe-context"])
    assert.is_nil(script.requests[1].headers["stripe-account"])
  end)

  it("gets thin events, with their nulls, too", function()
    local handler, seen = keeping { null = core.null, newest = true }
    assert.equal(200, (handler(request(support.thin { context = core.null, data = core.null }))))
    assert.equal(core.null, seen[1].event.context)
  end)
end)

describe("a queue", function()
  local function queue(answer, why)
    local pushed = {}
    return { push = function(_, payload, about)
      pushed[#pushed + 1] = { payload, about }
      if answer == "throw" then error("gone", 0) end
      return answer, why
    end }, pushed
  end

  it("takes the bytes of verified events that somebody wants; nothing runs", function()
    local q, pushed = queue(true)
    local handler, seen = keeping {
      queue = q, secrets = { main = support.secret },
      on = { ["climate.*"] = function() error("not here") end },
    }
    local payload, headers = request(event())
    local status, body = handler(payload, headers)
    assert.same({ 200, '{"result":"queued"}' }, { status, body })
    assert.same({ { payload, { id = "evt_1", type = "climate.order.delivered",
      received = support.time, secret = "main" } } }, pushed)
    assert.equal("ignored", select(3, handler(request(event { type = "file.created" }))).result)
    assert.equal(400, (handler(payload, {})))
    assert.equal(1, #pushed)
    assert.equal(0, #seen)
  end)

  it("that fails makes Stripe try again", function()
    for message, q in pairs { full = queue(nil, "full"), gone = queue("throw") } do
      local handler = keeping { queue = q }
      local status, _, outcome = handler(request(event()))
      assert.equal(503, status)
      assert.same({ "failed", "queue" }, { outcome.result, outcome.reason })
      assert.matches(message, outcome.error.message)
    end
  end)

  it("is not asked when it can't be said whose the event is", function()
    local q, pushed = queue(true)
    local handler = keeping { queue = q, accounts = function() error("gone", 0) end }
    local status, _, outcome = handler(request(event()))
    assert.equal(500, status)
    assert.equal("gone", outcome.error.message)
    assert.equal(0, #pushed)
    assert.equal("failed", handler:process(event()).result)
  end)

  it("is no hindrance to processing with the same handler", function()
    local q, pushed = queue(true)
    local handler, seen = keeping { queue = q }
    assert.equal("committed", handler:process(event()).result)
    assert.equal(0, #pushed)
    assert.equal(1, #seen)
  end)
end)

describe("the options of a handler", function()
  local function refused(options, message)
    options.secrets = options.secrets == nil and "whsec_x" or options.secrets
    options.on = options.on or {}
    assert.error_matches(function() stripe.webhook.handler(options) end, message, 1, true)
  end

  it("are known by name", function()
    refused({ secret = "x" }, 'did you mean "secrets"')
    refused({ onn = {} }, 'unknown option "onn"')
  end)

  it("have types", function()
    refused({ lease = "5" }, '"lease" must be a number')
    refused({ use = { 1 } }, "item 1 is a number")
    refused({ use = { log = print } }, '"use" must be a list of functions; item 1 is a nil')
    refused({ accounts = { acct_1 = true } }, '"accounts" must be a list of strings; item 1')
    refused({ on = { ["*"] = true } }, '"*" has a boolean')
    refused({ secrets = 5 }, '"secrets" must be')
    refused({ secrets = { "" } }, "is blank")
    refused({ secrets = {} }, "no secret")
    refused({ other_secrets = { main = 1 } }, '"other_secrets"')
  end)

  it("have values that make sense", function()
    refused({ lease = 0 }, '"lease" must be')
    refused({ wait = -1 }, '"wait" must be')
    refused({ tolerance = -1 }, '"tolerance" must be')
    refused({ store = {} }, "must have a method claim")
    refused({ queue = {} }, "must have a method push")
    refused({ client = {} }, "must be a client")
    refused({ fetch = "all", client = {} }, "must be")
    refused({ fetch = "event" }, 'needs the option "client"')
    refused({ related_prefixes = { "https://evil.example/" } }, "related_prefixes")
    refused({ related_prefixes = {} }, "related_prefixes")
    refused({ newest = true, store = false }, "needs a store")
    refused({ newest = "yes" }, '"newest" must be')
    refused({ newest = { ["climate.order.*"] = "yes" } }, "must be true or a function")
    refused({ on = { ["climate.orders.*"] = print } }, 'did you mean "climate.order.*"')
    refused({ on = { ["*"] = print }, fallback = print }, "would never run")
    refused({ driver = "hamster" }, 'option "driver"')
  end)

  it("need secrets and functions", function()
    assert.error_matches(function() stripe.webhook.handler { on = {} } end, '"secrets" is missing')
    assert.error_matches(function() stripe.webhook.handler { secrets = "x" } end, '"on" is missing')
    assert.error_matches(function() stripe.webhook.handler() end, "table of options")
  end)

  it("may say that there are no secrets: then it only processes", function()
    local handler = stripe.webhook.handler { secrets = false, on = { ["*"] = function() end } }
    assert.equal("committed", handler:process(event()).result)
    assert.error_matches(function() handler("{}", {}) end, "only processes")
  end)

  it("let patterns through that look like a slip, if told to", function()
    local handler = support.handler {
      validate = false, on = { ["climate.orders.*"] = function() end },
      newest = { ["climate.orders.*"] = true },
    }
    assert.is_true(handler:handles("climate.orders.x"))
    refused({ newest = { ["climate.orders.*"] = true } }, "climate.order.*")
  end)

  it("have no null but stripe.null", function()
    for _, value in ipairs { true, "null", {} } do
      refused({ null = value }, '"null" must be a stripe.null, not a ' .. type(value))
    end
  end)

  it("are not shown by a printout", function()
    local handler = keeping()
    assert.equal("stripe.webhook.handler (1 patterns)", tostring(handler))
    assert.is_nil(next(handler))
  end)
end)

describe("a handler", function()
  it("says which types it handles", function()
    local handler = support.handler { on = { ["climate.*"] = function() end } }
    assert.is_true(handler:handles("climate.order.created"))
    assert.is_false(handler:handles("file.created"))
  end)
end)
