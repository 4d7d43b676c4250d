--- The `Stripe-Version` header: a version, and flags that open previews.
-- @module stripe.simulator.version

local core = require "stripe.core"
local errors = require "stripe.simulator.errors"

local version = {}

local versions, flags, previews -- sets, made when first needed
local last, last_read -- the header before, as it was read: mostly the same
local NONE = {}

local function load()
  versions, flags, previews = {}, {}, {}
  for _, name in ipairs(core.names().api_versions) do versions[name] = true end
  for resource, entry in pairs(core.catalogue()) do
    for name, operation in pairs(entry.operations) do
      local needed = {}
      for _, param in ipairs(operation.params or NONE) do
        if param.stability == "private_preview" then needed[#needed + 1] = param.name end
      end
      if operation.beta then flags[operation.beta] = true end
      if needed[1] then previews[resource .. "." .. name] = needed end
    end
  end
end

--- Reads the header.
-- @tparam ?string header
-- @string default the account's version
-- @treturn table `{ name = "2026-10-28.endive", flags = { ["x_beta=v2"] = true } }` | nil, err
function version.read(header, default)
  if not versions then load() end
  header = header or default
  if header == last then return last_read end
  local name, rest = header:match("^%s*([^;]*)(.*)$")
  name = name:match("^.*%S") or ""
  if not versions[name] then
    return nil, errors.invalid("Invalid Stripe API version: " .. name)
  end
  local result = { name = name, flags = {} }
  for flag in rest:gmatch("[^;%s]+") do
    if not flags[flag] then
      return nil, errors.invalid("You do not have permission to pass this beta header: "
        .. flag:match("^[^=]*") .. ".")
    end
    result.flags[flag] = true
  end
  last, last_read = header, result
  return result
end

--- The parameters of a request that only a preview knows while no flag opens it.
-- @treturn {string,...}
function version.hidden(operation, params, read)
  local needed = previews[operation.title]
  if not needed or next(read.flags) then return NONE end
  local found = {}
  for _, name in ipairs(needed) do
    if params[name] ~= nil then found[#found + 1] = name end
  end
  return found
end

return version
