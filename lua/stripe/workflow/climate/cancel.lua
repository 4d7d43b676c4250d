--- Cancels an order while it can be canceled, and says beforehand what comes back.
--
-- An order can be canceled within 24 hours of its creation; the fees are kept then. A delay or
-- another product gives 30 days more, and everything back.
-- [docs.stripe.com/api/climate/order/cancel; docs.stripe.com/climate/orders]
-- @module stripe.workflow.climate.cancel

local Class = require "stripe.workflow.class"
local core = require "stripe.core"

local Cancel = {}

local DAY = 24 * 3600
local REMORSE = 30 * DAY

local OVER = { delivered = true, canceled = true }

local function later(a, b)
  if not a then return b end
  return b and b > a and b or a
end

--- Until when an order can be canceled, and what would come back.
-- @tparam table order
-- @treturn ?integer Unix seconds; nil when it has ended
-- @treturn ?integer minor units
function Cancel.window(order)
  if OVER[order.status] then return nil end
  local disturbed = later(order.delayed_at, order.product_substituted_at)
  local ends = order.created + DAY
  if disturbed then return math.max(ends, disturbed + REMORSE), order.amount_total end
  return ends, order.amount_subtotal
end

local OPTIONS = { journal = true, force = true, now = true, wait = true }

local function misuse(id, options)
  if type(id) ~= "string" then return "argument 1 (id) must be that of an order" end
  local wrong = Class.unknown("cancel", options, OPTIONS) or Class.seconds(options, "wait")
  return wrong or options.journal ~= nil and Class.journal(options.journal) or nil
end

-- Cancels under a name of the journal.
local function once(client, id, options)
  local name, orders = "climate/cancel/" .. id, client.climate.orders
  local order, err = options.journal:once(name, function(call)
    return orders:cancel(id, nil, call)
  end, { wait = options.wait })
  if not order or order.status then return order, err end
  -- All that a person told the journal is the id, and that can be a slip: then it is asked anew.
  order, err = orders:retrieve(id)
  if not order or order.status == "canceled" then return order, err end
  local forgotten, problem = options.journal:forget(name)
  if not forgotten then return nil, problem end
  return once(client, id, options)
end

--- Cancels, see `stripe.workflow.climate`.
function Cancel.run(client, id, options)
  options = options or {}
  local wrong = misuse(id, options)
  if wrong then error(wrong, 3) end
  local now = options.now or core.time
  local order, err = client.climate.orders:retrieve(id)
  if not order then return nil, err end
  if order.status == "canceled" then return order, nil, { refund = 0, already = true } end
  local ends, refund = Cancel.window(order)
  if not ends then
    return nil, Class.failure("ended", ("order %s is %s"):format(id, order.status))
  end
  if now() > ends and not options.force then
    return nil, Class.failure("too_late", ("order %s could be canceled until %s; force = true asks "
      .. "all the same"):format(id, os.date("!%Y-%m-%d %H:%M UTC", ends)))
  end
  local canceled, problem
  if options.journal then
    canceled, problem = once(client, id, options)
  else
    canceled, problem = client.climate.orders:cancel(id)
  end
  if not canceled then return nil, problem end
  return canceled, nil, { refund = refund, already = false }
end

return Cancel
