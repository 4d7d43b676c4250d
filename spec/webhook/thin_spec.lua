local Thin = require "stripe.webhook.thin"
local scripted = require "spec.support.scripted_client"
local support = require "spec.support.webhook"

local order = { id = "climorder_1", object = "climate.order", status = "delivered" }

-- A handler with a client that gets these answers; what its function got and did.
local function handler(answers, f, options)
  local script = scripted.new(answers)
  local given = {
    client = script:client { max_retries = 0 }, on = { ["v1.climate.order.*"] = f },
  }
  for name, value in pairs(options or {}) do given[name] = value end
  return support.handler(given), script
end

describe("the path of a related object", function()
  for _, path in ipairs { "/v1/climate/orders/climorder_1", "/v1/crypto/onramp_sessions/cos_1",
    "/v1/files/file_1", "/v1/identity/verification_sessions/vs_1" } do
    it(path .. " is one that the catalogue can retrieve", function()
      assert.is_true(Thin.check(path))
    end)
  end

  local bad = {
    "", "v1/climate/orders/climorder_1", "https://api.stripe.com/v1/climate/orders/climorder_1",
    "//evil.example/v1/climate/orders/climorder_1", "/\\evil.example/v1", "/v1//climate/orders/x",
    "/v1/climate/orders/../../charges/ch_1", "/v1/climate/orders/./x", "/v1/climate/orders/..",
    "/v1/climate/orders/%2e%2e", "/v1/climate/orders/%2E%2E%2Fcharges", "/v1/climate/orders/a%00",
    "/v1/climate/orders/x?expand[]=a", "/v1/climate/orders/x#y", "/v1/climate/orders/x\n",
    "/v1/climate/orders/x\r\nHost: evil", "/v1/climate/orders/x\0", "/v1/climate/orders/x y",
    "/v1/climate/orders/", "/v1/climate/orders", "/v1/climate/orders/x/cancel", "/v1/charges/ch_1",
    "/v1/files/file_1/contents", "/v1/climate/orders/\195\164", "/v1/climate/orders/x@evil.example",
    "/v1/climate/orders/" .. ("x"):rep(600), "/v1/crypto/onramp/quotes", "/@evil.example/x",
    "/v1/climate/orders/x;y", 17, {}, true,
  }
  for _, path in ipairs(bad) do
    it(("%q is none"):format(tostring(path):sub(1, 60)), function()
      local ok, why = Thin.check(path)
      assert.is_nil(ok)
      assert.is_string(why)
    end)
  end

  it("that isn't there is none", function()
    assert.is_nil((Thin.check(nil)))
  end)

  it("may be allowed by its beginning", function()
    local prefixes = { "/v2/core/accounts/", "/v1/billing/meters/" }
    assert.is_true(Thin.check("/v1/billing/meters/mtr_1", prefixes))
    assert.is_true(Thin.check("/v2/core/accounts/acct_1", prefixes))
    for _, path in ipairs { "/v1/billing/meters/", "/v1/billing/metersx/mtr_1",
      "/v1/climate/orders/climorder_1", "/v1/billing/meters/../../charges/ch_1",
      "//v1/billing/meters/mtr_1", "/v1/billing/meters//mtr_1", "/v1/billing/meters/mtr_1/" } do
      assert.is_nil((Thin.check(path, prefixes)))
    end
  end)

  it("of an allowed beginning is itself checked", function()
    assert.is_nil(Thin.misuse { "/v1/billing/meters/" })
    for _, prefixes in ipairs { "x", 5, {}, { "/v1/billing" }, { "v1/" }, { "/" , "//" }, { 1 },
      { "https://a/" }, { "/v1/../" } } do
      assert.is_string(Thin.misuse(prefixes))
    end
  end)
end)

