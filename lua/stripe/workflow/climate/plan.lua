--- A plan: which products to order, how much of each, for what money. Making one sends nothing.
--
-- Plain data, so that it can be kept as JSON: `{ object = "climate.plan", currency, asked, lines,
-- rejected, metric_tons, amount_subtotal, amount_fees, amount_total, missing_tons, unspent,
-- complete, created }`. `tostring` makes a table of it.
-- @module stripe.workflow.climate.plan

local core = require "stripe.core"
local Class = require "stripe.workflow.class"
local Price = require "stripe.workflow.climate.price"
local Products = require "stripe.workflow.climate.products"
local money = require "stripe.money"
local suggest = require "stripe.suggest"
local tabular = require "stripe.workflow.tabular"
local with = require "stripe.with"

local decimal = core.decimal

local Plan = {}

local OPTIONS = {
  metric_tons = true, budget = true, currency = true, max_price_per_ton = true, pathways = true,
  suppliers = true, delivery_by = true, caps = true, prefer = true, products = true,
  exclude = true,
}

local PREFERENCES = { price = true, delivery = true, pathway = true, supplier = true }

local function whole(value)
  return type(value) == "number" and value >= 1 and value % 1 == 0 and value < 2 ^ 53
end

local function quantity_of(cap)
  if type(cap) ~= "string" and type(cap) ~= "number" then return nil end
  local percent = type(cap) == "string" and cap:match("^%s*([%d.]+)%s*%%$")
  return Class.positive(percent or cap), percent and true or false
end

local function misuse_of_caps(caps)
  if caps ~= nil and type(caps) ~= "table" then
    return 'option "caps" must be a table, such as { enhanced_weathering = "50%" }'
  end
  for name, cap in pairs(caps or {}) do
    if type(name) ~= "string" then
      return 'option "caps": its keys are ids of products or suppliers, or pathways'
    elseif not quantity_of(cap) then
      return ("option \"caps\": %s must be metric tons, or a share such as \"50%%\""):format(name)
    end
  end
end

local function misuse_of_preferences(prefer)
  for _, name in ipairs(type(prefer) == "table" and prefer or { prefer }) do
    if not PREFERENCES[name] then
      return ('option "prefer" takes price, delivery, pathway and supplier, not %q')
        :format(tostring(name))
    end
  end
end

-- What is wrong with the options: nil, or a message that names the one.
local function misuse(options)
  local wrong = Class.unknown("plan", options, OPTIONS)
  if wrong then return wrong end
  local tons, budget = options.metric_tons, options.budget
  if (tons == nil) == (budget == nil) then
    return 'give "metric_tons" or "budget": one of them'
  elseif tons ~= nil and not ((type(tons) == "string" or type(tons) == "number")
    and Class.positive(tons)) then
    return 'option "metric_tons" must be a positive decimal such as "1.5"'
  elseif budget ~= nil and not whole(budget) then
    return 'option "budget" must be an integer of minor units, such as 5000 for 50.00 USD; '
      .. "stripe.money.to_minor makes one"
  elseif options.currency ~= nil and not tostring(options.currency):find("^%a%a%a$") then
    return 'option "currency" must be a three-letter code such as "usd"'
  elseif options.max_price_per_ton ~= nil and not whole(options.max_price_per_ton) then
    return 'option "max_price_per_ton" must be an integer of minor units, fees included'
  elseif options.delivery_by ~= nil and not whole(options.delivery_by) then
    return 'option "delivery_by" must be a year'
  end
  for _, name in ipairs { "pathways", "suppliers", "products", "exclude" } do
    if options[name] ~= nil and not Class.are_texts(options[name]) then
      return ("option %q must be a list of texts"):format(name)
    end
  end
  return misuse_of_caps(options.caps) or misuse_of_preferences(options.prefer)
end

local function position(list, value)
  for i, each in ipairs(list or {}) do
    if each == value then return i end
  end
end

-- Whether each of a set's members is in a list.
local function all_in(set, list)
  for value in pairs(set) do
    if not position(list, value) then return false end
  end
  return next(set) ~= nil
end

-- Why a product won't do, or nil.
local function unfit(item, asked)
  local product = item.product
  local price = (product.current_prices_per_metric_ton or {})[asked.currency]
  if asked.products and not position(asked.products, item.id)
    or position(asked.exclude, item.id) then
    return "not wanted"
  elseif not price then
    return "no price in " .. asked.currency:upper()
  elseif asked.pathways and not all_in(item.pathway_set, asked.pathways) then
    return "another pathway"
  elseif asked.suppliers and not all_in(item.supplier_ids, asked.suppliers) then
    return "another supplier"
  elseif asked.max_price_per_ton and price.amount_total > asked.max_price_per_ton then
    return "a ton costs " .. money.format(price.amount_total, asked.currency)
  elseif asked.delivery_by and not product.delivery_year then
    return "its delivery year is not known"
  elseif asked.delivery_by and product.delivery_year > asked.delivery_by then
    return "delivered in " .. ("%d"):format(product.delivery_year)
  elseif not Class.positive(product.metric_tons_available) then
    return "sold out"
  end
