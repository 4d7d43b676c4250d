-- What the specs of parameters share: operations by name, pairs, a generator of numbers.
local core = require "stripe.core"

local M = {}

local operations = {}
for index, operation in ipairs(core.operations()) do
  operations[operation.resource .. "." .. operation.name] = index
end

--- The handle of an operation such as "climate.orders.create"; nil stays nil.
function M.op(name)
  return name and assert(operations[name], name)
end

--- core.encode by name of the operation.
function M.encode(name, params, options)
  return core.encode(M.op(name), params, options)
end

--- core.read by name of the operation.
function M.read(name, text, content_type)
  return core.read(M.op(name), text, content_type)
end

--- The problem that encoding ends in.
function M.refusal(name, params, options)
  local body, problem = M.encode(name, params, options)
  if body then error("was not refused: " .. body, 2) end
  return problem
end

--- The problem that reading ends in.
function M.misread(name, text, content_type)
  local params, problem = M.read(name, text, content_type)
  if params then error("was not refused: " .. text, 2) end
  return problem
end

--- The pairs of a form, sorted.
function M.pairs(form)
  local list = {}
  for pair in form:gmatch("[^&]+") do list[#list + 1] = pair end
  table.sort(list)
  return list
end

--- Random whole numbers from 1 to n, the same in every run and in every Lua.
function M.random(seed)
  return function(n)
    seed = (seed * 16807) % 2147483647
    return seed % n + 1
  end
end

return M
