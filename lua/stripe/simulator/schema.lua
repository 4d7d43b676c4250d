--- The fields of API objects, by the objects' names.
-- @module stripe.simulator.schema

local core = require "stripe.core"

local schema = {}

local fields_of -- object name -> fields; made when first needed

local function collect(fields)
  for _, field in ipairs(fields or {}) do
    for _, inner in ipairs { field, field.item, field.map } do
      if inner.object and inner.fields and not fields_of[inner.object] then
        fields_of[inner.object] = inner.fields
      end
      collect(inner.fields)
    end
  end
end

local function load()
  fields_of = {}
  local catalogue = core.catalogue()
  for _, resource in pairs(catalogue) do fields_of[resource.object] = resource.fields end
  for _, resource in pairs(catalogue) do collect(resource.fields) end
end

--- The fields of an object, a list of descriptors of the catalogue; nil for an unknown one.
function schema.fields(object_name)
  if not fields_of then load() end
  return object_name and fields_of[object_name]
end

return schema
