--- Follows orders until they end, and keeps what their delivery brings.
-- @module stripe.workflow.climate.watch

local Class = require "stripe.workflow.class"
local Driver = require "stripe.driver"
local File = require "stripe.file"
local canceller = require "stripe.canceller"
local core = require "stripe.core"
local tabular = require "stripe.workflow.tabular"
local with = require "stripe.with"

local Watch = {}

local ENDED = { delivered = true, canceled = true }

local OPTIONS = {
  orders = true, reference = true, directory = true, interval = true, deadline = true,
  cancel = true, on_change = true, fetch = true, driver = true,
}

local OF_HANDLERS = {
  orders = true, reference = true, directory = true, on_change = true, fetch = true,
}

local function wrong_type(options)
  for name, kind in pairs {
    orders = "table", reference = "string", directory = "string", on_change = "function",
    fetch = "function",
  } do
    if options[name] ~= nil and type(options[name]) ~= kind then
      return ("option %q must be a %s"):format(name, kind)
    end
  end
end

local function misuse(options)
  local wrong = Class.unknown("watch", options, OPTIONS) or wrong_type(options)
    or Class.seconds(options, "interval", true) or Class.seconds(options, "deadline")
  if wrong then return wrong end
  if (options.orders == nil) == (options.reference == nil) then
    return 'give "orders", a list of orders or ids, or the "reference" of a purchase'
  elseif options.orders and #options.orders == 0 then
    return 'option "orders" must be a list of orders or ids, of at least one'
  elseif options.cancel ~= nil and not canceller.is(options.cancel) then
    return 'option "cancel" must be a stripe.canceller()'
  end
end

local COLUMNS = {
  { title = "order", field = "order" }, { title = "product", field = "product" },
  { title = "delivered_at", field = "delivered_at" }, { title = "metric_tons", field = "tons" },
  { title = "supplier", field = "supplier" }, { title = "pathway", field = "pathway" },
  { title = "country", field = "country" }, { title = "registry_url", field = "registry_url" },
  { title = "certificate", field = "certificate" },
}

local function date(time)
  return time and os.date("!%Y-%m-%dT%H:%M:%SZ", time) or nil
end

local function id_of(product) return type(product) == "table" and product.id or product end

local function rows_of(order)
  local rows = {}
  for i, delivery in ipairs(order.delivery_details or {}) do
    local supplier, location = delivery.supplier or {}, delivery.location or {}
    rows[i] = {
      order = order.id, product = id_of(order.product), delivered_at = date(delivery.delivered_at),
      tons = delivery.metric_tons, supplier = supplier.name, pathway = supplier.removal_pathway,
      country = location.country, registry_url = delivery.registry_url,
      certificate = order.certificate,
    }
  end
  return rows
end

-- An id becomes part of a path: nothing but what ids are made of.
local function name_of(order)
  local id = tostring(order.id)
  if not id:find("^[%w_]+$") then return nil, ("%q is no id of an order"):format(id) end
  return id
end

-- An order with its lists: an empty one would else be written as an empty object.
local function as_json(order)
  if type(order.delivery_details) ~= "table" or order.delivery_details[1] then return order end
  local copy = with({}, order)
  copy.delivery_details = core.empty_array
  return copy
end

--- Writes what an order's end brought: `ORDER.json`, the order; when it is delivered `ORDER.csv`
-- with a row for each delivery, its registry link among them, and, with `fetch`, the certificate.
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string message
function Watch.collect(order, directory, fetch)
  local id, wrong = name_of(order)
  if not id then return nil, wrong end
  local path = directory .. "/" .. id
  local written, message = File.write(path .. ".json", core.json(as_json(order)) .. "\n")
  if not written then return nil, message end
  if order.status ~= "delivered" then return true end
  written, message = File.write(path .. ".csv", tabular.csv(COLUMNS, rows_of(order)))
  if written and fetch and order.certificate then
    local bytes, extension = fetch(order.certificate, order)
    if not bytes then return nil, "the certificate: " .. tostring(extension) end
    extension = tostring(extension or "html")
    if not extension:find("^%w+$") then
      return nil, ("%q is no extension of a file"):format(extension)
    end
    written, message = File.write(path .. "." .. extension, bytes)
  end
  return written, message
