--- The transport that is libcurl, in stripe.engine, and how drivers wait for it.
--
-- The calls of a Lua state share one engine, with its connections, through one channel, which the
-- first call over the wire opens. A call under way is an exchange: `start` begins it, `finish`
-- waits for its end in the task of its caller. In between the channel is to be stepped whenever
-- its descriptor is readable; that is the driver's business, by `pollfd` and `step`, or by `wait`
-- where nothing else is to be waited for.
-- @module stripe.transport.engine

local core = require "stripe.core"
local engine = require "stripe.engine"

local Engine = {}

local Transport = {}
local transport_metatable = { __name = "stripe.transport.engine", __index = Transport }

local Exchange = {}
local exchange_metatable = { __name = "stripe.exchange", __index = Exchange }

local channel      -- of this Lua state; nil until the first call, and after close
local closing = {} -- functions to call before the descriptor is closed

-- Wires by what they are made of, so that clients that differ in other things share their handles.
local wires = setmetatable({}, { __mode = "v" })

local WIRE = {
  "proxy", "no_proxy", "ca_file", "ca_path", "client_cert", "client_key", "unix_socket",
  "connect_timeout", "max_connection_age", "max_connections", "http_version", "verbatim",
}

local function is_plain(settings)
  return (settings.base_url .. "\n" .. settings.files_url):find("http://", 1, true) ~= nil
end

