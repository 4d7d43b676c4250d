--- The family climate of the simulator: orders, products, suppliers.
--
-- Settings of the account that are read here: `business_name` (the beneficiary when none is
-- given), `default_currency` ("usd"), `balance` (smallest units by currency, `{ usd = 100000 }`;
-- nil: enough for everything), `climate_cancel_window` (seconds in which an order can be canceled,
-- 86400).
-- @module stripe.simulator.climate

local core = require "stripe.core"
local catalogue = require "stripe.simulator.climate.catalogue"
local copy = require "stripe.simulator.copy"
local other_side = require "stripe.simulator.climate.controls"
local errors = require "stripe.simulator.errors"
local metadata = require "stripe.simulator.metadata"
local money = require "stripe.simulator.climate.money"
local order = require "stripe.simulator.climate.order"

local operations = {}

local function product_for_sale(account, id)
  local product, err = account.store:refer("climate.product", id, "product")
  if not product then return nil, err end
  if account.store:private(id).inactive then
    return nil, errors.invalid(("The product '%s' is not active and can't be ordered.")
      :format(id), "product", "product_inactive")
  end
  return product
end

local function price_in(product, currency)
  local price = product.current_prices_per_metric_ton[currency]
  local subtotal = price and price.amount_subtotal or 0 -- a loaded product may lack it
  if subtotal > 0 then return subtotal end
  return nil, errors.invalid(("The product '%s' has no price in the currency '%s'.")
    :format(product.id, currency), "currency")
end

-- How much: the subtotal and the tons, one computed from the other.
local function quantity(params, price)
  local amount, asked = params.amount, params.metric_tons
  if amount ~= nil and asked ~= nil then
    return nil, errors.invalid("Received both amount and metric_tons parameters. "
      .. "Please pass in only one.", "amount", "parameters_exclusive")
  elseif asked ~= nil then
    local tons = money.tons(asked)
    local cost = tons and money.cost(tons, price)
    if cost and cost > 0 then return cost, tons end
    return nil, errors.invalid(tons and "The cost of this many metric tons can't be charged."
      or "Invalid decimal: metric_tons must not be negative, nor longer than 40 characters.",
      "metric_tons")
  elseif amount ~= nil then
    if amount < 1 then
      return nil, errors.invalid("Invalid positive integer", "amount",
        "parameter_invalid_integer")
    end
    local tons = money.mass(amount, price)
    if tons ~= "0" then return amount, tons end
    return nil, errors.invalid("This amount buys less than a gram of carbon removal.", "amount")
  end
  return nil, errors.missing_param("amount")
end

-- Nobody named: the account itself, by its business name.
local function default_beneficiary(account)
  local name = account.settings.business_name
  return name and { public_name = name } or nil
end

operations["climate.orders.create"] = function(account, request)
  local params = request.params
  local product, err = product_for_sale(account, params.product)
  if not product then return nil, err end
  local currency = (params.currency or account.settings.default_currency or "usd"):lower()
  local price, no_price = price_in(product, currency)
  if not price then return nil, no_price end
  local subtotal, tons = quantity(params, price)
  if not subtotal then return nil, tons end
  if money.less(product.metric_tons_available, tons) then
    return nil, errors.invalid(("Only %s metric tons of '%s' are available.")
      :format(product.metric_tons_available, product.id), "product", "out_of_inventory")
  end
  local now = account.clock:now()
  local fees = money.fees(subtotal)
  return order.open(account, {
    id = account.ids:new("climorder_"), object = "climate.order",
    amount_fees = fees, amount_subtotal = subtotal, amount_total = subtotal + fees,
    beneficiary = params.beneficiary and { public_name = params.beneficiary.public_name }
      or default_beneficiary(account),
    created = now, currency = currency, delivery_details = {},
    expected_delivery_year = product.delivery_year or order.year(now) + 1,
    livemode = account.livemode, metadata = metadata.merge(nil, params.metadata),
    metric_tons = tons, product = product.id,
  })
end

operations["climate.orders.retrieve"] = function(account, request)
  return account.store:show("climate.order", request.ids[1])
end

operations["climate.orders.list"] = function(account, request)
  return account.store:show_page("climate.order", request)
end

operations["climate.orders.update"] = function(account, request)
  local object, err = account.store:find("climate.order", request.ids[1])
  if not object then return nil, err end
  local merged, too_many = metadata.merge(object.metadata, request.params.metadata)
  if not merged then return nil, too_many end
  local beneficiary = request.params.beneficiary
  if beneficiary == core.null then
    object.beneficiary = default_beneficiary(account)
  elseif beneficiary ~= nil then
    local name = beneficiary.public_name
    object.beneficiary = name ~= core.null and { public_name = name }
      or default_beneficiary(account)
  end
  object.metadata = merged
  return object
end

operations["climate.orders.cancel"] = function(account, request)
  local object, err = account.store:find("climate.order", request.ids[1])
  if not object then return nil, err end
  local why_not = order.uncancelable(account, object)
  if why_not then return nil, errors.invalid(why_not, nil, "status_transition_invalid") end
  return order.cancel(account, object, "requested")
end

for _, noun in ipairs { "product", "supplier" } do
  local kind = "climate." .. noun
  operations[kind .. "s.retrieve"] = function(account, request)
    return account.store:show(kind, request.ids[1])
  end
  operations[kind .. "s.list"] = function(account, request)
    return account.store:show_page(kind, request)
  end
end

-- Run 30 days after a spot purchase; orders that ended otherwise, or were confirmed anew, stay.
local function deliver_spot(account, id)
  local confirmed_at = account.store:get("climate.order", id).confirmed_at
  if confirmed_at and confirmed_at + order.SPOT_SECONDS <= account.clock:now() then
    other_side.controls.deliver(account, id)
  end
end

-- What a loaded order lacks of what the steps of its life need.
local function loaded_order(account, object)
  local fees = object.amount_fees or 0
  local subtotal = object.amount_subtotal or (object.amount_total or fees) - fees
  copy.complete(object, {
    amount_fees = fees, amount_subtotal = subtotal, amount_total = subtotal + fees,
    currency = account.settings.default_currency or "usd", delivery_details = {},
    expected_delivery_year = order.year(object.created) + 1, metadata = {}, metric_tons = "1",
    status = "confirmed",
  })
end

local function loaded_product(_, object)
  copy.complete(object, {
    current_prices_per_metric_ton = {}, metric_tons_available = "0", name = object.id,
    suppliers = {},
  })
end

return {
  name = "climate",
  kinds = {
    ["climate.order"] = "climorder_",
    ["climate.product"] = "climsku_",
    ["climate.supplier"] = "climsup_",
  },
  seed = catalogue.seed,
  operations = operations,
  controls = other_side.controls,
  takes = other_side.takes,
  timers = { deliver_spot = deliver_spot },
  loaded = { ["climate.order"] = loaded_order, ["climate.product"] = loaded_product },
}
