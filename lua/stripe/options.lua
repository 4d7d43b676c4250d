--- Options of clients and of calls: their names, their types, what values they take.
-- @module stripe.options

local core = require "stripe.core"
local Misuse = require "stripe.misuse"
local address = require "stripe.address"
local canceller = require "stripe.canceller"
local key = require "stripe.key"
local suggest = require "stripe.suggest"
local with = require "stripe.with"

local Options = {}

local fits, sorted = Misuse.fits, Misuse.sorted -- asked for at every call that has options

--- Checks of a value that has the right type: nil, or what is wrong, to be read after the name.

-- For what becomes a text of C.
local function without_nul(value)
  if value:find("%z") then return "must not hold a zero byte" end
end

local function not_empty(value)
  if value == "" then return "must not be empty" end
  return without_nul(value)
end

-- libcurl would complain of white space with the password before it in the message.
local function proxy(value)
  if value:find("[%s%c]") then
    return "has white space in it; that of a password is percent-encoded, as %20"
  end
  return not_empty(value)
end

-- For what becomes a header.
local function visible(value)
  if value == "" then return "must not be empty" end
  if value:find("[^\33-\126]") then return "must be visible ASCII characters, without spaces" end
end

local function positive(value)
  if not (value > 0 and value < math.huge) then return "must be a number of seconds above 0" end
end

local function count(value)
  if not (value >= 0 and value <= 1000 and value % 1 == 0) then
    return "must be an integer from 0 to 1000"
  end
end

local function one_of(...)
  local values, list = {}, {}
  for i = 1, select("#", ...) do
    local value = select(i, ...)
    values[value] = true
    list[i] = type(value) == "string" and ("%q"):format(value) or tostring(value)
  end
  return function(value)
    if values[value] == nil then return "must be " .. table.concat(list, " or ") end
  end
end

local function null(value)
  if value ~= core.null then return "must be stripe.null, or nil" end
end

local function transport(value)
  if type(value) == "table" and type(value.handle) ~= "function"
    and type(value.exchange) ~= "function" then
    return "must be a simulator or a function(request)"
  end
end

local function limiter(value)
  if type(value.acquire) ~= "function" then return "must have a method acquire" end
end

local function cancel(value)
  if not canceller.is(value) then return "must be a stripe.canceller()" end
end

local function journal(value)
  local metatable = getmetatable(value)
  if type(metatable) ~= "table" or metatable.__name ~= "stripe.journal.recorder" then
    return "must be what journal:once gives to its function"
  end
end

