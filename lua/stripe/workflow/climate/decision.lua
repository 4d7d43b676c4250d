--- What becomes of a line of a plan that can't be bought as it was planned.
-- @module stripe.workflow.climate.decision

local Class = require "stripe.workflow.class"
local Plan = require "stripe.workflow.climate.plan"
local Products = require "stripe.workflow.climate.products"
local money = require "stripe.money"
local name_of = require "stripe.journal.name"

local decimal = require("stripe.core").decimal

local Decision = {}

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

--- Looks at the product of a line, before it is ordered.
-- @treturn[1] boolean true: it can be ordered
-- @treturn[2] nil
-- @treturn[2] table the error
-- @treturn[2] ?string "sold_out" or "price_changed": the policy has to say; nil: the look failed
function Decision.look(run, line)
  local item, err = Products.get(run.client, line.product)
  local code, why
  if item then
    code, why = changed(line, item, run.plan.currency, run.options.on_price_change or "stop")
  elseif err.status == 404 then
    code, why = "sold_out", line.name .. " is not on sale any more"
  else
    return nil, err
  end
  if not code then return true end
  return nil, Class.failure(code, why), code
end

-- A plan of what takes the place of a line, on the terms of the whole: the other lines count.
local function replacement(run, line)
  local asked, exclude, others = run.plan.asked, { line.product }, {}
  for _, id in ipairs(asked.exclude or {}) do exclude[#exclude + 1] = id end
  for _, other in ipairs(run.plan.lines) do exclude[#exclude + 1] = other.product end
  for _, other in ipairs(run.lines) do
    if other ~= line then others[#others + 1] = other end
  end
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
  local plan, err = Plan.make(run.client, options, { asked = asked, lines = others })
  if not plan then return nil, err end
  for i, new in ipairs(plan.lines) do
    new.number, new.replaces = ("%s.%d"):format(line.number, i), line.number
  end
  return plan
end

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
    return nil, Class.failure(code,
      err.message .. "; nothing else that fits the plan takes its place")
  end
  return { state = "replaced", reason = err.message, complete = plan.complete, lines = plan.lines }
end

local function entry_of(run, line)
  return name_of("climate", run.reference, line.number, "decision")
end

--- The decision of an earlier run: a product that is back when the purchase is resumed must not be
-- bought beside what took its place.
-- @treturn ?table `{ state = "skipped" | "replaced", reason, complete, lines }`, or nil
-- @treturn ?table the error when the journal can't be read
function Decision.made(run, line)
  local entry, err = run.options.journal:get(entry_of(run, line))
  return entry and entry.state == "done" and entry.value or nil, err
end

--- Decides by the policy, once.
-- @tparam table err why the line can't be bought
-- @string code "sold_out" or "price_changed"
-- @treturn[1] table as of `made`
-- @treturn[2] nil
-- @treturn[2] table the error: the policy is to stop
function Decision.make(run, line, err, code)
  return run.options.journal:once(entry_of(run, line), function()
    return decide(run, line, err, code)
  end, { wait = run.options.wait })
end

return Decision
