--- Buys carbon removal and follows the order until it is delivered.
--
--   lua5.4 examples/climate.lua [TONS] [--live] [--yes]

local setup = dofile((arg[0]:match("^(.*)/") or ".") .. "/setup.lua")
local say, try, date = setup.say, setup.try, setup.date
local decimal, money = setup.stripe.decimal, setup.stripe.money

local client, simulator = setup.open()
local tons = setup.words[1] or "1.5"

--- The cheapest product with enough stock, and its price of one ton in US dollars.
local function choose(products)
  local best, best_price
  for product, err in products:each() do
    try(product, err)
    local price = product.current_prices_per_metric_ton.usd
    if price and decimal.cmp(product.metric_tons_available, tons) >= 0
      and (not best or price.amount_total < best_price.amount_total) then
      best, best_price = product, price
    end
  end
  return best, best_price
end

local product, price = choose(try(client.climate.products:list { limit = 20 }))
if not product then
  say("No product has %s tons in stock.", tons)
  os.exit(1)
end

say("%s", product.name)
for _, supplier in ipairs(product.suppliers) do
  say("  by %s (%s)", supplier.name, (supplier.removal_pathway:gsub("_", " ")))
end
say("  %s a ton, fees included", money.format(price.amount_total, "usd"))
local cost = decimal.mul(tons, price.amount_total):round("up", 0)
setup.confirm(("Buy %s tons for about %s?"):format(tons, money.format(tostring(cost), "usd")),
  simulator)

local order = try(client.climate.orders:create {
  product = product.id,
  metric_tons = tons,
  currency = "usd",
  beneficiary = { public_name = "Rocket Rides" },
  metadata = { project = "2026 offsets" },
})
say("Order %s is %s: %s t for %s (%s of it fees).", order.id, order.status, order.metric_tons,
  money.format(order.amount_total, "usd"), money.format(order.amount_fees, "usd"))
say("Delivery is expected in %d.", order.expected_delivery_year)

if simulator then
  simulator:advance(200 * 24 * 3600)
  simulator.climate:deliver(order.id)
end

order = try(client.climate.orders:retrieve(order.id))
if order.status == "delivered" then
  say("Delivered on %s. Certificate: %s", date(order.delivered_at), order.certificate)
  for _, delivery in ipairs(order.delivery_details) do
    say("  %s t by %s, registered at %s", delivery.metric_tons, delivery.supplier.name,
      delivery.registry_url or "(no registry)")
  end
else
  say("It is %s; run `retrieve` again later, or listen for climate.order.delivered.", order.status)
end
