--- Keeps requests apart: so many a second, whoever of a workflow makes them.
-- @module stripe.workflow.pace

local Pace = {}
local metatable = { __name = "stripe.workflow.pace", __index = Pace }

--- @tparam table driver
-- @number rate requests per second
function Pace.new(driver, rate)
  return setmetatable({ driver = driver, gap = 1 / rate, due = -math.huge }, metatable)
end

--- Returns when the next request may be made. A place in the queue is taken at once, so that
-- several may wait.
-- @tparam[opt] table cancel a `stripe.canceller()`
-- @number[opt] last the time, by the driver, after which none is to be made
-- @treturn boolean false: that time comes first, and nothing was waited for
function Pace:wait(cancel, last)
  local now = self.driver.now()
  local due = math.max(self.due, now)
  if last and due >= last then return false end
  self.due = due + self.gap
  if due > now then self.driver.sleep(due - now, cancel) end
  return true
end

return Pace
