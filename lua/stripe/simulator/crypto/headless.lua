--- Headless onramp sessions: quote and checkout, which need the customer's token. That they need
-- the beta flag too is the router's to see, from the catalogue.
-- @module stripe.simulator.crypto.headless

local copy = require "stripe.simulator.copy"
local errors = require "stripe.simulator.errors"
local purchase = require "stripe.simulator.crypto.purchase"
local session = require "stripe.simulator.crypto.session"
local validation = require "stripe.simulator.crypto.validation"

local headless = {}

-- No source says how long a quote can be executed.
local QUOTE_LASTS = 60 -- seconds

local last_errors = {
  action_required = true, missing_kyc = true, missing_document_verification = true,
  charged_with_expired_quote = true, transaction_limit_reached = true,
  location_not_supported = true, transaction_failed = true, missing_consumer_wallet = true,
}

-- The session of a headless call, or nil and an error.
local function find(account, request)
  if not request.oauth_token then return nil, validation.no_token() end
  local id = request.ids[1]
  local object, err = account.store:find(session.kind, id)
  if not object then return nil, err end
  local private = account.store:private(id)
  if not private.headless then
    return nil, errors.invalid("Only sessions with ui_mode=headless can be quoted and checked out.")
  end
  return object, private
end

local function wrong_status(object, verb)
  return errors.invalid(("You cannot %s this onramp session because it has a status of \"%s\".")
    :format(verb, object.status), nil, "status_transition_invalid")
end

--- Refreshes the executable quote: amounts and fees at the prices of now.
function headless.quote(account, request)
  local object, private = find(account, request)
  if not object then return nil, private end
  if object.status ~= "quote_ready" and not session.may(account, object, "quote_ready") then
    return nil, wrong_status(object, "quote")
  end
  local before = copy.deep(object)
  local ok, message = purchase.price(account, object, {})
  if not ok then
    return nil, errors.invalid(message, nil,
      "crypto_onramp_invalid_destination_currency_and_network_pair")
  end
  object.transaction_details.last_error = nil
  private.quote_expires_at = account.clock:now() + QUOTE_LASTS
  return session.enter(account, object, "quote_ready", before)
end

-- What keeps a checkout from executing the quote, or nil.
local function obstacle(account, object, private)
  local outcome = private.outcome
  if outcome then
    outcome.times = outcome.times - 1
    if outcome.times < 1 then private.outcome = nil end
    return outcome.last_error
  elseif account.settings.crypto_checkout_error then
    return account.settings.crypto_checkout_error
  elseif not object.transaction_details.wallet_address then
    return "missing_consumer_wallet"
  elseif account.clock:now() > private.quote_expires_at then
    return "charged_with_expired_quote"
  end
end

--- Executes the quote: 200 when it was paid, 202 with `transaction_details.last_error` when
-- something is left to do; the session then waits in requires_payment.
function headless.checkout(account, request)
  local object, private = find(account, request)
  if not object then return nil, private end
  local open = object.status == "quote_ready" or object.status == "requires_payment"
  if not open or not private.quote_expires_at then return nil, wrong_status(object, "check out") end
  local before = copy.deep(object)
  local why_not = obstacle(account, object, private)
  object.transaction_details.last_error = why_not
  if why_not then
    return { object = session.enter(account, object, "requires_payment", before), status = 202 }
  end
  return session.enter(account, object, "fulfillment_processing", before)
end

--- Decides how the next checkouts of a session end: `{ last_error = "missing_kyc", times = 1 }`.
-- @treturn table session | nil, message
function headless.outcome(account, id, options)
  options = options or {}
  local object = account.store:get(session.kind, id)
  if not object then return nil, "no such onramp session: " .. tostring(id) end
  if not last_errors[options.last_error] then
    return nil, "no such last_error: " .. tostring(options.last_error)
  end
  account.store:private(id).outcome = { last_error = options.last_error,
    times = options.times or 1 }
  return object
end

return headless
