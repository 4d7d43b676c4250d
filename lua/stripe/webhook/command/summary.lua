--- An event in a few words.
-- @module stripe.webhook.command.summary

local core = require "stripe.core"

-- Terminals obey control characters.
local function word(value)
  if type(value) ~= "string" or value == "" then return "-" end
  return (value:gsub("%c", "?"))
end

local function object_of(event)
  local data = type(event.data) == "table" and event.data.object
  local object = type(data) == "table" and data or event.related_object
  return type(object) == "table" and object.id
end

--- Reads a payload.
-- @string payload
-- @treturn string type; "-" where there is none, as in the others
-- @treturn string id
-- @treturn string the id of the object that the event is about
return function(payload)
  local event = core.decode(payload)
  if type(event) ~= "table" then return "-", "-", "-" end
  return word(event.type), word(event.id), word(object_of(event))
end
