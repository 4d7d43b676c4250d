--- Metadata of the simulator's objects: updates merge, an empty value deletes a key.
-- @module stripe.simulator.metadata
local core = require "stripe.core"
local errors = require "stripe.simulator.errors"

local metadata = {}

local MOST = 50

--- What metadata becomes after an update.
-- @tparam ?table current the object's metadata
-- @param given nil (unchanged), `core.null` (all keys go), or a map whose values are text, or
--   `core.null` to delete a key
-- @treturn table a new map | nil, err when it would have too many keys, which one request alone
--   can't have
function metadata.merge(current, given)
  local merged = {}
  if given == core.null then return merged end
  for key, value in pairs(current or {}) do merged[key] = value end
  for key, value in pairs(given or {}) do
    if value == core.null or value == "" then value = nil end
    merged[key] = value
  end
  local keys = 0
  for _ in pairs(merged) do keys = keys + 1 end
  if keys > MOST then
    return nil, errors.invalid(("metadata: it would have %d keys, and at most %d are allowed.")
      :format(keys, MOST), "metadata")
  end
  return merged
end

return metadata
