--- The family webhook_endpoints of the simulator.
--
-- The secret stands in the answer of create only; at most 16 endpoints; `disabled` switches the
-- status; live mode wants https. [behaviour: Webhook endpoints, Resource]
-- @module stripe.simulator.webhook_endpoints

local core = require "stripe.core"
local copy = require "stripe.simulator.copy"
local errors = require "stripe.simulator.errors"
local metadata = require "stripe.simulator.metadata"
local shape = require "stripe.simulator.shape"
local secrets = require "stripe.simulator.deliveries.secrets"
local target = require "stripe.simulator.deliveries.target"

local KIND = "webhook_endpoint"
local MOST = 16
local LONGEST = 24 * 3600 -- seconds that an old secret may go on to sign

local operations = {}

-- nil, or why no delivery could go to this address.
local function check_url(account, url)
  local scheme, rest = url:match("^(%a[%w+.-]*)://(.*)$")
  local why
  if not scheme then
    why = "An explicit scheme (such as https) must be provided"
  elseif not rest:find("^[^/?#%s][^%s]*$") then
    why = "It must name a host and hold no spaces"
  elseif scheme:lower() ~= "https" and (account.livemode or scheme:lower() ~= "http") then
    why = account.livemode and "Live mode needs https" or "Only https and http are possible"
  end
  return why and errors.invalid("Invalid URL: " .. why, "url", "url_invalid")
end

local function check_events(names)
  if #names > 0 then return nil end
  return errors.invalid("You must specify at least one event in enabled_events.",
    "enabled_events", "parameter_invalid_empty")
end

local function check_count(account)
  local n = 0
  for _ in account.store:each(KIND) do n = n + 1 end
  if n < MOST then return nil end
  return errors.invalid(("You have reached the maximum of %d %s webhook endpoints."):format(MOST,
    account.livemode and "live" or "test"))
end

-- A value that may be null, which unsets it; nil leaves the old one.
local function given(value, old)
  if value == nil then return old end
  if value == core.null then return nil end
  return value
end

local function new_secret(account) return "whsec_" .. account.ids:secret(32) end

local function find(account, request) return account.store:find(KIND, request.ids[1]) end

operations["webhook_endpoints.create"] = function(account, request)
  local params = request.params
  local err = check_url(account, params.url) or check_events(params.enabled_events)
    or check_count(account)
  if err then return nil, err end
  local endpoint = account.store:insert(KIND, {
    id = account.ids:new("we_"), object = KIND, api_version = params.api_version,
    created = account.clock:now(), description = given(params.description),
    enabled_events = params.enabled_events, livemode = account.livemode,
    metadata = metadata.merge(nil, params.metadata), status = "enabled", url = params.url,
  })
  local private = account.store:private(endpoint.id)
  private.secret, private.connect = new_secret(account), params.connect or false
  return copy.merge({ secret = private.secret }, endpoint)
end

operations["webhook_endpoints.retrieve"] = find

operations["webhook_endpoints.update"] = function(account, request)
  local params = request.params
  local endpoint, err = find(account, request)
  if not endpoint then return nil, err end
  err = params.url and check_url(account, params.url)
    or params.enabled_events and check_events(params.enabled_events)
  local merged, too_many = metadata.merge(endpoint.metadata, params.metadata)
  err = err or too_many
  if err then return nil, err end
  endpoint.url = params.url or endpoint.url
  endpoint.enabled_events = params.enabled_events or endpoint.enabled_events
  endpoint.description = given(params.description, endpoint.description)
  endpoint.metadata = merged
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

-- A loaded endpoint may bring its secret; it is shown no more than that of any other.
local function loaded(account, endpoint)
  local private = account.store:private(endpoint.id)
  local secret = endpoint.secret ~= "" and endpoint.secret or private.secret
  private.secret = secret or new_secret(account)
  private.connect = private.connect or false
  endpoint.secret = nil
  endpoint.status = endpoint.status or "enabled"
  endpoint.enabled_events = endpoint.enabled_events or { "*" }
end

local controls = {}

--- Gives an endpoint a new secret, as the Dashboard does.
-- @string id
-- @tparam[opt] table options `expires_in`: seconds, up to a day, in which the old one signs too (0)
-- @treturn table endpoint, with the secret | nil, err
function controls.roll_secret(account, id, options)
  local seconds = options and options.expires_in or 0
  if not (seconds >= 0 and seconds <= LONGEST) then
    return nil, errors.invalid(("expires_in: 0 to %d seconds expected"):format(LONGEST),
      "expires_in")
  end
  local endpoint, err = account.store:find(KIND, id)
  if not endpoint then return nil, err end
  local private = account.store:private(id)
  secrets.roll(private, new_secret(account), account.clock:now(), seconds)
  return copy.merge({ secret = private.secret }, endpoint)
end

--- Lets deliveries to an address, and to all below it, leave this machine.
-- @param url text, or `{ url }`
-- @treturn boolean true | nil, err
function controls.allow(account, url)
  if type(url) == "table" then url = url.url end
  if url and target.allow(account, url) then return true end
  return nil, errors.invalid("Invalid URL: An explicit scheme (such as https) must be provided",
    "url", "url_invalid")
end

return {
  name = "webhook_endpoints",
  kinds = { [KIND] = "we_" },
  operations = operations,
  loaded = { [KIND] = loaded },
  controls = controls,
  takes = {
    roll_secret = { "string", { expires_in = "number" } },
    allow = { shape.either("string", { url = "string" }) },
  },
}
