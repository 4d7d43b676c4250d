--- The controls of the families as methods: `sim.climate:deliver(id, options)`.
-- @module stripe.simulator.controls

local families = require "stripe.simulator.families"

local controls = {}

local function attach(target, method_of)
  for _, family in ipairs(families.list) do
    if family.controls then
      if target[family.name] then error("controls hide a part: " .. family.name) end
      local methods = {}
      for name, control in pairs(family.controls) do methods[name] = method_of(control) end
      target[family.name] = methods
    end
  end
end

--- Gives an account its controls.
function controls.attach(account)
  attach(account, function(control)
    return function(_, ...) return control(account, ...) end
  end)
end

--- Gives a simulator its controls. One whose first argument is an object that some account made
-- acts there; any other acts on all accounts, and when it succeeds also on those to come.
function controls.attach_all(simulator)
  attach(simulator, function(control)
    return function(_, ...)
      local id = ...
      local owner = simulator.accounts:maker(id)
      if owner then return control(owner, ...) end
      local value, problem = control(simulator:account(), ...)
      if value then
        if type(id) == "string" then simulator.common[id] = true end
        for _, account in ipairs(simulator.accounts.list) do
          if account ~= simulator:account() then control(account, ...) end
        end
        table.insert(simulator.standing, { control = control, n = select("#", ...), ... })
      end
      return value, problem
    end
  end)
end

--- Does for a new account what the controls said for those to come.
function controls.repeat_standing(account)
  for _, standing in ipairs(account.simulator.standing) do
    standing.control(account, (unpack or table.unpack)(standing, 1, standing.n))
  end
end

return controls
