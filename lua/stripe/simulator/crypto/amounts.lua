--- The amounts and pairs of onramp sessions and quotes, as the server refuses them.
-- @module stripe.simulator.crypto.amounts

local assets = require "stripe.simulator.crypto.assets"
local errors = require "stripe.simulator.errors"
local prices = require "stripe.simulator.crypto.prices"

local amounts = {}

local FIAT_PLACES = 2

--- An error by the end of its code.
function amounts.refuse(code, param, message)
  return errors.invalid(message, param, "crypto_onramp_" .. code)
end

local refuse = amounts.refuse

local function wrong_source_amount()
  return refuse("invalid_source_amount", "source_amount",
    "source_amount must be a positive decimal with at most 2 decimals.")
end

local function wrong_destination_amount(currency)
  local places = currency and (" with at most %d decimals for %s")
    :format(assets.decimals[currency], currency) or ""
  return refuse("invalid_destination_amount", "destination_amount",
    "destination_amount must be a positive decimal" .. places .. ".")
end

--- The error for the amount of money that a purchase is for, or nil.
function amounts.source(amount)
  if not prices.valid(amount, FIAT_PLACES) then return wrong_source_amount() end
end

--- The error for an amount of an asset, or nil.
function amounts.destination(amount, currency)
  if not prices.valid(amount, assets.decimals[currency]) then
    return wrong_destination_amount(currency)
  end
end

--- The error for both amounts, or nil.
function amounts.exclusive(params)
  if params.source_amount ~= nil and params.destination_amount ~= nil then
    return refuse("invalid_source_destination_pair", "destination_amount",
      "Only one of source_amount and destination_amount can be set.")
  end
end

--- The error for a pair that can't be bought, or nil.
function amounts.pair(currency, network, param)
  if not assets.on(currency, network) then
    return refuse("invalid_destination_currency_and_network_pair", param,
      ("%s isn't supported on %s."):format(currency, network))
  end
end

--- The error for an amount that isn't even a decimal, or has too many, by its code; nil for other
-- problems of parameters.
function amounts.problem(problem)
  if problem.kind == "unknown" then return nil end
  if problem.param == "source_amount" then return wrong_source_amount() end
  if problem.param == "destination_amount" then return wrong_destination_amount() end
end

return amounts
