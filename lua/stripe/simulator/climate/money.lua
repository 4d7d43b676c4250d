--- Money and mass of climate orders, exactly: integers in the currency's smallest unit, and
-- metric tons as decimal text. No floating point is used.
-- @module stripe.simulator.climate.money

local decimal = require("stripe.core").decimal

local money = {}

-- The API's examples: 55000 a ton and 1650 of fees; 550 and 17, so that 16.5 was rounded up.
local FEE_RATE = "0.03"

-- The sources don't say how finely tons are counted. A millionth of a ton is a gram.
local PLACES = 6

-- Longer texts are no amounts of carbon; the arithmetic has 128 digits.
local LONGEST = 40

-- "1.500" -> "1.5", "2.000" -> "2"
local function plain(value)
  local text = tostring(value)
  if text:find(".", 1, true) then text = text:gsub("0+$", ""):gsub("%.$", "") end
  return text
end

--- The fees on a subtotal: 3 %, half a unit rounded up.
function money.fees(subtotal)
  return decimal.mul(subtotal, FEE_RATE):round("half_up"):to_integer()
end

--- Decimal text in its shortest form from text or an integer; nil when it is no decimal or is
-- negative.
function money.tons(value)
  if type(value) ~= "string" and type(value) ~= "number" then return nil end
  if #tostring(value) > LONGEST then return nil end
  local tons = decimal.new(value)
  if not tons or tons:sign() < 0 then return nil end
  return plain(tons)
end

--- What so many tons cost at a price per ton, half a unit rounded up; nil when that is too much for
-- an integer.
function money.cost(tons, price)
  return (decimal.mul(tons, price):round("half_up"):to_integer())
end

--- The tons that an amount buys at a price per ton, counted in whole grams and rounded down: an
-- order never claims more carbon than was paid for.
function money.mass(amount, price)
  return plain(decimal.div(amount, price, PLACES, "down"))
end

--- Adds or subtracts tons.
function money.add(tons, more)
  return plain(decimal.add(tons, more))
end

function money.subtract(tons, less)
  return plain(decimal.sub(tons, less))
end

--- Whether tons are less than others.
function money.less(tons, others)
  return decimal.cmp(tons, others) < 0
end

--- Divides tons among n, in grams; the first ones take what is left over.
function money.share(tons, n)
  local each = decimal.div(tons, n, PLACES, "down")
  local shares = {}
  local rest = decimal.new(tons)
  for i = n, 2, -1 do
    shares[i] = plain(each)
    rest = rest - each
  end
  shares[1] = plain(rest)
  return shares
end

return money
