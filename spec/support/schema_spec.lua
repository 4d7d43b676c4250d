local core = require "stripe.core"
local schema = require "spec.support.schema"

local null = core.null

local function supplier()
  return {
    id = "climsup_1", object = "climate.supplier", info_url = "https://example.com",
    livemode = false, name = "Rocks", removal_pathway = "enhanced_weathering",
    locations = {
      { city = null, country = "IS", latitude = 64.5, longitude = -21, region = null },
    },
  }
end

local function product()
  return {
    id = "climsku_1", object = "climate.product", created = 1700000000, delivery_year = null,
    livemode = false, metric_tons_available = "12.5", name = "Rocks 2030",
    current_prices_per_metric_ton = {
      usd = { amount_fees = 1, amount_subtotal = 2, amount_total = 3 },
    },
    suppliers = { supplier() },
  }
end

local function order()
  return {
    id = "climorder_1", object = "climate.order", amount_fees = 17, amount_subtotal = 550,
    amount_total = 567, canceled_at = null, cancellation_reason = null, certificate = null,
    confirmed_at = 1700000000, created = 1700000000, currency = "usd", delayed_at = null,
    delivered_at = null, delivery_details = {}, expected_delivery_year = 2030,
    livemode = false, metadata = { a = "b" }, metric_tons = "0.01", product = "climsku_1",
    product_substituted_at = null, status = "confirmed",
  }
end

local function wrong(change)
  local answer = order()
  change(answer)
  return schema.check(answer, "climate.order")
end

describe("schema.check", function()
  it("finds nothing wrong with a right answer", function()
    assert.same({}, schema.check(order(), "climate.order"))
    assert.same({}, schema.check(product(), "climate.product"))
    assert.same({}, schema.check({ id = "we_1", object = "webhook_endpoint", deleted = true },
      "deleted_webhook_endpoint"))
  end)

  it("takes an id or the object that it expands to", function()
    assert.same({}, wrong(function(o) o.product = product() end))
    assert.same({ "product.name is missing" }, wrong(function(o)
      o.product = product()
      o.product.name = nil
    end))
  end)

  it("finds what is missing, and what is unknown", function()
    assert.same({ "currency is missing" }, wrong(function(o) o.currency = nil end))
    assert.same({ "colour is unknown" }, wrong(function(o) o.colour = "red" end))
  end)

  it("finds a null where none may be", function()
    assert.same({ "status is null" }, wrong(function(o) o.status = null end))
  end)

  it("finds wrong types, values and forms", function()
    assert.same({ 'amount_fees is "17", not of type integer' },
      wrong(function(o) o.amount_fees = "17" end))
    assert.same({ "amount_fees is 0.5, not of type integer" },
      wrong(function(o) o.amount_fees = 0.5 end))
    assert.same({ 'status is "lost", not in the enum' },
      wrong(function(o) o.status = "lost" end))
    assert.same({ 'metric_tons is "1e3", not in the form of decimal' },
      wrong(function(o) o.metric_tons = "1e3" end))
    assert.same({ 'currency is "USD", not in the form of currency' },
      wrong(function(o) o.currency = "USD" end))
    assert.same({ "metadata.a is true, not of type string" },
      wrong(function(o) o.metadata.a = true end))
    assert.same({ 'id is "order_1", not climorder_...' },
      wrong(function(o) o.id = "order_1" end))
    assert.same({ 'object is "climate.product", not climate.order' },
      wrong(function(o) o.object = "climate.product" end))
  end)

  it("looks inside lists and maps", function()
    local answer = product()
    answer.suppliers[1].locations[1].country = null
    answer.current_prices_per_metric_ton.usd.amount_total = nil
    assert.same({
      "current_prices_per_metric_ton.usd.amount_total is missing",
      "suppliers[0].locations[0].country is null",
    }, schema.check(answer, "climate.product"))
  end)

  it("checks list envelopes", function()
    local page = { object = "list", data = { order() }, has_more = false, url = "/v1/x" }
    assert.same({}, schema.check(page, "list:climate.order"))
    page.data[1].status, page.has_more, page.total = "lost", nil, 1
    assert.same({
      'list.data[0].status is "lost", not in the enum',
      "list.has_more is nil",
      "list.total is unknown",
    }, schema.check(page, "list:climate.order"))
  end)

  it("leaves free objects alone", function()
    assert.same({}, schema.check({
      id = "evt_1", object = "event", api_version = null, created = 1700000000,
      data = { object = { anything = true } }, livemode = false, pending_webhooks = 0,
      request = null, type = "climate.order.created",
    }, "event"))
  end)
end)
