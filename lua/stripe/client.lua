--- Clients: settings, and the resources that are called with them.
--
-- The resources hang off a client as the API names them, `client.climate.orders:create(params,
-- options)`; methods take the ids of the path first, then params, then options. They return
-- `object, nil, response`, or `nil, err, response_or_nil`.
-- @module stripe.client

local core = require "stripe.core"
local Call = require "stripe.call"
local Driver = require "stripe.driver"
local Options = require "stripe.options"
local Resource = require "stripe.resource"
local key = require "stripe.key"
local suggest = require "stripe.suggest"
local with = require "stripe.with"

local Client = {}

-- Names the settings of a client to this file alone: nothing that prints a client finds them.
local SETTINGS = {}

local methods = {}

local function settings_of(client, method)
  local metatable = getmetatable(client)
  if type(metatable) ~= "table" or metatable.__name ~= "stripe.client" then
    error(("use client:%s(...) with a colon"):format(method), 3)
  end
  return client[SETTINGS]()
end

local function unknown(name)
  local known = {}
  for k in pairs(methods) do known[k] = true end
  for k in pairs(Resource.names) do known[k] = true end
  return ("the client has no %q"):format(core.redact(name)) .. suggest.hint(name, known)
    .. "; what the catalogue lacks is called by client:request(method, path, params, options)"
end

local function make(settings)
  local function get() return settings end
  return setmetatable({}, {
    __name = "stripe.client",
    __tostring = function() return "stripe.client (" .. key.show(settings.api_key) .. ")" end,
    __index = function(self, name)
      if methods[name] then return methods[name] end
      if name == SETTINGS then return get end
      if type(name) ~= "string" then return nil end
      local handle = Resource.handle(name, get)
      if not handle then error(unknown(name), 2) end
      rawset(self, name, handle)
      return handle
    end,
  })
end

-- Settings of what was given: nil and a message when it won't do.
local function build(given)
  local settings, message = Options.for_client(given)
  if not settings then return nil, message end
  local driver, wrong = Driver.choose(settings.driver)
  if wrong then return nil, 'option "driver": ' .. wrong end
  settings.driver = driver
  settings.profile = core.profile(settings)
  return settings
end

--- Makes a client. Misuse is an error that names the option.
-- @tparam string|table given the secret key, or options:
--
-- * `api_key`, `api_version`; `account` or `context`
-- * `base_url`, `files_url`: other places than api.stripe.com and files.stripe.com
-- * `timeout` (80), `connect_timeout` (30): seconds, of one attempt; `deadline`: seconds for the
--   whole call, waits included (none)
-- * `max_retries` (2), `retry_rate_limit` (false: a plain 429 is not tried again)
-- * `proxy`, `no_proxy`, `ca_file`, `ca_path`, `client_cert`, `client_key`, `unix_socket`,
--   `resolve`, `http_version`, `max_connection_age`, `max_connections`: of libcurl
-- * `transport`: a simulator, or `function(request) -> response | nil, failure`; nil: libcurl
-- * `driver`: how to wait, see `stripe.driver`; `clock`: a function that gives the seconds in which
--   waits and deadlines are measured, instead of the driver's
-- * `limiter`: `acquire(self, key, seconds_left, attempt, canceller)` -> seconds waited or true |
--   nil, why; the canceller is the call's option `cancel`, which should end a wait. It may have
--   `report(self, key, attempt, operation)`, too, see `stripe.exchange`
-- * `validate` (true): also "strict" and false; `null`: stripe.null keeps the nulls of answers
-- * `livemode`: true or false refuses a key of the other mode
-- * `on_request`, `on_response`: observers, see `stripe.observe`
-- * `app_info`: `{name, version, url, partner_id}`, for the User-Agent
-- @treturn table the client
function Client.new(given)
  if type(given) == "string" then given = { api_key = given } end
  if type(given) ~= "table" then
    error("stripe.new takes a secret key or a table of options, not a " .. type(given), 2)
  end
  local settings, message = build(given)
  if not settings then error(message, 2) end
  return make(settings)
end

--- A client that differs from this one by the options given; `false` takes back `account`,
-- `context`, `deadline`, `proxy` or `no_proxy`.
-- @tparam table overrides options as of `stripe.new`
-- @treturn table
function methods:with(overrides)
  local settings = settings_of(self, "with")
  if type(overrides) ~= "table" then error("client:with takes a table of options", 2) end
  local given = with({}, settings.given)
  if overrides.account then given.context = nil end
  if overrides.context then given.account = nil end
  local changed, message = build(with(given, overrides))
  if not changed then error(message, 2) end
  return make(changed)
end

--- Calls what the catalogue lacks. Parameters are encoded as usual, but not checked by name. A POST
-- to a path that begins with /v2/ sends them as JSON: `{}` as an empty object, `stripe.empty_array`
-- as an empty list, `stripe.null` as null.
-- @tparam string method "GET", "POST" or "DELETE"
-- @tparam string path such as "/v1/customers"
-- @tparam ?table params
-- @tparam ?table options of the call; `host = "files"` sends it there
-- @return as every method
function methods:request(method, path, params, options)
  local settings = settings_of(self, "request")
  if type(method) ~= "string" or type(path) ~= "string" then
    error("client:request takes a method and a path: client:request(\"GET\", \"/v1/...\")", 2)
  end
  if params ~= nil and type(params) ~= "table" then
    error("argument 3 (params) must be a table, not a " .. type(params), 2)
  end
  if options ~= nil and type(options) ~= "table" then
    error("argument 4 (options) must be a table, not a " .. type(options), 2)
  end
  local misuse = options and Options.for_call(options)
  if misuse then error(misuse, 2) end
  return Call.run(settings, {
    method = method:upper(), path = path, params = params,
    options = options and Options.copy(options) or Options.none,
  })
end

return Client
