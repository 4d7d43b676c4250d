--- Times to come, the next one first: a heap.
-- @module stripe.driver.timers

local Timers = {}

local metatable = { __name = "stripe.timers", __index = Timers }

local function before(a, b)
  return a.due < b.due or a.due == b.due and a.serial < b.serial
end

local function swap(self, i, j)
  self[i], self[j] = self[j], self[i]
end

local function remove_first(self)
  local n = self.n
  swap(self, 1, n)
  self[n], self.n = nil, n - 1
  local i = 1
  while true do
    local least = i
    for child = 2 * i, 2 * i + 1 do
      if self[child] and before(self[child], self[least]) then least = child end
    end
    if least == i then return end
    swap(self, i, least)
    i = least
  end
end

--- Adds a time.
-- @tparam number due
-- @param value what `pop` gives then
-- @treturn table the entry; `entry.value = nil` takes it back
function Timers:push(due, value)
  self.serial, self.n = self.serial + 1, self.n + 1
  local entry, i = { due = due, value = value, serial = self.serial }, self.n
  self[i] = entry
  while i > 1 and before(self[i], self[(i - i % 2) / 2]) do
    swap(self, i, (i - i % 2) / 2)
    i = (i - i % 2) / 2
  end
  return entry
end

--- The next time.
-- @treturn number infinite when there is none
function Timers:next()
  while self.n > 0 and self[1].value == nil do remove_first(self) end
  return self.n > 0 and self[1].due or math.huge
end

--- Takes the first value whose time has come; those of one time in the order in which they came.
-- @tparam number now
-- @return nil when there is none
function Timers:pop(now)
  if self:next() > now then return nil end
  local value = self[1].value
  remove_first(self)
  return value
end

--- An empty one.
-- @treturn table
function Timers.new()
  return setmetatable({ n = 0, serial = 0 }, metatable)
end

return Timers
