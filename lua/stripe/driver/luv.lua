--- The driver of luv, libuv's loop: `stripe.new { driver = "luv" }`.
--
-- A coroutine that calls is suspended, and resumed by the loop. The main program, while the loop
-- does not run, runs it until its call is done. A callback of the loop can do neither: there a call
-- waits in place, and the loop with it.
-- @module stripe.driver.luv

local Hosted = require "stripe.driver.hosted"
local uv = require "luv"
local yieldable = require "stripe.driver.yieldable"

local host = {}

local Place = {}
local metatable = { __name = "stripe.driver.luv.place", __index = Place }

local finishers = setmetatable({}, { __mode = "k" }) -- coroutine of a task -> its `failed`
local first, last, awake = 1, 0, {} -- coroutines to resume, at these keys
local soon = uv.new_timer()

local resume_awake

-- Nobody is resumed inside somebody else's code: the loop does it, when it comes round.
local function schedule()
  soon:start(0, 0, resume_awake)
end

local function resume(co)
  local ok, thrown = coroutine.resume(co)
  if ok then return end
  local failed = finishers[co]
  if failed then return failed(thrown) end
  if first <= last then schedule() end -- the others go on, if the program does
  error(debug.traceback(co, tostring(thrown)), 0)
end

function resume_awake()
  for _ = first, last do
    local co = awake[first]
    awake[first], first = nil, first + 1
    resume(co)
  end
end

-- With uv.run on the stack, neither the main program nor a callback may call it again.
local function running()
  return not uv.loop_mode or uv.loop_mode() ~= nil
end

function host.here()
  local co, main = coroutine.running()
  if co and not main then
    return yieldable() and setmetatable({ co = co }, metatable) or nil
  end
  return not running() and setmetatable({}, metatable) or nil
end

function Place:wake()
  if not self.suspended then return end
  self.suspended = false
  if not self.co then return end
  last = last + 1
  awake[last] = self.co
  schedule()
end

local function run_loop(place)
  while place.suspended do
    if not uv.run("once") and place.suspended then error("every task waits for another one") end
  end
end

function Place:suspend(seconds)
  local timer = seconds and uv.new_timer()
  self.suspended = true
  if timer then
    uv.update_time()
    timer:start(math.min(math.ceil(seconds * 1000), 2 ^ 52), 0, function() self:wake() end)
  end
  if not self.co then run_loop(self) end
  while self.suspended do coroutine.yield() end
  if timer then timer:close() end
end

-- What follows the engine's descriptor, while somebody waits.
local poll, polled
local waiting = 0
local engine

-- A descriptor must leave the loop before it is closed.
local function forget()
  if poll then poll:close() end
  poll = nil
end

local function open_poll()
  if not engine then
    engine = require "stripe.transport.engine"
    engine.before_close(forget)
  end
  local descriptor = engine.pollfd()
  if poll and polled == descriptor then return false end
  forget()
  if descriptor then poll, polled = assert(uv.new_poll(descriptor)), descriptor end
  return poll ~= nil
end

function Place.watch()
  waiting = waiting + 1
  if open_poll() or poll and waiting == 1 then poll:start("r", function() engine.step() end) end
end

function Place.unwatch()
  waiting = waiting - 1
  if poll and waiting == 0 then poll:stop() end
end

-- Others resume a task, too, when it waits for them; so it sees to its own end, where Lua can.
local guarded = xpcall
if not coroutine.wrap(function() return (pcall(coroutine.yield, true)) end)() then
  function guarded(f) return true, f() end
end

function host.run(f, finish)
  local co
  local function failed(thrown, trace)
    finishers[co] = nil
    finish(false, thrown, trace or debug.traceback(co))
  end
  local function finished(ok, ...)
    if not ok then return failed((...).thrown, (...).trace) end
    finishers[co] = nil
    finish(true, ...)
  end
  co = coroutine.create(function()
    finished(guarded(f, function(thrown)
      return { thrown = thrown, trace = debug.traceback() }
    end))
  end)
  finishers[co] = failed
  resume(co)
end

return Hosted.new(host)
