--- What only the other side of a climate order can do, as methods of `sim.climate`. Each returns
-- the object, or nil and a message when the step is not a legal one; `force = true` takes it
-- anyway.
-- @module stripe.simulator.climate.controls

local catalogue = require "stripe.simulator.climate.catalogue"
local money = require "stripe.simulator.climate.money"
local order = require "stripe.simulator.climate.order"
local shape = require "stripe.simulator.shape"

local controls = {
  price = catalogue.price,
  stock = catalogue.stock,
  product = catalogue.introduce,
}

local LOCATION = { city = "string", country = "string", region = "string", latitude = "number",
  longitude = "number" }
local STEP = { "string", { force = "boolean" } }

--- What each takes, as shapes of its arguments.
local takes = {
  deliver = { "string", {
    force = "boolean", delivered_at = "integer", certificate = "string",
    delivery_details = shape.list {
      delivered_at = "integer", metric_tons = "scalar", registry_url = "string",
      location = LOCATION, supplier = "string",
    },
  } },
  delay = { "string", { force = "boolean", year = "integer" } },
  substitute = { "string", { force = "boolean", product = "string" } },
  await_funds = STEP, confirm = STEP,
  funds = { shape.map "integer" },
  cancel = { "string", { force = "boolean", reason = "string" } },
  price = { "string", shape.map "integer" },
  stock = { "string", shape.either("scalar", { metric_tons = "scalar", active = "boolean" }) },
  product = { "string", {
    name = "string", prices = shape.map "integer", metric_tons = "scalar",
    delivery_year = "integer", suppliers = shape.list "string",
  } },
}

-- The order, when it has one of the statuses or the step is forced.
local function step(account, id, options, verb, ...)
  local object = account.store:get("climate.order", id)
  if not object then return nil, "no such climate order: " .. tostring(id) end
  if options.force then return object end
  for i = 1, select("#", ...) do
    if object.status == (select(i, ...)) then return object end
  end
  return nil, ("an order that is %s can't %s"):format(object.status, verb)
end

-- Where a supplier works; one that was loaded may not say.
local function place_of(supplier) return supplier.locations and supplier.locations[1] end

