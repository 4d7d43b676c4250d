--- Tons and money by pathway, supplier and year, of all orders of an account.
--
-- What is delivered counts for those who delivered it, in the year of delivery; what is not, for
-- the suppliers of its product together, in the year in which it is expected. Money is shared by
-- tons, to the last minor unit. What was canceled is counted apart.
-- @module stripe.workflow.climate.report

local Chart = require "stripe.workflow.chart"
local Price = require "stripe.workflow.climate.price"
local Class = require "stripe.workflow.class"
local Products = require "stripe.workflow.climate.products"
local money = require "stripe.money"
local tabular = require "stripe.workflow.tabular"

local decimal = require("stripe.core").decimal

local Report = {}

-- Shares an amount among tons: exact, the rounding falls to the last.
local function shares(amount, tons_of)
  local sum, given, out = decimal.new(0), 0, {}
  for _, tons in ipairs(tons_of) do sum = sum:add(tons) end
  for i, tons in ipairs(tons_of) do
    if i == #tons_of then
      out[i] = amount - given
    else
      out[i] = decimal.mul(amount, tons):div(sum, 0, "half_even"):to_integer()
      given = given + out[i]
    end
  end
  return out
end

local function year_of(time) return tonumber(os.date("!%Y", time)) end

-- The parts of an order: each with pathway, supplier, year, tons and money.
local function parts_of(order, products)
  local product = products[order.product] or { suppliers = {}, pathways = {} }
  local details = order.status == "delivered" and order.delivery_details or {}
  local parts, tons = {}, {}
  for i, delivery in ipairs(details) do
    local supplier = delivery.supplier or {}
    parts[i] = {
      pathway = supplier.removal_pathway or "unknown", supplier = supplier.name or "unknown",
      year = year_of(delivery.delivered_at or order.delivered_at),
    }
    tons[i] = delivery.metric_tons
  end
  if #parts == 0 then
    parts[1] = {
      pathway = #product.pathways > 0 and Products.pathway(product) or "unknown",
      supplier = #product.suppliers > 0 and table.concat(product.suppliers, ", ") or "unknown",
      year = order.expected_delivery_year or order.created and year_of(order.created),
    }
    tons[1] = order.metric_tons
  end
  local totals, fees = shares(order.amount_total, tons), shares(order.amount_fees, tons)
  for i, part in ipairs(parts) do
    part.currency = order.currency
    part.metric_tons, part.amount_total, part.amount_fees = tons[i], totals[i], fees[i]
  end
  return parts
end

