--- What carbon costs: money in minor units of its currency, mass as decimal text, all exact.
--
-- A subtotal is the tons times the price of a ton, half a unit rounded up; fees are three percent
-- of it, half a unit rounded up. [docs.stripe.com/api/climate/order: 550 has fees of 17] Where the
-- prices of a product show other fees, those of one ton are scaled.
-- @module stripe.workflow.climate.price

local decimal = require("stripe.core").decimal

local Price = {}

local FEE_RATE = decimal.new("0.03")

-- Stripe does not say how finely tons are counted; a millionth of one is a gram.
local PLACES = 6

local function integer(value) return assert(value:to_integer()) end

local function half_up(value) return integer(value:round("half_up", 0)) end

--- Decimal text in its shortest form: "1.50" becomes "1.5".
-- @param value decimal, text or number
-- @treturn string
function Price.plain(value)
  local text = tostring(assert(decimal.new(value)))
  if text:find(".", 1, true) then text = text:gsub("0+$", ""):gsub("%.$", "") end
  return text
end

--- The fees on a subtotal at a product's price.
-- @tparam integer subtotal minor units
-- @tparam table price of one ton: `amount_subtotal`, `amount_fees`
-- @treturn integer
function Price.fees(subtotal, price)
  if half_up(FEE_RATE:mul(price.amount_subtotal)) == price.amount_fees then
    return half_up(FEE_RATE:mul(subtotal))
  end
  return half_up(decimal.mul(subtotal, price.amount_fees):div(price.amount_subtotal, 12,
    "half_up"))
end

--- What so many tons cost: subtotal, fees, total.
-- @param tons decimal, text or number
-- @tparam table price of one ton
-- @treturn integer
-- @treturn integer
-- @treturn integer
function Price.of(tons, price)
  local subtotal = half_up(decimal.mul(tons, price.amount_subtotal))
  local fees = Price.fees(subtotal, price)
  return subtotal, fees, subtotal + fees
end

--- The greatest subtotal that stays within an amount when its fees are added.
-- @tparam integer amount minor units
-- @tparam table price of one ton
-- @treturn integer
function Price.subtotal_within(amount, price)
  local guess = integer(decimal.mul(amount, price.amount_subtotal)
    :div(price.amount_subtotal + price.amount_fees, 0, "down")) + 2
  while guess > 0 and guess + Price.fees(guess, price) > amount do guess = guess - 1 end
  return guess
end

--- The tons that a subtotal buys, whole grams, rounded down.
-- @tparam integer subtotal minor units
-- @tparam table price of one ton
-- @treturn stripe.decimal
function Price.mass(subtotal, price)
  return decimal.div(subtotal, price.amount_subtotal, PLACES, "down")
end

return Price