local function resolve(value)
  for i = 1, math.max(#value, 1) do
    local entry = value[i]
    local text = tostring(entry)
    local host, port, to = text:match("^([%w_][%w._-]*):(%d+):([%w.:%[%]]+)$")
    if not host then host, port, to = text:match("^(%[[%x:]+%]):(%d+):([%w.:%[%]]+)$") end
    if type(entry) ~= "string" or not host or tonumber(port) > 65535 or to == "" then
      return 'must be a list of "host:port:address"'
    end
  end
end

local APP_INFO = { name = true, version = true, url = true, partner_id = true }

local function app_info(value)
  if type(value.name) ~= "string" then return "must have a name" end
  for name, text in pairs(value) do
    if not APP_INFO[name] then
      return ("has an unknown member %q"):format(core.redact(tostring(name)))
        .. suggest.hint(name, APP_INFO)
    end
    if type(text) ~= "string" or text:find("[^\32-\126]") then
      return ("needs visible ASCII text in %q"):format(name)
    end
  end
end

local function headers(value)
  for name, text in pairs(value) do
    if type(name) ~= "string" or type(text) ~= "string" then
      return "must hold text under names that are text"
    end
  end
end

-- name -> { types, check, form }; the type "false" is the boolean that switches something off, and
-- form checks what the name of a type does not tell. What goes into a header of one call is left to
-- the core, which checks it when it builds the request.
local of_client = {
  api_key = { "string", key.check },
  api_version = { "string", visible },
  account = { "string false", visible },
  context = { "string false", visible },
  base_url = { "string" },
  files_url = { "string" },
  timeout = { "number", positive },
  connect_timeout = { "number", positive },
  deadline = { "number false", positive },
  max_retries = { "number", count },
  retry_rate_limit = { "boolean" },
  proxy = { "string false", proxy },
  no_proxy = { "string false", without_nul },
  ca_file = { "string", not_empty },
  ca_path = { "string", not_empty },
  client_cert = { "string", not_empty },
  client_key = { "string", not_empty },
  unix_socket = { "string", not_empty },
  resolve = { "table", resolve },
  http_version = { "string", one_of("1.1", "2") },
  max_connection_age = { "number", positive },
  max_connections = { "number", count },
  transport = { "table function", transport },
  driver = { "string table" },
  limiter = { "table userdata", limiter },
  clock = { "function" },
  validate = { "boolean string", one_of(true, "strict", false) },
  null = { "userdata", null },
  livemode = { "boolean" },
  on_request = { "function" },
  on_response = { "function" },
  app_info = { "table", app_info },
}

local of_call = {
  api_key = of_client.api_key,
  api_version = of_client.api_version,
  account = of_client.account,
  context = of_client.context,
  idempotency_key = { "string" },
  timeout = of_client.timeout,
  deadline = of_client.deadline,
  max_retries = of_client.max_retries,
  headers = { "table", nil, headers },
  validate = of_client.validate,
  dry_run = { "boolean" },
  cancel = { "table", nil, cancel },
  oauth_token = { "string", visible },
  progress = { "function" },
  host = { "string", one_of("api", "files") },
  quotes_path = { "boolean string" },
  journal = { "table", nil, journal },
}

--- The names of the options of a call, as keys.
Options.of_call = of_call

--- The options of a call that has none.
Options.none = {}

-- @treturn[1] nil
-- @treturn[2] string the message about a wrong type or name: misuse
-- @treturn[3] nil
-- @treturn[3] string the message about a wrong value
-- @treturn[3] string its name
local function check(given, rules)
  for _, name in ipairs(sorted(given)) do
    local rule, value = rules[name], given[name]
    if not rule then return Misuse.unknown(name, rules) end
    if not fits(value, rule[1]) then return Misuse.wrong_type(name, value, rule[1]) end
    local malformed = rule[3] and rule[3](value)
    if malformed then return ("option %q %s"):format(name, malformed) end
  end
  if given.account and given.context then
    return nil, "account and context can't be given together", "account"
  end
  for _, name in ipairs(sorted(given)) do
    local rule, value = rules[name], given[name]
    local message = rule[2] and (value ~= false or rule[1]:find("boolean", 1, true))
      and rule[2](value)
    if message then return nil, ("option %q %s"):format(name, message), name end
  end
end

-- Takes the two base addresses apart from the rest: they depend on each other.
local function addresses(settings)
  local base, files = settings.base_url, settings.files_url or settings.base_url
  local given = { { "base_url", base }, { "files_url", files } }
  for _, option in ipairs(given) do
    local name, url = option[1], option[2]
    if url then
      local checked, message = address.check(url, settings.unix_socket ~= nil)
      if not checked then return ("option %q %s"):format(name, message) end
      settings[name] = checked
    end
  end
  settings.base_url = settings.base_url or "https://api.stripe.com"
  settings.files_url = settings.files_url or "https://files.stripe.com"
end

-- [Stripe's libraries: "Stripe/v1 <language>Bindings/<version>", then the application]
local function user_agent(app)
  local text = "Stripe/v1 LuaBindings/" .. core._VERSION
  if app then
    text = text .. " " .. app.name .. (app.version and "/" .. app.version or "")
      .. (app.url and " (" .. app.url .. ")" or "")
  end
  return text
end

local DEFAULTS = {
  timeout = 80, connect_timeout = 30, max_retries = 2, retry_rate_limit = false, validate = true,
}

--- Makes the settings of a client from what was given to `stripe.new`.
-- @tparam table given
-- @treturn[1] table the settings, defaults filled in; `given` is kept in them for `client:with`
-- @treturn[2] nil
-- @treturn[2] string what is wrong
function Options.for_client(given)
  local misuse, refused = check(given, of_client)
  if misuse or refused then return nil, misuse or refused end
  if not given.api_key then return nil, "option \"api_key\" is missing" end

  local settings = with(with({}, DEFAULTS), given)
  settings.given = with({}, given) -- the caller may use the table again
  local message = addresses(settings)
  if message then return nil, message end
  settings.user_agent = user_agent(settings.app_info)
  local mode = key.wrong_mode(settings.api_key, settings.livemode)
  if mode then return nil, 'option "api_key" ' .. mode end
  return settings
end

--- A copy of the options of a call, of which the caller has no hold: the pages of a list are asked
-- for with it. Misuse is copied, too.
-- @tparam table given
-- @treturn table
function Options.copy(given)
  local mine = with({}, given)
  if type(mine.headers) == "table" then mine.headers = with({}, mine.headers) end
  return mine
end

--- Checks the options of a call.
-- @tparam table given
-- @treturn ?string misuse: an unknown name or a wrong type
-- @treturn ?string a bad value
-- @treturn ?string the name of the option that has it
function Options.for_call(given)
  if next(given) == nil then return nil end
  local misuse, refused, name = check(given, of_call)
  return misuse, refused, name
end

return Options