describe("a thin event", function()
  it("comes without its object, which is fetched when it is asked for", function()
    local got, script
    local h
    h, script = handler({ scripted.json(200, order) }, function(ctx)
      assert.is_true(ctx.thin)
      assert.is_nil(ctx.object)
      assert.equal(0, #script.requests)
      got = assert(ctx:related())
      assert.equal(got, ctx:related())
      assert.equal(got, ctx.object)
    end)
    local status = h(support.request(support.thin()))
    assert.equal(200, status)
    assert.equal("delivered", got.status)
    local request = script.requests[1]
    assert.equal(1, #script.requests)
    assert.equal("GET", request.method)
    assert.equal("https://api.stripe.com/v1/climate/orders/climorder_1", request.url)
    assert.equal("event=evt_thin_1", request.headers["stripe-request-trigger"])
    assert.is_nil(request.headers["stripe-context"])
  end)

  it("is fetched in whole, in its context", function()
    local whole = support.thin { reason = { type = "request" } }
    local h, script = handler({ scripted.json(200, whole) }, function(ctx)
      local event = assert(ctx:fetch_event())
      assert.equal("request", event.reason.type)
      assert.equal(event, ctx.event)
      assert.equal(event, ctx:fetch_event())
    end)
    assert.equal(200, (h(support.request(support.thin { context = "acct_3" }))))
    assert.equal(1, #script.requests)
    assert.equal("https://api.stripe.com/v2/core/events/evt_thin_1", script.requests[1].url)
    assert.equal("event=evt_thin_1", script.requests[1].headers["stripe-request-trigger"])
    assert.equal("acct_3", script.requests[1].headers["stripe-context"])
  end)

  it("is fetched before its function runs, if the handler says so", function()
    local seen
    for fetch, urls in pairs { event = { "/v2/core/events/evt_thin_1" },
      related = { "/v1/climate/orders/climorder_1" },
      both = { "/v2/core/events/evt_thin_1", "/v1/climate/orders/climorder_1" } } do
      local function answer(request)
        local thin = request.url:find("/v2/", 1, true)
        return scripted.json(200, thin and support.thin { whole = true } or order)
      end
      local h, script = handler({ answer, answer }, function(ctx)
        seen = { ctx.event.whole, ctx.object and ctx.object.status }
      end, { fetch = fetch })
      assert.equal(200, (h(support.request(support.thin()))))
      for i, url in ipairs(urls) do
        assert.equal("https://api.stripe.com" .. url, script.requests[i].url)
      end
      assert.equal(#urls, #script.requests)
      assert.same({ fetch ~= "related" or nil, fetch ~= "event" and "delivered" or nil }, seen)
    end
  end)

  it("whose whole can't be fetched fails, too", function()
    for _, fetch in ipairs { "event", "both" } do
      local ran = false
      local h = handler({ scripted.json(404, { error = { message = "no" } }) },
        function() ran = true end, { fetch = fetch })
      assert.equal(404, h:process(support.thin()).error.status)
      assert.is_false(ran)
    end
  end)

  it("that can't be fetched fails, and Stripe comes again", function()
    local ran = false
    local h = handler({ scripted.json(500, {}), scripted.json(200, order) },
      function() ran = true end, { fetch = "related" })
    local payload, headers = support.request(support.thin())
    local status, _, outcome = h(payload, headers)
    assert.equal(500, status)
    assert.equal("api_error", outcome.error.type)
    assert.is_false(ran)
    assert.equal(200, (h(payload, headers)))
    assert.is_true(ran)
  end)

  it("that was handled before is not fetched again", function()
    local h, script = handler({ scripted.json(200, order) }, function() end, { fetch = "related" })
    local payload, headers = support.request(support.thin())
    h(payload, headers)
    assert.equal("duplicate", select(3, h(payload, headers)).result)
    assert.equal(1, #script.requests)
  end)

  it("can't aim the key anywhere else", function()
    for _, url in ipairs { "https://evil.example/v1/climate/orders/climorder_1",
      "//evil.example/", "/v1/balance", "/v1/climate/orders/../../charges/ch_1" } do
      local problem
      local h, script = handler({}, function(ctx)
        local object, err = ctx:related()
        assert.is_nil(object)
        problem = err
      end)
      h(support.request(support.thin { related_object = { id = "climorder_1", url = url } }))
      assert.equal("validation_error", problem.type)
      assert.equal(0, #script.requests)
    end
  end)

  it("with an id that is no part of a path is not fetched", function()
    for _, id in ipairs { "../charges", "evt_1?x=y", "evt_1/../..", "..", "evt_1/x" } do
      local problem
      local h, script = handler({}, function(ctx) problem = select(2, ctx:fetch_event()) end)
      h:process(support.thin { id = id })
      assert.equal("validation_error", problem.type)
      assert.equal(0, #script.requests)
    end
  end)

  it("must get the object that it named", function()
    local problem
    local h = handler({ scripted.json(200, { id = "climorder_2" }) }, function(ctx)
      problem = select(2, ctx:related())
    end)
    h:process(support.thin())
    assert.matches("another object", problem.message)
  end)

  it("may have no object at all", function()
    local problem
    local h = handler({}, function(ctx) problem = select(2, ctx:related()) end)
    local event = support.thin()
    event.related_object = nil
    h:process(event)
    assert.matches("has no related object", problem.message)
  end)

  it("needs a client to be fetched", function()
    local h = support.handler { on = { ["*"] = function(ctx) ctx:related() end } }
    assert.matches("needs the option client", h:process(support.thin()).error.message)
  end)
end)

describe("an event that isn't thin", function()
  it("needs no fetching", function()
    local h, script = handler({}, function() end, {
      fetch = "both", on = { ["*"] = function(ctx)
        assert.equal(ctx.object, ctx:related())
        assert.equal(ctx.event, ctx:fetch_event())
      end },
    })
    assert.equal("committed", h:process(support.event()).result)
    assert.equal(0, #script.requests)
  end)
end)
