--- What the customer of an onramp session decides: the pair, the amounts, the wallet.
-- @module stripe.simulator.crypto.purchase

local assets = require "stripe.simulator.crypto.assets"
local places = require "stripe.simulator.crypto.places"
local prices = require "stripe.simulator.crypto.prices"

local purchase = {}

-- Whether a pair can be bought in a session: lists and place bind, single values are defaults.
local function allowed(account, object, currency, network)
  local details, private = object.transaction_details, account.store:private(object.id)
  local refuses = private.place and places.of(private.place).refuses
  return assets.on(currency, network) and assets.has(details.destination_currencies, currency)
    and assets.has(details.destination_networks, network)
    and not (refuses and refuses(currency, network))
    and (not private.headless or account.livemode or assets.headless(currency, network))
end

-- The pair to buy: what `choice` names, else the session's own, else the first one that has a
-- wallet, else the first one.
local function choose(account, object, choice)
  local details = object.transaction_details
  local currency = choice.destination_currency
  local network = choice.destination_network
  if not currency and not network then
    currency, network = details.destination_currency, details.destination_network
  end
  local first
  for _, pair in ipairs(assets.pairs(details.destination_currencies,
    details.destination_networks)) do
    local fits = (not currency or pair[1] == currency) and (not network or pair[2] == network)
    if fits and allowed(account, object, pair[1], pair[2]) then
      first = first or pair
      local wallets = details.wallet_addresses
      if wallets and wallets[assets.key(pair[2])] then return pair end
    end
  end
  return first
end

-- The customer's wallet: chosen, fixed, suggested, or made up. Nil and a message when the choice
-- is not a wallet or the wallet is locked.
local function wallet(account, object, network, chosen)
  local details = object.transaction_details
  local suggested = details.wallet_addresses and details.wallet_addresses[assets.key(network)]
  if chosen and not assets.address(network, chosen) then
    return nil, "not a wallet address of " .. network
  elseif details.lock_wallet_address then
    local locked = suggested or details.wallet_address
    if not locked then return nil, "the locked wallet isn't on " .. network end
    if chosen and chosen ~= locked then return nil, "the wallet address is locked" end
    return locked
  end
  return chosen or suggested or details.wallet_address
    or assets.wallet(account.ids, network)
end

-- The fees that were chosen, as text; nil and a message when one is no amount.
local function chosen_fees(fees)
  local texts = {}
  for name, value in pairs(fees or {}) do
    local text = tostring(value)
    if not prices.is_fee(text) then
      return nil, name .. " must be a decimal that is not negative"
    end
    texts[name] = text
  end
  return texts
end

--- Fills in what the customer decides while onboarding: the pair, the amounts, the fees and the
-- wallet. `choice` may name `destination_currency, destination_network, source_amount,
-- source_currency, wallet_address, fees`.
-- @treturn boolean true | nil, message
function purchase.price(account, object, choice)
  local details, private = object.transaction_details, account.store:private(object.id)
  local pair = choose(account, object, choice)
  if not pair then return nil, "this pair of currency and network isn't in the session's lists" end
  local currency, network = pair[1], pair[2]
  if choice.source_amount and not prices.valid(tostring(choice.source_amount), 2) then
    return nil, "source_amount must be a positive decimal with at most 2 decimals"
  end
  local fees, wrong_fee = chosen_fees(choice.fees)
  if not fees then return nil, wrong_fee end
  local address = details.wallet_address
  if choice.wallet_address or not private.headless then
    local message
    address, message = wallet(account, object, network, choice.wallet_address)
    if not address then return nil, message end
  end
  local money = choice.source_currency or details.source_currency or "usd"
  if not assets.has(prices.fiat, money) then return nil, "nothing is paid in " .. money end
  local amount, bought = choice.source_amount or details.source_amount
  if not choice.source_amount and details.destination_amount
    and details.destination_currency == currency and not private.pays then
    bought = prices.padded(currency, details.destination_amount)
    amount = prices.costs(account, currency, bought, money)
  else
    private.pays = true
    amount = prices.cents(tostring(amount or "100.00"))
    bought = prices.buys(account, currency, amount, money)
  end
  local network_fee, transaction_fee = prices.fees(network, amount, money)
  details.destination_currency, details.destination_network = currency, network
  details.destination_amount, details.source_amount = bought, amount
  details.source_currency, details.wallet_address = money, address
  details.fees = {
    network_fee_amount = fees.network_fee_amount or network_fee,
    transaction_fee_amount = fees.transaction_fee_amount or transaction_fee,
  }
  return true
end

return purchase
