--- What is wrong with a table of options, as far as their names and types tell: nil, or words that
-- name the first one in the order of their names, so that of several it is always the same.
-- @module stripe.misuse

local core = require "stripe.core"
local suggest = require "stripe.suggest"

local Misuse = {}

--- The names of what was given, in order.
-- @tparam table given
-- @treturn table list
function Misuse.sorted(given)
  local names = {}
  for name in pairs(given) do names[#names + 1] = name end
  table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  return names
end

--- What to say of a name that there isn't. It may be a secret that was put in the wrong place.
-- @param name
-- @tparam table known as keys
-- @treturn string
function Misuse.unknown(name, known)
  return ("unknown option %q"):format(core.redact(tostring(name))) .. suggest.hint(name, known)
end

--- Whether a value is of one of some types.
-- @param value
-- @string types separated by spaces; "false" is the boolean that switches something off,
--   "stripe.null" is that value and no type
-- @treturn boolean
function Misuse.fits(value, types)
  if types == "stripe.null" then return value == core.null end
  if value == false and types:find("false", 1, true) then return true end
  return types:find(type(value), 1, true) ~= nil
end

--- What to say of a value of another type.
-- @treturn string
function Misuse.wrong_type(name, value, types)
  return ("option %q must be a %s, not a %s"):format(name, types:gsub(" ", " or "), type(value))
end

--- What is wrong with the names.
-- @tparam table given
-- @tparam table known as keys
-- @treturn ?string
function Misuse.names(given, known)
  for _, name in ipairs(Misuse.sorted(given)) do
    if not known[name] then return Misuse.unknown(name, known) end
  end
end

--- What is wrong with the names and the types.
-- @tparam table given
-- @tparam table known name -> types
-- @treturn ?string
function Misuse.types(given, known)
  for _, name in ipairs(Misuse.sorted(given)) do
    local types, value = known[name], given[name]
    if not types then return Misuse.unknown(name, known) end
    if not Misuse.fits(value, types) then return Misuse.wrong_type(name, value, types) end
  end
end

return Misuse
