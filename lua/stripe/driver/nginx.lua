--- The driver of nginx with ngx_lua (OpenResty, or Debian's libnginx-mod-http-lua). It is chosen by
-- itself there.
--
-- The engine runs in a thread of the worker process, one for all its Lua states, so that neither
-- libcurl nor TLS ever holds up the event loop. A call suspends its coroutine; `stripe.gather` runs
-- light threads. In `init_by_lua` a call blocks, and leaves no connection behind for the workers to
-- inherit. Where nginx lets nothing wait, a call is refused before anything is sent; the table of
-- phases is in docs/nginx.md.
-- @module stripe.driver.nginx

local Hosted = require "stripe.driver.hosted"
local Pump = require "stripe.driver.nginx_pump"
local Task = require "stripe.driver.task"
local core = require "stripe.core"
local engine = require "stripe.engine"
local semaphore = require "ngx.semaphore"
local traced = require "stripe.driver.traced"
local transport = require "stripe.transport.engine"

local ngx = ngx -- luacheck: ignore 113
local get_phase = ngx.get_phase

-- Where nginx lets a coroutine wait. In two more phases of a TLS handshake it says that it does,
-- and then ends the handshake, unless nginx and OpenSSL are OpenResty's own.
local WAITS = {
  rewrite = true, server_rewrite = true, access = true, content = true, timer = true,
  ssl_cert = true,
}

local host = {}

local Place = {}
local metatable = { __name = "stripe.driver.nginx.place", __index = Place }

local free, n = {}, 0 -- places that nobody uses

function host.here()
  if not engine.yieldable() then return nil end
  if n == 0 then return setmetatable({ semaphore = semaphore.new() }, metatable) end
  local place = free[n]
  free[n], n = nil, n - 1
  place.woken = false
  return place
end

--- Gives the place back.
function Place:leave()
  n = n + 1
  free[n] = self
end

-- nginx counts milliseconds.
function Place:suspend(seconds)
  if self.watched then
    Pump.wait(self)
  elseif seconds then
    self.semaphore:wait(math.max(seconds, 0.001))
  else
    self.semaphore:wait(3600)
  end
end

Place.wake = Pump.wake

function Place:watch() self.watched = true end
function Place:unwatch() self.watched, self.woken = false, false end

-- Where nginx has no light threads, nothing may wait either: then f can as well run in place.
function host.run(f, finish)
  local function body() finish(traced(f)) end
  local found, thread = pcall(ngx.thread.spawn, body)
  if not (found and thread) then body() end
end

local driver = Hosted.new(host)

-- Whether this is the master process, as far as is known: after its fork a worker never sees the
-- phase again.
local in_master = true

local function is_starting()
  if in_master and get_phase() ~= "init" then in_master = false end
  return in_master
end

local function leave_nothing(...)
  if transport.active() == 0 then transport.close() end
  return ...
end

local await = driver.await

--- As of every driver; in the master process, the engine is closed when nothing is under way.
function driver.await(handle, canceller)
  if not is_starting() then return await(handle, canceller) end
  return leave_nothing(await(handle, canceller))
end

--- Why a call can't be made here: it would have to wait, and must not block.
-- @treturn ?string nil: it can
function driver.refuses()
  local phase = get_phase()
  local waits = WAITS[phase]
  if waits and engine.yieldable() or phase == "init" then return nil end
  if waits then
    return "a call must wait, and here Lua can't: inside a function that C calls, such as that of "
      .. "table.sort or string.gsub, or while a module loads; call it outside"
  end
  return ("a call must wait, and in the phase %s nginx lets nothing wait; make it in a timer: "
    .. "ngx.timer.at(0, function() ... end)"):format(phase)
end

local spawn = driver.spawn

--- As of every driver. Where calls are refused, those of a task are, too: it runs in place, since
-- the blocking driver would hold the worker up, and to ask for a light thread inside a function
-- that C calls would end the request.
function driver.spawn(f)
  if not driver.refuses() then return spawn(f) end
  local task = Task.new()
  Task.keep(task, traced(f))
  return task
end

local start = driver.start

--- As of every driver. What a client without this one may have opened in the master goes.
function driver.start(over, call)
  if not transport.mailbox() and transport.active() == 0 then transport.close() end
  return start(over, call)
end

function transport.open()
  if is_starting() then return engine.open() end
  return engine.open_threaded()
end

-- Nothing here may ask for the request at hand: a worker's Lua state is closed when the last one
-- is gone, and nginx's other functions for the log would look for it.
local function logger()
  local found, ffi = pcall(require, "ffi")
  if not (found and pcall(require, "ngx.errlog")) then return nil end
  local known, raw_log = pcall(function() return ffi.C.ngx_http_lua_ffi_raw_log end)
  if not known then return nil end
  return function(message) raw_log(nil, ngx.WARN, message, #message) end
end

local log = logger() or function(message) io.stderr:write(message, "\n") end

core.on_lost(function(call)
  local status, key = call:status(), call:idempotency_key()
  log(("stripe: nobody waits any more for %s %s, which %s%s"):format(call:method(), call:path(),
    status and ("was answered with status %d"):format(status) or "may have been done",
    key and "; repeat it with the idempotency key " .. key .. " to learn how it ended" or ""))
end)

engine.prepare() -- libcurl's start takes milliseconds, better spent now than at the first call

return driver
