--- Times to come, the next one first.
-- @module stripe.driver.timers

local heap = require "stripe.heap"

local Timers = {}

local metatable = { __name = "stripe.timers", __index = Timers }

--- Adds a time.
-- @tparam number due
-- @param value what `pop` gives then
-- @treturn table the entry; `entry.value = nil` takes it back
function Timers:push(due, value)
  self.serial = self.serial + 1
  local entry = { time = due, order = self.serial, value = value }
  heap.push(self, entry)
  return entry
end

--- The next time.
-- @treturn number infinite when there is none
function Timers:next()
  while self[1] and self[1].value == nil do heap.pop(self) end
  return self[1] and self[1].time or math.huge
end

--- Takes the first value whose time has come; those of one time in the order in which they came.
-- @tparam number now
-- @return nil when there is none
function Timers:pop(now)
  if self:next() > now then return nil end
  return heap.pop(self).value
end

--- None yet: `timers[1]` is there when there are some.
-- @treturn table
function Timers.new()
  return setmetatable({ serial = 0 }, metatable)
end

return Timers
