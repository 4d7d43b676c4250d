--- What the arguments of controls must look like, so that nothing gets in that no answer could
-- show.
--
-- A shape is the name of a type (see TYPES), a table of the members that an object may have, or
-- one that a function below made.
-- @module stripe.simulator.shape

local core = require "stripe.core"
local errors = require "stripe.simulator.errors"
local utf8_text = require "stripe.simulator.utf8_text"

local shape = {}

local EXACT = 2 ^ 53

local function is_integer(value)
  return type(value) == "number" and value % 1 == 0 and value > -EXACT and value < EXACT
end

local function is_text(value) return type(value) == "string" and utf8_text.is(value) end

local function is_finite(value)
  return type(value) == "number" and value > -math.huge and value < math.huge
end

-- Name -> what is expected, and whether a value is that.
local TYPES = {
  string = { "text", is_text },
  bytes = { "text", function(value) return type(value) == "string" end },
  boolean = { "true or false", function(value) return type(value) == "boolean" end },
  number = { "a number", is_finite },
  integer = { "an integer", is_integer },
  scalar = { "text or a number", function(value) return is_text(value) or is_finite(value) end },
  digits = { "an integer", function(value)
    return is_integer(value) or type(value) == "string" and value:find("^%d+$") ~= nil
  end },
  table = { "a table that JSON can carry", function(value)
    return type(value) == "table" and (pcall(core.json, value))
  end },
  ["function"] = { "a function", function(value) return type(value) == "function" end },
}

local function wrong(path, expected)
  return errors.invalid(("Invalid %s: %s expected"):format(path, expected), path)
end

local function below(path, name)
  return path and ("%s[%s]"):format(path, tostring(name)) or tostring(name)
end

--- nil, or the error of a value that has not this shape.
-- @param value
-- @param wanted shape
-- @string[opt] path that names the value in the error; nil: its members stand by themselves
function shape.check(value, wanted, path)
  if type(wanted) == "function" then return wanted(value, path) end
  if type(wanted) == "string" then
    local expected, is = TYPES[wanted][1], TYPES[wanted][2]
    return not is(value) and wrong(path or "value", expected) or nil
  end
  if type(value) ~= "table" then return wrong(path or "options", "an object") end
  for name, member in pairs(value) do
    local inner = below(path, name)
    local err
    if wanted[name] then
      err = shape.check(member, wanted[name], inner)
    else
      err = errors.from_problem { kind = "unknown", param = inner }
    end
    if err then return err end
  end
end

--- A list of elements.
function shape.list(of)
  return function(value, path)
    if type(value) ~= "table" then return wrong(path, "a list") end
    for i, element in pairs(value) do
      if type(i) ~= "number" then return wrong(path, "a list") end
      local err = shape.check(element, of, below(path, i))
      if err then return err end
    end
  end
end

--- A map from names to values.
function shape.map(of)
  return function(value, path)
    if type(value) ~= "table" then return wrong(path or "options", "an object") end
    for name, member in pairs(value) do
      if not is_text(name) then return wrong(path or "options", "an object") end
      local err = shape.check(member, of, below(path, name))
      if err then return err end
    end
  end
end

--- One of some texts, given as a list.
function shape.one_of(values)
  return function(value, path)
    for _, known in ipairs(values) do
      if value == known then return nil end
    end
    return errors.from_problem { kind = "enum", param = path, values = values }
  end
end

--- One shape for tables, another for everything else.
function shape.either(plain, of_tables)
  return function(value, path)
    return shape.check(value, type(value) == "table" and of_tables or plain, path)
  end
end

local pairs_of_headers, map_of_headers = shape.list(shape.list "scalar"), shape.map "scalar"

--- HTTP headers: a map, or a list of `{ name, value }`.
function shape.headers(value, path)
  if type(value) == "table" and value[1] ~= nil then
    local err = pairs_of_headers(value, path)
    for _, header in ipairs(err and {} or value) do
      if #header ~= 2 or not is_text(header[1]) then
        err = wrong(path, "pairs of name and value")
      end
    end
    return err
  end
  return map_of_headers(value, path)
end

--- Checks the arguments of a control: nil, or the error.
-- @tparam {shape,...} takes what each must be; nil passes
-- @param ... the arguments
function shape.arguments(takes, ...)
  if select("#", ...) > #takes then return errors.invalid("Too many arguments") end
  for i = 1, select("#", ...) do
    local value = select(i, ...)
    local err = value ~= nil and shape.check(value, takes[i], type(takes[i]) == "string" and "id")
    if err then return err end
  end
end

return shape
