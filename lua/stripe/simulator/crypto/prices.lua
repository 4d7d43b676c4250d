--- What crypto costs in the simulator, exactly: decimal text in, decimal text out.
--
-- The table begins near the figures of the API's examples: 100 USD buy about 0.0291 eth, with
-- 0.07 of network fee on base and 4.04 of transaction fee.
-- @module stripe.simulator.crypto.prices

local assets = require "stripe.simulator.crypto.assets"
local decimal = require("stripe.core").decimal

local prices = {}

local KEY = "crypto.prices" -- private state of the account: prices that a test changed

-- US dollars for one.
local usd = {
  avax = "27.64", btc = "62238.21", eth = "3432.42", matic = "0.56", sol = "153.01",
  usdc = "1", usdt = "1", wld = "2.31", xlm = "0.0917",
}

-- US dollars for one of each currency that a purchase can be paid in.
local fiat = {
  cad = "0.731", cop = "0.000245", eur = "1.08", gbp = "1.27", php = "0.0171", usd = "1",
}

--- The currencies that a purchase can be paid in.
prices.fiat = { "cad", "cop", "eur", "gbp", "php", "usd" }

-- US dollars that a transfer costs.
local network_fee = {
  avalanche = "0.06", base = "0.07", bitcoin = "11.89", ethereum = "3.15", optimism = "0.09",
  polygon = "0.02", solana = "0.01", stellar = "0.01", sui = "0.01", tempo = "0.01",
  worldchain = "0.05",
}

-- 2.04 dollars and 2 % of amount and network fee, rounded down: this gives the fees of all
-- examples (4.04 on avalanche, base and solana; 4.27 on bitcoin).
local FLAT, RATE = "2.04", "0.02"

-- Longer texts are no amounts; the arithmetic has 128 digits.
local LONGEST, MOST_PLACES = 40, 18

local function price(account, currency)
  local changed = account.store:private(KEY)
  return decimal.new(changed[currency] or usd[currency])
end

local function to_fiat(dollars, currency, mode)
  return decimal.div(dollars, fiat[currency], 2, mode)
end

--- Whether decimal text is more than nothing and has at most so many fraction digits.
function prices.valid(text, places)
  if type(text) ~= "string" or #text > LONGEST then return false end
  local value = decimal.new(text)
  return value ~= nil and value:sign() > 0 and value == value:round("down", places)
end

--- Whether text is a decimal that a fee can be.
function prices.is_fee(text)
  local value = #text <= LONGEST and decimal.new(text)
  return value and value:sign() >= 0
end

--- Changes a price: US dollars for one, as decimal text or an integer. Quotes made from now on
-- use it.
-- @treturn table { currency =, usd = }, or nil and a message
function prices.set(account, currency, dollars)
  if not usd[currency] then return nil, "no such currency: " .. tostring(currency) end
  if type(dollars) == "table" then dollars = dollars.usd end
  local text = tostring(dollars)
  if not prices.valid(text, MOST_PLACES) then return nil, "a price is a positive decimal" end
  account.store:private(KEY)[currency] = text
  return { currency = currency, usd = text }
end

--- The fees of a purchase on a network, in the currency that it is paid with.
-- @treturn string network fee
-- @treturn string transaction fee
function prices.fees(network, source_amount, source_currency)
  local for_network = to_fiat(network_fee[network], source_currency, "half_up")
  local flat = to_fiat(FLAT, source_currency, "half_up")
  local share = (decimal.new(source_amount) + for_network) * RATE
  return tostring(for_network), tostring((flat + share):round("down", 2))
end

--- What an amount of money buys, fees not taken from it: as many fraction digits as the asset
-- has, rounded down.
function prices.buys(account, currency, source_amount, source_currency)
  local dollars = decimal.mul(source_amount, fiat[source_currency])
  return tostring(dollars:div(price(account, currency), assets.decimals[currency], "down"))
end

--- What an amount of an asset costs without fees: rounded up to whole cents.
function prices.costs(account, currency, amount, source_currency)
  local dollars = decimal.mul(amount, price(account, currency))
  return tostring(dollars:div(fiat[source_currency], 2, "up"))
end

--- An amount with exactly as many fraction digits as its asset has.
function prices.padded(currency, amount)
  return tostring(decimal.round(amount, "down", assets.decimals[currency]))
end

--- Money with exactly two fraction digits.
function prices.cents(amount)
  return tostring(decimal.round(amount, "down", 2))
end

--- Their sum.
function prices.total(amount, ...)
  local sum = decimal.new(amount)
  for i = 1, select("#", ...) do sum = sum + (select(i, ...)) end
  return tostring(sum)
end

return prices
