--- Places the orders of a plan, each exactly once.
--
-- The plan goes into the journal first, then each of its lines is an entry of its own: a run that
-- was killed is resumed with the plan that it began with, whatever has been planned since.
-- @module stripe.workflow.climate.buy

local Error = require "stripe.error"
local Plan = require "stripe.workflow.climate.plan"
local Price = require "stripe.workflow.climate.price"
local Products = require "stripe.workflow.climate.products"
local money = require "stripe.money"
local suggest = require "stripe.suggest"

local decimal = require("stripe.core").decimal

local OPTIONS = {
  journal = true, reference = true, on_price_change = true, on_sold_out = true,
  beneficiary = true, metadata = true, partial = true, wait = true,
}

local PRICE_POLICIES = { stop = true, accept = true, replace = true }
local STOCK_POLICIES = { stop = true, skip = true, replace = true }

local function misuse(plan, options)
  if type(options) ~= "table" then return "buy takes a plan and a table of options" end
  for name in pairs(options) do
    if not OPTIONS[name] then
      return ("unknown option %q"):format(tostring(name)) .. suggest.hint(name, OPTIONS)
    end
  end
  if not Plan.adopt(plan) then return "argument 1 must be a plan, as plan{...} makes it" end
  local reference, change = options.reference, options.on_price_change
  if type(options.journal) ~= "table" or type(options.journal.once) ~= "function" then
    return 'option "journal" must be a stripe.journal: without one a killed run would buy twice'
  elseif type(reference) ~= "string" or reference == "" or #reference > 200
    or reference:find("%c") then
    return 'option "reference" must be text of 1 to 200 bytes that names this purchase'
  elseif change ~= nil and not PRICE_POLICIES[change]
    and not (type(change) == "number" and change >= 0) then
    return 'option "on_price_change" must be "stop", "accept", "replace", or the percent by which '
      .. "a price may have risen"
  elseif options.on_sold_out ~= nil and not STOCK_POLICIES[options.on_sold_out] then
    return 'option "on_sold_out" must be "stop", "skip" or "replace"'
  end
end

local function stopped(code, message)
  return Error.new {
    type = "workflow_error", code = code, message = message, attempts = {}, retryable = false,
    sent = "no",
  }
end

-- Why a line can't be bought as planned any more: nil, or a code and what happened.
local function changed(line, item, currency, policy)
  local product = item.product
  local price = (product.current_prices_per_metric_ton or {})[currency]
  if not price then
    return "sold_out", ("%s has no price in %s any more"):format(line.name, currency:upper())
  elseif decimal.cmp(product.metric_tons_available, line.metric_tons) < 0 then
    return "sold_out", ("%s has %s t left, %s t were planned"):format(line.name,
      product.metric_tons_available, line.metric_tons)
  end
  local most = line.price_per_ton
  if type(policy) == "number" then
    most = decimal.mul(most, decimal.add(100, policy)):div(100, 0, "down"):to_integer()
  end
  if price.amount_total > most and policy ~= "accept" then
    return "price_changed", ("a ton of %s costs %s now, %s when it was planned"):format(line.name,
      money.format(price.amount_total, currency), money.format(line.price_per_ton, currency))
  end
end

local function params_of(line, run)
  local metadata = { climate_reference = run.reference, climate_line = line.number }
  for name, value in pairs(run.options.metadata or {}) do metadata[name] = value end
  return {
    product = line.product, currency = run.plan.currency, metadata = metadata,
    metric_tons = line.by == "metric_tons" and line.metric_tons or nil,
    amount = line.by == "amount" and line.amount_subtotal or nil,
    beneficiary = run.options.beneficiary,
  }
end

-- Whether the order of a line may have been sent by an earlier run: then it is not to be looked at
-- again but repeated.
local function under_way(run, name)
  local entry, err = run.options.journal:get(name)
  if err then return nil, err end
  local step = entry and entry.steps[1]
  return step ~= nil and step.state ~= "refused"
end

-- Buys a line: the order; or nil, an error, and why by policy ("sold_out", "price_changed").
local function buy_line(run, line)
  local name = ("climate/%s/%s"):format(run.reference, line.number)
  local open, err = under_way(run, name)
  if open == nil then return nil, err end
  if not open then
    local item, problem = Products.get(run.client, line.product)
    local code, why
    if item then
      code, why = changed(line, item, run.plan.currency, run.options.on_price_change or "stop")
    elseif problem.status == 404 then
      code, why = "sold_out", line.name .. " is not on sale any more"
    else
      return nil, problem
    end
    if code then return nil, stopped(code, why), code end
  end
  local order, problem, info = run.options.journal:once(name, function(call)
    return run.client.climate.orders:create(params_of(line, run), call)
  end, { wait = run.options.wait })
  if order then return order, nil, info end
  -- Between the look and the order somebody else may have bought it.
  local gone = problem.code == "out_of_inventory" or problem.code == "product_inactive"
  return nil, problem, gone and "sold_out" or nil
