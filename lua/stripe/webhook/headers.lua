--- One header out of whatever a server calls its headers.
-- @module stripe.webhook.headers

local function text(value)
  if type(value) ~= "table" then return value ~= nil and tostring(value) or nil end
  local parts = {}
  for i, part in ipairs(value) do parts[i] = tostring(part) end
  return table.concat(parts, ",")
end

-- Underscores stand for hyphens where headers come as variables: HTTP_STRIPE_SIGNATURE.
local function same(name, wanted)
  if type(name) ~= "string" then return false end
  name = name:lower():gsub("_", "-")
  return name == wanted or name == "http-" .. wanted
end

--- Finds a header.
-- @param headers a map with names in any case (a value may be a list), a list of `{name, value}`,
--   an object with a method `get` (lua-http), or just the text of that header
-- @string name in lower case
-- @treturn ?string its value; several are joined by commas
return function(headers, name)
  if type(headers) == "string" then return headers end
  if type(headers) ~= "table" and type(headers) ~= "userdata" then return nil end
  if type(headers) == "userdata" or type(headers.get) == "function" then
    local values = { headers:get(name) }
    return #values > 0 and text(values) or nil
  end
  local values = {}
  for key, value in pairs(headers) do
    if type(key) == "number" and type(value) == "table" and same(value[1], name) then
      values[#values + 1] = { key, text(value[2]) }
    elseif same(key, name) then
      values[#values + 1] = { 0, text(value) }
    end
  end
  table.sort(values, function(a, b) return a[1] < b[1] end)
  for i, value in ipairs(values) do values[i] = value[2] end
  return #values > 0 and table.concat(values, ",") or nil
end
