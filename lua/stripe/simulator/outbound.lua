--- What leaves the simulator, forwarded requests and deliveries, on its way through our own engine.
--
-- The simulator itself does no I/O: this is for its hosts. A request is sent as it is, once, and
-- no redirect is followed.
-- @module stripe.simulator.outbound

local core = require "stripe.core"
local Driver = require "stripe.driver"
local exchange = require "stripe.exchange"
local loopback = require "stripe.simulator.loopback"

local MAX_BODY = 1024 * 1024 -- of an answer
local CONNECT_SECONDS = 10
local NOBODY = {}

-- The engine sets these itself.
local FRAMING = { ["content-length"] = true, connection = true, ["transfer-encoding"] = true }

-- How to get there. This machine is reached directly, whatever proxies the environment names.
local function settings(proxy)
  return { base_url = "http://", files_url = "", connect_timeout = CONNECT_SECONDS, proxy = proxy,
    verbatim = true }
end
local DIRECT, ANYWHERE = settings(false), settings(nil)

-- Each request has a connection of its own, so that none meets one that has just ended.
local function headers_of(request)
  local list = { { "Connection", "close" } }
  for _, header in ipairs(request.headers or {}) do
    if not FRAMING[header[1]:lower()] then list[#list + 1] = { header[1], tostring(header[2]) } end
  end
  return list
end

local function list_of(headers)
  local list = {}
  for i, header in ipairs(headers) do list[i] = header end
  return list
end

--- Sends a request and waits for its answer.
-- @tparam table request `{ method, url, headers = {{name, value}, ...}, body, timeout = seconds }`
-- @tparam[opt] table driver how to wait, see `stripe.driver`; the one for this place
-- @treturn table what came of it, as `resume` and `delivered` of a simulator take it:
--   `{ status, headers, body, duration = milliseconds, ip }`, or `{ failure = kind, message,
--   sent = "no" | "maybe" | "yes", duration }`, with `status` when there was one, but no whole body
local function send(request, driver)
  driver = driver or Driver.current()
  local started = driver.now()
  local call, problem = core.verbatim {
    method = request.method, url = request.url, headers = headers_of(request),
    body = request.body or "", timeout = request.timeout, max_body = MAX_BODY, now = started,
  }
  if not call then return { failure = "protocol", message = problem, sent = "no" } end
  local transport = require("stripe.transport.engine").new(
    loopback.is(request.url) and DIRECT or ANYWHERE)
  exchange(call, started,
    { driver = driver, clock = driver.now, transport = transport, observers = NOBODY })
  local reply = { status = call:status(), ip = call:peer(),
    duration = (driver.now() - started) * 1000 }
  local kind, message = call:problem()
  if kind then
    reply.failure, reply.message, reply.sent = kind, message, call:sent()
  else
    reply.headers, reply.body = list_of(call:headers()), call:body() or ""
  end
  return reply
end

return send
