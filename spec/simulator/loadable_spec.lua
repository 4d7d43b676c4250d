--- What objects have to be like to be loaded.

local simulator = require "stripe.simulator"
local stripe = require "stripe"

describe("loading an object", function()
  local sim, client

  before_each(function()
    sim = simulator.new { clock = 1750000000 }
    client = stripe.new { api_key = "sk_test_1", transport = sim }
  end)

  local function refuses(problem, kind, members)
    members.object = kind
    local done, why = sim:load { members }
    assert.is_nil(done)
    assert.equal("object 1: " .. problem, why)
  end

  it("refuses numbers where the API has text", function()
    refuses("type: text expected", "event", { type = 5 })
    refuses("suppliers[1].name: text expected", "climate.product", { suppliers = { { name = 5 } } })
    refuses("verified_outputs.first_name: text expected", "identity.verification_session",
      { verified_outputs = { first_name = 5 } })
  end)

  it("refuses amounts that are no decimals, negative or endless", function()
    local expected = ": a decimal that is not negative, of at most 40 characters, expected"
    for _, tons in ipairs { "abc", "", "-1", "1e3", ("9"):rep(41), -1 } do
      refuses("metric_tons" .. expected, "climate.order", { metric_tons = tons })
    end
    refuses("transaction_details.fees.network_fee_amount" .. expected, "crypto.onramp_session",
      { transaction_details = { fees = { network_fee_amount = "much" } } })
  end)

  it("refuses anything but an object where the API has one", function()
    refuses("data: an object expected", "event", { data = { "x" } })
    refuses("verified_outputs: a table expected", "identity.verification_session",
      { verified_outputs = "x" })
  end)

  it("takes numbers as amounts and in metadata", function()
    assert(sim:load { { object = "climate.order", id = "climorder_1", metric_tons = 2.5,
      metadata = { n = 1 }, product = "climsku_frontier_offtake_portfolio_2027" } })
    local order = client.climate.orders:retrieve("climorder_1")
    assert.same({ "2.5", "1" }, { order.metric_tons, order.metadata.n })
  end)

  it("takes prices without amounts, of which nothing can be bought", function()
    for _, price in ipairs { {}, { amount_subtotal = 0, amount_fees = 0, amount_total = 0 } } do
      assert(sim:load { { object = "climate.product", id = "climsku_1",
        metric_tons_available = "10", current_prices_per_metric_ton = { usd = price } } })
      local _, err = client.climate.orders:create { product = "climsku_1", amount = 100 }
      assert.same({ 400, "currency" }, { err.status, err.param })
    end
  end)

  it("takes suppliers without a location, whose deliveries have none", function()
    assert(sim:load { { object = "climate.product", id = "climsku_1", metric_tons_available = "10",
      suppliers = { { id = "climsup_1" } },
      current_prices_per_metric_ton = { usd = { amount_subtotal = 100 } } } })
    local order = assert(client.climate.orders:create { product = "climsku_1", metric_tons = "1" })
    assert(sim.climate:deliver(order.id))
    local details = client.climate.orders:retrieve(order.id).delivery_details
    assert.same({ 1, "climsup_1" }, { #details, details[1].supplier.id })
    assert.is_nil(details[1].location)
  end)

  it("takes an onramp session in any currency, which can't be paid in an unknown one", function()
    assert(sim:load { { object = "crypto.onramp_session", id = "cos_1",
      transaction_details = { source_currency = "xts" } } })
    local moved, why = sim.crypto:move("cos_1", { status = "requires_payment" })
    assert.is_nil(moved)
    assert.equal("nothing is paid in xts", why)
  end)

  it("gives an endpoint with an empty secret a secret of its own", function()
    assert(sim:load { { object = "webhook_endpoint", url = "http://app.test/", secret = "" } })
    local signature
    sim:deliver_to("http://app.test", function(_, headers)
      signature = headers["stripe-signature"]
      return 200
    end)
    sim.events:trigger "climate.order.created"
    assert.matches("v1=%x+", signature)
  end)
end)