local function add(groups, by_key, part)
  local key = table.concat({ part.pathway, part.supplier, part.year or 0, part.currency,
    part.state }, "\n")
  local group = by_key[key]
  if not group then
    group = {
      pathway = part.pathway, supplier = part.supplier, year = part.year, state = part.state,
      currency = part.currency, metric_tons = decimal.new(0), amount_total = 0, amount_fees = 0,
      parts = 0,
    }
    by_key[key] = group
    groups[#groups + 1] = group
  end
  group.metric_tons = group.metric_tons:add(part.metric_tons)
  group.amount_total = group.amount_total + part.amount_total
  group.amount_fees = group.amount_fees + part.amount_fees
  group.parts = group.parts + 1
end

local ORDER = { "year", "pathway", "supplier", "currency", "state" }

local function sort(groups)
  table.sort(groups, function(a, b)
    for _, field in ipairs(ORDER) do
      local x, y = a[field] or 0, b[field] or 0
      if x ~= y then return x < y end
    end
    return false
  end)
end

local function words(text) return (tostring(text):gsub("_", " ")) end

local function row_of(group)
  return {
    year = group.year and ("%d"):format(group.year) or "", pathway = words(group.pathway),
    supplier = group.supplier, state = group.state, tons = group.metric_tons,
    currency = group.currency:upper(),
    fees = tostring(money.from_minor(group.amount_fees, group.currency)),
    total = tostring(money.from_minor(group.amount_total, group.currency)),
  }
end

local COLUMNS = {
  { title = "Year", field = "year" }, { title = "Pathway", field = "pathway" },
  { title = "Supplier", field = "supplier" }, { title = "State", field = "state" },
  { title = "Tons", field = "tons", right = true }, { title = "Currency", field = "currency" },
  { title = "Fees", field = "fees", right = true },
  { title = "Total", field = "total", right = true },
}

local methods = {}

local function rows(report)
  local list = {}
  for i, group in ipairs(report.groups) do list[i] = row_of(group) end
  return list
end

--- A table for a terminal, with a line of totals for each currency.
function methods:table()
  local text = tabular.text(COLUMNS, rows(self))
  for _, sum in ipairs(self.totals) do
    text = text .. ("%s: %s t for %s, %s of it fees (%d %s)\n"):format(
      sum.state, sum.metric_tons, money.format(sum.amount_total, sum.currency),
      money.format(sum.amount_fees, sum.currency), sum.orders,
      sum.orders == 1 and "order" or "orders")
  end
  return text
end

--- The groups as CSV.
function methods:csv()
  return tabular.csv(COLUMNS, rows(self))
end

--- Tons by year, stacked by pathway, as an SVG picture. What was canceled is left out.
function methods:svg()
  local bars, by_year = {}, {}
  for _, group in ipairs(self.groups) do
    if group.state ~= "canceled" then
      local bar = by_year[group.year or 0]
      if not bar then
        bar = { label = group.year and ("%d"):format(group.year) or "unknown year", parts = {},
          sum = decimal.new(0), by_name = {} }
        by_year[group.year or 0] = bar
        bars[#bars + 1] = bar
      end
      local name = words(group.pathway)
      local part = bar.by_name[name]
      if not part then
        part = { name = name, tons = decimal.new(0) }
        bar.by_name[name] = part
        bar.parts[#bar.parts + 1] = part
      end
      part.tons = part.tons:add(group.metric_tons)
      bar.sum = bar.sum:add(group.metric_tons)
    end
  end
  for _, bar in ipairs(bars) do
    bar.text = Price.plain(bar.sum) .. " t"
    for _, part in ipairs(bar.parts) do
      part.value, part.text = tonumber(tostring(part.tons)), Price.plain(part.tons) .. " t"
    end
  end
  return Chart.bars { title = "Carbon removal by year of delivery, metric tons", bars = bars }
end

local metatable = {
  __name = "stripe.workflow.climate.report", __index = methods,
  __tostring = function(self) return self:table() end,
}

local OPTIONS = { reference = true, since = true, before = true }

local STATES = { delivered = "delivered", canceled = "canceled" }

local function total(totals, by_key, order, state)
  local key = state .. order.currency
  local sum = by_key[key]
  if not sum then
    sum = { state = state, currency = order.currency, metric_tons = decimal.new(0),
      amount_total = 0, amount_fees = 0, orders = 0 }
    by_key[key] = sum
    totals[#totals + 1] = sum
  end
  sum.metric_tons = sum.metric_tons:add(order.metric_tons)
  sum.amount_total = sum.amount_total + order.amount_total
  sum.amount_fees = sum.amount_fees + order.amount_fees
  sum.orders = sum.orders + 1
end

local function finish(list)
  for _, each in ipairs(list) do each.metric_tons = Price.plain(each.metric_tons) end
end

--- Makes the report, see `stripe.workflow.climate`.
function Report.make(client, options)
  options = options or {}
  local wrong = Class.unknown("report", options, OPTIONS) or Class.seconds(options, "since")
    or Class.seconds(options, "before")
  if wrong then error(wrong, 3) end
  local listed, err = Products.list(client)
  if not listed then return nil, err end
  local products = {}
  for _, item in ipairs(listed) do products[item.id] = item end
  local page, problem = client.climate.orders:list { limit = 100 }
  if not page then return nil, problem end

  local report, by_key, by_state = { groups = {}, totals = {} }, {}, {}
  for order, failure in page:each() do
    if not order then return nil, failure end
    local own = not options.reference
      or (order.metadata or {}).climate_reference == options.reference
    local since = not options.since or order.created >= options.since
    local before = not options.before or order.created < options.before
    if own and since and before then
      local state = STATES[order.status] or "ordered"
      if not products[order.product] then
        products[order.product] = Products.get(client, order.product)
      end
      for _, part in ipairs(parts_of(order, products)) do
        part.state = state
        add(report.groups, by_key, part)
      end
      total(report.totals, by_state, order, state)
    end
  end
  sort(report.groups)
  table.sort(report.totals, function(a, b)
    if a.state ~= b.state then return a.state > b.state end
    return a.currency < b.currency
  end)
  finish(report.groups)
  finish(report.totals)
  return setmetatable(report, metatable)
end

return Report
