--- Amounts of money: the API's whole numbers of minor units, and the decimals that people read.
--
-- The API takes and gives amounts in the smallest unit of a currency: 1234 is 12.34 USD, 1234 JPY
-- and 1.234 KWD. Nothing here uses floating point. The rules are those of Stripe's page on
-- supported currencies (docs.stripe.com/currencies); a currency that it does not name there has
-- two digits.
--
--    money.to_minor("12.34", "usd")   --> 1234
--    money.from_minor(1234, "usd")    --> the decimal 12.34
--    money.format(500, "jpy")         --> "500 JPY"
--
-- @module stripe.money

local decimal = require("stripe.core").decimal

local money = {}

local function set(codes)
  local result = {}
  for code in codes:gmatch("[%a_]+") do result[code] = true end
  return result
end

local NO_DIGITS = set("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf")

-- The last of the three digits is always 0: payment partners take no thousandths.
local THREE_DIGITS = set("bhd jod kwd omr tnd")

-- These lost their fraction, yet are still sent with two digits, which are always 00.
local WHOLE_UNITS = set("isk ugx")

local function check_currency(currency)
  if type(currency) ~= "string" or not currency:match("^%a%a%a$") then
    error("a currency is a three-letter code such as \"usd\"", 3)
  end
  return currency:lower()
end

local function check_mode(mode)
  if mode == nil or pcall(decimal.round, 0, mode) then return end
  error(("%q is no way to round: half_even, half_up, half_down, up, down, ceiling or floor")
    :format(tostring(mode)), 3)
end

-- Above this no currency's minor units fit an integer; below it no step here can overflow.
local LIMIT = decimal.new("1000000000000000000")

local function read(amount)
  if type(amount) ~= "string" and type(amount) ~= "number" and not decimal.is_decimal(amount) then
    error("an amount is text, a number or a decimal, not a " .. type(amount), 3)
  end
  local value, message = decimal.new(amount)
  if not value then return nil, "amount: " .. message end
  if value:abs() > LIMIT then return nil, "amount: too large" end
  return value
end

local function exponent(code)
  if NO_DIGITS[code] then return 0 end
  return THREE_DIGITS[code] and 3 or 2
end

-- How many of the digits behind the point may be other than 0.
local function places(code)
  if NO_DIGITS[code] or WHOLE_UNITS[code] then return 0 end
  return 2
end

local function scale(code)
  return ({ [0] = 1, [2] = 100, [3] = 1000 })[exponent(code)]
end

--- How many digits behind the point an amount of the API stands for.
-- @tparam string currency three-letter code, in either case
-- @treturn integer 0, 2 or 3
function money.exponent(currency)
  return exponent(check_currency(currency))
end

--- An amount as the API takes it.
-- @tparam string|number|stripe.decimal amount such as `"12.34"`; a float of at most 15 digits
-- @tparam string currency three-letter code, in either case
-- @tparam[opt] string mode how to round what the currency cannot hold: `half_even`, `half_up`,
--   `half_down`, `up`, `down`, `ceiling`, `floor`; without it such an amount is refused
-- @treturn integer minor units, such as 1234
-- @treturn[2] nil
-- @treturn[2] string what is wrong with the amount
function money.to_minor(amount, currency, mode)
  local code = check_currency(currency)
  check_mode(mode)
  local exact, message = read(amount)
  if not exact then return nil, message end
  local rounded = exact:round(mode or "down", places(code))
  if not mode and rounded ~= exact then
    return nil, ("amount: %s has more than the %d digits behind the point that %s takes; "
      .. "round it, or name a rounding mode"):format(exact:tostring(), places(code), code:upper())
  end
  local minor
  minor, message = rounded:mul(scale(code)):to_integer()
  if not minor then return nil, "amount: " .. message end
  return minor
end

--- What an amount of the API stands for.
-- @tparam integer amount minor units, such as 1234
-- @tparam string currency three-letter code, in either case
-- @treturn[1] stripe.decimal such as 12.34, with all the currency's digits
-- @treturn[2] nil
-- @treturn[2] string what is wrong with the amount
function money.from_minor(amount, currency)
  local code = check_currency(currency)
  local minor, message = read(amount)
  if not minor then return nil, message end
  if minor:round("down") ~= minor then return nil, "amount: minor units are whole numbers" end
  return minor:div(scale(code), exponent(code), "half_even")
end

--- The same as text for people: `money.format(-1234, "usd")` is `"-12.34 USD"`.
-- @tparam integer amount minor units
-- @tparam string currency three-letter code, in either case
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string what is wrong with the amount
function money.format(amount, currency)
  check_currency(currency)
  local value, message = money.from_minor(amount, currency)
  if not value then return nil, message end
  return value:tostring() .. " " .. currency:upper()
end

return money
