--- Deliveries in the background of the server, a few at a time.
-- @module stripe.simulator.server.deliveries

local cqueues = require "cqueues"
local condition = require "cqueues.condition"
local send = require "stripe.simulator.outbound"

local Deliverer = {}
local metatable = { __name = "stripe.simulator.server.deliveries", __index = Deliverer }

local MOST = 16 -- that are under way at once
local LONGEST = 3600 -- seconds of sleep: the wall clock may be set meanwhile

--- Wakes whenever the simulator has something to deliver.
-- @tparam table simulator
-- @tparam table log `failure(traceback)`, `delivery(delivery, outcome)`
local function new(simulator, log)
  local self = setmetatable({
    simulator = simulator, log = log, active = 0, changed = condition.new(),
  }, metatable)
  function simulator.wake() self.changed:signal() end
  return self
end

local function deliver(self, delivery)
  local outcome = send(delivery.request)
  self.active = self.active - 1
  if not self.closed then self.simulator:delivered(delivery.id, outcome) end
  self.log.delivery(delivery, outcome)
  self.changed:signal()
end

-- What is due now, as far as there is room.
local function begin(self)
  local ok, list = xpcall(function()
    return self.simulator:due(nil, MOST - self.active)
  end, debug.traceback)
  if not ok then
    self.log.failure(list)
    list = {}
  end
  for _, delivery in ipairs(list) do
    self.active = self.active + 1
    cqueues.running():wrap(deliver, self, delivery)
  end
  return ok
end

--- Delivers until `close`; to be called in a cqueues coroutine.
function Deliverer:run()
  while not self.closed do
    local ok = begin(self)
    local seconds = ok and self.active < MOST and self.simulator:seconds_until_due() or LONGEST
    self.changed:wait(math.min(seconds, LONGEST))
  end
end

--- Waits until nothing is due or under way.
function Deliverer:flush()
  while self.active > 0 or self.simulator:seconds_until_due() == 0 do self.changed:wait(1) end
end

--- Begins no more. What is under way when the state is saved counts as not tried.
function Deliverer:close()
  self.closed = true
  self.simulator.wake = nil
  self.changed:signal()
end

return { new = new }
