--- What can be known to be wrong with a session before it is sent: the rules of the API that don't
-- depend on what it sells where, and the addresses of wallets.
--
-- Refusals have the codes that the API has for them. [docs.stripe.com/crypto/onramp/embedded]
-- @module stripe.workflow.onramp.check

local Class = require "stripe.workflow.class"
local core = require "stripe.core"
local is_ip_address = require "stripe.ip_address"

local decimal = core.decimal

local Check = {}

local function refuse(code, param, message)
  return Class.refusal(code, param, param .. ": " .. message)
end

local function onramp(code, param, message)
  return refuse("crypto_onramp_" .. code, param, message)
end

local function has(list, value)
  for _, each in ipairs(type(list) == "table" and list or {}) do
    if each == value then return true end
  end
  return false
end

local function amounts(params)
  local source, destination = params.source_amount, params.destination_amount
  if source ~= nil and destination ~= nil then
    return onramp("invalid_source_destination_pair", "destination_amount",
      "give source_amount or destination_amount, not both")
  elseif source ~= nil and params.source_currency == nil then
    return onramp("missing_source_currency", "source_currency", "source_amount needs it")
  elseif source ~= nil and not Class.positive(source) then
    return onramp("invalid_source_amount", "source_amount", "must be a positive decimal")
  elseif source ~= nil and decimal.new(source) ~= decimal.round(source, "down", 2) then
    return onramp("invalid_source_amount", "source_amount",
      "money has at most 2 digits behind the point")
  elseif destination ~= nil and params.destination_currency == nil then
    return onramp("missing_destination_currency", "destination_currency",
      "destination_amount needs destination_currency and destination_network")
  elseif destination ~= nil and not Class.positive(destination) then
    return onramp("invalid_destination_amount", "destination_amount",
      "must be a positive decimal")
  end
end

-- The single values are where the customer begins, the lists are what there is to choose from.
local function pair(params)
  local currency, network = params.destination_currency, params.destination_network
  if (currency == nil) ~= (network == nil) then
    return onramp("incomplete_destination_currency_and_network_pair",
      currency == nil and "destination_currency" or "destination_network",
      "destination_currency and destination_network go together")
  end
  for _, name in ipairs { "destination_currencies", "destination_networks" } do
    if params[name] ~= nil and (type(params[name]) ~= "table" or #params[name] == 0) then
      return refuse("parameter_invalid_empty", name, "must be a list that is not empty")
    end
  end
  if currency and params.destination_currencies
    and not has(params.destination_currencies, currency) then
    return onramp("conflicting_destination_currency", "destination_currency",
      "must be one of destination_currencies")
  elseif network and params.destination_networks
    and not has(params.destination_networks, network) then
    return onramp("conflicting_destination_network", "destination_network",
      "must be one of destination_networks")
  end
end

local function address(network, value, param)
  if type(value) ~= "string" then return refuse("invalid_wallet", param, "must be text") end
  local good, message, fault = core.wallet(network, value)
  if good or fault == "unknown" then return nil end
  return refuse("invalid_wallet", param, "no address on " .. network .. ": " .. message)
end

-- What stands in the map beside addresses.
local function tags(wallets)
  for network in pairs(wallets.destination_tags or {}) do
    if not wallets[network] then
      return refuse("invalid_wallet", ("wallet_addresses[destination_tags][%s]"):format(network),
        "is a tag without an address: give wallet_addresses[" .. network .. "] as well")
    end
  end
end

local function wallets(params)
  local given = params.wallet_addresses
  if given ~= nil and type(given) ~= "table" then
    return refuse("invalid_wallet", "wallet_addresses", "must be a map of network to address")
  end
  local names = {}
  for name in pairs(given or {}) do
    if name ~= "destination_tags" then names[#names + 1] = tostring(name) end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    local param = ("wallet_addresses[%s]"):format(name)
    local network = name == "base_network" and "base" or name
    if name == "base" then
      return refuse("parameter_unknown", param, "in this map base is called base_network")
    elseif not params.destination_networks and not params.destination_network then
      return refuse("parameter_missing", "destination_networks", "wallet_addresses needs it")
    elseif params.destination_networks and not has(params.destination_networks, network) then
      return onramp("wallet_addresses_not_all_networks_supported", param,
        network .. " is not one of destination_networks")
    end
    local wrong = address(network, given[name], param)
    if wrong then return wrong end
  end
  local tag = type(given) == "table" and tags(given)
  if tag then return tag end
  if params.lock_wallet_address == true and #names == 0 and params.wallet_address == nil then
    return onramp("no_wallet_address_to_lock", "lock_wallet_address",
      "there is no wallet address to lock")
  end
end

-- The one wallet of a headless session.
local function wallet(params)
  if params.wallet_address == nil then return nil end
  local network, networks = params.destination_network, params.destination_networks
  if not (network and networks) then
    return refuse("parameter_missing", network and "destination_networks" or "destination_network",
      "wallet_address needs it")
  elseif #networks ~= 1 then
    return onramp("conflicting_destination_network", "destination_networks",
      "must be destination_network alone when wallet_address is given")
  end
  return address(network, params.wallet_address, "wallet_address")
end

local function customer(params)
  local ip = params.customer_ip_address
  if ip ~= nil and not (type(ip) == "string" and is_ip_address(ip)) then
    return refuse("customer_ip_address", "customer_ip_address", "is no IP address")
  end
  local given = params.customer_information
  local dob = type(given) == "table" and given.dob
  if type(dob) == "table" then
    for _, part in ipairs { "year", "month", "day" } do
      if dob[part] == nil then
        return refuse("parameter_missing", ("customer_information[dob][%s]"):format(part),
          "year, month and day go together")
      end
    end
  end
end

--- The error that the parameters of a session would bring, or nil.
-- @tparam table params of `crypto.onramp_sessions.create`
-- @treturn ?table type "validation_error", `code` as of the API, `param`
function Check.session(params)
  return customer(params) or amounts(params) or pair(params) or wallets(params) or wallet(params)
end

return Check
