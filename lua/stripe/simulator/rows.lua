--- The objects of one kind, ordered by creation.
--
-- Rows stand in order of (created, insertion), so that a page, also one bounded by `created`, is
-- found by binary search and read off its neighbours. Adding appends and removing leaves a gap,
-- both O(1) over time; only objects that come with an older `created` (loaded ones) cost a sort,
-- once, before the next read.
-- @module stripe.simulator.rows

local Rows = {}
local metatable = { __name = "stripe.simulator.rows", __index = Rows }

local MANY_GAPS = 32

local function new()
  return setmetatable({ list = {}, by_id = {}, first = 1, n = 0, gaps = 0, order = 0 }, metatable)
end

local function older(x, y)
  if x.created ~= y.created then return x.created < y.created end
  return x.order < y.order
end

local function compact(self)
  local kept = {}
  for i = 1, self.n do
    local row = self.list[i]
    if row.object then kept[#kept + 1] = row end
  end
  if self.unsorted then table.sort(kept, older) end
  for i = 1, #kept do kept[i].at = i end
  self.list, self.first, self.n, self.gaps, self.unsorted = kept, 1, #kept, 0, nil
end

local function tidy(self)
  if self.gaps > MANY_GAPS and self.gaps * 2 > self.n then compact(self) end
end

--- Adds an object, or puts it in the place of the one with the same id.
function Rows:put(object)
  local known = self.by_id[object.id]
  if known then
    known.object = object
    return
  end
  local last = self.list[self.n]
  local created = object.created or last and last.created or 0
  if last and created < last.created then self.unsorted = true end
  self.n, self.order = self.n + 1, self.order + 1
  local row = { object = object, created = created, order = self.order, at = self.n }
  self.list[self.n], self.by_id[object.id] = row, row
end

function Rows:get(id)
  local row = self.by_id[id]
  return row and row.object
end

function Rows:remove(id)
  local row = self.by_id[id]
  if not row then return end
  local object = row.object
  self.by_id[id], row.object = nil, nil
  self.gaps = self.gaps + 1
  tidy(self)
  return object
end

--- The row of an id in the settled order, or nil; its `at` is the place for `walk`.
function Rows:row(id)
  if self.unsorted then compact(self) end
  return self.by_id[id]
end

--- The first place whose object was created at `time` or later; one past the end if none was.
function Rows:place(time)
  if self.unsorted then compact(self) end
  local low, high = self.first, self.n + 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    if self.list[middle].created < time then low = middle + 1 else high = middle end
  end
  return low
end

--- Up to `limit` objects that pass `filter` (nil: all) at the places `from` to `to`, both
-- included, in steps of 1 or -1; and whether there would have been another.
function Rows:walk(from, to, step, limit, filter)
  if self.unsorted then compact(self) end
  local found = {}
  for i = from, to, step do
    local object = self.list[i].object
    if object and (not filter or filter(object)) then
      if #found == limit then return found, true end
      found[#found + 1] = object
    end
  end
  return found, false
end

--- All objects, oldest first.
function Rows:all() return (self:walk(self.first, self.n, 1, math.huge)) end

--- Removes the objects created before `time`; its cost is theirs.
function Rows:expire(time)
  if self.unsorted then compact(self) end
  while self.first <= self.n and self.list[self.first].created < time do
    local row = self.list[self.first]
    if row.object then
      self.by_id[row.object.id], row.object = nil, nil
      self.gaps = self.gaps + 1
    end
    self.first = self.first + 1
  end
  tidy(self)
end

return { new = new }
