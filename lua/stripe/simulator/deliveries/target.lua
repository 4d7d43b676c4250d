--- Where a delivery goes: to an endpoint, or to a function of this process.
-- @module stripe.simulator.deliveries.target

local core = require "stripe.core"
local loopback = require "stripe.simulator.loopback"
local prefixes = require "stripe.simulator.prefixes"
local secrets = require "stripe.simulator.deliveries.secrets"

local target = {}

local ENDPOINT, EVENT = "webhook_endpoint", "event"
local FUNCTION = "^on_event_%d+$"

--- Whether this is the id of a function that takes events.
function target.is_function(endpoint) return endpoint:find(FUNCTION) ~= nil end

--- The function of this process that answers for an address; nil when none does.
function target.route(account, url)
  local routes = account.simulator.routes
  return routes and (prefixes.find(routes, prefixes.plain(url)))
end

--- Whether a record is for a function of this process.
function target.is_inside(account, record)
  if target.is_function(record.endpoint) then return true end
  if not account.simulator.routes then return false end
  local endpoint = account.store:show(ENDPOINT, record.endpoint)
  return endpoint ~= nil and target.route(account, endpoint.url) ~= nil
end

--- Whether deliveries to an address may leave this process.
function target.may_leave(account, url)
  if loopback.is(url) then return true end
  local address = prefixes.plain(url)
  local allowed = account.store:private("webhook_endpoints").allowed
  return prefixes.find(account.simulator.allowed_endpoints, address) ~= nil
    or allowed ~= nil and prefixes.find(allowed, address) ~= nil
end

--- Lets deliveries to an address, and to all below it, leave this process.
-- @treturn boolean true; false: it is no address
function target.allow(account, url)
  local address = prefixes.plain(url)
  if not address then return false end
  local private = account.store:private("webhook_endpoints")
  private.allowed = private.allowed or {}
  private.allowed[address] = true
  return true
end

--- The event of a record; nil when it is not kept any more.
-- @bool change whether it is to be changed
function target.event(account, record, change)
  local owner = account
  if record.account then
    owner = account.simulator.accounts.by_key[account.key .. " " .. record.account]
  end
  if not owner then return nil end
  if change then return owner.store:get(EVENT, record.event) end
  return (owner.store:show(EVENT, record.event))
end

local function subscriber(simulator, id)
  for _, one in ipairs(simulator.subscribers or {}) do
    if one.id == id then return one end
  end
end

--- What a record is about, as it is now.
-- @treturn table event
-- @treturn table endpoint, or `{ f }` | nil, nil, why it can't be delivered any more
function target.find(account, record)
  local event = target.event(account, record)
  if not event then return nil, nil, "the event is gone" end
  if target.is_function(record.endpoint) then
    local found = subscriber(account.simulator, record.endpoint)
    if not found then return nil, nil, "the function is gone" end
    return event, found
  end
  local endpoint = account.store:show(ENDPOINT, record.endpoint)
  if not endpoint then return nil, nil, "the endpoint is deleted" end
  if endpoint.status ~= "enabled" then return nil, nil, "the endpoint is disabled" end
  return event, endpoint
end

--- What a request to an endpoint is signed with now.
function target.secrets(account, endpoint)
  local private = account.store:private(endpoint.id)
  return {
    active = secrets.active(private, account.clock:now()), fake = not account.livemode,
  }
end

--- The time that a signature bears, Unix seconds.
function target.sign_time(account)
  if account.simulator.sign_clock == "simulator" then return account.clock:now() end
  return math.floor(core.time())
end

return target