-- How a client reaches its hosts, made once for its settings.
local function wire_of(settings)
  local given = { http2 = settings.http_version == "2", plain = is_plain(settings) }
  local parts = { tostring(given.plain) }
  for i, name in ipairs(WIRE) do
    given[name] = settings[name]
    parts[i + 1] = ("%s %s"):format(type(given[name]), tostring(given[name]))
  end
  given.resolve = settings.resolve
  for _, entry in ipairs(settings.resolve or {}) do parts[#parts + 1] = entry end
  local name = table.concat(parts, "\0")
  wires[name] = wires[name] or engine.wire(given)
  return wires[name]
end

-- Hands out what the channel has to tell, and wakes those who wait for it; whether that was anyone.
local function deliver()
  local exchange, what, more, sent, total, received, expected = channel:next()
  if not exchange then return false end
  while exchange do
    if what == "answered" or what == "failed" then
      exchange.ended = what
    elseif what == "chunks" then
      exchange.chunks = true
    end
    exchange.news = true
    if sent then
      exchange.sent, exchange.total, exchange.received, exchange.expected =
        sent, total, received, expected
    end
    local wake = exchange.wake
    if wake then
      exchange.wake = false
      wake(exchange.sleeper)
    end
    if not more then break end
    exchange, what, more, sent, total, received, expected = channel:next()
  end
  return true
end

--- Opens a channel. A driver that needs another kind of channel puts its own function here.
-- @function Engine.open
-- @treturn[1] userdata
-- @treturn[2] nil
-- @treturn[2] string why there can be none
Engine.open = engine.open

--- How many calls are under way.
-- @treturn integer
function Engine.active()
  return channel and channel:active() or 0
end

--- The descriptor that is readable when there is something to step; another one after a fork.
-- @treturn ?integer nil when nothing was ever sent
function Engine.pollfd()
  return channel and channel:pollfd()
end

--- The mailbox of a threaded engine, see `src/lua/engine_thread.c`.
-- @treturn ?userdata nil when there is none
function Engine.mailbox()
  return channel and channel.bell and channel or nil
end

--- Does what can be done without waiting, and wakes those whose calls went on.
-- @treturn boolean whether there were any
function Engine.step()
  if not channel then return false end
  channel:step()
  return deliver()
end

--- Waits until there is something to tell of a call, at most so long, and tells it.
-- @tparam number seconds may be infinite while calls are under way
function Engine.wait(seconds)
  channel:wait(seconds)
  deliver()
end

--- What is started from here on goes out together, when the engine steps or waits next; or each
-- goes out at once again.
-- @tparam boolean on
function Engine.collect(on)
  if channel and channel.collect then channel:collect(on) end
end

--- Has a function called whenever the descriptor is about to be closed: an event loop must let go
-- of it before its number can be another's.
-- @tparam function f
function Engine.before_close(f)
  closing[#closing + 1] = f
end

--- Ends all calls under way as canceled, and closes all connections. The next call opens anew.
function Engine.close()
  if not channel then return end
  for _, f in ipairs(closing) do f() end
  channel:close()
  deliver()
  channel = nil
end

-- Tells the caller how many bytes went out or came in.
local function report(self)
  local transport = self.transport
  local done, total = self.sent, self.total
  if transport.download then done, total = self.received, self.expected end
  if not transport.progress or not done or done == self.reported then return end
  self.reported = done
  transport.progress(done, total)
end

-- Does what the news ask for: nil, or why the call must end.
local function act(self)
  local pour = self.transport.pour
  if self.chunks then
    self.chunks = nil
    local failed = pour:drain(self.call)
    if failed then return "the sink failed: " .. failed end
    if not self.ended then
      channel:resume(self.call)
      deliver() -- more may have come without a wait
    end
  elseif not pour then
    report(self)
  end
end

--- Whether there is something to do for `finish`: the end, or chunks to take, or progress.
-- @treturn boolean
function Exchange:ready()
  return self.news
end

--- Ends it, if it is still under way. Whoever waits in `finish` wakes.
-- @tparam string kind of failure, as of the contract: "canceled"
-- @tparam string message
function Exchange:cancel(kind, message)
  if self.ended then return end
  channel:cancel(self.call, kind, message)
  deliver()
end

-- Made apart from `finish`, whose coroutine a host may end and use again: see stripe.driver.hosted.
local function canceling(exchange)
  return function(reason) exchange:cancel("canceled", reason) end
end

-- The same; what fails, or is thrown, ends the call.
local function go_along(self)
  local ok, failed = pcall(act, self)
  if not ok then failed = "the caller's function threw: " .. tostring(failed) end
  if failed then self:cancel("aborted", core.redact(failed)) end
  return failed
end

-- Does what the caller asked for on the way, whenever there is news: why the call was ended, if it
-- was.
local function accompany(self, wait)
  local failed
  repeat
    if not self.news then wait(self) end
    self.news = false
    failed = failed or go_along(self) -- once: its end may take a while to come
  until self.ended
  return failed
end

--- Waits until the call has its answer or its failure, and does what the caller asked for on the
-- way.
-- @tparam ?stripe.canceller canceller
-- @tparam function wait `wait(exchange)`: the driver's; returns when `exchange:ready()`. It has
--   `exchange.wake(exchange.sleeper)` called when that comes to be
-- @treturn[1] boolean true: the answer is in the call, which is to be told so by `call:answered`
-- @treturn[2] nil
-- @treturn[2] ?table a failure that the call doesn't know yet
function Exchange:finish(canceller, wait)
  local transport = self.transport
  local forget = canceller and not self.ended and canceller:on_cancel(canceling(self))
  local failed
  if transport.pour or transport.progress then
    failed = accompany(self, wait)
  else
    while not self.ended do
      self.news = false
      wait(self)
    end
  end
  if forget then forget() end
  if self.ended ~= "answered" then return nil end
  if failed then return nil, { kind = "aborted", message = core.redact(failed), sent = "yes" } end
  return true
end

--- Begins to send the next attempt of a call.
-- @tparam userdata call
-- @tparam function clock the driver's: seconds
-- @treturn table the exchange
function Transport:start(call, clock)
  local exchange = setmetatable({
    call = call, transport = self, news = false, ended = false, wake = false, sleeper = false,
    place = false,
  }, exchange_metatable)
  local message, started, told
  if not channel then channel, message = Engine.open() end
  if channel then
    started, told =
      channel:start(call, self.wire, self.progress and not self.pour, exchange)
    message = told
  end
  if not started then
    call:failure(clock(), "aborted", message, "no")
    exchange.ended, exchange.news = "failed", true
  elseif told then
    deliver() -- it may have ended already
  end
  return exchange
end

--- The transport of one call.
-- @tparam table settings of the client
-- @tparam ?function progress `progress(done, total)`, bytes; of an answer's body, total may be nil
-- @tparam ?table pour takes the chunks of the answer, see `stripe.pour`
-- @tparam ?boolean download it is the answer's body that progress is about
-- @treturn table without progress and pour it is the client's, which finds it as `settings.engine`
function Engine.new(settings, progress, pour, download)
  local plain = settings.engine
  if not plain then
    plain = setmetatable({
      wire = wire_of(settings), progress = false, pour = false,
    }, transport_metatable)
    settings.engine = plain
  end
  if not (progress or pour) then return plain end -- it has nothing of one call in it
  return setmetatable({
    wire = plain.wire, progress = progress or false, pour = pour or false, download = download,
  }, transport_metatable)
end

return Engine
