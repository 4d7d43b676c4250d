local scripted = require "spec.support.scripted_client"
local stripe = require "stripe"

describe("a canceller", function()
  it("fires once, with its reason", function()
    local canceller, told = stripe.canceller(), {}
    assert.is_false(canceller.canceled)
    canceller:on_cancel(function(reason) told[#told + 1] = reason end)
    canceller:cancel("enough")
    canceller:cancel("again")
    assert.is_true(canceller.canceled)
    assert.equal("enough", canceller.reason)
    assert.same({ "enough" }, told)
  end)

  it("tells a listener that comes late at once", function()
    local canceller, told = stripe.canceller(), nil
    canceller:cancel()
    canceller:on_cancel(function(reason) told = reason end)
    assert.equal("canceled", told)
  end)

  it("forgets a listener", function()
    local canceller, told = stripe.canceller(), false
    local forget = canceller:on_cancel(function() told = true end)
    forget()
    canceller:cancel()
    assert.is_false(told)
  end)

  it("tells all listeners, also when one throws", function()
    local canceller, told = stripe.canceller(), 0
    for _ = 1, 9 do
      canceller:on_cancel(function()
        told = told + 1
        error("not now", 0)
      end)
    end
    assert.has_error(function() canceller:cancel() end, "not now")
    assert.equal(9, told)
  end)

  it("takes a reason that is text, and shows no secret of it", function()
    local canceller = stripe.canceller()
    assert.has_error(function() canceller:cancel {} end,
      "canceller:cancel takes a reason that is text, not a table")
    assert.is_false(canceller.canceled)
    canceller:cancel("sk_live_51HxTravelersSecretKey99")
    assert.not_matches("Travelers", tostring(canceller))
  end)

  it("explains a dot for a colon", function()
    local canceller = stripe.canceller()
    assert.has_error(function() canceller.cancel("x") end,
      "a method of stripe.canceller takes a colon: canceller:cancel(...)")
  end)

  it("ends a call before anything is sent", function()
    local script = scripted.new {}
    local canceller = stripe.canceller()
    canceller:cancel("too late")
    local order, err, response =
      script:client().climate.orders:retrieve("climorder_1", nil, { cancel = canceller })
    assert.is_nil(order)
    assert.is_nil(response)
    assert.equal("connection_error", err.type)
    assert.equal("canceled", err.code)
    assert.equal("no", err.sent)
    assert.matches("too late", err.message)
    assert.equal(0, #script.requests)
  end)

  it("wakes a call that sleeps between two attempts", function()
    local script = scripted.new { scripted.json(500, {}) }
    local canceller = stripe.canceller()
    local driver, err = script.driver, nil
    local task = driver.spawn(function()
      local _
      _, err = script:client().climate.orders:retrieve("climorder_1", nil, { cancel = canceller })
    end)
    driver.spawn(function()
      driver.sleep(0.125)
      canceller:cancel("changed my mind")
    end)
    driver.await(task)
    assert.equal("canceled", err.code)
    assert.equal(1, #err.attempts)
    assert.equal(500, err.attempts[1].status)
    assert.same({ 0.125 }, script.slept)
  end)

  it("ends a call whose answer takes its time", function()
    local sim = { handle = function()
      return { directive = "delay", seconds = 60, response = { status = 200, body = "{}" } }
    end }
    local driver = scripted.driver()
    local client = stripe.new { api_key = "sk_test_1", transport = sim, driver = driver }
    local canceller, err = stripe.canceller(), nil
    local task = driver.spawn(function()
      local _
      _, err = client.events:retrieve("evt_1", nil, { cancel = canceller })
    end)
    driver.spawn(function() driver.sleep(1) canceller:cancel() end)
    driver.await(task)
    assert.equal("canceled", err.code)
    assert.equal("maybe", err.sent)
    assert.same({ 1 }, driver.slept)
  end)
end)
