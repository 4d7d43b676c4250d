--- Walks events from the oldest on, while the API lists them from the newest on.
--
-- It asks for stretches of time, each small enough to be held in memory and turned around. A first
-- stretch of everything is enough in daily life; after a long absence the stretches get as wide as
-- their events allow.
-- @module stripe.webhook.poll.windows

local with = require "stripe.with"

local Windows = {}
local metatable = { __name = "stripe.webhook.poll.windows", __index = Windows }

local MOST = 1000              -- events held at once, but for those of one second
local PAGE = 100               -- the API's largest
local REACH = 30 * 24 * 3600   -- how far back the API lists events, in seconds

Windows.REACH = REACH

--- @tparam function list `list(params)` -> page | nil, err
-- @tparam number from Unix seconds
-- @tparam table params other parameters of the list
-- @tparam ?number most events to hold at once, for specs
-- @treturn table
function Windows.new(list, from, params, most)
  return setmetatable({
    list = list, from = math.max(from, 0), params = params, most = most or MOST,
    width = nil, top = nil, -- seconds; the end of what is known to be there
  }, metatable)
end

local function params_of(self, to)
  return with({ limit = PAGE, created = { gte = self.from, lt = to } }, self.params)
end

-- The events of a stretch, newest first; and whether these are all.
local function collect(self, to)
  local events = {}
  local page, err = self.list(params_of(self, to))
  if not page then return nil, err end
  while page do
    for _, event in ipairs(page.data) do events[#events + 1] = event end
    if not page.has_more then return events, true end
    if #events >= self.most and self.width ~= 1 then return events, false end
    page, err = page:next_page()
    if err then return nil, err end
  end
  return events, true
end

-- There were too many: so many seconds as these took, or half of those that are left.
local function narrow(self, events, to)
  local newest, oldest = events[1].created, events[#events].created
  if not to then
    self.top = newest + 1
    self.from = math.max(self.from, newest - REACH)
  end
  local half = math.floor((oldest - self.from) / 2)
  self.width = math.max(math.min(half, newest - oldest), 1)
end

local function widen(self, count)
  if count == 0 then
    self.width = self.width * 8
  elseif count < self.most / 4 then
    self.width = self.width * 2
  end
end

--- The next events.
-- @treturn[1] table list, the oldest first
-- @treturn[1] boolean whether these are the last
-- @treturn[2] nil
-- @treturn[2] table error
function Windows:next()
  while true do
    local to = self.width and self.from + self.width or nil
    if to and to >= self.top then to, self.width = nil, self.top - self.from end
    local events, complete = collect(self, to)
    if not events then return nil, complete end
    if complete then
      local n = #events
      for i = 1, math.floor(n / 2) do
        events[i], events[n + 1 - i] = events[n + 1 - i], events[i]
      end
      if to then
        self.from = to
        widen(self, n)
      end
      return events, to == nil
    end
    narrow(self, events, to)
  end
end

return Windows
