--- `expand`: ids that become objects, and hidden fields that appear.
-- @module stripe.simulator.expand

local copy = require "stripe.simulator.copy"
local errors = require "stripe.simulator.errors"
local schema = require "stripe.simulator.schema"

local expand = {}

local MAX_LEVELS = 4

local function field_named(fields, name)
  for _, field in ipairs(fields or {}) do
    if field.name == name then return field end
  end
end

-- The members below a field: those of the object itself, of the object that its id names, or of
-- the elements; a list has its elements below `data`.
local function below(field)
  if field.type == "list" then return { { name = "data", type = "array", item = field.item } } end
  return field.fields or schema.fields(field.object) or field.item and below(field.item)
end

-- Adds one path to the tree; false when it doesn't lead to something expandable. The list in an
-- object may be named too, though it is there in any case.
local function add(tree, fields, path)
  local expandable = false
  for name in (path .. "."):gmatch("([^.]*)%.") do
    local field = field_named(fields, name)
    if not field then return false end
    expandable = field.expand ~= nil or field.type == "list"
    tree[name] = tree[name] or {}
    tree, fields = tree[name], below(field)
  end
  return expandable
end

--- Reads the paths of a request's `expand` parameter.
-- @tparam ?{string,...} paths
-- @tparam table operation descriptor: `returns`, `list`
-- @treturn table tree of names, `{ product = {} }`, below `data` for a list; nil when nothing is
--   to be expanded | nil, err
function expand.read(paths, operation)
  if not paths or #paths == 0 then return nil end
  local fields = schema.fields(operation.returns)
  local tree = {}
  for _, path in ipairs(paths) do
    local _, dots = path:gsub("%.", "")
    if dots + 1 > MAX_LEVELS then
      return nil, errors.invalid(("You cannot expand more than %d levels: %s"):format(MAX_LEVELS,
        path))
    end
    local target, inner = tree, path
    if operation.list then
      inner = path:match("^data%.(.+)$")
      tree.data = tree.data or {}
      target = tree.data
    end
    if not inner or not add(target, fields, inner) then
      return nil, errors.invalid("This property cannot be expanded (" .. path .. ").")
    end
  end
  return tree
end

local resolved

-- A member of an object as the tree wants it.
local function member(value, field, tree, find)
  if field.expand == "id" and type(value) == "string" then
    local object = field.object and find(field.object, value)
    return object and resolved(object, below(field), tree, find) or value
  end
  if type(value) ~= "table" then return value end
  if field.type == "array" then
    local items = {}
    for i, item in ipairs(value) do items[i] = resolved(item, below(field), tree, find) end
    return items
  end
  return resolved(value, below(field), tree, find)
end

-- The object, or a copy of it with objects in the place of the ids that the tree names.
function resolved(object, fields, tree, find)
  local result = object
  for name, inner in pairs(tree) do
    local field, value = field_named(fields, name), object[name]
    if field and value ~= nil then
      local new = member(value, field, inner, find)
      if new ~= value then
        if result == object then result = copy.shallow(object) end
        result[name] = new
      end
    end
  end
  return result
end

--- Puts objects in the place of the ids that the tree names; what is stored stays untouched.
-- @tparam table object
-- @tparam table tree as `expand.read` made it (for a list: what stands below `data`)
-- @tparam function find(kind, id) -> object or nil
-- @treturn table
function expand.apply(object, tree, find)
  return resolved(object, schema.fields(object.object), tree, find)
end

return expand
