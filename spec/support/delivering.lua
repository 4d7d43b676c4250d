--- A simulator with endpoints, for the specs of deliveries.

local stripe = require "stripe"

local Delivering = {}
local metatable = { __index = Delivering }

local ORDER = { metric_tons = 1, product = "climsku_frontier_offtake_portfolio_2027" }

--- @tparam[opt] table options of the simulator, and `key`
local function open(options)
  local given = { clock = 1800000000 }
  for name, value in pairs(options or {}) do given[name] = value end
  local key = given.key or "sk_test_delivering"
  given.key = nil
  local sim = stripe.simulator.new(given)
  local client = stripe.new { api_key = key, transport = sim, max_retries = 0 }
  return setmetatable({ sim = sim, client = client, key = key, start = given.clock }, metatable)
end

--- An endpoint, which gets everything unless told otherwise.
function Delivering:endpoint(options)
  local params = { url = "https://127.0.0.1:1/hook", enabled_events = { "*" } }
  for name, value in pairs(options or {}) do params[name] = value end
  return assert(self.client.webhook_endpoints:create(params))
end

--- A new order, whose event is climate.order.created.
function Delivering:order() return assert(self.client.climate.orders:create(ORDER)) end

--- The newest event, as the API shows it.
function Delivering:event() return self.client.events:list({ limit = 1 }).data[1] end

--- Gives each delivery that is due now this outcome, and returns them.
function Delivering:answer(outcome)
  local list = self.sim:due()
  for _, delivery in ipairs(list) do
    assert(self.sim:delivered(delivery.id, outcome or { status = 200 }))
  end
  return list
end

--- The last entry of the log.
function Delivering:last()
  local log = self.sim:deliveries()
  return log[#log]
end

return { open = open, ORDER = ORDER }
