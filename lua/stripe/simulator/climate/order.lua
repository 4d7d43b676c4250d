--- The life of a climate order: open or awaiting_funds -> confirmed -> delivered, or canceled.
-- Each function changes the stored order, the product's stock and the account's balance, and
-- emits the event. Private state of an order: `paid` (the total left the balance), `reserved`
-- (the tons that are off the stock).
-- @module stripe.simulator.climate.order

local money = require "stripe.simulator.climate.money"

local order = {}

local DAY = 86400
local REMORSE = 30 * DAY -- after a delay or a substitution
local NOTICE = 60 * DAY  -- before the delivery year ends

--- When a spot purchase is delivered, counted from its confirmation.
order.SPOT_SECONDS = 30 * DAY

local live = { open = true, awaiting_funds = true, confirmed = true }

-- A delay and a substitution tell the buyer, who may cancel for another 30 days.
local function disturbed_at(object)
  local at = object.delayed_at
  local substituted = object.product_substituted_at
  if substituted and (not at or substituted > at) then at = substituted end
  return at
end

--- The last second of a year, as Unix time. Days before a year by the Gregorian rule.
function order.year_end(year)
  local leap_days = math.floor(year / 4) - math.floor(year / 100) + math.floor(year / 400)
  local days = year * 365 + leap_days
  return (days - 719162) * DAY - 1
end

--- The year of a Unix time.
function order.year(time)
  local year = 1970 + math.floor(time / 31556952)
  while order.year_end(year) < time do year = year + 1 end
  while order.year_end(year - 1) >= time do year = year - 1 end
  return year
end

--- Whether the account's balance in a currency covers an amount. `settings.balance` nil: always.
local function affordable(account, currency, amount)
  local balance = account.settings.balance
  return not balance or (balance[currency] or 0) >= amount
end

local function pay(account, currency, amount)
  local balance = account.settings.balance
  if balance then balance[currency] = (balance[currency] or 0) - amount end
end

-- Takes an order's tons off its product's stock; what a forced step takes beyond the stock isn't
-- there to be given back.
local function reserve(account, object)
  local product = account.store:get("climate.product", object.product)
  local stock, tons = product.metric_tons_available, object.metric_tons
  if money.less(stock, tons) then tons = stock end
  product.metric_tons_available = money.subtract(stock, tons)
  account.store:private(object.id).reserved = tons
end

local function give_back(account, object)
  local private = account.store:private(object.id)
  local product = account.store:get("climate.product", object.product)
  if private.reserved and product then
    product.metric_tons_available = money.add(product.metric_tons_available, private.reserved)
  end
  private.reserved = nil
end

--- Takes the money and confirms; false when the balance doesn't cover it. A product whose
-- delivery year is over is delivered within 30 days: here, after exactly 30.
function order.confirm(account, object, force)
  local private = account.store:private(object.id)
  if not force and not affordable(account, object.currency, object.amount_total) then
    return false
  end
  pay(account, object.currency, object.amount_total)
  private.paid = true
  local now = account.clock:now()
  object.status, object.confirmed_at = "confirmed", now
  if order.year_end(object.expected_delivery_year) < now then
    account.clock:at(now + order.SPOT_SECONDS, "climate.deliver_spot", object.id)
  end
  return true
end

--- Begins the life of an order whose amounts, currency and product are set.
function order.open(account, object)
  object.status = "awaiting_funds"
  account.store:insert("climate.order", object)
  reserve(account, object)
  order.confirm(account, object)
  account.events:emit("climate.order.created", object)
  return object
end

--- Why the buyer may not cancel an order now, or nil.
function order.uncancelable(account, object)
  if not live[object.status] then
    return "You cannot cancel this order because it has a status of \"" .. object.status
      .. "\"."
  end
  local now = account.clock:now()
  local window = account.settings.climate_cancel_window or DAY
  local disturbed = disturbed_at(object)
  if now <= object.created + window or (disturbed and now <= disturbed + REMORSE) then
    return nil
  end
  return "This order can no longer be canceled: orders can be canceled within "
    .. string.format("%g", window / 3600) .. " hours of their creation."
end

--- Cancels and refunds: the fees stay with Frontier when the buyer had second thoughts.
function order.cancel(account, object, reason)
  local private = account.store:private(object.id)
  if private.paid then
    local everything = reason ~= "requested" or disturbed_at(object) ~= nil
    pay(account, object.currency, -(everything and object.amount_total or object.amount_subtotal))
    private.paid = nil
  end
  give_back(account, object)
  object.status, object.canceled_at = "canceled", account.clock:now()
  object.cancellation_reason = reason
  account.events:emit("climate.order.canceled", object)
  return object
end

--- Takes a confirmation back for lack of money, which returns to the balance.
function order.await_funds(account, object)
  local private = account.store:private(object.id)
  if private.paid then
    pay(account, object.currency, -object.amount_total)
    private.paid = nil
  end
  object.status, object.confirmed_at = "awaiting_funds", nil
  return object
end

--- Marks as delivered; details and certificate as given.
function order.deliver(account, object, at, certificate, details)
  object.status, object.delivered_at = "delivered", at
  object.certificate, object.delivery_details = certificate, details
  account.events:emit("climate.order.delivered", object)
  return object
end

--- Whether there is still time to tell of a delay or a substitution, 60 days before the year
-- ends.
function order.in_time(account, object)
  return account.clock:now() <= order.year_end(object.expected_delivery_year) - NOTICE
end

function order.delay(account, object, year)
  object.expected_delivery_year, object.delayed_at = year, account.clock:now()
  account.events:emit("climate.order.delayed", object)
  return object
end

--- Gives the order another product at the price that was paid.
function order.substitute(account, object, product)
  give_back(account, object)
  object.product, object.product_substituted_at = product.id, account.clock:now()
  reserve(account, object)
  if product.delivery_year then object.expected_delivery_year = product.delivery_year end
  account.events:emit("climate.order.product_substituted", object)
  return object
end

return order