end

-- What the order of preference compares: smaller comes first.
local RANKS = {
  price = function(item, asked)
    return item.product.current_prices_per_metric_ton[asked.currency].amount_total
  end,
  delivery = function(item) return item.product.delivery_year or math.huge end,
  pathway = function(item, asked)
    return position(asked.pathways, item.pathways[1]) or math.huge
  end,
  supplier = function(item, asked)
    local best = math.huge
    for id in pairs(item.supplier_ids) do
      best = math.min(best, position(asked.suppliers, id) or math.huge)
    end
    return best
  end,
}

local function sort(items, asked)
  local order = {}
  for i, name in ipairs(asked.prefer) do order[i] = RANKS[name] end
  order[#order + 1] = RANKS.price
  table.sort(items, function(a, b)
    for _, rank in ipairs(order) do
      local x, y = rank(a, asked), rank(b, asked)
      if x ~= y then return x < y end
    end
    return a.id < b.id
  end)
end

-- The caps that a product falls under, each `{ limit, share, tons, total }`: what was used of it.
local function caps_of(item, caps)
  local found = {}
  for name, cap in pairs(caps) do
    if name == item.id or item.supplier_ids[name] or item.pathway_set[name] then
      found[#found + 1] = cap
    end
  end
  return found
end

local function use_caps(item, caps, tons, total)
  for _, cap in ipairs(caps_of(item, caps)) do
    cap.tons, cap.total = cap.tons:add(tons), cap.total + total
  end
end

-- The caps, and what is used of them by the lines of the plan that this one is to complete.
local function open_caps(asked, all, around)
  local caps, by_id = {}, {}
  local base = around and around.asked or asked
  for name, cap in pairs(asked.caps or {}) do
    local limit, share = quantity_of(cap)
    if share then
      limit = limit:mul(base.budget or base.metric_tons):div(100, 6, "down")
    end
    caps[name] = { limit = limit, money = share and base.budget ~= nil,
      tons = decimal.new(0), total = 0 }
  end
  for _, item in ipairs(all) do by_id[item.id] = item end
  for _, line in ipairs(around and around.lines or {}) do
    local item = by_id[line.product] or { id = line.product, supplier_ids = {}, pathway_set = {} }
    use_caps(item, caps, line.metric_tons, line.amount_total)
  end
  return caps
end

-- A cap that is misspelt would be none.
local function misnamed(caps, all)
  if not caps then return nil end
  local name, known = Products.stranger(caps, all)
  return name and Class.refusal("cap_unknown", "caps", ("caps: no product, supplier or pathway is "
    .. "called %q%s"):format(name, suggest.hint(name, known)))
end

local function least(a, b) return decimal.cmp(b, a) < 0 and b or a end

-- How much of a product fits: tons, the subtotal that they cost when money decides, and what to
-- order by.
local function portion(item, asked, left, caps)
  local price = item.product.current_prices_per_metric_ton[asked.currency]
  local tons = decimal.new(item.product.metric_tons_available)
  if left.tons then tons = least(tons, left.tons) end
  local budget = left.total
  for _, cap in ipairs(caps_of(item, caps)) do
    if cap.money then
      budget = math.min(budget, (cap.limit:round("down", 0):to_integer()) - cap.total)
    else
      tons = least(tons, cap.limit:sub(cap.tons))
    end
  end
  if budget then
    local subtotal = Price.subtotal_within(math.max(budget, 0), price)
    local mass = Price.mass(subtotal, price)
    if decimal.cmp(mass, tons) <= 0 then return mass, subtotal, price end
  end
  return tons, nil, price
end

local function line_of(item, asked, tons, subtotal, price)
  local fees, total
  if subtotal then
    fees = Price.fees(subtotal, price)
    total = subtotal + fees
  else
    subtotal, fees, total = Price.of(tons, price)
  end
  return {
    product = item.id, name = item.product.name, pathway = Products.pathway(item),
    suppliers = item.suppliers, delivery_year = item.product.delivery_year,
    metric_tons = Price.plain(tons), price_per_ton = price.amount_total,
    amount_subtotal = subtotal, amount_fees = fees, amount_total = total,
    by = asked.budget and "amount" or "metric_tons",
  }
end

local function fill(plan, items, asked, caps)
  local left = {
    tons = asked.metric_tons and decimal.new(asked.metric_tons) or nil, total = asked.budget,
  }
  for _, item in ipairs(items) do
    local tons, subtotal, price = portion(item, asked, left, caps)
    local line = tons:sign() > 0 and line_of(item, asked, tons, subtotal, price)
    if line and line.amount_subtotal >= 1 then
      if asked.budget and not subtotal then line.by = "metric_tons" end
      plan.lines[#plan.lines + 1] = line
      plan.amount_subtotal = plan.amount_subtotal + line.amount_subtotal
      plan.amount_fees = plan.amount_fees + line.amount_fees
      plan.amount_total = plan.amount_total + line.amount_total
      plan.metric_tons = Price.plain(decimal.add(plan.metric_tons, tons))
      if left.tons then left.tons = left.tons:sub(tons) end
      if left.total then left.total = left.total - line.amount_total end
      use_caps(item, caps, tons, line.amount_total)
    end
  end
  return left
end

-- Whether nothing more could have been bought with what is left of a budget, not even a gram.
local function spent(left, items, asked)
  for _, item in ipairs(items) do
    local price = item.product.current_prices_per_metric_ton[asked.currency]
    if Price.mass(Price.subtotal_within(left, price), price):sign() > 0 then return false end
  end
  return #items > 0
end

local function describe(plan)
  local rows = {}
  for i, line in ipairs(plan.lines) do
    rows[i] = {
      name = line.name, pathway = (line.pathway:gsub("_", " ")), year = line.delivery_year,
      tons = line.metric_tons, price = money.format(line.price_per_ton, plan.currency),
      subtotal = money.format(line.amount_subtotal, plan.currency),
      fees = money.format(line.amount_fees, plan.currency),
      total = money.format(line.amount_total, plan.currency),
    }
    if line.delivery_year then rows[i].year = ("%d"):format(line.delivery_year) end
  end
  local text = tabular.text({
    { title = "Product", field = "name" }, { title = "Pathway", field = "pathway" },
    { title = "Delivery", field = "year" }, { title = "Tons", field = "tons", right = true },
    { title = "A ton, with fees", field = "price", right = true },
    { title = "Subtotal", field = "subtotal", right = true },
    { title = "Fees", field = "fees", right = true },
    { title = "Total", field = "total", right = true },
  }, rows, {
    name = "Total", tons = plan.metric_tons,
    subtotal = money.format(plan.amount_subtotal, plan.currency),
    fees = money.format(plan.amount_fees, plan.currency),
    total = money.format(plan.amount_total, plan.currency),
  })
  if plan.missing_tons then
    text = text .. ("%s t of %s t are not to be had on these terms.\n"):format(plan.missing_tons,
      plan.asked.metric_tons)
  end
  for _, each in ipairs(plan.complete and {} or plan.rejected) do
    text = text .. ("Left out: %s, %s\n"):format(each.name, each.reason)
  end
  if plan.unspent and plan.unspent > 0 then
    text = text .. ("%s of %s are left.\n"):format(money.format(plan.unspent, plan.currency),
      money.format(plan.asked.budget, plan.currency))
  end
  return text
end

local metatable = { __name = "stripe.workflow.climate.plan", __tostring = describe }

--- Makes a plan of plain data, such as came from JSON: `tostring` works on it again.
function Plan.adopt(data)
  if type(data) ~= "table" or data.object ~= "climate.plan" or type(data.lines) ~= "table"
    or type(data.asked) ~= "table" then
    return nil
  end
  return getmetatable(data) == nil and setmetatable(data, metatable) or data
end

--- Plans a purchase, see `stripe.workflow.climate`.
-- @param client
-- @tparam table options
-- @tparam[opt] table around of a plan that completes another one: `asked`, of the whole, and
--   `lines`, those that count against its caps
function Plan.make(client, options, around)
  local wrong = misuse(options)
  if wrong then error(wrong, 3) end
  local asked = with({}, options)
  asked.currency = (asked.currency or "usd"):lower()
  asked.prefer = type(asked.prefer) == "table" and asked.prefer or { asked.prefer or "price" }
  if asked.metric_tons then asked.metric_tons = Price.plain(asked.metric_tons) end

  local all, err = Products.list(client)
  if not all then return nil, err end
  err = not around and misnamed(asked.caps, all)
  if err then return nil, err end
  local plan = {
    object = "climate.plan", created = math.floor(core.time()), currency = asked.currency,
    livemode = all[1] ~= nil and all[1].product.livemode or false,
    asked = asked, lines = {}, rejected = {}, metric_tons = "0",
    amount_subtotal = 0, amount_fees = 0, amount_total = 0,
  }
  local items = {}
  for _, item in ipairs(all) do
    local why = unfit(item, asked)
    if why then
      plan.rejected[#plan.rejected + 1] = { product = item.id, name = item.product.name,
        reason = why }
    else
      items[#items + 1] = item
    end
  end
  sort(items, asked)
  local left = fill(plan, items, asked, open_caps(asked, all, around))
  if left.tons then
    plan.complete = left.tons:sign() == 0
    if not plan.complete then plan.missing_tons = Price.plain(left.tons) end
  else
    plan.unspent = left.total
    plan.complete = #plan.lines > 0 and (left.total == 0 or spent(left.total, items, asked) == true)
  end
  return setmetatable(plan, metatable)
end

return Plan
