--- Checks answers against the fields of the catalogue.
--
--     assert.same({}, schema.check(order, "climate.order"))
--     assert.same({}, schema.check(page, "list:climate.order"))
--
-- The answer has its nulls kept (as core.null). Values of open enums that the catalogue does not
-- know count as wrong: nothing of ours has a reason to make one up.

local core = require "stripe.core"

local schema = {}

local objects = {} -- name -> { fields =, id_prefix = }

for _, about in pairs(core.catalogue()) do
  objects[about.object] = about
  for _, operation in pairs(about.operations) do
    if operation.fields then
      objects["deleted_" .. operation.returns] = { fields = operation.fields }
    end
  end
end

local function is_integer(value)
  return type(value) == "number" and value == math.floor(value) and math.abs(value) < 2 ^ 53
end

--- Whether a table may be a JSON array (an empty one may be either).
local function is_list(value)
  if type(value) ~= "table" then return false end
  local n = 0
  for _ in pairs(value) do n = n + 1 end
  return n == #value
end

local function is_map(value)
  return type(value) == "table" and (next(value) == nil or not is_list(value))
end

local is_type = {
  string = function(value) return type(value) == "string" end,
  integer = is_integer,
  number = function(value) return type(value) == "number" end,
  boolean = function(value) return type(value) == "boolean" end,
  object = is_map,
  list = is_map,
  array = is_list,
}

local is_format = {
  ["unix-time"] = function(value) return value > 0 end,
  decimal = function(value) return value:find("^%-?%d+$") or value:find("^%-?%d+%.%d+$") end,
  currency = function(value) return value:find("^%l%l%l$") end,
}

local function contains(list, value)
  for _, one in ipairs(list) do
    if one == value then return true end
  end
  return false
end

local function shown(value)
  if value == core.null then return "null" end
  if type(value) == "string" then return ("%q"):format(value) end
  return type(value) == "table" and "a table" or tostring(value)
end

local check_value, check_object

--- Checks the members of a table; `known` are the fields that it may have.
local function check_fields(value, known, path, problems)
  local names = {}
  for _, field in ipairs(known) do
    names[field.name] = true
    local member = value[field.name]
    local where = path == "" and field.name or path .. "." .. field.name
    if member ~= nil then
      check_value(member, field, where, problems)
    elseif field.required then
      problems[#problems + 1] = where .. " is missing"
    end
  end
  for name in pairs(value) do
    if not names[name] then
      problems[#problems + 1] = path .. (path == "" and "" or ".") .. name .. " is unknown"
    end
  end
end

local function check_list(value, item, path, problems)
  if value.object ~= "list" then problems[#problems + 1] = path .. ".object is not list" end
  if type(value.has_more) ~= "boolean" then
    problems[#problems + 1] = path .. ".has_more is " .. shown(value.has_more)
  end
  if type(value.url) ~= "string" or value.url:sub(1, 4) ~= "/v1/" then
    problems[#problems + 1] = path .. ".url is " .. shown(value.url)
  end
  for name in pairs(value) do
    if not contains({ "object", "data", "has_more", "url" }, name) then
      problems[#problems + 1] = path .. "." .. name .. " is unknown"
    end
  end
  local data = { type = "array", item = item }
  check_value(value.data == nil and core.null or value.data, data, path .. ".data", problems)
end

function check_value(value, field, path, problems)
  local function wrong(why) problems[#problems + 1] = path .. " is " .. shown(value) .. why end
  if value == core.null then
    if not field.nullable then wrong("") end
    return
  end
  if field.expand == "id" and type(value) == "table" then
    return check_object(value, field.object, path, problems)
  end
  if not is_type[field.type](value) then return wrong(", not of type " .. field.type) end
  if field.enum and not contains(field.enum, value) then return wrong(", not in the enum") end
  if is_format[field.format] and not is_format[field.format](value) then
    return wrong(", not in the form of " .. field.format)
  end

  if field.type == "list" then return check_list(value, field.item, path, problems) end
  if field.object and field.type == "object" then
    return check_object(value, field.object, path, problems)
  end
  if field.fields and not field.object then check_fields(value, field.fields, path, problems) end
  if field.item then
    for i, item in ipairs(value) do
      check_value(item, field.item, path .. "[" .. i - 1 .. "]", problems)
    end
  end
  if field.map then
    for key, member in pairs(value) do
      if type(key) ~= "string" then problems[#problems + 1] = path .. " has a key of no text" end
      check_value(member, field.map, path .. "." .. tostring(key), problems)
    end
  end
end

function check_object(value, name, path, problems)
  local known = assert(objects[name], "no object is called " .. tostring(name))
  local own_name = name:gsub("^deleted_", "")
  local here = path == "" and "" or path .. "."
  if value.object ~= nil and value.object ~= own_name then
    problems[#problems + 1] = here .. "object is " .. shown(value.object) .. ", not " .. own_name
  end
  local prefix = known.id_prefix
  if prefix and tostring(value.id):sub(1, #prefix) ~= prefix then
    problems[#problems + 1] = here .. "id is " .. shown(value.id) .. ", not " .. prefix .. "..."
  end
  check_fields(value, known.fields, path, problems)
end

--- Checks a decoded answer against an object of the catalogue ("climate.order"), a list of them
-- ("list:climate.order"), or the answer to a deletion ("deleted_webhook_endpoint").
-- @tparam table value the answer, nulls kept
-- @tparam string name
-- @treturn {string,...} what is wrong with it, sorted; empty when nothing is
function schema.check(value, name)
  local problems = {}
  local item = name:match("^list:(.*)")
  if type(value) ~= "table" then
    problems[1] = "the answer is " .. shown(value)
  elseif item then
    check_list(value, { type = "object", object = item }, "list", problems)
  else
    check_object(value, name, "", problems)
  end
  table.sort(problems)
  return problems
end

return schema
