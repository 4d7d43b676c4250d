--- The events of a simulator, which are those of all its accounts: `sim.events`.
-- @module stripe.simulator.all_events

local errors = require "stripe.simulator.errors"

local All = {}
local metatable = { __name = "stripe.simulator.all_events", __index = All }

local function new(simulator) return setmetatable({ simulator = simulator }, metatable) end

--- Records a test event in the default account.
function All:trigger(...) return self.simulator:account().events:trigger(...) end

-- Calls a method of the account that has the event.
local function of_owner(name)
  return function(self, id, ...)
    local owner = self.simulator.accounts:maker(id)
    if owner then return owner.events[name](owner.events, id, ...) end
    return nil, errors.not_found("event", tostring(id))
  end
end

All.resend, All.duplicate = of_owner "resend", of_owner "duplicate"

--- Holds the deliveries of all accounts back, also of those to come.
function All:hold()
  local simulator = self.simulator
  simulator.standing:remove("events", "hold")
  simulator.standing:add("events", "hold")
  for _, account in ipairs(simulator.accounts.list) do account.events:hold() end
  return true
end

--- Lets them go on; the order is that of each account.
function All:release(options)
  local simulator = self.simulator
  local first = simulator:account().events
  local released, err = first:release(options)
  if not released then return nil, err end
  simulator.standing:remove("events", "hold")
  for _, account in ipairs(simulator.accounts.list) do
    if account.events ~= first then account.events:release(options) end
  end
  return true
end

return { new = new }
