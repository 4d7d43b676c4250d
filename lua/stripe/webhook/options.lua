--- Options of webhook handlers: their names, their types, what values they take.
-- @module stripe.webhook.options

local core = require "stripe.core"
local Driver = require "stripe.driver"
local Memory = require "stripe.webhook.store.memory"
local Misuse = require "stripe.misuse"
local Newest = require "stripe.webhook.newest"
local Patterns = require "stripe.webhook.patterns"
local Secrets = require "stripe.webhook.secrets"
local Thin = require "stripe.webhook.thin"
local with = require "stripe.with"

local Options = {}

-- name -> types
local KNOWN = {
  secrets = "string table false", tolerance = "number false", future_tolerance = "number false",
  other_secrets = "string table", diagnose = "boolean", now = "function",
  on = "table", fallback = "function", use = "table", store = "table false", lease = "number",
  name = "string", queue = "table", newest = "boolean table function", wait = "number",
  client = "table", fetch = "string", related_prefixes = "table", livemode = "boolean",
  accounts = "table function", driver = "string table", validate = "boolean",
  null = "stripe.null", on_event = "function", on_error = "function",
}

local function check_list(list, name, kind)
  local count = 0
  for _ in pairs(list) do count = count + 1 end
  for i = 1, count do
    if type(list[i]) ~= kind then
      return ("option %q must be a list of %ss; item %d is a %s"):format(name, kind, i,
        type(list[i]))
    end
  end
end

local function check_lists(given)
  local accounts = given.accounts
  return given.use and check_list(given.use, "use", "function")
    or type(accounts) == "table" and check_list(accounts, "accounts", "string") or nil
end

local VERBS = { "claim", "renew", "commit", "release" }

local function check_store(given)
  if given.store then
    for _, verb in ipairs(VERBS) do
      if type(given.store[verb]) ~= "function" then
        return ('option "store" must have a method %s'):format(verb)
      end
    end
    if given.newest and type(given.store.newest) ~= "function" then
      return 'option "newest" needs a store with a method newest'
    end
  elseif given.store == false and given.newest then
    return 'option "newest" needs a store'
  end
end

local function check_seconds(given)
  local lease, wait = given.lease, given.wait
  if lease and not (lease > 0 and lease < 1e9) then
    return 'option "lease" must be a number of seconds above 0'
  end
  if wait and not (wait >= 0 and wait < 1e9) then
    return 'option "wait" must be a number of seconds from 0'
  end
  for _, name in ipairs { "tolerance", "future_tolerance" } do
    local seconds = given[name]
    if seconds and (seconds < 0 or seconds ~= seconds) then
      return ("option %q must be a number of seconds from 0, or false"):format(name)
    end
  end
end

local function check_secrets(given)
  for _, name in ipairs { "secrets", "other_secrets" } do
    if given[name] then
      local read, problem = Secrets.read(given[name])
      if not read then return ("option %q: %s"):format(name, problem) end
    end
  end
end

local FETCH = { event = true, related = true, both = true }

local function check_fetch(given)
  if given.fetch then
    if not FETCH[given.fetch] then
      return 'option "fetch" must be "event", "related" or "both"'
    end
    if not given.client then return 'option "fetch" needs the option "client"' end
  end
  local problem = given.related_prefixes and Thin.misuse(given.related_prefixes)
  if problem then return 'option "related_prefixes" ' .. problem end
end

local function check_functions(given)
  for pattern, f in pairs(given.on) do
    if type(f) ~= "function" then
      return ('option "on" must hold functions; %q has a %s'):format(tostring(pattern), type(f))
    end
  end
  if given.on["*"] and given.fallback then
    return 'option "fallback" would never run, since "*" in "on" takes every event'
  end
end

local function check(given)
  if given.secrets == nil then
    return 'option "secrets" is missing; secrets = false is for a handler that only processes'
  end
  if given.on == nil then return 'option "on" is missing: { ["type of event"] = function, ... }' end
  if given.client and type(given.client.request) ~= "function" then
    return 'option "client" must be a client, made by stripe.new'
  end
  if given.queue and type(given.queue.push) ~= "function" then
    return 'option "queue" must have a method push'
  end
  return check_secrets(given) or check_functions(given)
    or check_lists(given) or check_store(given) or check_seconds(given) or check_fetch(given)
end

-- A list of ids, or a function, as a function.
local function accounts(given)
  if type(given) ~= "table" then return given end
  local allowed = {}
  for _, id in ipairs(given) do allowed[id] = true end
  return function(account) return account ~= nil and allowed[account] or false end
end

--- Makes the settings of a handler from what was given to `stripe.webhook.handler`.
-- @tparam table given
-- @treturn[1] table defaults filled in; of these no longer as given: `patterns` (compiled from
--   `on`), `newest`, `driver`, `accounts` (a function), `prefix` (of `name`)
-- @treturn[2] nil
-- @treturn[2] string what is wrong
function Options.settings(given)
  local wrong = Misuse.types(given, KNOWN) or check(given)
  if wrong then return nil, wrong end
  local validate = given.validate ~= false
  local settings = with({}, given)
  settings.patterns, wrong = Patterns.new(given.on, validate)
  if wrong then return nil, 'option "on": ' .. wrong end
  settings.newest = nil
  if given.newest then
    settings.newest, wrong = Newest.new(given.newest, validate)
    if wrong then return nil, 'option "newest": ' .. wrong end
  end
  settings.driver, wrong = Driver.choose(given.driver)
  if wrong then return nil, 'option "driver": ' .. wrong end
  settings.accounts = accounts(given.accounts)
  settings.use = given.use or {}
  settings.lease, settings.wait = given.lease or 300, given.wait or 5
  settings.now = given.now or core.time
  settings.prefix = given.name and given.name .. ":" or ""
  if given.store == nil then settings.store = Memory.new() end
  return settings
end

return Options
