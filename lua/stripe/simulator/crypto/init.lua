--- The family crypto of the simulator: onramp sessions and quotes.
--
-- Settings of the account that are read here: `business_name` and `business_url` (without both, no
-- session can be created), `minting_disabled` (true, or the time of the outage),
-- `crypto_checkout_error` (the `last_error` with which every headless checkout ends).
-- @module stripe.simulator.crypto

local amounts = require "stripe.simulator.crypto.amounts"
local headless = require "stripe.simulator.crypto.headless"
local prices = require "stripe.simulator.crypto.prices"
local quotes = require "stripe.simulator.crypto.quotes"
local session = require "stripe.simulator.crypto.session"
local shape = require "stripe.simulator.shape"
local validation = require "stripe.simulator.crypto.validation"

local operations = {}

operations["crypto.onramp_sessions.create"] = function(account, request)
  local err = validation.create(account, request)
  if err then return nil, err end
  return session.create(account, request.params)
end

operations["crypto.onramp_sessions.retrieve"] = function(account, request)
  return account.store:show(session.kind, request.ids[1])
end

operations["crypto.onramp_sessions.list"] = function(account, request)
  local params = request.params
  local function filter(object)
    local details = object.transaction_details
    return (not params.status or object.status == params.status)
      and (not params.destination_currency
        or details.destination_currency == params.destination_currency)
      and (not params.destination_network
        or details.destination_network == params.destination_network)
  end
  local filtered = params.status or params.destination_currency or params.destination_network
  return account.store:show_page(session.kind, request, filtered and filter)
end

operations["crypto.onramp_sessions.quote"] = headless.quote
operations["crypto.onramp_sessions.checkout"] = headless.checkout
operations["crypto.onramp_quotes.retrieve"] = quotes.retrieve

return {
  name = "crypto",
  kinds = { [session.kind] = "cos_" },
  operations = operations,
  loaded = { [session.kind] = session.complete },
  problems = {
    ["crypto.onramp_sessions.create"] = amounts.problem,
    ["crypto.onramp_quotes.retrieve"] = amounts.problem,
  },
  controls = { move = session.move, checkout = headless.outcome, price = prices.set },
  takes = {
    move = session.TAKES,
    checkout = { "string", { last_error = "string", times = "integer" } },
    price = { "string", shape.either("scalar", { usd = "scalar" }) },
  },
}
