--- What the stores ask of their arguments.
-- @module stripe.webhook.store.check

local Misuse = require "stripe.misuse"

local Check = {}

--- Seconds for which ids are kept: events reach back 30 days.
Check.KEEP = 35 * 24 * 3600

--- Options of a store.
-- @param options
-- @tparam table known name -> types
-- @string what for messages
-- @treturn ?string what is wrong with them
function Check.options(options, known, what)
  if type(options) ~= "table" then return what .. " takes a table of options" end
  local misuse = Misuse.types(options, known)
  if misuse then return misuse end
  for _, name in ipairs { "keep", "timeout" } do
    local seconds = options[name]
    if seconds and not (seconds > 0 and seconds < 1e9) then
      return ("option %q must be a number of seconds above 0"):format(name)
    end
  end
end

--- The arguments of `claim`.
function Check.claim(id, lease)
  if type(id) ~= "string" or id == "" then error("a claim needs an id, a string", 3) end
  if type(lease) ~= "number" or not (lease > 0 and lease < 1e9) then
    error("a claim needs a lease, a number of seconds above 0", 3)
  end
end

--- What `claim` gave.
function Check.held(claim, verb)
  if type(claim) ~= "table" or type(claim.id) ~= "string" or type(claim.token) ~= "number" then
    error(("store:%s takes the claim that store:claim gave"):format(verb), 3)
  end
end

--- The key of an object.
function Check.key(key)
  if type(key) ~= "string" then error("store:newest takes a key, a string", 3) end
end

--- What `commit` may record: a key of an object and its order.
function Check.order(key, order)
  if key ~= nil and (type(key) ~= "string" or type(order) ~= "string") then
    error("a key and its order are strings", 3)
  end
end

return Check
