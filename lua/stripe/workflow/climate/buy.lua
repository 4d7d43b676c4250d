--- Places the orders of a plan, each exactly once.
--
-- The plan goes into the journal first, then each of its lines is an entry of its own: a run that
-- was killed is resumed with the plan that it began with, whatever has been planned since.
-- @module stripe.workflow.climate.buy

local Class = require "stripe.workflow.class"
local Decision = require "stripe.workflow.climate.decision"
local Plan = require "stripe.workflow.climate.plan"
local Price = require "stripe.workflow.climate.price"
local name_of = require "stripe.journal.name"
local with = require "stripe.with"

local decimal = require("stripe.core").decimal

local OPTIONS = {
  journal = true, reference = true, on_price_change = true, on_sold_out = true,
  beneficiary = true, metadata = true, partial = true, wait = true,
}

local PRICE_POLICIES = { stop = true, accept = true, replace = true }
local STOCK_POLICIES = { stop = true, skip = true, replace = true }

local function misuse(plan, options)
  local wrong = Class.unknown("buy", options, OPTIONS)
  if wrong then return wrong end
  if not Plan.adopt(plan) then return "argument 1 must be a plan, as plan{...} makes it" end
  wrong = Class.remembered(options, "without one a killed run would buy twice")
    or Class.seconds(options, "wait")
  if wrong then return wrong end
  local change = options.on_price_change
  if change ~= nil and not PRICE_POLICIES[change]
    and not (type(change) == "number" and change >= 0 and change < math.huge) then
    return 'option "on_price_change" must be "stop", "accept", "replace", or the percent by which '
      .. "a price may have risen"
  elseif options.on_sold_out ~= nil and not STOCK_POLICIES[options.on_sold_out] then
    return 'option "on_sold_out" must be "stop", "skip" or "replace"'
  end
  for _, name in ipairs { "beneficiary", "metadata" } do
    if options[name] ~= nil and type(options[name]) ~= "table" then
      return ("option %q must be a table"):format(name)
    end
  end
end

local function params_of(line, run)
  local metadata = with({}, run.options.metadata)
  metadata.climate_reference, metadata.climate_line = run.reference, line.number
  return {
    product = line.product, currency = run.plan.currency, metadata = metadata,
    metric_tons = line.by == "metric_tons" and line.metric_tons or nil,
    amount = line.by == "amount" and line.amount_subtotal or nil,
    beneficiary = run.options.beneficiary,
  }
end

-- Buys a line: the order; or nil, an error, and why by policy ("sold_out", "price_changed").
local function buy_line(run, line)
  local orders, code = run.client.climate.orders, nil
  local order, err = run.options.journal:once(name_of("climate", run.reference, line.number),
    function(call) return orders:create(params_of(line, run), call) end, {
      wait = run.options.wait,
      -- What an earlier run may have ordered is asked for again whatever it costs by now.
      before = function()
        local may, problem, why = Decision.look(run, line)
        code = why
        return may, problem
      end,
    })
  if order and not order.amount_total then -- all that a person told the journal is its id
    order, err = orders:retrieve(order.id)
  end
  if order then return order end
  -- Between the look and the order somebody else may have bought it.
  if err.code == "out_of_inventory" or err.code == "product_inactive" then code = "sold_out" end
  return nil, err, code
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

-- Takes note of a decision: its lines stand for this one from now on.
local function replace(run, line, decided)
  run.result.lines[#run.result.lines + 1] = {
    number = line.number, state = decided.state, product = line.product, reason = decided.reason,
  }
  run.result.complete = run.result.complete and decided.complete
  for i = #run.lines, 1, -1 do
    if run.lines[i] == line then table.remove(run.lines, i) end
  end
  for _, new in ipairs(decided.lines) do run.lines[#run.lines + 1] = new end
end

local function buy_lines(run, lines)
  for _, line in ipairs(lines) do
    local decided, err = Decision.made(run, line)
    if err then return nil, err end
    if not decided then
      local order, problem, code = buy_line(run, line)
      if order then
        add(run, line, order)
      elseif not code then
        return nil, problem
      else
        decided, err = Decision.make(run, line, problem, code)
        if not decided then return nil, err end
      end
    end
    if decided then
      replace(run, line, decided)
      local went, problem = buy_lines(run, decided.lines)
      if not went then return nil, problem end
    end
  end
  return true
end

-- The plan that the purchase began with: this one, when it begins now.
local function plan_of(plan, options)
  local own, resumed = with({}, plan), true
  local kept, err = options.journal:once(name_of("climate", options.reference), function()
    resumed = false
    return own
  end, { wait = options.wait })
  if not kept then return nil, err end
  if kept.livemode ~= plan.livemode then
    return nil, Class.failure("changed", ("the journal has the reference %q of a purchase in %s "
      .. "mode: use another journal, or another reference"):format(options.reference,
        kept.livemode and "live" or "test"))
  end
  return Plan.adopt(kept), resumed
end

--- Buys a plan, see `stripe.workflow.climate`.
local function buy(client, plan, options)
  local wrong = misuse(plan, options)
  if wrong then error(wrong, 3) end
  if #plan.lines == 0 then return nil, Class.failure("empty", "the plan has nothing to buy") end
  if not plan.complete and not options.partial then
    return nil, Class.failure("incomplete", "the plan does not reach what was asked for; "
      .. "buy it with partial = true, or plan on other terms")
  end
  local kept, resumed = plan_of(plan, options)
  if not kept then return nil, resumed end
  local run = {
    client = client, plan = kept, options = options, reference = options.reference, lines = {},
    result = {
      reference = options.reference, currency = kept.currency, lines = {}, orders = {},
      metric_tons = "0", amount_subtotal = 0, amount_fees = 0, amount_total = 0,
      complete = kept.complete, resumed = resumed,
    },
  }
  for i, line in ipairs(kept.lines) do
    line.number = tostring(i)
    run.lines[i] = line
  end
  local done, problem = buy_lines(run, kept.lines)
  if not done then
    run.result.complete = false
    return nil, problem, run.result
  end
  return run.result
end

return buy
