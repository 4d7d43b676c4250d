local Newest = require "stripe.webhook.newest"
local core = require "stripe.core"
local scripted = require "spec.support.scripted_client"
local support = require "spec.support.webhook"

local START = support.time - 100

-- An event about an order, so many seconds after the start.
local function event(id, seconds, status, more)
  local e = support.event {
    id = id, created = START + seconds,
    data = { object = { id = "climorder_1", object = "climate.order", status = status } },
  }
  for name, value in pairs(more or {}) do e[name] = value end
  return e
end

-- A handler that keeps the ids of the events that ran.
local function guarded(newest, options)
  local ran = {}
  options = options or {}
  options.newest = newest
  options.on = { ["*"] = options.f or function(ctx) ran[#ran + 1] = ctx.id end }
  options.f = nil
  return support.handler(options), ran
end

local function order_of(e)
  return select(2, assert(Newest.new(true, true)):place(e))
end

describe("newest wins", function()
  it("keeps a late event from undoing a newer one", function()
    local h, ran = guarded(true)
    assert.equal("committed", h:process(event("evt_2", 20, "delivered")).result)
    local late = h:process(event("evt_1", 10, "confirmed"))
    assert.same({ "stale", 200 }, { late.result, late.status })
    assert.same({ "evt_2" }, ran)
    assert.equal("duplicate", h:process(event("evt_1", 10, "confirmed")).result)
  end)

  it("lets events through that come in order", function()
    local h, ran = guarded(true)
    for i = 1, 3 do h:process(event("evt_" .. i, i * 10, "confirmed")) end
    assert.same({ "evt_1", "evt_2", "evt_3" }, ran)
  end)

  it("looks at each object by itself, and at each account", function()
    local h, ran = guarded(true)
    h:process(event("evt_1", 20, "confirmed"))
    h:process(event("evt_2", 10, "confirmed", {
      data = { object = { id = "climorder_2", object = "climate.order" } },
    }))
    h:process(event("evt_3", 10, "confirmed", { account = "acct_1" }))
    h:process(event("evt_4", 10, "confirmed", {
      data = { object = { id = "climorder_1", object = "file" } },
    }))
    assert.equal(4, #ran)
  end)

  it("takes an account that is null for none", function()
    local h, ran = guarded(true, { null = core.null })
    h:process(event("evt_1", 20, "confirmed", { account = core.null }))
    assert.equal("stale", h:process(event("evt_2", 10, "confirmed")).result)
    h:process(event("evt_3", 10, "confirmed", { account = core.null, context = "acct_1" }))
    assert.equal("stale", h:process(event("evt_4", 5, "confirmed", { account = "acct_1" })).result)
    assert.same({ "evt_1", "evt_3" }, ran)
  end)

  it("doesn't count a function that failed", function()
    local h = guarded(true, { f = function(ctx)
      if ctx.id == "evt_2" then return nil, "no" end
    end })
    assert.equal("failed", h:process(event("evt_2", 20, "delivered")).result)
    assert.equal("committed", h:process(event("evt_1", 10, "confirmed")).result)
  end)

  it("lets both of the same second run, but a last state is the last", function()
    local h, ran = guarded(true)
    h:process(event("evt_1", 10, "confirmed"))
    h:process(event("evt_2", 10, "open"))
    h:process(event("evt_3", 10, "delivered"))
    assert.equal("stale", h:process(event("evt_4", 10, "confirmed")).result)
    assert.equal("committed", h:process(event("evt_5", 10, "delivered")).result)
    assert.equal("committed", h:process(event("evt_6", 11, "confirmed")).result)
    assert.same({ "evt_1", "evt_2", "evt_3", "evt_5", "evt_6" }, ran)
  end)

  for object, status in pairs { ["climate.order"] = "canceled",
    ["crypto.onramp_session"] = "fulfillment_complete",
    ["identity.verification_session"] = "verified" } do
    it(("knows that nothing follows %s of %s"):format(status, object), function()
      local function with(s)
        return order_of(event("evt_1", 0, nil, {
          data = { object = { id = "x_1", object = object, status = s } },
        }))
      end
      assert.is_true(with(status) > with("processing"))
      assert.equal(with("requires_input"), with("processing"))
    end)
  end

  it("lets events through that are about nothing it knows", function()
    local h = guarded(true)
    for i, more in ipairs { { data = {} }, { data = { object = {} } }, { created = "soon" },
      { data = { object = { id = "x" } } }, { data = { object = { object = "x" } } } } do
      assert.equal("committed", h:process(event("evt_" .. i, 0, nil, more)).result)
    end
  end)

  it("is for the types that are named", function()
    local h, ran = guarded { ["climate.order.*"] = true }
    h:process(event("evt_2", 20))
    h:process(event("evt_1", 10))
    h:process(event("evt_4", 20, nil, { type = "climate.product.pricing_updated" }))
    h:process(event("evt_3", 10, nil, { type = "climate.product.pricing_updated" }))
    assert.same({ "evt_2", "evt_4", "evt_3" }, ran)
  end)

  it("takes a key and an order from a function", function()
    local h, ran = guarded(function(e) return e.data.object.id, e.data.object.version end)
    local function version(id, n)
      return event(id, 0, nil, { data = { object = { id = "x", version = n } } })
    end
    h:process(version("evt_0", 0))
    h:process(version("evt_1", 9))
    h:process(version("evt_2", 10))
    assert.equal("stale", h:process(version("evt_3", 2)).result)
    h:process(version("evt_4", ("x"):rep(64)))
    assert.same({ "evt_0", "evt_1", "evt_2", "evt_4" }, ran)
  end)

  it("fails with a function that throws or gives no order, before anything runs", function()
    for _, place in ipairs { function() error("bad", 0) end, function() return "key" end,
      function() return "key", 1.5 end, function() return "", 1 end,
      function() return {}, 1 end, function() return "key", ("x"):rep(65) end } do
      local h, ran = guarded(place)
      assert.equal("failed", h:process(event("evt_1", 0)).result)
      assert.same({}, ran)
    end
  end)

  it("is not asked where a function gives no key", function()
    local h, ran = guarded(function() return nil end)
    h:process(event("evt_2", 20))
    h:process(event("evt_1", 10))
    assert.equal(2, #ran)
  end)

  it("orders thin events by the text of their time", function()
    local h, ran = guarded(true)
    local function thin(id, created)
      return support.thin { id = id, created = created }
    end
    h:process(thin("evt_2", "2026-01-01T00:00:01.25Z"))
    assert.equal("stale", h:process(thin("evt_1", "2026-01-01T00:00:01Z")).result)
    assert.equal("stale", h:process(thin("evt_0", "2025-12-31T23:59:59.999Z")).result)
    h:process(thin("evt_3", "2026-01-01T00:00:01.3Z"))
    h:process(thin("evt_4", "some day"))
    h:process(support.thin { id = "evt_5", related_object = false })
    h:process(support.thin { id = "evt_6", created = 5 })
    assert.same({ "evt_2", "evt_3", "evt_4", "evt_5", "evt_6" }, ran)
  end)
end)

describe("two events of one object at the same time", function()
  it("run one after the other", function()
    local driver, order = scripted.driver(), {}
    local h = guarded(true, { driver = driver, f = function(ctx)
      order[#order + 1] = "begin " .. ctx.id
      driver.sleep(1)
      order[#order + 1] = "end " .. ctx.id
    end })
    local tasks, results = {}, {}
    for i = 1, 2 do
      tasks[i] = driver.spawn(function()
        results[i] = h:process(event("evt_" .. i, i)).result
      end)
    end
    for _, task in ipairs(tasks) do assert(driver.await(task)) end
    assert.same({ "begin evt_1", "end evt_1", "begin evt_2", "end evt_2" }, order)
    assert.same({ "committed", "committed" }, results)
  end)

  it("so that the older of them, when it waits for the newer, is stale then", function()
    local driver, ran = scripted.driver(), {}
    local h = guarded(true, { driver = driver, f = function(ctx)
      driver.sleep(1)
      ran[#ran + 1] = ctx.id
    end })
    local newer = driver.spawn(function() return h:process(event("evt_2", 20)).result end)
    local older = driver.spawn(function() return h:process(event("evt_1", 10)).result end)
    assert.same({ true, "committed" }, { driver.await(newer) })
    assert.same({ true, "stale" }, { driver.await(older) })
    assert.same({ "evt_2" }, ran)
  end)

  it("don't wait for ever: Stripe comes again", function()
    local driver = scripted.driver()
    local h = guarded(true, { driver = driver, wait = 3, lease = 60, f = function(ctx)
      if ctx.id == "evt_1" then driver.sleep(10) end
    end })
    local slow = driver.spawn(function() return h:process(event("evt_1", 1)) end)
    local outcome = h:process(event("evt_2", 2))
    assert.same({ "busy", 503 }, { outcome.result, outcome.status })
    assert.is_true(outcome.retry_after >= 1)
    driver.await(slow)
    local again = h:process(event("evt_2", 2))
    assert.same({ "committed", 1 }, { again.result, again.attempt })
  end)

  it("leave nothing locked behind, whatever becomes of them", function()
    local store = support.store()
    local h = guarded(true, { store = store, wait = 0, f = function(ctx)
      if ctx.id == "evt_bad" then error("no") end
    end })
    h:process(event("evt_bad", 1))
    h:process(event("evt_1", 2))
    h:process(event("evt_1", 2))
    h:process(event("evt_0", 0))
    assert.equal("committed", h:process(event("evt_2", 3)).result)
    assert.is_nil(store.entries["object /climate.order/climorder_1"])
  end)

  it("have lost it when their turn was lost", function()
    local store, advance = support.store()
    local h, why
    h = guarded(true, { store = store, wait = 0, lease = 60, f = function(ctx)
      if ctx.id ~= "evt_1" then return end
      advance(60)
      h:process(event("evt_2", 20))
      why = select(2, ctx:renew())
    end })
    h:process(event("evt_1", 10))
    assert.equal("lost", why)
  end)

  it("keep their turn while the function asks for more time", function()
    local store, advance = support.store()
    local h, inner
    h = guarded(true, { store = store, wait = 0, lease = 60, f = function(ctx)
      if ctx.id ~= "evt_1" then return end
      advance(50)
      assert(ctx:renew())
      advance(50)
      inner = h:process(event("evt_2", 20)).result
    end })
    assert.equal("committed", h:process(event("evt_1", 10)).result)
    assert.equal("busy", inner)
  end)
end)
