--- When a failed delivery is tried again.
--
-- Stripe tries for up to three days with growing intervals in live mode, and three times over a
-- few hours in test mode; it doesn't say when. [behaviour: Delivery]
-- @module stripe.simulator.deliveries.intervals

local MINUTE, HOUR, DAY = 60, 3600, 24 * 3600

local TEST = { 5 * MINUTE, 30 * MINUTE, 3 * HOUR }

-- Each twice the one before; the last try comes when three days are over.
local LIVE = {}
do
  local left, interval = 3 * DAY, 5 * MINUTE
  while left > 0 do
    local next_one = left - interval < 2 * interval and left or interval
    LIVE[#LIVE + 1] = next_one
    left, interval = left - next_one, interval * 2
  end
end

--- The seconds from one try to the next.
-- @bool livemode
-- @number tries made so far
-- @treturn ?number nil: there is no other
return function(livemode, tries) return (livemode and LIVE or TEST)[tries] end