end

-- Takes note of an order: true when it has ended.
local function see(watched, order, options)
  local before = watched.status[order.id]
  watched.status[order.id] = order.status
  watched.orders[order.id] = order
  if before ~= order.status and options.on_change then options.on_change(order, before) end
  if not ENDED[order.status] then return false end
  if options.directory and not watched.collected[order.id] then
    local written, message = Watch.collect(order, options.directory, options.fetch)
    if not written then return nil, Class.failure("files", message) end
    watched.collected[order.id] = true
  end
  return true
end

local function ids_of(client, options)
  local ids = {}
  if options.orders then
    for i, order in ipairs(options.orders) do ids[i] = id_of(order) end
    return ids
  end
  local page, err = client.climate.orders:list { limit = 100 }
  if not page then return nil, err end
  for order, problem in page:each() do
    if not order then return nil, problem end
    if order.metadata and order.metadata.climate_reference == options.reference then
      table.insert(ids, 1, order.id)
    end
  end
  if not ids[1] then
    return nil, Class.failure("empty", ("no order has the reference %q"):format(options.reference))
  end
  return ids
end

local function summary(watched, ids, open)
  local result = { delivered = {}, canceled = {}, open = {}, complete = #open == 0 }
  for _, id in ipairs(ids) do
    local order = watched.orders[id]
    local list = order and result[order.status] or result.open
    list[#list + 1] = order or { id = id }
  end
  return result
end

--- Polls, see `stripe.workflow.climate`.
function Watch.poll(client, options)
  local wrong = misuse(options)
  if wrong then error(wrong, 3) end
  local driver, problem = Driver.choose(options.driver)
  if problem then error(problem, 3) end
  driver = driver or Driver.current()
  local ids, err = ids_of(client, options)
  if not ids then return nil, err end
  local watched = { status = {}, orders = {}, collected = {} }
  local open, began = ids, driver.now()
  local interval = options.interval or 3600
  while true do
    local still = {}
    for _, id in ipairs(open) do
      local order, failure = client.climate.orders:retrieve(id, nil, { cancel = options.cancel })
      local ended = false
      if order then
        ended, failure = see(watched, order, options)
        if ended == nil then return nil, failure, summary(watched, ids, open) end
      elseif not failure.retryable then
        return nil, failure, summary(watched, ids, open)
      end
      if not ended then still[#still + 1] = id end
    end
    open = still
    local left = (options.deadline or math.huge) - (driver.now() - began)
    local stopped = options.cancel and options.cancel.canceled
    if #open == 0 or left <= 0 or stopped then return summary(watched, ids, open) end
    driver.sleep(math.min(interval, left), options.cancel)
  end
end

--- Handlers for webhooks or `events:since`, see `stripe.workflow.climate`.
function Watch.handlers(client, options)
  local wrong = Class.unknown("handlers", options, OF_HANDLERS) or wrong_type(options)
  if wrong then error(wrong, 3) end
  local wanted
  for _, order in ipairs(options.orders or {}) do
    wanted = wanted or {}
    wanted[id_of(order)] = true
  end
  local function concerns(order)
    if wanted and not wanted[order.id] then return false end
    return not options.reference
      or (order.metadata or {}).climate_reference == options.reference
  end
  local status = {} -- of the orders that are open: a worker may run for years
  return {
    -- The event shows the order as it was then: asked again, nothing old is ever written down.
    ["climate.order.*"] = function(ctx)
      local order, err = client.climate.orders:retrieve(ctx.object.id)
      if not order then return nil, err end
      if not concerns(order) then return true end
      local watched = { status = status, orders = {}, collected = {} }
      local ended, failure = see(watched, order, options)
      if ended == nil then return nil, failure end
      if ended then status[order.id] = nil end
      return true
    end,
  }
end

return Watch
