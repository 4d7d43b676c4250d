--- Copies and merges of plain values.
-- @module stripe.simulator.copy

local copy = {}

--- A copy that shares no table with the original; anything that is no table stays itself.
function copy.deep(value)
  if type(value) ~= "table" then return value end
  local result = {}
  for name, member in pairs(value) do result[name] = copy.deep(member) end
  return result
end

--- A copy whose members are those of the original.
function copy.shallow(value)
  local result = {}
  for name, member in pairs(value) do result[name] = member end
  return result
end

--- Copies the members of `changes` into `target`: maps are merged, everything else replaced.
function copy.merge(target, changes)
  for name, value in pairs(changes) do
    local current = target[name]
    if type(value) == "table" and type(current) == "table" and value[1] == nil
      and current[1] == nil and next(value) ~= nil then
      copy.merge(current, value)
    else
      target[name] = copy.deep(value)
    end
  end
  return target
end

--- Gives `target` the members of `defaults` that it lacks.
function copy.complete(target, defaults)
  for name, value in pairs(defaults) do
    if target[name] == nil then target[name] = value end
  end
  return target
end

return copy
