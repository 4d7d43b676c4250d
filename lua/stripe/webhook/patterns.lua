--- Which function is for which type of event.
--
-- A pattern is a type (`climate.order.delivered`), a group of them (`climate.order.*`,
-- `climate.*`) or `*`. Of several that fit, the most specific one is taken.
-- @module stripe.webhook.patterns

local core = require "stripe.core"
local suggest = require "stripe.suggest"

local Patterns = {}
local metatable = { __name = "stripe.webhook.patterns", __index = Patterns }

--- The one spelling of a type. The onramp's event is found with a dot and with an underscore in
-- Stripe's own guides; here it has the dot.
-- @string kind
-- @treturn string
function Patterns.canonical(kind)
  local stem, name = kind:match("^(.*crypto%.onramp_session)_([%w_]+)$")
  if stem == "crypto.onramp_session" or stem == "v1.crypto.onramp_session" then
    return stem .. "." .. name
  end
  return kind
end

local types, groups -- sets, made when first needed: what the catalogue knows

local function learn()
  if types then return end
  types, groups = {}, {}
  local names = core.names()
  for _, list in ipairs { names.event_types, names.extra_event_types } do
    for _, name in ipairs(list) do
      types[name] = true
      local group = name
      repeat
        group = group:match("^(.*)%.[^.]*$")
        if group then groups[group .. ".*"] = true end
      until not group
    end
  end
end

--- Whether the catalogue has this type; `v1.` in front is that of thin events.
-- @string kind
-- @treturn boolean
function Patterns.known(kind)
  learn()
  kind = Patterns.canonical(kind):gsub("^v1%.", "")
  return types[kind] or false
end

local function malformed(pattern)
  if type(pattern) ~= "string" then return "is no text" end
  local stem = pattern:gsub("%.%*$", "")
  if pattern ~= "*" and (stem:find("[^%w_.]") or ("." .. stem .. "."):find("..", 1, true)) then
    return 'must be a type of event, or end with ".*", or be "*"'
  end
end

-- A pattern that is nearly what the catalogue has is a slip; one that is far from all of it may be
-- newer than this library.
local function slip(pattern)
  learn()
  local version, name = pattern:match("^(v1%.)(.+)$")
  name = name or pattern
  local names = name:find("*", 1, true) and groups or types
  if name == "*" or names[name] then return nil end
  local best = suggest.nearest(name, names)
  return best and (version or "") .. best
end

--- Reads a table of patterns.
-- @tparam table given pattern -> value
-- @tparam boolean validate refuse what looks like a slip of the pen
-- @treturn[1] table with the method `match`
-- @treturn[2] nil
-- @treturn[2] string what is wrong
function Patterns.new(given, validate)
  local values, count = {}, 0
  for pattern, value in pairs(given) do
    local problem = malformed(pattern)
    if problem then return nil, ("pattern %q %s"):format(tostring(pattern), problem) end
    local name = Patterns.canonical(pattern)
    if values[name] then
      return nil, ("pattern %q is there in both of its spellings"):format(name)
    end
    local meant = validate and slip(name)
    if meant then
      return nil, ("no event has the type %q (did you mean %q?); validate = false lets it through")
        :format(pattern, meant)
    end
    values[name], count = { pattern = pattern, value = value }, count + 1
  end
  return setmetatable({ values = values, count = count }, metatable)
end

--- The value of the most specific pattern for a type.
-- @string kind
-- @return the value, or nil
-- @treturn ?string its pattern, as it was given
function Patterns:match(kind)
  local values = self.values
  local name = Patterns.canonical(kind)
  local found = values[name]
  while not found and name do
    name = name:match("^(.*)%.[^.]*$")
    found = name and values[name .. ".*"]
  end
  found = found or values["*"]
  if found then return found.value, found.pattern end
end

return Patterns
