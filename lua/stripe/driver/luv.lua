--- The driver of luv, libuv's loop: `stripe.new { driver = "luv" }`.
--
-- A coroutine that calls is suspended, and resumed by the loop. The main program, while the loop
-- does not run, runs it until its call is done. A callback of the loop can do neither: there a call
-- waits in place, and the loop with it.
-- @module stripe.driver.luv

local Hosted = require "stripe.driver.hosted"
local Timers = require "stripe.driver.timers"
local core = require "stripe.core"
local traced = require "stripe.driver.traced"
local yieldable = require "stripe.driver.yieldable"

-- luv 1.44 takes whatever coroutine loads it for the main one, and crashes when that has ended.
local caller, is_main = coroutine.running()
if caller and not is_main and not package.loaded.luv then
  error('require "luv" in the main program first: it would run callbacks in this coroutine', 0)
end

local uv = require "luv"

local host = {}

local Place = {}
local metatable = { __name = "stripe.driver.luv.place", __index = Place }

local failures = setmetatable({}, { __mode = "k" }) -- coroutine of a task -> what tells its error
local first, last, awake = 1, 0, {} -- coroutines to resume, at these keys
local timers = Timers.new() -- of places

-- luv crashes at the end of a program that has closed a handle and not run the loop since; so the
-- handles here are few, and stay.
local bell = uv.new_timer()

local ring

-- Sets the bell for what is next; nobody is resumed inside somebody else's code.
local function arm()
  local left = first <= last and 0 or timers:next() - core.now()
  if left == math.huge then return bell:stop() end
  bell:start(math.min(math.max(math.ceil(left * 1000), 0), 2 ^ 31), 0, ring)
end

local function resume(co)
  local ok, thrown = coroutine.resume(co)
  if ok then return end
  local failed = failures[co]
  if failed then return failed(thrown) end
  arm() -- the others go on, if the program does
  error(debug.traceback(co, tostring(thrown)), 0)
end

function ring()
  local now = core.now()
  local place = timers:pop(now)
  while place do
    place:wake()
    place = timers:pop(now)
  end
  for _ = first, last do
    local co = awake[first]
    awake[first], first = nil, first + 1
    resume(co)
  end
  arm()
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
  arm()
end

local function run_loop(place)
  while place.suspended do
    if not uv.run("once") and place.suspended then error("every task waits for another one") end
  end
end

function Place:suspend(seconds)
  self.suspended = true
  local timer = seconds and timers:push(core.now() + seconds, self)
  if timer then arm() end
  if not self.co then run_loop(self) end
  while self.suspended do coroutine.yield() end
  if timer and timer.value then
    timer.value = nil
    arm()
  end
end

-- What follows the engine's descriptor while somebody waits, and one for each that it once was.
local poll
local polls = {}
local waiting = 0
local engine

-- A descriptor must leave the loop before it is closed.
local function forget()
  if poll then poll:stop() end
  poll = nil
end

local function follow()
  if not engine then
    engine = require "stripe.transport.engine"
    engine.before_close(forget)
  end
  local descriptor = engine.pollfd()
  if not descriptor or poll and poll == polls[descriptor] then return end
  forget()
  poll = polls[descriptor] or assert(uv.new_poll(descriptor))
  polls[descriptor] = poll
  poll:start("r", function() engine.step() end)
end

function Place.watch()
  waiting = waiting + 1
  follow()
end

function Place.unwatch()
  waiting = waiting - 1
  if waiting == 0 then forget() end
end

-- Others resume a task, too, when it waits for them; so it sees to its own end, where Lua can.
local guarded = traced
if not require "stripe.driver.through_pcall" then
  function guarded(f) return true, f() end
end

function host.run(f, finish)
  local co
  local function finished(...)
    failures[co] = nil
    finish(...)
  end
  co = coroutine.create(function() finished(guarded(f)) end)
  failures[co] = function(thrown) finished(false, thrown, debug.traceback(co)) end
  resume(co)
end

return Hosted.new(host)
