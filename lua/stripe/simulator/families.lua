--- The families of resources that the simulator knows, and what they bring together.
-- @module stripe.simulator.families

local core = require "stripe.core"

local NAMES = {
  "identity", "crypto", "climate", "forwarding", "webhook_endpoints", "event_resource", "files",
  "file_links",
}

local families = {
  list = {},        -- in the order of NAMES
  operations = {},  -- "climate.orders.create" -> function(account, request)
  timers = {},      -- "climate.deliver" -> function(account, id, extra)
  kinds = {},       -- "climate.order" -> prefix of ids
  views = {},       -- kind -> function(account, object) -> what is shown of it now
  problems = {},    -- operation -> function(problem) -> err, or nil for the common wording
  labels = {},      -- kind -> what the server calls it in "No such ..."
  descriptors = core.operations(),
}

local function merge(into, from, prefix)
  for name, value in pairs(from or {}) do into[prefix .. name] = value end
end

for _, name in ipairs(NAMES) do
  local found, family = pcall(require, "stripe.simulator." .. name)
  if found then
    families.list[#families.list + 1] = family
    merge(families.operations, family.operations, "")
    merge(families.timers, family.timers, family.name .. ".")
    merge(families.kinds, family.kinds, "")
    merge(families.views, family.views, "")
    merge(families.problems, family.problems, "")
    merge(families.labels, family.labels, "")
  elseif not tostring(family):find("not found:", 1, true) then
    error(family, 0)
  end
end

return families