-- Equal parts of the order from each supplier of its product.
local function default_details(account, object, at)
  local product = account.store:get("climate.product", object.product)
  local details = {}
  if not product or #product.suppliers == 0 then return details end
  local shares = money.share(object.metric_tons, #product.suppliers)
  for i, supplier in ipairs(product.suppliers) do
    if shares[i] ~= "0" then
      details[#details + 1] = {
        delivered_at = at, metric_tons = shares[i], supplier = supplier,
        location = place_of(supplier),
        registry_url = "https://registry.example/removals/" .. account.ids:hex(16),
      }
    end
  end
  return details
end

-- What the caller left out of a delivery, and the supplier in the place of its id.
local function complete_details(account, object, at, given)
  local details = {}
  for i, entry in ipairs(given) do
    local product = account.store:get("climate.product", object.product)
    local id = entry.supplier or (product and product.suppliers[1] and product.suppliers[1].id)
    local supplier = account.store:get("climate.supplier", id)
    if not supplier then return nil, "no such climate supplier: " .. tostring(id) end
    if entry.location and not entry.location.country then
      return nil, "a location needs a country"
    end
    local tons = money.tons(entry.metric_tons or object.metric_tons)
    if not tons then return nil, "metric_tons must be a decimal that is not negative" end
    details[i] = {
      delivered_at = entry.delivered_at or at, metric_tons = tons, supplier = supplier,
      location = entry.location or place_of(supplier), registry_url = entry.registry_url,
    }
  end
  return details
end

--- Delivers a confirmed order. Options, all of which have defaults: `delivered_at` (Unix time),
-- `certificate` (URL), `delivery_details`, a list of `{ supplier = id, metric_tons,
-- location, registry_url, delivered_at }`.
function controls.deliver(account, id, options)
  options = options or {}
  local object, err = step(account, id, options, "be delivered", "confirmed")
  if not object then return nil, err end
  local at = options.delivered_at or account.clock:now()
  local details, wrong
  if options.delivery_details then
    details, wrong = complete_details(account, object, at, options.delivery_details)
    if not details then return nil, wrong end
  else
    details = default_details(account, object, at)
  end
  local certificate = options.certificate or "https://climate.stripe.com/certificate/" .. id
  return order.deliver(account, object, at, certificate, details)
end

--- Delays a confirmed order to `year` (the next one).
function controls.delay(account, id, options)
  options = options or {}
  local object, err = step(account, id, options, "be delayed", "confirmed")
  if not object then return nil, err end
  local year = options.year or object.expected_delivery_year + 1
  if not options.force then
    if year <= object.expected_delivery_year then
      return nil, "a delay needs a later year than " .. object.expected_delivery_year
    elseif not order.in_time(account, object) then
      return nil, "a delay comes at least 60 days before the delivery year ends"
    end
  end
  return order.delay(account, object, year)
end

--- Replaces the product of a confirmed order by `product` (an id); the price stays.
function controls.substitute(account, id, options)
  options = options or {}
  local object, err = step(account, id, options, "get another product", "confirmed")
  if not object then return nil, err end
  local product = account.store:get("climate.product", options.product)
  if not product then return nil, "no such climate product: " .. tostring(options.product) end
  if not options.force then
    if product.id == object.product then
      return nil, "the order is for that product already"
    elseif money.less(product.metric_tons_available, object.metric_tons) then
      return nil, "out of inventory: " .. product.id
    elseif not order.in_time(account, object) then
      return nil, "a substitution comes at least 60 days before the delivery year ends"
    end
  end
  return order.substitute(account, object, product)
end

--- Makes an order wait for money: a confirmed one gets its total back first.
function controls.await_funds(account, id, options)
  options = options or {}
  local object, err = step(account, id, options, "await funds", "open", "confirmed")
  if not object then return nil, err end
  return order.await_funds(account, object)
end

--- Confirms an order that was waiting, if the balance covers it.
function controls.confirm(account, id, options)
  options = options or {}
  local object, err = step(account, id, options, "be confirmed", "open", "awaiting_funds")
  if not object then return nil, err end
  if not order.confirm(account, object, options.force) then
    return nil, "the balance doesn't cover this order"
  end
  return object
end

--- Money arrives, as `{ usd = 100000 }` in smallest units: the balance grows, and the orders that
-- it now covers are confirmed, oldest first. Returns the list of those.
function controls.funds(account, amounts)
  local balance = account.settings.balance
  for currency, amount in pairs(balance and amounts or {}) do
    balance[currency] = (balance[currency] or 0) + amount
  end
  local waiting = {}
  for object in account.store:each("climate.order") do
    if object.status == "awaiting_funds" then table.insert(waiting, 1, object) end
  end
  local confirmed = {}
  for _, object in ipairs(waiting) do
    if order.confirm(account, object) then confirmed[#confirmed + 1] = object end
  end
  return confirmed
end

local reasons = { product_unavailable = true, expired = true, requested = true }

--- Cancels from Frontier's side, with a full refund: `reason` product_unavailable (the default),
-- or expired, which is for orders that were never paid.
function controls.cancel(account, id, options)
  options = options or {}
  local reason = options.reason or "product_unavailable"
  if not reasons[reason] then return nil, "no such reason: " .. tostring(reason) end
  local object, err
  if reason == "expired" then
    object, err = step(account, id, options, "expire", "open", "awaiting_funds")
  else
    object, err = step(account, id, options, "be canceled", "open", "awaiting_funds", "confirmed")
  end
  if not object then return nil, err end
  return order.cancel(account, object, reason)
end

return { controls = controls, takes = takes }
