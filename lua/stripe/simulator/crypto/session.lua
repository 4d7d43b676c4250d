--- An onramp session: how it is made, and which steps are legal.
--
-- Private state of a session: `headless`, `place` (the customer's IP address), `quote_expires_at`
-- and `outcome` (what the next checkouts end with).
-- @module stripe.simulator.crypto.session

local core = require "stripe.core"
local assets = require "stripe.simulator.crypto.assets"
local copy = require "stripe.simulator.copy"
local metadata = require "stripe.simulator.metadata"
local prices = require "stripe.simulator.crypto.prices"
local purchase = require "stripe.simulator.crypto.purchase"
local shape = require "stripe.simulator.shape"

local session = {}

local KIND = "crypto.onramp_session"

--- What `move` takes.
session.TAKES = { "string", {
  status = "string", destination_currency = "string", destination_network = "string",
  source_amount = "scalar", source_currency = shape.one_of(prices.fiat), wallet_address = "string",
  fees = { network_fee_amount = "scalar", transaction_fee_amount = "scalar" },
  transaction_id = "string", last_error = "string", force = "boolean",
} }

-- What may follow; quote_ready is for headless sessions.
local steps = {
  initialized = { requires_payment = true, rejected = true, quote_ready = "headless" },
  quote_ready = { requires_payment = true, fulfillment_processing = true, rejected = true },
  requires_payment = { fulfillment_processing = true, rejected = true, quote_ready = "headless" },
  fulfillment_processing = { fulfillment_complete = true, rejected = true },
  fulfillment_complete = {},
  rejected = {},
}

-- In these the customer has chosen, so that amounts, fees and wallet are known.
local priced = {
  quote_ready = true, requires_payment = true, fulfillment_processing = true,
  fulfillment_complete = true,
}

-- The documented list, and what the request named beside it.
local function with(list, value)
  list = copy.deep(list)
  if value and not assets.has(list, value) then list[#list + 1] = value end
  return list
end

local function any(t) return type(t) == "table" and next(t) ~= nil end

--- Makes and keeps a session of checked parameters. No event tells of it.
function session.create(account, params)
  local id = account.ids:new("cos_")
  local object = {
    id = id, object = KIND, client_secret = id .. "_secret_" .. account.ids:secret(24),
    created = account.clock:now(),
    kyc_details_provided = any(params.customer_information) or any(params.kyc_details),
    livemode = account.livemode, metadata = metadata.merge(nil, params.metadata),
    status = "initialized",
    transaction_details = {
      destination_amount = params.destination_amount,
      destination_currencies = params.destination_currencies
        or with(assets.currencies, params.destination_currency),
      destination_currency = params.destination_currency,
      destination_network = params.destination_network,
      destination_networks = params.destination_networks
        or with(assets.networks, params.destination_network),
      lock_wallet_address = params.lock_wallet_address or false,
      settlement_speed = params.settlement_speed or "instant",
      source_amount = params.source_amount, source_currency = params.source_currency,
      wallet_address = params.wallet_address, wallet_addresses = params.wallet_addresses,
    },
  }
  account.store:insert(KIND, object)
  local private = account.store:private(id)
  private.headless = params.ui_mode == "headless" or nil
  private.place = params.customer_ip_address
  return object
end

--- Gives a loaded session what its steps need.
function session.complete(_, object)
  copy.complete(object, { metadata = {}, status = "initialized", transaction_details = {} })
  copy.complete(object.transaction_details, {
    destination_currencies = copy.deep(assets.currencies),
    destination_networks = copy.deep(assets.networks), lock_wallet_address = false,
  })
end

-- The old values of what differs between two tables, within tables too; what was not there is null.
local function differences(old, new)
  local changed = {}
  for name, value in pairs(new) do
    local was = old[name]
    if type(value) == "table" and type(was) == "table" then
      local inner = differences(was, value)
      if next(inner) ~= nil then changed[name] = inner end
    elseif was ~= value then
      changed[name] = was == nil and core.null or was
    end
  end
  for name, value in pairs(old) do
    if new[name] == nil then changed[name] = value end
  end
  return changed
end

--- Changes the status, and tells of it in an event; `before` is a copy of the session as it was.
-- A status that stays is no event.
function session.enter(account, object, status, before)
  local old = before.status
  object.status = status
  if old == status then return object end
  local previous = { status = old }
  local changed = differences(before.transaction_details, object.transaction_details)
  if next(changed) ~= nil then previous.transaction_details = changed end
  account.events:emit("crypto.onramp_session.updated", object, { previous_attributes = previous })
  return object
end

--- Whether a session may go from its status to another.
function session.may(account, object, status)
  local rule = (steps[object.status] or {})[status]
  if rule == "headless" then return account.store:private(object.id).headless == true end
  return rule == true
end

--- Walks a session one step: `options.status`, what the customer chose (see `purchase.price`),
-- `transaction_id`, `last_error`, `force`.
-- @treturn table session | nil, message
function session.move(account, id, options)
  options = options or {}
  local object = account.store:get(KIND, id)
  if not object then return nil, "no such onramp session: " .. tostring(id) end
  local status = options.status
  if not steps[status] then return nil, "no such status: " .. tostring(status) end
  if not options.force and not session.may(account, object, status) then
    return nil, ("an onramp session that is %s can't become %s"):format(object.status, status)
  end
  local before = copy.deep(object)
  local details = object.transaction_details
  if priced[status] and (not details.fees or status == "requires_payment") then
    local ok, message = purchase.price(account, object, options)
    if not ok then return nil, message end
  end
  if status == "fulfillment_complete" then
    details.transaction_id = options.transaction_id
      or assets.transaction(account.ids, details.destination_network)
  end
  details.last_error = options.last_error
  return session.enter(account, object, status, before)
end

session.kind = KIND

return session
