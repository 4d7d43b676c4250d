--- The climate family: each sentence is a row of docs/simulator/climate.md.

local asking = require "spec.support.asking"

local DAY = 86400
local PORTFOLIO = "climsku_frontier_offtake_portfolio_2027"
local SPOT = "climsku_frontier_spot_biomass_2024"

describe("climate", function()
  local a, sim, get, post, events

  before_each(function()
    a = asking.open()
    sim, get, post, events = a.sim, a.get, a.post, a.events
    a.account.settings.business_name = "Example Business"
  end)

  local function order(form, product)
    local object, status = post("/v1/climate/orders",
      "product=" .. (product or PORTFOLIO) .. "&" .. (form or "metric_tons=0.01"))
    assert.equal(200, status, object.error and object.error.message)
    return object
  end

  local function again(object) return get("/v1/climate/orders/" .. object.id) end

  local function stock(product)
    return get("/v1/climate/products/" .. product).metric_tons_available
  end

  local function refused(status, code, param, object, got)
    assert.equal(status, got)
    assert.same({ "invalid_request_error", code, param },
      { object.error.type, object.error.code, object.error.param })
    return object.error.message
  end

  describe("creating an order", function()
    it("confirms it at once, with confirmed_at = created", function()
      local object = order()
      assert.equal("confirmed", object.status)
      assert.equal(a.start, object.created)
      assert.equal(object.created, object.confirmed_at)
      assert.truthy(object.id:find("^climorder_"))
      assert.is_false(object.livemode)
      assert.equal(PORTFOLIO, object.product)
      assert.equal(2027, object.expected_delivery_year)
      assert.same({}, object.delivery_details)
      assert.same({}, object.metadata)
    end)

    it("shows as null what has not happened", function()
      local _, _, text = get("/v1/climate/orders/" .. order().id)
      for _, name in ipairs { "canceled_at", "cancellation_reason", "certificate", "delayed_at",
        "delivered_at", "product_substituted_at" } do
        assert.truthy(text:find('"' .. name .. '":%s*null'), name)
      end
    end)

    it("adds fees of 3 %, 16.5 rounded up to 17", function()
      local object = order("metric_tons=0.01")
      assert.same({ 550, 17, 567 },
        { object.amount_subtotal, object.amount_fees, object.amount_total })
      object = order("metric_tons=1")
      assert.same({ 55000, 1650, 56650 },
        { object.amount_subtotal, object.amount_fees, object.amount_total })
    end)

    it("keeps exact amounts where floating point would not", function()
      local object = order("metric_tons=123456.789012")
      assert.equal(6790123396, object.amount_subtotal) -- 6790123395.66
      assert.equal(203703702, object.amount_fees)      -- 203703701.88
      assert.equal("123456.789012", object.metric_tons)
    end)

    it("takes amount for the subtotal and computes tons in grams, rounded down", function()
      local object = order("amount=10000")
      assert.same({ 10000, 300, 10300, "0.181818" }, { object.amount_subtotal, object.amount_fees,
        object.amount_total, object.metric_tons })
    end)

    it("uses the account's currency, or the one asked for", function()
      assert.equal("usd", order().currency)
      local object = order("metric_tons=1&currency=EUR")
      assert.same({ "eur", 51000 }, { object.currency, object.amount_subtotal })
      a.account.settings.default_currency = "gbp"
      assert.same(43500, order("metric_tons=1").amount_subtotal)
    end)

    it("refuses a currency without a price", function()
      refused(400, nil, "currency", post("/v1/climate/orders",
        "metric_tons=1&currency=xof&product=" .. PORTFOLIO))
    end)

    it("refuses both amount and metric_tons, and neither", function()
      local object, status = post("/v1/climate/orders", "product=x&amount=1&metric_tons=1")
      assert.same({ 400, "invalid_request_error" }, { status, object.error.type })
      object, status = post("/v1/climate/orders", "product=" .. PORTFOLIO)
      assert.same({ 400, "invalid_request_error" }, { status, object.error.type })
      assert.equal("1000000", stock(PORTFOLIO))
    end)

    it("says of a decimal that it is too long", function()
      local message = refused(400, nil, "metric_tons",
        post("/v1/climate/orders", "product=" .. PORTFOLIO .. "&metric_tons=" .. ("1"):rep(41)))
      assert.matches("nor longer than 40 characters", message)
    end)

    it("needs a product", function()
      local message = refused(400, "parameter_missing", "product",
        post("/v1/climate/orders", "amount=100"))
      assert.equal("Missing required param: product.", message)
    end)

    it("refuses an unknown product with 400 resource_missing", function()
      local message = refused(400, "resource_missing", "product",
        post("/v1/climate/orders", "amount=100&product=climsku_x"))
      assert.equal("No such climate product: 'climsku_x'", message)
    end)

    it("refuses what is not in stock, and a product that is not active", function()
      sim.climate:stock(PORTFOLIO, "0.5")
      refused(400, "out_of_inventory", "product",
        post("/v1/climate/orders", "metric_tons=0.500001&product=" .. PORTFOLIO))
      assert.equal("0.5", order("metric_tons=0.5").metric_tons)
      sim.climate:stock(PORTFOLIO, { metric_tons = 10, active = false })
      refused(400, "product_inactive", "product",
        post("/v1/climate/orders", "metric_tons=1&product=" .. PORTFOLIO))
    end)

    it("refuses amounts that are nothing", function()
      refused(400, "parameter_invalid_integer", "amount",
        post("/v1/climate/orders", "amount=0&product=" .. PORTFOLIO))
      refused(400, nil, "metric_tons",
        post("/v1/climate/orders", "metric_tons=0&product=" .. PORTFOLIO))
    end)

    it("takes the tons off the stock", function()
      order("metric_tons=0.25")
      assert.equal("999999.75", stock(PORTFOLIO))
    end)

    it("assumes the account as beneficiary", function()
      assert.same({ public_name = "Example Business" }, order().beneficiary)
      assert.same({ public_name = "Marie" },
        order("metric_tons=1&beneficiary[public_name]=Marie").beneficiary)
    end)

    it("emits climate.order.created with the order as it was", function()
      local object = order("metric_tons=1&metadata[k]=v")
      local event = events("climate.order.created")[1]
      assert.equal(object.id, event.data.object.id)
      assert.equal("confirmed", event.data.object.status)
      assert.is_nil(event.data.previous_attributes)
    end)
  end)

  describe("the Stripe balance", function()
    it("pays at creation", function()
      a.account.settings.balance = { usd = 60000 }
      assert.equal("confirmed", order("metric_tons=1").status)
      assert.equal(60000 - 56650, a.account.settings.balance.usd)
    end)

    it("leaves an order in awaiting_funds until money arrives", function()
      a.account.settings.balance = { usd = 56649 }
      local object = order("metric_tons=1")
      assert.equal("awaiting_funds", object.status)
      assert.is_nil(object.confirmed_at)
      sim:advance(60)
      local confirmed = sim.climate:funds { usd = 1 }
      assert.equal(object.id, confirmed[1].id)
      assert.equal(a.start + 60, again(object).confirmed_at)
      assert.equal(0, a.account.settings.balance.usd)
    end)

    it("gets the subtotal back when the buyer cancels, the total when Frontier does", function()
      a.account.settings.balance = { usd = 200000 }
      post("/v1/climate/orders/" .. order("metric_tons=1").id .. "/cancel")
      assert.equal(200000 - 1650, a.account.settings.balance.usd)
      sim.climate:cancel(order("metric_tons=1").id, { reason = "product_unavailable" })
      assert.equal(200000 - 1650, a.account.settings.balance.usd)
    end)

    it("gets the total back after a delay or a substitution", function()
      a.account.settings.balance = { usd = 200000 }
      local object = order("metric_tons=1")
      sim.climate:delay(object.id)
      post("/v1/climate/orders/" .. object.id .. "/cancel")
      assert.equal(200000, a.account.settings.balance.usd)
    end)

    it("takes a confirmation back on await_funds and gives it on confirm", function()
      a.account.settings.balance = { usd = 60000 }
      local object = order("metric_tons=1")
      assert.truthy(sim.climate:await_funds(object.id))
      assert.equal("awaiting_funds", again(object).status)
      assert.equal(60000, a.account.settings.balance.usd)
      assert.truthy(sim.climate:confirm(object.id))
      assert.equal("confirmed", again(object).status)
      a.account.settings.balance.usd = 0
      assert.truthy(sim.climate:await_funds(object.id))
      a.account.settings.balance.usd = 10
      assert.is_nil((sim.climate:confirm(object.id)))
    end)
  end)

  describe("canceling", function()
    it("is for 24 hours and sets status, canceled_at and the reason requested", function()
      local object = order("metric_tons=2")
      sim:advance(DAY)
      local canceled, status = post("/v1/climate/orders/" .. object.id .. "/cancel")
      assert.equal(200, status)
      assert.same({ "canceled", a.start + DAY, "requested" },
        { canceled.status, canceled.canceled_at, canceled.cancellation_reason })
      assert.equal("1000000", stock(PORTFOLIO))
      assert.same({ "climate.order.created", "climate.order.canceled" }, events())
    end)

    it("is refused a second after 24 hours", function()
      local object = order()
      sim:advance(DAY + 1)
      refused(400, "status_transition_invalid", nil,
        post("/v1/climate/orders/" .. object.id .. "/cancel"))
      assert.equal("confirmed", again(object).status)
    end)

    it("has another window when the account's settings say so", function()
      a.account.settings.climate_cancel_window = 30 * DAY
      local object = order()
      sim:advance(29 * DAY)
      assert.equal("canceled", post("/v1/climate/orders/" .. object.id .. "/cancel").status)
    end)

    it("is refused for what is canceled or delivered", function()
      local object = order()
      post("/v1/climate/orders/" .. object.id .. "/cancel")
      refused(400, "status_transition_invalid", nil,
        post("/v1/climate/orders/" .. object.id .. "/cancel"))
      object = order()
      sim.climate:deliver(object.id)
      refused(400, "status_transition_invalid", nil,
        post("/v1/climate/orders/" .. object.id .. "/cancel"))
    end)

    it("is possible for 30 days after a delay", function()
      local object = order()
      sim:advance(60 * DAY)
      sim.climate:delay(object.id, { year = 2029 })
      sim:advance(30 * DAY)
      assert.equal("canceled", post("/v1/climate/orders/" .. object.id .. "/cancel").status)
    end)

    it("is over 30 days after a substitution", function()
      local object = order()
      sim:advance(60 * DAY)
      sim.climate:substitute(object.id, { product = "climsku_marine_removal_2029" })
      sim:advance(30 * DAY + 1)
      refused(400, "status_transition_invalid", nil,
        post("/v1/climate/orders/" .. object.id .. "/cancel"))
    end)

    it("is also Frontier's, for product_unavailable, or expired when it was never paid", function()
      local object = order()
      assert.is_nil((sim.climate:cancel(object.id, { reason = "expired" })))
      sim.climate:cancel(object.id)
      assert.equal("product_unavailable", again(object).cancellation_reason)
      a.account.settings.balance = {}
      object = order()
      sim.climate:cancel(object.id, { reason = "expired" })
      assert.same({ "canceled", "expired" },
        { again(object).status, again(object).cancellation_reason })
      assert.is_nil((sim.climate:cancel(object.id, { reason = "boredom" })))
    end)
  end)

  describe("updating", function()
    it("changes the beneficiary and clears it to the account", function()
      local path = "/v1/climate/orders/" .. order().id
      assert.equal("Marie", post(path, "beneficiary[public_name]=Marie").beneficiary.public_name)
      assert.equal("Example Business", post(path, "beneficiary=").beneficiary.public_name)
      post(path, "beneficiary[public_name]=Marie")
      assert.equal("Example Business",
        post(path, "beneficiary[public_name]=").beneficiary.public_name)
    end)

    it("merges metadata, deletes a key and clears all", function()
      local path = "/v1/climate/orders/" .. order("metric_tons=1&metadata[a]=1&metadata[b]=2").id
      assert.same({ a = "1", b = "3", c = "4" },
        post(path, "metadata[b]=3&metadata[c]=4").metadata)
      assert.same({ b = "3", c = "4" }, post(path, "metadata[a]=").metadata)
      assert.same({}, post(path, "metadata=").metadata)
    end)

    it("changes nothing else, and has no event", function()
      local path = "/v1/climate/orders/" .. order().id
      refused(400, "parameter_unknown", "metric_tons", post(path, "metric_tons=2"))
      post(path, "metadata[k]=v")
      assert.same({ "climate.order.created" }, events())
    end)
  end)

  describe("delivery", function()
    it("sets delivered_at, the certificate and the details", function()
      local object = order("metric_tons=3")
      sim:advance(10)
      assert.truthy(sim.climate:deliver(object.id))
      local delivered = again(object)
      assert.same({ "delivered", a.start + 10 }, { delivered.status, delivered.delivered_at })
      assert.truthy(delivered.certificate:find("^https://"))
      local detail = delivered.delivery_details[1]
      assert.same({ a.start + 10, "3", "climsup_charm_industrial", "San Francisco" },
        { detail.delivered_at, detail.metric_tons, detail.supplier.id, detail.location.city })
      assert.truthy(detail.registry_url:find("^https://"))
      assert.same({ "climate.order.created", "climate.order.delivered" }, events())
    end)

    it("divides the tons among the suppliers of a portfolio to the gram", function()
      local object = order("metric_tons=1.00001", "climsku_frontier_mixed_portfolio")
      sim.climate:deliver(object.id)
      local tons = {}
      for i, detail in ipairs(again(object).delivery_details) do tons[i] = detail.metric_tons end
      assert.same({ "0.250004", "0.250002", "0.250002", "0.250002" }, tons)
    end)

    it("takes what a test wants to see", function()
      local object = order("metric_tons=2")
      sim.climate:deliver(object.id, {
        delivered_at = 1800000000, certificate = "https://example.com/c",
        delivery_details = { { supplier = "climsup_heirloom", metric_tons = "2",
          registry_url = "https://example.com/r" } },
      })
      local delivered = again(object)
      assert.same({ 1800000000, "https://example.com/c", "climsup_heirloom",
        "https://example.com/r" }, { delivered.delivered_at, delivered.certificate,
        delivered.delivery_details[1].supplier.id, delivered.delivery_details[1].registry_url })
    end)

    it("of a product whose year is past comes by itself within 30 days", function()
      local object = order("metric_tons=1", SPOT)
      assert.equal(2024, object.expected_delivery_year)
      sim:advance(30 * DAY - 1)
      assert.equal("confirmed", again(object).status)
      sim:advance(1)
      local delivered = again(object)
      assert.same({ "delivered", a.start + 30 * DAY }, { delivered.status, delivered.delivered_at })
    end)

    it("of a spot order that was confirmed anew comes 30 days after that", function()
      local object = order("metric_tons=1", SPOT)
      assert(sim.climate:await_funds(object.id))
      sim:advance(10 * DAY)
      assert(sim.climate:confirm(object.id))
      sim:advance(20 * DAY)
      assert.equal("confirmed", again(object).status)
      sim:advance(10 * DAY)
      assert.equal("delivered", again(object).status)
    end)

    it("is refused to a place without a country, or from an unknown supplier", function()
      local object = order()
      for _, row in ipairs {
        { { location = { city = "Rome" } }, "a location needs a country" },
        { { supplier = "climsup_x" }, "no such climate supplier: climsup_x" },
      } do
        assert.same({ nil, row[2] },
          { sim.climate:deliver(object.id, { delivery_details = { row[1] } }) })
      end
      assert.equal("confirmed", again(object).status)
    end)

    it("of a canceled spot order does not come", function()
      local object = order("metric_tons=1", SPOT)
      post("/v1/climate/orders/" .. object.id .. "/cancel")
      sim:advance(31 * DAY)
      assert.equal("canceled", again(object).status)
    end)
  end)

  describe("delay and substitution", function()
    it("change the year, set delayed_at and emit climate.order.delayed", function()
      local object = order()
      sim:advance(5)
      assert.truthy(sim.climate:delay(object.id))
      local delayed = again(object)
      assert.same({ "confirmed", 2028, a.start + 5 },
        { delayed.status, delayed.expected_delivery_year, delayed.delayed_at })
      assert.equal(2028, events("climate.order.delayed")[1].data.object.expected_delivery_year)
    end)

    it("change the product at the price that was paid", function()
      local object = order("metric_tons=2")
      assert.truthy(sim.climate:substitute(object.id, { product = "climsku_marine_removal_2029" }))
      local substituted = again(object)
      assert.same({ "climsku_marine_removal_2029", 2029, a.start, 113300 }, {
        substituted.product, substituted.expected_delivery_year,
        substituted.product_substituted_at, substituted.amount_total })
      assert.equal("1000000", stock(PORTFOLIO))
      assert.equal("6398.75", stock("climsku_marine_removal_2029"))
      assert.same({ "climate.order.created", "climate.order.product_substituted" }, events())
    end)

    it("come at least 60 days before the delivery year ends", function()
      local object = order()
      local year_end = 1830297599 -- 31 December 2027, 23:59:59
      sim:advance(year_end - 60 * DAY - a.start + 1)
      local _, why = sim.climate:delay(object.id)
      assert.truthy(why:find("60 days"))
      assert.is_nil((sim.climate:substitute(object.id, { product = SPOT })))
      assert.truthy(sim.climate:delay(object.id, { force = true }))
    end)

    it("are refused when they make no sense", function()
      local object = order("metric_tons=7000")
      assert.is_nil((sim.climate:delay(object.id, { year = 2027 })))
      assert.is_nil((sim.climate:substitute(object.id, { product = PORTFOLIO })))
      assert.is_nil((sim.climate:substitute(object.id, { product = "climsku_x" })))
      local _, why = sim.climate:substitute(object.id, { product = "climsku_marine_removal_2029" })
      assert.equal("out of inventory: climsku_marine_removal_2029", why)
    end)
  end)

  it("refuses illegal steps unless they are forced", function()
    local object = order()
    sim.climate:deliver(object.id)
    for _, verb in ipairs { "deliver", "delay", "await_funds", "confirm", "cancel" } do
      local changed, why = sim.climate[verb](sim.climate, object.id)
      assert.is_nil(changed, verb)
      assert.truthy(why:find("delivered", 1, true), verb)
    end
    assert.truthy(sim.climate:delay(object.id, { force = true, year = 2031 }))
    assert.equal(2031, again(object).expected_delivery_year)
    local _, why = sim.climate:deliver("climorder_x")
    assert.equal("no such climate order: climorder_x", why)
  end)

  describe("lists and retrievals", function()
    it("show orders newest first, in pages", function()
      local ids = {}
      for i = 3, 1, -1 do
        ids[i] = order().id
        sim:advance(1)
      end
      local page = get("/v1/climate/orders", "limit=2")
      assert.same({ ids[1], ids[2] }, { page.data[1].id, page.data[2].id })
      assert.is_true(page.has_more)
      assert.equal("/v1/climate/orders", page.url)
      page = get("/v1/climate/orders", "limit=2&starting_after=" .. ids[2])
      assert.same({ ids[3] }, { page.data[1].id })
      assert.is_false(page.has_more)
    end)

    it("have no created filter", function()
      for _, noun in ipairs { "orders", "products", "suppliers" } do
        refused(400, "parameter_unknown", "created", get("/v1/climate/" .. noun, "created=1"))
      end
    end)

    it("answer 404 for unknown ids", function()
      local message = refused(404, "resource_missing", "id", get("/v1/climate/orders/climorder_x"))
      assert.equal("No such climate order: 'climorder_x'", message)
      assert.equal(404, select(2, get("/v1/climate/products/climsku_x")))
      assert.equal(404, select(2, get("/v1/climate/suppliers/climsup_x")))
      assert.equal(404, select(2, post("/v1/climate/orders/climorder_x/cancel")))
    end)

    it("expand the product of an order", function()
      local object = order()
      local whole = get("/v1/climate/orders/" .. object.id, "expand[]=product")
      assert.equal("Frontier's 2027 offtake portfolio", whole.product.name)
      assert.equal("climsup_charm_industrial", whole.product.suppliers[1].id)
      local list = get("/v1/climate/orders", "expand[]=data.product")
      assert.equal(PORTFOLIO, list.data[1].product.id)
    end)
  end)

  describe("products and suppliers", function()
    it("have readable ids, prices per ton with fees, and decimal stock", function()
      local product = get("/v1/climate/products/" .. PORTFOLIO)
      assert.same({ amount_subtotal = 55000, amount_fees = 1650, amount_total = 56650 },
        product.current_prices_per_metric_ton.usd)
      assert.same({ 2027, "1000000", false },
        { product.delivery_year, product.metric_tons_available, product.livemode })
      local supplier = get("/v1/climate/suppliers/climsup_charm_industrial")
      assert.same({ "Charm Industrial", "biomass_carbon_removal_and_storage", "US" },
        { supplier.name, supplier.removal_pathway, supplier.locations[1].country })
      assert.is_nil(supplier.created)
    end)

    it("cover all pathways; a delivery year may be past or null", function()
      local pathways, past, none = {}, 0, 0
      for _, supplier in ipairs(get("/v1/climate/suppliers").data) do
        pathways[supplier.removal_pathway] = true
      end
      for _, product in ipairs(get("/v1/climate/products").data) do
        assert.truthy(product.id:find("^climsku_"))
        if not product.delivery_year then none = none + 1 end
        if product.delivery_year and product.delivery_year < 2025 then past = past + 1 end
      end
      assert.same({ biomass_carbon_removal_and_storage = true, direct_air_capture = true,
        enhanced_weathering = true, marine_carbon_removal = true }, pathways)
      assert.same({ 1, 1 }, { past, none })
    end)

    it("of no year are expected the year after", function()
      assert.equal(2026,
        order("metric_tons=1", "climsku_frontier_mixed_portfolio").expected_delivery_year)
    end)

    it("are read only", function()
      assert.equal(404, select(2, post("/v1/climate/products", "name=x")))
      assert.equal(404, select(2, post("/v1/climate/suppliers/climsup_heirloom", "name=x")))
    end)

    it("announce new prices and stock; confirmed orders keep their price", function()
      local object = order("metric_tons=1")
      sim.climate:price(PORTFOLIO, { usd = 60000 })
      sim.climate:stock(PORTFOLIO, "12.5")
      assert.equal(55000, again(object).amount_subtotal)
      assert.equal(60000, order("metric_tons=1").amount_subtotal)
      local told = events("climate.product.pricing_updated")
      assert.equal(60000,
        told[1].data.object.current_prices_per_metric_ton.usd.amount_subtotal)
      assert.equal("12.5", told[2].data.object.metric_tons_available)
    end)

    it("can be new, with climate.product.created", function()
      assert.truthy(sim.climate:product("climsku_new_2031", { name = "New", delivery_year = 2031,
        metric_tons = "5", prices = { usd = 100 }, suppliers = { "climsup_heirloom" } }))
      assert.equal("climsku_new_2031", events("climate.product.created")[1].data.object.id)
      assert.equal(100, order("metric_tons=1", "climsku_new_2031").amount_subtotal)
    end)

    it("refuse prices and stock that are none", function()
      assert.is_nil((sim.climate:price(PORTFOLIO, { usd = 1.5 })))
      assert.is_nil((sim.climate:price(PORTFOLIO, {})))
      assert.is_nil((sim.climate:price("climsku_x", { usd = 1 })))
      assert.is_nil((sim.climate:stock(PORTFOLIO, "-1")))
      assert.is_nil((sim.climate:stock(PORTFOLIO, "many")))
      assert.is_nil((sim.climate:product("climsku_bad", { prices = { usd = -1 } })))
    end)
  end)

  it("gives the same answers for the same seed", function()
    local first = order().id
    a = asking.open()
    post = a.post
    assert.equal(first, order().id)
  end)
end)
