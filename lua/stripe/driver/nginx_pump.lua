--- Who hands out what the engine's thread has to tell, in a worker of nginx.
--
-- One coroutine at a time leads: it awaits the bell, a socket that the thread writes a byte to, and
-- steps the engine. As a rule that is a timer's, which begins when it is needed and ends when
-- nothing is under way. Where nginx refuses timers, one of those who wait leads for all, until its
-- own call has ended. Where no socket can be had, the leader looks every few milliseconds.
--
-- A request may be ended while it leads. Then the bell's connection is closed, or nobody has been
-- seen for a while, and the next one who looks takes over.
-- @module stripe.driver.nginx_pump

local engine = require "stripe.transport.engine"

local ngx = ngx -- luacheck: ignore 113
local now = ngx.now -- as of this round of the event loop

local Pump = {}

local DAY = 86400000        -- milliseconds
local PATIENCE = 0.1        -- seconds in which a timer should begin
local SILENCE = 1           -- seconds after which a leader is looked after
local SOONEST, LATEST = 0.001, 0.005 -- seconds between two looks without a bell

local leader  -- `seen`: when it last did something; `line`: whether it has a bell. nil: nobody
local asked   -- when a timer was asked for that has not begun; nil: none was
local waiting = {} -- places whose exchange is under way; `seen`: when they last began to wait

-- A connection to the bell, and the mailbox that rings there; nil when there can be none.
local function connect()
  local mailbox = engine.mailbox()
  local path, fresh
  if mailbox then path, fresh = mailbox:bell() end
  if not path then return nil end
  local made, line = pcall(ngx.socket.tcp)
  if not made then return nil end
  line:settimeouts(1000, 1000, DAY)
  if not line:connect("unix:" .. path) then return nil end
  if fresh and not mailbox:accept() then
    line:close()
    return nil
  end
  mailbox:listen(true)
  return line, mailbox
end

-- Whether nobody is seen to wait any more: nginx has ended their requests, and wants to end.
local function is_abandoned()
  if not ngx.worker.exiting() then return false end
  local time = now()
  for place in pairs(waiting) do
    if time - place.seen < 1.5 * SILENCE then return false end
  end
  return true
end

-- Steps the engine for everybody while `going()`.
local function lead(going)
  local me = { seen = now() }
  leader = me
  local line, mailbox = connect()
  local pause = SOONEST
  me.line = line ~= nil
  while going() and not is_abandoned() or line and not mailbox:listen(false) do
    if line then
      if not line:receive(1) then -- the engine was closed, or nginx ends
        line:close()
        line, mailbox = nil, nil
        if not ngx.worker.exiting() then line, mailbox = connect() end
        me.line = line ~= nil
      end
    else
      ngx.sleep(pause)
      pause = math.min(pause * 1.5, LATEST)
    end
    me.seen = now()
    if engine.step() then pause = SOONEST end
  end
  if line then line:setkeepalive(0, 1) end
  if leader == me then leader = nil end
end

local function in_timer()
  asked = nil
  if not leader then lead(function() return engine.active() > 0 end) end
end

-- Whether the leader still leads: nginx ends a request without a word to its Lua.
local function is_alive()
  if now() - leader.seen < SILENCE then return true end
  local mailbox = engine.mailbox()
  if not (leader.line and mailbox and mailbox:connected()) then return false end
  leader.seen = now()
  return true
end

-- Whether somebody else leads, or is about to.
local function is_led()
  if leader and is_alive() then return true end
  if asked then
    if now() - asked < PATIENCE then return true end
    asked, leader = nil, nil
    return false
  end
  leader = nil
  asked = ngx.timer.at(0, in_timer) and now() or nil
  return asked ~= nil
end

--- Waits until a place is woken, or a while.
-- @tparam table place with `semaphore`, and `woken`: true when it was
function Pump.wait(place)
  waiting[place], place.seen = true, now()
  if is_led() then
    place.semaphore:wait(leader and SILENCE or PATIENCE)
  else
    lead(function() return not place.woken end)
  end
  waiting[place] = nil
  if leader then return end
  local other = next(waiting)
  if other and not asked then other.semaphore:post(1) end -- to look who leads now
end

--- Wakes a place. Its coroutine may be gone.
function Pump.wake(place)
  waiting[place] = nil
  place.woken = true
  place.semaphore:post(1)
end

return Pump
