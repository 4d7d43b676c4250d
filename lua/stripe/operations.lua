--- The operations of the API, as the catalogue has them.
-- @module stripe.operations

local core = require "stripe.core"

local Operations = { list = core.operations() }

--- The full name of an operation.
-- @tparam ?integer op index in `list`
-- @treturn ?string such as "climate.orders.create"
function Operations.name(op)
  local operation = Operations.list[op]
  return operation and operation.resource .. "." .. operation.name
end

local catalogue

--- Everything that the catalogue says, built when first asked for and kept.
-- @treturn table see `stripe.catalogue`
function Operations.catalogue()
  catalogue = catalogue or core.catalogue()
  return catalogue
end

--- Whether an operation has a parameter of that name.
-- @tparam table operation entry of `list`
-- @tparam string name
-- @treturn boolean
function Operations.takes(operation, name)
  local resource = Operations.catalogue()[operation.resource]
  for _, param in ipairs(resource.operations[operation.name].params or {}) do
    if param.name == name then return true end
  end
  return false
end

return Operations
