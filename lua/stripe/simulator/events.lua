--- Event objects: what happened in an account.
--
-- An event holds a frozen copy of its object as the API shows it without expansion. Events reach
-- back 30 days; older ones are dropped.
-- @module stripe.simulator.events

local core = require "stripe.core"
local copy = require "stripe.simulator.copy"
local errors = require "stripe.simulator.errors"
local families = require "stripe.simulator.families"
local functions = require "stripe.simulator.deliveries.functions"
local sample = require "stripe.simulator.sample"
local schema = require "stripe.simulator.schema"
local shape = require "stripe.simulator.shape"
local without_place = require "stripe.without_place"

local Events = {}
local metatable = { __name = "stripe.simulator.events", __index = Events }

local KIND, ENDPOINT = "event", "webhook_endpoint"
local REACH = 30 * 24 * 3600

local known, explicit -- sets of event types, made when first needed

local function types()
  if known then return end
  local names = core.names()
  known, explicit = {}, {}
  for _, name in ipairs(names.event_types) do known[name] = true end
  for _, name in ipairs(names.extra_event_types) do known[name] = true end
  for _, name in ipairs(names.explicit_event_types) do explicit[name] = true end
end

local function new(account) return setmetatable({ account = account }, metatable) end

-- What the API shows of an object; members that are null stay absent. Throws when it can't.
local function frozen(account, object)
  if not schema.fields(object.object) then return copy.deep(object) end
  local view, told = families.views[object.object], families.told[object.object]
  if view then object = view(account, object) end
  if told then object = told(object) end
  return (assert(core.decode(core.render(object))))
end

local function wants(endpoint, event_type)
  if endpoint.status ~= "enabled" then return false end
  for _, name in ipairs(endpoint.enabled_events) do
    if name == event_type or name == "*" and not explicit[event_type] then return true end
  end
  return false
end

