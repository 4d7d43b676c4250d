--- The suppliers and products that a fresh simulator sells, and what changes them.
-- Prices are in the smallest unit of their currency, per metric ton, without fees; stock is
-- decimal text in metric tons. `climsku_frontier_offtake_portfolio_2027` and
-- `climsup_charm_industrial` are those of the API's own examples.
-- @module stripe.simulator.climate.catalogue

local copy = require "stripe.simulator.copy"
local money = require "stripe.simulator.climate.money"

local catalogue = {}

local suppliers = {
  {
    id = "climsup_charm_industrial", name = "Charm Industrial",
    info_url = "https://frontierclimate.com/portfolio/charm-industrial",
    removal_pathway = "biomass_carbon_removal_and_storage",
    locations = { { city = "San Francisco", region = "CA", country = "US",
      latitude = 37.7480408, longitude = -122.4057404 } },
  },
  {
    id = "climsup_heirloom", name = "Heirloom",
    info_url = "https://frontierclimate.com/portfolio/heirloom",
    removal_pathway = "direct_air_capture",
    locations = { { city = "Brisbane", region = "CA", country = "US",
      latitude = 37.6808, longitude = -122.3999 } },
  },
  {
    id = "climsup_lithos_carbon", name = "Lithos Carbon",
    info_url = "https://frontierclimate.com/portfolio/lithos-carbon",
    removal_pathway = "enhanced_weathering",
    locations = { { region = "NC", country = "US" } },
  },
  {
    id = "climsup_planetary", name = "Planetary",
    info_url = "https://frontierclimate.com/portfolio/planetary",
    removal_pathway = "marine_carbon_removal",
    locations = { { city = "Dartmouth", region = "NS", country = "CA",
      latitude = 44.6652, longitude = -63.5677 } },
  },
}

-- Oldest first: lists show them the other way round.
local products = {
  {
    id = "climsku_frontier_spot_biomass_2024", name = "Frontier's 2024 biomass spot tons",
    created = 1704067200, delivery_year = 2024, tons = "1250.5",
    prices = { usd = 42000, eur = 38900, gbp = 33100, jpy = 63000 },
    suppliers = { "climsup_charm_industrial" },
  },
  {
    id = "climsku_frontier_offtake_portfolio_2027", name = "Frontier's 2027 offtake portfolio",
    created = 1706745600, delivery_year = 2027, tons = "1000000",
    prices = { usd = 55000, eur = 51000, gbp = 43500, jpy = 82500 },
    suppliers = { "climsup_charm_industrial" },
  },
  {
    id = "climsku_enhanced_weathering_2028", name = "Enhanced weathering 2028",
    created = 1709251200, delivery_year = 2028, tons = "18000",
    prices = { usd = 37100, eur = 34400, gbp = 29300 },
    suppliers = { "climsup_lithos_carbon" },
  },
  {
    id = "climsku_marine_removal_2029", name = "Marine carbon removal 2029",
    created = 1711929600, delivery_year = 2029, tons = "6400.75",
    prices = { usd = 27500, eur = 25500, gbp = 21700 },
    suppliers = { "climsup_planetary" },
  },
  {
    id = "climsku_direct_air_capture_2030", name = "Direct air capture 2030",
    created = 1714521600, delivery_year = 2030, tons = "420",
    prices = { usd = 118000, eur = 109400 },
    suppliers = { "climsup_heirloom" },
  },
  {
    id = "climsku_frontier_mixed_portfolio", name = "Frontier's mixed portfolio",
    created = 1717200000, tons = "250000",
    prices = { usd = 61500, eur = 57000, gbp = 48600, jpy = 92000 },
    suppliers = { "climsup_charm_industrial", "climsup_heirloom", "climsup_lithos_carbon",
      "climsup_planetary" },
  },
}

local function price_table(prices)
  local out = {}
  for currency, subtotal in pairs(prices) do
    local fees = money.fees(subtotal)
    out[currency] = { amount_subtotal = subtotal, amount_fees = fees,
      amount_total = subtotal + fees }
  end
  return out
