--- A member of an event for those parts that look at events: one that is null counts as absent,
-- which a handler with the option `null` leaves in them.
-- @module stripe.webhook.present

local core = require "stripe.core"

--- @param value
-- @return the same, or nil
return function(value)
  if value == core.null then return nil end
  return value
end
