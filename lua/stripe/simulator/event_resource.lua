--- The family events of the simulator: reading what `stripe.simulator.events` recorded.
-- [behaviour: Events]
-- @module stripe.simulator.event_resource

local copy = require "stripe.simulator.copy"
local errors = require "stripe.simulator.errors"

local KIND = "event"

local operations = {}

-- Whether an event is of the type that the filter `type` names: a type, or a group such as
-- "climate.order.*".
local function is_of(event, wanted)
  local group = wanted:match("^(.*)%*$")
  if group then return event.type:sub(1, #group) == group end
  return event.type == wanted
end

-- The filters of a list as one function; nil when there are none.
local function filter_of(params)
  local named
  if params.types then
    named = {}
    for _, name in ipairs(params.types) do named[name] = true end
  end
  local wanted, delivered = params.type, params.delivery_success
  if not (named or wanted) and delivered == nil then return nil end
  return function(event)
    return (not named or named[event.type]) and (not wanted or is_of(event, wanted))
      and (delivered == nil or delivered == (event.pending_webhooks == 0))
  end
end

operations["events.retrieve"] = function(account, request)
  local id = request.ids[1]
  local event = account.events:get(id)
  if event then return event end
  return nil, errors.not_found(KIND, id)
end

operations["events.list"] = function(account, request)
  local params = request.params
  if params.types and params.type then
    return nil, errors.invalid("You may pass only one of these parameters: type, types.", "types",
      "parameters_exclusive")
  end
  return account.events:page(request, filter_of(params))
end

-- The Stripe CLI's `events resend`: the API has it, its reference does not.
operations["events.retry"] = function(account, request)
  return account.events:resend(request.ids[1], { endpoint = request.params.webhook_endpoint })
end

-- What a loaded event lacks of what is looked at in all.
local function loaded(_, event)
  copy.complete(event, { type = "sample", data = {}, pending_webhooks = 0 })
  copy.complete(event.data, { object = {} })
end

return {
  name = "events", kinds = { [KIND] = "evt_" }, operations = operations,
  loaded = { [KIND] = loaded },
}