end

-- A plan of what takes the place of a line.
local function replacement(run, line)
  local asked, exclude = run.plan.asked, { line.product }
  for _, id in ipairs(asked.exclude or {}) do exclude[#exclude + 1] = id end
  for _, other in ipairs(run.plan.lines) do exclude[#exclude + 1] = other.product end
  local options = {
    currency = asked.currency, max_price_per_ton = asked.max_price_per_ton,
    pathways = asked.pathways, suppliers = asked.suppliers, delivery_by = asked.delivery_by,
    prefer = asked.prefer, exclude = exclude, products = asked.products, caps = asked.caps,
  }
  if asked.budget then
    options.budget = line.amount_total
  else
    options.metric_tons = line.metric_tons
  end
  local plan, err = Plan.make(run.client, options)
  if not plan then return nil, err end
  for i, new in ipairs(plan.lines) do
    new.number, new.replaces = ("%s.%d"):format(line.number, i), line.number
  end
  return plan
end

local function add(run, line, order)
  local result = run.result
  result.lines[#result.lines + 1] = {
    number = line.number, state = "bought", product = line.product, order = order.id,
    metric_tons = order.metric_tons, amount_total = order.amount_total,
    deviation = order.amount_total - line.amount_total,
  }
  result.orders[#result.orders + 1] = order
  result.metric_tons = Price.plain(decimal.add(result.metric_tons, order.metric_tons))
  for _, field in ipairs { "amount_subtotal", "amount_fees", "amount_total" } do
    result[field] = result[field] + order[field]
  end
end

local function skip(run, line, decided)
  run.result.lines[#run.result.lines + 1] = {
    number = line.number, state = decided.state, product = line.product, reason = decided.reason,
  }
  run.result.complete = run.result.complete and decided.complete
end

-- What the policy makes of a line that can't be bought as planned: `{ state, reason, complete,
-- lines }`, or nil and an error.
local function decide(run, line, err, code)
  local policy = run.options.on_sold_out or "stop"
  if code == "price_changed" then
    policy = run.options.on_price_change == "replace" and "replace" or "stop"
  end
  if policy == "skip" then
    return { state = "skipped", reason = err.message, complete = false, lines = {} }
  elseif policy ~= "replace" or line.replaces then
    return nil, err
  end
  local plan, problem = replacement(run, line)
  if not plan then return nil, problem end
  if #plan.lines == 0 or not plan.complete and not run.options.partial then
    return nil, stopped(code, err.message .. "; nothing else that fits the plan takes its place")
  end
  return { state = "replaced", reason = err.message, complete = plan.complete, lines = plan.lines }
end

-- The decision on a line, made once: a product that is back when the run is resumed must not be
-- bought beside what took its place.
local function decision(run, line, err, code)
  local name = ("climate/%s/%s/decision"):format(run.reference, line.number)
  if not err then
    local entry, problem = run.options.journal:get(name)
    return entry and entry.state == "done" and entry.value or nil, problem
  end
  return run.options.journal:once(name, function() return decide(run, line, err, code) end)
end

local function buy_lines(run, lines)
  for _, line in ipairs(lines) do
    local decided, err = decision(run, line)
    if err then return nil, err end
    if not decided then
      local order, problem, code = buy_line(run, line)
      if order then
        add(run, line, order)
      elseif not code then
        return nil, problem
      else
        decided, err = decision(run, line, problem, code)
        if not decided then return nil, err end
      end
    end
    if decided then
      skip(run, line, decided)
      local went, problem = buy_lines(run, decided.lines)
      if not went then return nil, problem end
    end
  end
  return true
end

--- Buys a plan, see `stripe.workflow.climate`.
local function buy(client, plan, options)
  local wrong = misuse(plan, options)
  if wrong then error(wrong, 3) end
  if #plan.lines == 0 then return nil, stopped("empty", "the plan has nothing to buy") end
  if not plan.complete and not options.partial then
    return nil, stopped("incomplete", "the plan does not reach what was asked for; "
      .. "buy it with partial = true, or plan on other terms")
  end
  local own, resumed = {}, true
  for name, value in pairs(plan) do own[name] = value end
  local kept, err = options.journal:once("climate/" .. options.reference, function()
    resumed = false
    return own
  end, { wait = options.wait })
  if not kept then return nil, err end
  for i, line in ipairs(kept.lines) do line.number = tostring(i) end
  local run = {
    client = client, plan = Plan.adopt(kept), options = options, reference = options.reference,
    result = {
      reference = options.reference, currency = kept.currency, lines = {}, orders = {},
      metric_tons = "0", amount_subtotal = 0, amount_fees = 0, amount_total = 0,
      complete = kept.complete, resumed = resumed,
    },
  }
  local done, problem = buy_lines(run, run.plan.lines)
  if not done then
    run.result.complete = false
    return nil, problem, run.result
  end
  return run.result
end

return buy
