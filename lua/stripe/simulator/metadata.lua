--- Metadata of the simulator's objects: updates merge, an empty value deletes a key.
-- @module stripe.simulator.metadata
local core = require "stripe.core"

local metadata = {}

--- What metadata becomes after an update.
-- @tparam ?table current the object's metadata
-- @param given nil (unchanged), `core.null` (all keys go), or a map whose values are text, or
--   `core.null` to delete a key
-- @treturn table a new map
function metadata.merge(current, given)
  local merged = {}
  if given == core.null then return merged end
  for key, value in pairs(current or {}) do merged[key] = value end
  for key, value in pairs(given or {}) do
    if value == core.null or value == "" then value = nil end
    merged[key] = value
  end
  return merged
end

return metadata
