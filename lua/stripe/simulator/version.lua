--- The `Stripe-Version` header: a version, and flags that open previews.
-- @module stripe.simulator.version

local core = require "stripe.core"
local errors = require "stripe.simulator.errors"

local version = {}

local versions, flags, previews -- sets, made when first needed

local function load()
  versions, flags, previews = {}, {}, {}
  for _, name in ipairs(core.names().api_versions) do versions[name] = true end
  for resource, entry in pairs(core.catalogue()) do
    for name, operation in pairs(entry.operations) do
      local needed = {}
      for _, param in ipairs(operation.params or {}) do
        if param.stability == "private_preview" then needed[#needed + 1] = param.name end
      end
      if operation.beta then flags[operation.beta] = true end
      previews[resource .. "." .. name] = needed
    end
  end
end

--- Reads the header.
-- @tparam ?string header
-- @string default the account's version
-- @treturn table `{ name = "2026-10-28.endive", flags = { ["x_beta=v2"] = true } }` | nil, err
function version.read(header, default)
  if not versions then load() end
  local name, rest = (header or default):match("^%s*([^;]*)(.*)$")
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
  return result
end

--- The parameters of a request that only a preview knows while no flag opens it.
-- @treturn {string,...}
function version.hidden(operation, params, read)
  local found = {}
  if next(read.flags) then return found end
  for _, name in ipairs(previews[operation.resource .. "." .. operation.name] or {}) do
    if params[name] ~= nil then found[#found + 1] = name end
  end
  return found
end

return version
