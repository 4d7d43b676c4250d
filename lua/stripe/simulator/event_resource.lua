--- The family events of the simulator: reading what `stripe.simulator.events` recorded.
--
-- [behaviour: Events]
-- @module stripe.simulator.event_resource
local errors = require "stripe.simulator.errors"

local KIND = "event"
local MOST_TYPES = 20

local operations = {}

--- Whether a type has this name, or belongs to the group of a pattern such as "climate.order.*".
local function matches(event_type, pattern)
  local group = pattern:match("^(.*%.)%*$")
  if group then return event_type:sub(1, #group) == group end
  return pattern == "*" or event_type == pattern
end

local function any(event_type, patterns)
  for _, pattern in ipairs(patterns) do
    if matches(event_type, pattern) then return true end
  end
  return false
end

operations["events.retrieve"] = function(account, request)
  local id = request.ids[1]
  local event = account.events:get(id)
  if event then return event end
  return nil, account.store:missing(KIND, id)
end

operations["events.list"] = function(account, request)
  local params = request.params
  local types = params.types
  if types and params.type then
    return nil, errors.invalid("You may pass only one of these parameters: type, types.", "types",
      "parameters_exclusive")
  end
  if types and #types > MOST_TYPES then
    return nil, errors.invalid(("You may pass at most %d types."):format(MOST_TYPES), "types")
  end
  types = types or (params.type and { params.type })
  local delivered = params.delivery_success
  return account.events:page(request, (types or delivered ~= nil) and function(event)
    return (not types or any(event.type, types))
      and (delivered == nil or delivered == (event.pending_webhooks == 0))
  end or nil)
end

return { name = "events", kinds = { [KIND] = "evt_" }, operations = operations }
