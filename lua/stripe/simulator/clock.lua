--- The time of an account, and the work that waits for it.
--
-- A frozen clock moves only by `advance`; the other kind follows a time source plus an offset.
-- Work is data, a timer's name with its arguments, so that it survives a snapshot. Due work runs
-- in order of time when the clock moves and when a request comes; inside a timer `now()` is the
-- time for which the timer was set.
-- @module stripe.simulator.clock

local copy = require "stripe.simulator.copy"
local heap = require "stripe.heap"

local Clock = {}
local metatable = { __name = "stripe.simulator.clock", __index = Clock }

-- Seconds that a clock moves at most at once, some 300 years: times stay exact integers.
local MOST = 1e10

--- nil, or why a clock can't move by so many seconds.
local function problem_of(seconds)
  if type(seconds) == "number" and seconds >= 0 and seconds <= MOST then return nil end
  return ("seconds: a number that is not negative and at most %.0f expected"):format(MOST)
end

--- Makes a clock.
-- @tparam table options `time`: Unix seconds at which it stands frozen; or `source`: function that
--   returns Unix seconds, and `offset` seconds to add; `run(name, id, extra)`: carries out a timer
local function new(options)
  local self = setmetatable({
    source = options.source, start = options.time or options.offset or 0, run_timer = options.run,
  }, metatable)
  self:reset()
  return self
end

--- Unix seconds, a whole number.
function Clock:now()
  if self.moment then return self.moment end
  return math.floor(self.source and self.source() + self.shift or self.shift)
end

--- Sets work for a time (Unix seconds; the past counts as now).
-- @number time
-- @string name a timer of a family, such as "climate.deliver"
-- @string id the object it is about
-- @param extra plain data for the timer, or nil
function Clock:at(time, name, id, extra)
  self.order = self.order + 1
  heap.push(self.schedule, {
    time = math.max(math.floor(time), self:now()), order = self.order,
    name = name, id = id, extra = extra,
  })
end

--- Runs what is due, also what that sets for a time already reached.
function Clock:run()
  local schedule = self.schedule
  if self.moment or not schedule[1] then return end
  local limit = self:now()
  while schedule[1] and schedule[1].time <= limit do
    local due = heap.pop(schedule)
    self.moment = due.time
    local ok, problem = pcall(self.run_timer, due.name, due.id, due.extra)
    self.moment = nil
    if not ok then error(problem, 0) end
  end
end

--- Moves the clock forward by a number of seconds and runs what became due.
function Clock:advance(seconds)
  local problem = problem_of(seconds)
  if problem then error(problem, 2) end
  self.shift = self.shift + seconds
  self:run()
end

--- The options with which another clock goes on from here.
function Clock:like()
  if self.source then return { source = self.source, offset = self.shift } end
  return { time = self.shift }
end

--- Back to the start (Unix seconds or an offset; the first one unless given), without any work.
function Clock:reset(start)
  self.start = start or self.start
  self.shift, self.schedule, self.order, self.moment = self.start, {}, 0, nil
end

function Clock:snapshot()
  return { shift = self.shift, order = self.order, frozen = self.source == nil,
    schedule = copy.deep(self.schedule) }
end

--- Takes a state back; a clock of the other kind keeps its own time and takes the work only.
function Clock:restore(state)
  if state.frozen == (self.source == nil) then self.shift = state.shift end
  self.schedule, self.order = state.schedule, state.order
end

return { new = new, problem_of = problem_of }
