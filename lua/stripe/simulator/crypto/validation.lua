--- What the server checks when an onramp session is created, in the order of the documentation's
-- table of errors. Names, types and enums were checked before.
-- @module stripe.simulator.crypto.validation

local amounts = require "stripe.simulator.crypto.amounts"
local assets = require "stripe.simulator.crypto.assets"
local errors = require "stripe.simulator.errors"
local is_ip_address = require "stripe.ip_address"
local places = require "stripe.simulator.crypto.places"

local validation = {}

local refuse = amounts.refuse

-- The account: is minting on, is the business set up?
local function check_account(account)
  local settings = account.settings
  if settings.minting_disabled then
    local since = settings.minting_disabled
    return errors.new {
      status = 400, type = "api_error", code = "crypto_onramp_disabled",
      updated = type(since) == "number" and since or account.clock:now(),
      message = "The v1/crypto/onramp_sessions endpoint has been disabled temporarily. "
        .. "Stripe will get in contact with you about details of the outage.",
    }
  elseif not settings.business_name or not settings.business_url then
    return refuse("merchant_not_properly_setup", nil, "Your account needs a business name and "
      .. "a business URL before it can create onramp sessions.")
  end
end

-- The customer's place.
local function check_place(params)
  local address = params.customer_ip_address
  if not address then return end
  if not is_ip_address(address) then
    return errors.invalid("Invalid IP address: " .. address, "customer_ip_address",
      "customer_ip_address")
  end
  local code = places.of(address).unsupported
  if code then
    return errors.invalid("Based on the information provided about the customer, we're "
      .. "currently unable to support them.", "customer_ip_address", code)
  end
end

local function check_source(params)
  if params.source_amount == nil then return end
  if params.source_currency == nil then
    return refuse("missing_source_currency", "source_currency",
      "source_amount needs source_currency.")
  end
  return amounts.source(params.source_amount)
end

local function check_destination_amount(params)
  if params.destination_amount == nil then return end
  if params.destination_currency == nil then
    return refuse("missing_destination_currency", "destination_currency",
      "destination_amount needs destination_currency and destination_network.")
  end
  return amounts.destination(params.destination_amount, params.destination_currency)
end

-- Amounts and the pair that they are about.
local function check_amounts(params)
  local currency, network = params.destination_currency, params.destination_network
  local both = amounts.exclusive(params)
  if both then return both end
  if (currency == nil) ~= (network == nil) then
    return refuse("incomplete_destination_currency_and_network_pair",
      currency == nil and "destination_currency" or "destination_network",
      "destination_currency and destination_network must be set together.")
  end
  local wrong = currency and amounts.pair(currency, network, "destination_network")
  if wrong then return wrong end
  return check_source(params) or check_destination_amount(params)
end

local function check_lists(params)
  local currencies, networks = params.destination_currencies, params.destination_networks
  local currency, network = params.destination_currency, params.destination_network
  for _, name in ipairs { "destination_currencies", "destination_networks" } do
    if params[name] and #params[name] == 0 then
      return errors.invalid(name .. " must not be empty.", name, "parameter_invalid_empty")
    end
  end
  local supported = assets.pairs(currencies or assets.all_currencies,
    networks or assets.all_networks)
  if #supported == 0 then
    return refuse("invalid_destination_currencies_and_networks", "destination_networks",
      "None of the destination_currencies is supported on any of the destination_networks.")
  elseif currency and currencies and not assets.has(currencies, currency) then
    return refuse("conflicting_destination_currency", "destination_currency",
      "destination_currency must be one of destination_currencies.")
  elseif network and networks and not assets.has(networks, network) then
    return refuse("conflicting_destination_network", "destination_network",
      "destination_network must be one of destination_networks.")
  end
end

-- The places that leave nothing of what was asked for.
local function check_availability(params)
  local refuses = params.customer_ip_address and places.of(params.customer_ip_address).refuses
  if not refuses then return end
  local wanted = params.destination_currency
    and { { params.destination_currency, params.destination_network } }
    or assets.pairs(params.destination_currencies or assets.currencies,
      params.destination_networks or assets.networks)
  for _, pair in ipairs(wanted) do
    if not refuses(pair[1], pair[2]) then return end
  end
  return refuse("unsupportable_customer", "customer_ip_address", "Based on the information "
    .. "provided about the customer, we're currently unable to support them.")
end

local function check_address(network, address, param)
  if assets.address(network, address) then return end
  return errors.invalid(("Invalid wallet address for %s."):format(network), param)
end

local function check_wallets(params)
  local wallets = params.wallet_addresses
  local any = false
  for _, network in ipairs(assets.all_networks) do
    local param = assets.key(network)
    local address = wallets and wallets[param]
    if address then
      any, param = true, ("wallet_addresses[%s]"):format(param)
      if not params.destination_networks and not params.destination_network then
        return errors.missing_param("destination_networks")
      elseif not assets.has(params.destination_networks or assets.all_networks, network) then
        return refuse("wallet_addresses_not_all_networks_supported", param,
          ("%s isn't one of destination_networks."):format(network))
      end
      local err = check_address(network, address, param)
      if err then return err end
    end
  end
  if params.lock_wallet_address and not any and not params.wallet_address then
    return refuse("no_wallet_address_to_lock", "lock_wallet_address",
      "lock_wallet_address needs a wallet address.")
  end
end

local function check_headless(account, request)
  local params = request.params
  if params.ui_mode == nil then return end
  if not request.oauth_token then return validation.no_token() end
  for _, name in ipairs { "crypto_customer_id", "payment_token" } do
    if params[name] == nil then return errors.missing_param(name) end
  end
  local currency, network = params.destination_currency, params.destination_network
  if currency and not account.livemode and not assets.headless(currency, network) then
    return refuse("invalid_destination_currency_and_network_pair", "destination_network",
      "Headless sessions of the sandbox support usdc on solana, ethereum and base.")
  end
end

-- The wallet of a headless session: its network has to be the one network of the session.
local function check_headless_wallet(params)
  if params.wallet_address == nil then return end
  local networks, network = params.destination_networks, params.destination_network
  if networks == nil then return errors.missing_param("destination_networks") end
  if network == nil then return errors.missing_param("destination_network") end
  if #networks ~= 1 or networks[1] ~= network then
    return refuse("conflicting_destination_network", "destination_networks",
      "destination_networks must match destination_network when wallet_address is set.")
  end
  return check_address(network, params.wallet_address, "wallet_address")
end

--- The error of a headless call without the customer's token.
function validation.no_token()
  return errors.new {
    status = 401, message = "Headless onramp calls need the customer's access token in the "
      .. "Stripe-OAuth-Token header.",
  }
end

--- The error of a request that creates a session, or nil.
function validation.create(account, request)
  local params = request.params
  return check_account(account) or check_headless(account, request) or check_place(params)
    or check_amounts(params) or check_lists(params) or check_wallets(params)
    or check_headless_wallet(params) or check_availability(params)
end

return validation
