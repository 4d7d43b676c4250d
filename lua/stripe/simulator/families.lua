--- The families of resources that the simulator knows, and what they bring together.
-- @module stripe.simulator.families

local core = require "stripe.core"

local families = {
  list = {
    require "stripe.simulator.identity",
    require "stripe.simulator.crypto",
    require "stripe.simulator.climate",
    require "stripe.simulator.forwarding",
    require "stripe.simulator.webhook_endpoints",
    require "stripe.simulator.event_resource",
    require "stripe.simulator.files",
    require "stripe.simulator.files.links",
  },
  operations = {},  -- "climate.orders.create" -> function(account, request)
  timers = {},      -- "climate.deliver" -> function(account, id, extra)
  kinds = {},       -- "climate.order" -> prefix of ids
  views = {},       -- kind -> function(account, object) -> what is shown of it now
  told = {},        -- kind -> function(object) -> what events hold of it
  loaded = {},      -- kind -> function(account, object) that completes an object put in by `load`
  problems = {},    -- operation -> function(problem) -> err, or nil for the common wording
  forget = {},      -- operation -> function(account, request): what the journal is not to keep
  descriptors = core.operations(), -- by their handles
}

-- Their full names: "climate.orders.create".
for _, operation in ipairs(families.descriptors) do
  operation.title = operation.resource .. "." .. operation.name
end

local function merge(into, from, prefix)
  for name, value in pairs(from or {}) do into[prefix .. name] = value end
end

for _, family in ipairs(families.list) do
  merge(families.operations, family.operations, "")
  merge(families.timers, family.timers, family.name .. ".")
  merge(families.kinds, family.kinds, "")
  merge(families.views, family.views, "")
  merge(families.told, family.told, "")
  merge(families.loaded, family.loaded, "")
  merge(families.problems, family.problems, "")
  merge(families.forget, family.forget, "")
end

return families
