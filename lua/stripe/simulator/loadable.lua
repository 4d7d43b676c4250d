--- What an object that is loaded has to be like beyond what the writer shows: the families look
-- into its texts, calculate with its amounts, and show its hidden members later.
-- @module stripe.simulator.loadable

local core = require "stripe.core"
local schema = require "stripe.simulator.schema"
local without_place = require "stripe.without_place"
local decimal = core.decimal

local loadable = {}

-- Longer texts are no amounts; the arithmetic has 128 digits.
local LONGEST = 40

local AMOUNT = ("a decimal that is not negative, of at most %d characters,"):format(LONGEST)

local STRUCTURES = { object = true, array = true, list = true }

local function is_amount(value)
  if type(value) == "table" or type(value) == "boolean" or #tostring(value) > LONGEST then
    return false
  end
  local number = decimal.new(value)
  return number ~= nil and number:sign() >= 0
end

local function wrong(path, expected) return ("%s: %s expected"):format(path, expected) end

local member

local function members(value, fields, path)
  for _, field in ipairs(fields or {}) do
    local problem = member(value[field.name], field, path .. field.name)
    if problem then return problem end
  end
end

-- Those of a list, or of a map.
local function elements(value, field, path, each)
  for key, one in each(value) do
    local problem = member(one, field, ("%s[%s]"):format(path, key))
    if problem then return problem end
  end
end

function member(value, field, path)
  if value == nil or value == core.null or field.format == "metadata" then
    return nil
  elseif field.format == "decimal" then
    return not is_amount(value) and wrong(path, AMOUNT) or nil
  elseif type(value) ~= "table" then
    if STRUCTURES[field.type] then return wrong(path, "a table") end
    return field.type == "string" and type(value) == "number" and wrong(path, "text") or nil
  elseif field.type == "object" and value[1] ~= nil then
    return wrong(path, "an object")
  elseif field.type == "array" then
    return elements(value, field.item, path, ipairs)
  elseif field.map then
    return elements(value, field.map, path, pairs)
  end
  return members(value, field.fields or schema.fields(field.object), path .. ".")
end

--- What is wrong with an object; nil when it can be loaded.
-- @tparam table object whose kind is known
-- @treturn ?string
function loadable.problem(object)
  local shown, why = pcall(core.render, object)
  if not shown then return without_place(why) end
  return members(object, schema.fields(object.object), "")
end

return loadable