--- The enabled webhook endpoints that an event of this type goes to: the account's own, and for a
-- connected account those of its platform that listen to connected accounts.
-- @treturn {table,...}
-- @treturn {table,...} the account that each belongs to
function Events:endpoints(event_type)
  types()
  local found, owners = {}, {}
  local function collect(account, connect)
    for endpoint in account.store:each("webhook_endpoint") do
      local listens_to_connected = account.store:private(endpoint.id).connect or false
      if listens_to_connected == connect and wants(endpoint, event_type) then
        found[#found + 1], owners[#owners + 1] = endpoint, account
      end
    end
  end
  collect(self.account, false)
  if self.account.parent then collect(self.account.parent, true) end
  return found, owners
end

-- Queues an event for one endpoint, or for all that want it and the functions of this process;
-- returns for how many.
local function deliver(self, event, endpoints, owners, kind)
  local account = self.account
  for i, endpoint in ipairs(endpoints) do
    local connected = owners[i] ~= account and account.id or nil
    owners[i].outbox:add(event, endpoint.id, { kind = kind, account = connected })
  end
  local takers = functions.of(account)
  for _, one in ipairs(takers) do account.outbox:add(event, one.id, { kind = kind }) end
  return #endpoints + #takers
end

--- Records an event.
-- @string event_type
-- @tparam table object in the shape of the API
-- @tparam[opt] table options `previous_attributes`: the old values of what an update changed
-- @treturn table the event
function Events:emit(event_type, object, options)
  local account = self.account
  local cause = account.current
  local now = account.clock:now()
  account.store:expire(KIND, now - REACH)
  local endpoints, owners = self:endpoints(event_type)
  local event = account.store:insert(KIND, {
    id = account.ids:new("evt_"), object = KIND, type = event_type, created = now,
    account = account.parent and account.id or nil,
    api_version = account.settings.api_version, livemode = account.livemode,
    data = {
      object = frozen(account, object),
      previous_attributes = options and copy.deep(options.previous_attributes),
    },
    pending_webhooks = #endpoints,
    request = { id = cause and cause.id, idempotency_key = cause and cause.idempotency_key },
  })
  deliver(self, event, endpoints, owners)
  return event
end

--- Records a test event with an object that fits its type.
-- @string event_type
-- @tparam[opt] table overrides members of the object, merged into it
-- @treturn table event | nil, message
function Events:trigger(event_type, overrides)
  types()
  if not known[event_type] then
    return nil, ("unknown event type: %s"):format(tostring(event_type))
  end
  if overrides ~= nil and type(overrides) ~= "table" then
    return nil, "overrides: an object expected"
  end
  overrides = overrides or {}
  local problem = sample.problem(event_type, overrides)
  if problem then return nil, "overrides: " .. problem end
  local ids = self.account.ids
  local before = ids:snapshot()
  local object = sample.of_event(self.account, event_type, overrides)
  local shown, why = pcall(function() return core.json(frozen(self.account, object)) end)
  if not shown then
    ids:restore(before) -- what is refused takes no ids from what comes after it
    return nil, "overrides: " .. without_place(why)
  end
  local event = self:emit(event_type, object)
  self.account:settle()
  return event
end

-- The oldest time that the API still shows.
local function reach(self) return self.account.clock:now() - REACH end

--- The event, or nil when there is none or it is older than 30 days.
function Events:get(id)
  local event = self.account.store:get(KIND, id)
  return event and event.created >= reach(self) and event or nil
end

-- The endpoint of an id that takes this account's events, and whose it is | nil, nil, err.
local function endpoint_of(self, id)
  local account = self.account
  local parent = account.parent
  local owner = parent and parent.store:show(ENDPOINT, id) and parent or account
  local endpoint, err = owner.store:refer(ENDPOINT, id, "webhook_endpoint")
  if endpoint and endpoint.status ~= "enabled" then
    err = errors.invalid("This webhook endpoint is disabled.", "webhook_endpoint")
  end
  if err then return nil, nil, err end
  return endpoint, owner
end

-- Delivers an event once more; retries of before go on.
local function again(self, id, endpoint_id, kind)
  local event = self:get(id)
  if not event then return nil, errors.not_found(KIND, id) end
  local endpoint, owner, err
  if endpoint_id then
    endpoint, owner, err = endpoint_of(self, endpoint_id)
    if not endpoint then return nil, err end
    owner.outbox:add(event, endpoint.id,
      { kind = kind, account = owner ~= self.account and self.account.id or nil })
  else
    local endpoints, owners = self:endpoints(event.type)
    deliver(self, event, endpoints, owners, kind)
  end
  return event
end

--- Delivers an event once more, with a single try.
-- @string id
-- @tparam[opt] table options `endpoint`: the id of the one that gets it, whether it listens to such
--   events or not; without it all get it that do
-- @treturn table event | nil, err
function Events:resend(id, options)
  local err = shape.arguments({ "string", { endpoint = "string" } }, id, options)
  if err then return nil, err end
  local event, problem = again(self, id, options and options.endpoint, "manual")
  self.account:settle()
  return event, problem
end

--- Has an event delivered twice: all that listen to it get it again, or for the first time.
-- @treturn table event | nil, err
function Events:duplicate(id)
  local err = shape.arguments({ "string" }, id)
  if err then return nil, err end
  local event, problem = again(self, id, nil, "duplicate")
  self.account:settle()
  return event, problem
end

--- Holds all deliveries back until `release`.
function Events:hold()
  self.account.outbox:hold()
  return true
end

local ORDERS = shape.either(shape.one_of { "reverse", "created" }, shape.list "string")

--- Lets deliveries go on.
-- @tparam[opt] table options `order` of those that are due, each of which then waits for the end
--   of the one before: "created", "reverse", or a list of ids of events, what is not in it coming
--   last; without it they go out at once
-- @treturn boolean true | nil, err
function Events:release(options)
  local err = shape.arguments({ { order = ORDERS } }, options)
  if err then return nil, err end
  self.account.outbox:release(options and options.order)
  self.account:settle()
  return true
end

--- A page of events, as `store:page` gives it.
function Events:page(request, filter)
  return self.account.store:page(KIND, request, filter, reach(self))
end

--- Lets a function change the frozen objects: `rewrite(snapshot, event)` is called for each event.
-- For redaction, which reaches what was recorded before.
function Events:rewrite(rewrite)
  for event in self.account.store:each(KIND) do rewrite(event.data.object, event) end
end

return { new = new }
