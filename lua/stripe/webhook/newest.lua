--- Newest wins: where in the life of its object an event stands.
--
-- Events come in any order. Each is given a key, the object that it is about, and an order, text
-- that grows from the earlier to the later by its bytes. What is lower than the highest order that
-- was committed for the key is stale.
--
-- The clock of events has whole seconds, and more can happen in one. There a last state of an
-- object counts as later than all others; else the order is the same, and both events run.
-- @module stripe.webhook.newest

local Patterns = require "stripe.webhook.patterns"
local Thin = require "stripe.webhook.thin"
local present = require "stripe.webhook.present"

local Newest = {}
local metatable = { __name = "stripe.webhook.newest", __index = Newest }

-- Object -> the values of `status` after which nothing follows.
local LAST = {
  ["climate.order"] = { delivered = true, canceled = true },
  ["crypto.onramp_session"] = { fulfillment_complete = true, rejected = true },
  ["identity.verification_session"] = { verified = true, canceled = true },
}

local function key_of(event, kind, id)
  if type(kind) ~= "string" or type(id) ~= "string" then return nil end
  return ("%s/%s/%s"):format(present(event.account) or present(event.context) or "", kind, id)
end

local function of_snapshot(event)
  local object = type(event.data) == "table" and event.data.object
  if type(object) ~= "table" or type(event.created) ~= "number" then return nil end
  local last = LAST[object.object]
  return key_of(event, object.object, object.id),
    ("%015.0f.%d"):format(event.created, last and last[object.status] and 1 or 0)
end

-- The time of a thin event is text, "2026-01-31T10:00:00.123Z".
local function of_thin(event)
  local related, created = event.related_object, event.created
  if type(related) ~= "table" or type(created) ~= "string" then return nil end
  local y, m, d, h, min, s, fraction =
    created:match("^(%d%d%d%d)-(%d%d)-(%d%d)T(%d%d):(%d%d):(%d%d)%.?(%d*)Z$")
  if not y then return nil end
  local key = key_of(event, related.type, related.id)
  return key and "thin/" .. key, y .. m .. d .. h .. min .. s .. (fraction .. "000000000"):sub(1, 9)
end

local function standard(event)
  if Thin.is(event) then return of_thin(event) end
  return of_snapshot(event)
end

--- Reads the option `newest`.
-- @param option true; or a function(event) -> key, order; or a table of patterns with such values
-- @tparam boolean validate see `stripe.webhook.patterns`
-- @treturn[1] table with the method `place`
-- @treturn[2] nil
-- @treturn[2] string what is wrong
function Newest.new(option, validate)
  local given = type(option) == "table" and option or { ["*"] = option }
  for pattern, value in pairs(given) do
    if value ~= true and type(value) ~= "function" then
      return nil, ("must be true or a function, not %s, for %q")
        :format(tostring(value), tostring(pattern))
    end
  end
  local patterns, wrong = Patterns.new(given, validate)
  if not patterns then return nil, wrong end
  return setmetatable({ patterns = patterns }, metatable)
end

local function text(order)
  if type(order) == "number" and order >= 0 and order % 1 == 0 and order < 2 ^ 53 then
    return ("%016.0f"):format(order)
  end
  if type(order) ~= "string" or #order > 64 or order:find("[^\32-\126]") then
    error("newest: an order is an integer from 0, or at most 64 ASCII characters", 0)
  end
  return order
end

--- Where an event stands.
-- @tparam table event
-- @treturn ?string the key of its object; nil: the event isn't guarded
-- @treturn ?string its order
function Newest:place(event)
  local rule = self.patterns:match(event.type)
  if not rule then return nil end
  local key, order = (rule == true and standard or rule)(event)
  if key == nil then return nil end
  if type(key) ~= "string" or key == "" or #key > 255 then
    error("newest: a key is text of 1 to 255 bytes", 0)
  end
  return key, text(order)
end

return Newest
