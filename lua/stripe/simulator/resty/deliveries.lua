--- Deliveries in the background of a worker of nginx, by timers, a few at a time.
-- @module stripe.simulator.resty.deliveries

local core = require "stripe.core"
local send = require "stripe.simulator.outbound"

local ngx = ngx -- luacheck: ignore 113

local Deliverer = {}
local metatable = { __name = "stripe.simulator.resty.deliveries", __index = Deliverer }

local MOST = 16 -- that are under way at once
local LONGEST = 3600 -- seconds of sleep: the wall clock may be set meanwhile
local FLUSH_SECONDS = 0.005 -- between two looks of who waits for all

local begin

-- Has `begin` called in so many seconds, or before. Each pending timer is one of
-- `lua_max_pending_timers`.
local function wake_in(self, seconds)
  local at = core.now() + seconds
  if self.next and self.next <= at then return end
  local set, problem = ngx.timer.at(seconds, function(premature)
    if self.next == at then self.next = nil end
    if not premature then begin(self) end
  end)
  if set then
    self.next = at
  elseif not ngx.worker.exiting() then
    ngx.log(ngx.WARN, "stripe simulator: deliveries wait: ", problem)
  end
end

local function log(delivery, outcome)
  ngx.log(ngx.INFO, core.redact(("stripe simulator: delivery of %s %s to %s: %s, try %d"):format(
    delivery.type, delivery.event, delivery.request.url:match "^[^?#]*",
    outcome.failure or outcome.status, delivery.attempt)))
end

local function deliver(self, delivery)
  local ok, outcome = pcall(send, delivery.request)
  if not ok then
    ngx.log(ngx.ERR, "stripe simulator: ", outcome)
    outcome = { failure = "aborted", message = "the simulator failed", sent = "maybe" }
  end
  self.active = self.active - 1
  self.simulator:delivered(delivery.id, outcome)
  log(delivery, outcome)
  begin(self)
end

-- Begins what is due, as far as there is room, in a timer.
function begin(self)
  if self.closed then return end
  local ok, list = xpcall(self.simulator.due, debug.traceback, self.simulator, nil,
    MOST - self.active)
  if not ok then return ngx.log(ngx.ERR, "stripe simulator: ", list) end
  for _, delivery in ipairs(list) do
    self.active = self.active + 1
    ngx.thread.spawn(deliver, self, delivery)
  end
  local seconds = self.active < MOST and self.simulator:seconds_until_due()
  if seconds then wake_in(self, math.min(seconds, LONGEST)) end
end

--- Waits until nothing is due or under way.
function Deliverer:flush()
  while self.active > 0 or self.simulator:seconds_until_due() == 0 do
    wake_in(self, 0)
    ngx.sleep(FLUSH_SECONDS)
  end
end

--- Begins no more.
function Deliverer:close() self.closed = true end

--- Has whatever the simulator has to deliver delivered.
-- @tparam table simulator
local function new(simulator)
  local self = setmetatable({ simulator = simulator, active = 0 }, metatable)
  function simulator.wake() wake_in(self, 0) end
  return self
end

return { new = new }
