--- One header out of whatever a server calls its headers.
-- @module stripe.webhook.headers

-- Underscores stand for hyphens where headers come as variables: HTTP_STRIPE_SIGNATURE.
local function same(name, wanted)
  if type(name) ~= "string" then return false end
  name = name:lower():gsub("_", "-")
  return name == wanted or name == "http-" .. wanted
end

local function add(values, value)
  if type(value) ~= "table" then
    values[#values + 1] = value
  else
    for _, one in ipairs(value) do values[#values + 1] = one end
  end
end

local function collect(headers, name)
  if type(headers) == "userdata" or type(headers.get) == "function" then
    return { headers:get(name) }
  end
  local values = {}
  for key, value in pairs(headers) do
    if type(key) == "number" and type(value) == "table" then
      if same(value[1], name) then add(values, value[2]) end
    elseif same(key, name) then
      add(values, value)
    end
  end
  return values
end

--- Finds a header.
-- @param headers a map with names in any case (a value may be a list), a list of `{name, value}`,
--   an object with a method `get` (lua-http), or just the text of that header
-- @string name in lower case
-- @return nil when it isn't there, its value, or a table of values when it is there several times
return function(headers, name)
  if type(headers) == "string" then return headers end
  if type(headers) ~= "table" and type(headers) ~= "userdata" then return nil end
  local values = collect(headers, name)
  if #values > 1 then return values end
  return values[1] ~= nil and tostring(values[1]) or nil
end