end

local function insert_product(account, given)
  local named = {}
  for i, id in ipairs(given.suppliers) do
    named[i] = copy.deep(account.store:get("climate.supplier", id))
  end
  local product = {
    id = given.id, object = "climate.product", created = given.created,
    current_prices_per_metric_ton = price_table(given.prices),
    delivery_year = given.delivery_year, livemode = account.livemode,
    metric_tons_available = given.tons, name = given.name, suppliers = named,
  }
  account.store:insert("climate.product", product)
  return product
end

--- Puts the suppliers and products into a new account.
function catalogue.seed(account)
  for _, supplier in ipairs(suppliers) do
    local object = copy.deep(supplier)
    object.object, object.livemode = "climate.supplier", account.livemode
    account.store:insert("climate.supplier", object)
  end
  for _, product in ipairs(products) do insert_product(account, product) end
end

-- What is wrong with a table of prices, or nil.
local function misprice(prices)
  if type(prices) ~= "table" or next(prices) == nil then return "a price is needed" end
  for currency, subtotal in pairs(prices) do
    if type(currency) ~= "string" or not currency:find("^%l%l%l$") then
      return "a price needs a currency such as usd"
    elseif type(subtotal) ~= "number" or subtotal <= 0 or subtotal % 1 ~= 0 then
      return "the price in " .. currency .. " must be a positive integer"
    end
  end
end

local function known(account, id)
  local product = account.store:get("climate.product", id)
  if not product then return nil, "no such climate product: " .. tostring(id) end
  return product
end

local function announce(account, product)
  account.events:emit("climate.product.pricing_updated", product)
  return product
end

--- Sets prices per metric ton, in smallest units without fees: `{ usd = 60000 }`. Currencies not
-- named keep theirs; orders already made keep the price that they were made at.
function catalogue.price(account, id, prices)
  local product, err = known(account, id)
  if not product then return nil, err end
  local wrong = misprice(prices)
  if wrong then return nil, wrong end
  for currency, price in pairs(price_table(prices)) do
    product.current_prices_per_metric_ton[currency] = price
  end
  return announce(account, product)
end

--- Sets what is left, in metric tons (decimal text or an integer), or
-- `{ metric_tons =, active = }`: a product that is not active can be looked at, not ordered.
function catalogue.stock(account, id, options)
  local product, err = known(account, id)
  if not product then return nil, err end
  if type(options) ~= "table" then options = { metric_tons = options } end
  if options.metric_tons == nil and options.active == nil then return nil, "no stock given" end
  if options.metric_tons ~= nil then
    local tons = money.tons(options.metric_tons)
    if not tons then return nil, "metric_tons must be a decimal that is not negative" end
    product.metric_tons_available = tons
  end
  if options.active ~= nil then
    account.store:private(id).inactive = not options.active or nil
  end
  return announce(account, product)
end

--- Brings a new product on the market: `{ name =, prices = { usd = 50000 }, metric_tons =,
-- delivery_year = nil, suppliers = { "climsup_heirloom" } }`.
function catalogue.introduce(account, id, options)
  options = options or {}
  if type(id) ~= "string" or not id:find("^climsku_[%w_]+$") then
    return nil, "a product id starts with climsku_"
  elseif account.store:get("climate.product", id) then
    return nil, "there is such a product already: " .. id
  end
  local wrong = misprice(options.prices)
  if wrong then return nil, wrong end
  local tons = money.tons(options.metric_tons or "0")
  if not tons then return nil, "metric_tons must be a decimal that is not negative" end
  local from = options.suppliers or { "climsup_charm_industrial" }
  for _, supplier in ipairs(from) do
    if not account.store:get("climate.supplier", supplier) then
      return nil, "no such climate supplier: " .. tostring(supplier)
    end
  end
  local product = insert_product(account, {
    id = id, name = options.name or id, created = account.clock:now(), tons = tons,
    delivery_year = options.delivery_year, prices = options.prices, suppliers = from,
  })
  account.events:emit("climate.product.created", product)
  return product
end

return catalogue
