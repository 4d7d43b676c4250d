--- Plausible objects for test events, made from the catalogue.
-- @module stripe.simulator.sample

local copy = require "stripe.simulator.copy"
local families = require "stripe.simulator.families"
local schema = require "stripe.simulator.schema"
local suggest = require "stripe.suggest"

local sample = {}

local of_fields

local by_format = {
  ["unix-time"] = function(account) return account.clock:now() end,
  currency = function() return "usd" end,
  decimal = function() return "1" end,
  metadata = function() return {} end,
}

local by_type = {
  string = function() return "sample" end,
  integer = function() return 1 end,
  number = function() return 1 end,
  boolean = function() return false end,
  array = function() return {} end,
  list = function() return { object = "list", data = {}, has_more = false, url = "/v1" } end,
  object = function(account, field)
    local fields = field.fields or schema.fields(field.object)
    return fields and of_fields(account, fields) or {}
  end,
}

-- The id of something of a kind: of the newest there is, else a new one.
local function id_of(account, kind)
  local newest = account.store:newest(kind)
  return newest and newest.id or account.ids:new(families.kinds[kind])
end

-- A nullable or optional member stays absent: null is always plausible.
function of_fields(account, fields)
  local object = {}
  for _, field in ipairs(fields) do
    if field.required and not field.nullable then
      local make = by_format[field.format] or by_type[field.type]
      object[field.name] = field.expand and id_of(account, field.object)
        or field.enum and field.enum[1] or make and make(account, field)
    end
  end
  return object
end

-- The kind whose name begins the event's type, as "climate.order" begins "climate.order.created".
local function kind_of(event_type)
  local kind = event_type:match("^(.*)%.[^.]*$")
  while kind do
    if schema.fields(kind) then return kind end
    kind = kind:match("^(.*)%.[^.]*$")
  end
  return event_type:match("^(.*)%.[^.]*$") or event_type
end

-- Takes the last word of the type for the status where the kind has such a status.
local function set_status(object, fields, event_type)
  for _, field in ipairs(fields) do
    for _, value in ipairs(field.name == "status" and field.enum or {}) do
      if event_type:match("[^.]*$") == value then object.status = value end
    end
  end
end

--- What is wrong with the names of overrides: no event would show a member that the object's kind
-- doesn't have.
-- @treturn ?string
function sample.problem(event_type, overrides)
  local fields = schema.fields(overrides.object or kind_of(event_type))
  if not fields then return nil end
  local known = {}
  for _, field in ipairs(fields) do known[field.name] = true end
  for name in pairs(overrides) do
    if not known[name] then
      return ("there is no member %q%s"):format(tostring(name), suggest.hint(name, known))
    end
  end
end

--- An object for a test event: a copy of the one that `overrides.id` names, else of the newest of
-- its kind, else one made up; then `overrides` merged into it.
function sample.of_event(account, event_type, overrides)
  local kind = kind_of(event_type)
  local fields = schema.fields(kind)
  local object = copy.deep(overrides.id and account.store:get(kind, overrides.id)
    or not overrides.id and account.store:newest(kind) or nil)
  if not object then
    object = fields and of_fields(account, fields) or { created = account.clock:now() }
    object.object = kind
    object.id = account.ids:new(families.kinds[kind] or kind:match("[^.]*$") .. "_")
    object.livemode = account.livemode
  end
  if fields then set_status(object, fields, event_type) end
  return copy.merge(object, overrides)
end

return sample
