--- The family webhook_endpoints of the simulator.
--
-- The secret stands in the answer of create only; at most 16 endpoints; `disabled` switches the
-- status; live mode wants https. [behaviour: Webhook endpoints, Resource]
-- @module stripe.simulator.webhook_endpoints
local core = require "stripe.core"
local errors = require "stripe.simulator.errors"
local metadata = require "stripe.simulator.metadata"

local KIND = "webhook_endpoint"
local MOST = 16

local operations = {}

--- nil, or the error of an address that no delivery could go to.
local function check_url(account, url)
  local scheme = url:match("^(%a[%w+.-]*)://[^/%s]")
  if not scheme then
    return errors.invalid("Invalid URL: An explicit scheme (such as https) must be provided.", "url",
      "url_invalid")
  end
  scheme = scheme:lower()
  if scheme ~= "https" and (account.livemode or scheme ~= "http") then
    return errors.invalid("Invalid URL: URL must be publicly accessible over HTTPS.", "url", "url_invalid")
  end
end

local function check_events(names)
  if names and #names == 0 then
    return errors.invalid("You must specify at least one event in enabled_events.", "enabled_events",
      "parameter_invalid_empty")
  end
end

local function count(account)
  local n = 0
  for _ in account.store:each(KIND) do n = n + 1 end
  return n
end

--- A parameter's new value: nil leaves the old one, null unsets it.
local function given(value, old)
  if value == nil then return old end
  if value == core.null then return nil end
  return value
end

operations["webhook_endpoints.create"] = function(account, request)
  local params = request.params
  local err = check_url(account, params.url) or check_events(params.enabled_events)
  if err then return nil, err end
  if count(account) >= MOST then
    return nil, errors.invalid(("You have reached the maximum of %d %s webhook endpoints."):format(MOST,
      account.livemode and "live" or "test"))
  end
  local endpoint = {
    id = account.ids:new("we_"),
    object = KIND,
    api_version = given(params.api_version),
    created = account.clock:now(),
    description = given(params.description),
    enabled_events = params.enabled_events,
    livemode = account.livemode,
    metadata = metadata.merge(nil, params.metadata),
    status = "enabled",
    url = params.url,
  }
  account.store:insert(KIND, endpoint)
  local secret = "whsec_" .. account.ids:secret(32)
  local private = account.store:private(endpoint.id)
  private.secret = secret
  private.connect = params.connect or false
  local answer = { secret = secret }
  for name, value in pairs(endpoint) do answer[name] = value end
  return answer
end

local function find(account, request)
  local id = request.ids[1]
  local endpoint = account.store:get(KIND, id)
  if endpoint then return endpoint end
  return nil, account.store:missing(KIND, id)
end

operations["webhook_endpoints.retrieve"] = find

operations["webhook_endpoints.update"] = function(account, request)
  local params = request.params
  local endpoint, err = find(account, request)
  if not endpoint then return nil, err end
  err = (params.url and check_url(account, params.url)) or check_events(params.enabled_events)
  if err then return nil, err end
  endpoint.url = params.url or endpoint.url
  endpoint.enabled_events = params.enabled_events or endpoint.enabled_events
  endpoint.description = given(params.description, endpoint.description)
  if params.metadata ~= nil then endpoint.metadata = metadata.merge(endpoint.metadata, params.metadata) end
  if params.disabled ~= nil then endpoint.status = params.disabled and "disabled" or "enabled" end
  return endpoint
end

operations["webhook_endpoints.list"] = function(account, request)
  return account.store:page(KIND, request)
end

operations["webhook_endpoints.delete"] = function(account, request)
  local endpoint, err = find(account, request)
  if not endpoint then return nil, err end
  account.store:remove(KIND, endpoint.id)
  return { id = endpoint.id, object = KIND, deleted = true }
end

return {
  name = "webhook_endpoints",
  kinds = { [KIND] = "we_" },
  operations = operations,
}
