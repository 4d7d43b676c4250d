--- Thin events: notifications that say what happened to which object, without the object.
--
-- What they leave out is fetched, with the key of the client. So where a notification points to
-- is checked before anything is sent: only a plain path, and only where it is allowed to lead.
-- @module stripe.webhook.thin

local core = require "stripe.core"
local Error = require "stripe.error"
local Operations = require "stripe.operations"

local Thin = {}

--- Whether an event is a thin one.
-- @tparam table event
-- @treturn boolean
function Thin.is(event)
  return event.object == "v2.core.event"
end

local function malformed(path)
  if type(path) ~= "string" then return "is no text" end
  if #path > 512 then return "is too long" end
  if path:sub(1, 1) ~= "/" then return "must begin with a slash" end
  if path:find("[^%w_%-./~]") then
    return "may hold letters, digits, slashes and _ - . ~ only"
  end
  if path:find("//", 1, true) or path:sub(-1) == "/" then return "has an empty segment" end
  for segment in path:gmatch("[^/]+") do
    if segment == "." or segment == ".." then return "has a dot segment" end
  end
end

-- By default a path may lead to what the catalogue can retrieve by its id.
local function by_catalogue(path)
  local op = core.route("GET", path)
  local operation = op and Operations.list[op]
  return operation ~= nil and operation.name == "retrieve" and #operation.ids > 0
    and operation.host == "api"
end

--- Whether a related object may be fetched from there.
-- @param path as it stands in the event
-- @tparam ?table prefixes list of beginnings of paths; nil: what the catalogue can retrieve
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string what is wrong
function Thin.check(path, prefixes)
  local problem = malformed(path)
  if problem then return nil, problem end
  if not prefixes then
    if by_catalogue(path) then return true end
    return nil, "leads to nothing that the catalogue can retrieve; see related_prefixes"
  end
  for _, prefix in ipairs(prefixes) do
    if path:sub(1, #prefix) == prefix and #path > #prefix then return true end
  end
  return nil, "begins with none of related_prefixes"
end

--- Checks the option `related_prefixes`.
-- @param prefixes
-- @treturn ?string what is wrong
function Thin.misuse(prefixes)
  if type(prefixes) ~= "table" then return "must be a list of paths" end
  for i = 1, math.max(#prefixes, 1) do
    local prefix = prefixes[i]
    if type(prefix) ~= "string" or not prefix:find("^/.*/$") or malformed(prefix .. "x") then
      return 'must be a list of paths such as "/v1/climate/orders/"'
    end
  end
end

local function refuse(message)
  return nil, Error.refused({ message = message }, nil, "GET", nil)
end

-- The answer of a GET in the name of the event; its id must be the one that was asked for.
local function get(client, event, path, id)
  local value, err = client:request("GET", path, nil, {
    headers = { ["Stripe-Request-Trigger"] = "event=" .. event.id },
  })
  if not value then return nil, err end
  if type(value) ~= "table" or value.id ~= id then
    return refuse(("%s answered with another object than %s"):format(path, id))
  end
  return value
end

--- Fetches the whole event that a notification is about.
-- @tparam table client of the event's account
-- @tparam table event
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] table the error
function Thin.event(client, event)
  if not event.id:find("^[%w_-]+$") then return refuse("the id of the event is no id") end
  return get(client, event, "/v2/core/events/" .. event.id, event.id)
end

--- Fetches the object that the event is about, as it is now.
-- @tparam table client of the event's account
-- @tparam table event
-- @tparam ?table prefixes see `check`
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] table the error; type `validation_error`: nothing was sent
function Thin.related(client, event, prefixes)
  local related = event.related_object
  if type(related) ~= "table" then return refuse("the event has no related object") end
  local ok, problem = Thin.check(related.url, prefixes)
  if not ok then return refuse("the url of the related object " .. problem) end
  return get(client, event, related.url, related.id)
end

return Thin
