--- The controls of the families as methods: `sim.climate:deliver(id, options)`.
-- @module stripe.simulator.controls

local families = require "stripe.simulator.families"
local shape = require "stripe.simulator.shape"

local controls = {}

-- What a control returned, when what it brought about has been delivered to functions.
local function settled(account, ...)
  account:settle()
  return ...
end

-- The control, for arguments of the shapes that its family names.
local function checked(control, takes)
  return function(account, ...)
    local err = shape.arguments(takes, ...)
    if err then return nil, err end
    return settled(account, control(account, ...))
  end
end

local function attach(target, method_of)
  for _, family in ipairs(families.list) do
    if family.controls then
      if target[family.name] then error("controls hide a part: " .. family.name) end
      local methods = {}
      for name, control in pairs(family.controls) do
        methods[name] = method_of(checked(control, family.takes[name]), family.name, name)
      end
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
  attach(simulator, function(control, family, name)
    return function(_, ...)
      local owner = simulator.accounts:maker((...))
      if owner then return control(owner, ...) end
      local first = simulator:account()
      local value, problem = control(first, ...)
      if not value then return nil, problem end
      for _, account in ipairs(simulator.accounts.list) do
        if account ~= first then control(account, ...) end
      end
      simulator.standing:add(family, name, ...)
      return value
    end
  end)
end

return controls
