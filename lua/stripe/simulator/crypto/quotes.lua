--- Onramp quotes: every valid pair of the currencies and networks asked for, with fees.
-- @module stripe.simulator.crypto.quotes

local core = require "stripe.core"
local amounts = require "stripe.simulator.crypto.amounts"
local assets = require "stripe.simulator.crypto.assets"
local errors = require "stripe.simulator.errors"
local prices = require "stripe.simulator.crypto.prices"

local quotes = {}

-- The networks that an answer has a member for.
local answered = { "avalanche", "base", "bitcoin", "ethereum", "optimism", "polygon", "solana",
  "stellar", "worldchain" }

local ID_DIGITS = 64

-- A purchase of an amount of an asset: exactly one pair.
local function read_bought(params, ask)
  for _, name in ipairs { "destination_currencies", "destination_networks" } do
    if not params[name] or #params[name] ~= 1 then
      return nil, errors.invalid("destination_amount needs exactly one of destination_currencies "
        .. "and exactly one of destination_networks.", name,
        "crypto_onramp_incomplete_destination_currency_and_network_pair")
    end
  end
  local currency, network = ask.currencies[1], ask.networks[1]
  local err = amounts.pair(currency, network, "destination_networks")
    or amounts.destination(params.destination_amount, currency)
  if err then return nil, err end
  ask.bought = prices.padded(currency, params.destination_amount)
  return ask
end

-- What is asked for: `{ money, currencies, networks, amount | bought }`, or nil and an error.
local function read(params)
  local ask = {
    money = params.source_currency or "usd",
    currencies = params.destination_currencies or assets.currencies,
    networks = params.destination_networks or assets.networks,
  }
  local amount = params.source_amount
  local err = amounts.exclusive(params) or amount and amounts.source(amount)
  if err then return nil, err end
  if params.destination_amount ~= nil then return read_bought(params, ask) end
  ask.amount = prices.cents(amount or "100.00")
  return ask
end

local function quote(account, ask, currency, network)
  local network_fee, transaction_fee = prices.fees(network, ask.amount, ask.money)
  return {
    id = account.ids:hex(ID_DIGITS),
    destination_amount = ask.bought or prices.buys(account, currency, ask.amount, ask.money),
    destination_currency = currency, destination_network = network,
    fees = { network_fee_monetary = network_fee, transaction_fee_monetary = transaction_fee },
    source_total_amount = prices.total(ask.amount, network_fee, transaction_fee),
  }
end

--- Answers `GET /v1/crypto/onramp/quotes`.
-- @treturn table crypto.onramp.quotes | nil, err
function quotes.retrieve(account, request)
  local ask, err = read(request.params)
  if not ask then return nil, err end
  if ask.bought then
    ask.amount = prices.costs(account, ask.currencies[1], ask.bought, ask.money)
  end
  local by_network = {}
  for _, network in ipairs(answered) do
    local list = {}
    if assets.has(ask.networks, network) then
      for _, pair in ipairs(assets.pairs(ask.currencies, { network })) do
        list[#list + 1] = quote(account, ask, pair[1], network)
      end
    end
    -- With an amount to be bought, networks that weren't asked for are null rather than empty.
    if #list == 0 then list = ask.bought and core.null or core.empty_array end
    by_network[assets.key(network)] = list
  end
  return {
    id = account.ids:hex(ID_DIGITS), object = "crypto.onramp.quotes",
    destination_network_quotes = by_network, livemode = account.livemode,
    -- Never a whole second, so that it always reads as a float.
    rate_fetched_at = account.clock:now() + (account.ids:below(4096) + 0.5) / 4096,
    source_amount = ask.amount, source_currency = ask.money,
  }
end

return quotes
