--- The driver of cqueues: calls in the coroutines of a controller, beside its other work. It is
-- chosen by itself where a controller runs.
-- @module stripe.driver.cqueues

local Hosted = require "stripe.driver.hosted"
local condition = require "cqueues.condition"
local cqueues = require "cqueues"
local yieldable = require "stripe.driver.yieldable"

local host = {}

local Place = {}
local metatable = { __name = "stripe.driver.cqueues.place", __index = Place }

-- Controller -> its pump: the coroutine that steps the engine while somebody waits there.
local pumps = setmetatable({}, { __mode = "k" })
local tasks = setmetatable({}, { __mode = "k" }) -- coroutines that `run` carries
local polled -- the descriptor that pumps poll

-- A descriptor must leave the controllers before it is closed.
local function forget()
  if polled then cqueues.cancel(polled) end
  polled = nil
end

local engine

local function run_pump(pump)
  while pump.waiting > 0 do
    polled = engine.pollfd()
    if polled then
      cqueues.poll({ pollfd = polled, events = "r" }, pump.changed)
      engine.step()
    else
      pump.changed:wait()
    end
  end
  pump.running = false
end

local function pump_of(controller)
  if not engine then
    engine = require "stripe.transport.engine"
    engine.before_close(forget)
  end
  local pump = pumps[controller]
  if not pump then
    pump = { waiting = 0, changed = condition.new() }
    pumps[controller] = pump
  end
  return pump
end

-- Only what a controller resumes, or a task, can be suspended: a yield of another coroutine goes
-- to whoever resumed that.
function host.here()
  local controller, directly = cqueues.running()
  if not controller or not (directly or tasks[coroutine.running()]) or not yieldable() then
    return nil
  end
  return setmetatable({ controller = controller, woken = condition.new() }, metatable)
end

-- A task's first wait reaches the controller later than it begins, and a condition forgets: so
-- the place itself, which is polled beside it, keeps that it was woken.
function Place:suspend(seconds)
  self.seconds = seconds
  cqueues.poll(self.woken, self)
  self.seconds = nil
end

function Place:wake()
  self.seconds = 0
  self.woken:signal()
end

function Place:timeout() return self.seconds end

function Place:watch()
  local pump = pump_of(self.controller)
  pump.waiting = pump.waiting + 1
  if pump.running then return end
  pump.running = true
  self.controller:wrap(run_pump, pump)
end

function Place:unwatch()
  local pump = pumps[self.controller]
  pump.waiting = pump.waiting - 1
  if pump.waiting == 0 then pump.changed:signal() end
end

-- Lua 5.1 can't yield in a pcall, so a task is a coroutine inside one of the controller's, which
-- hands on what it yields. It begins in the one of its maker.
function host.run(f, finish)
  local controller = cqueues.running()
  local co = coroutine.create(f)
  tasks[co] = true
  local function follow(ok, ...)
    if coroutine.status(co) ~= "dead" then
      return follow(coroutine.resume(co, coroutine.yield(...)))
    end
    if ok then return finish(true, ...) end
    finish(false, (...), debug.traceback(co))
  end
  local function begin(ok, ...)
    if coroutine.status(co) == "dead" then return follow(ok, ...) end
    controller:wrap(follow, ok, ...)
  end
  begin(coroutine.resume(co))
end

return Hosted.new(host)
