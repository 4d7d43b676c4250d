--- The simulator behind a port: HTTP/1.1, or the same inside TLS, by lua-http.
--
-- Bytes come in, `simulator:handle` says what to do, and this file does it: answers, waits, breaks
-- the connection, or sends a forwarded request out. Each exchange is a coroutine of its own, so
-- that one that waits keeps nobody else waiting. Deliveries go out beside them.
-- @module stripe.simulator.server

local cqueues = require "cqueues"
local condition = require "cqueues.condition"
local http_server = require "http.server"
local break_off = require "stripe.simulator.server.break"
local deliveries = require "stripe.simulator.server.deliveries"
local hosting = require "stripe.simulator.host"
local read = require "stripe.simulator.server.read"
local write = require "stripe.simulator.server.write"

local Server = {}
local metatable = { __name = "stripe.simulator.server", __index = Server }

local SETUP_SECONDS, IDLE_SECONDS = 10, 120
local GRACE_SECONDS = 2 -- for exchanges that run when the server is closed

local directives = {}

function directives.delay(answer)
  cqueues.sleep(answer.seconds)
  if answer.finished then answer.finished() end
  return answer.response
end

function directives.reset(_, stream)
  break_off(stream, "reset")
end

function directives.truncate(answer, stream, request)
  write(stream, answer.response, request, answer.bytes)
  break_off(stream, "short")
end

-- On PUC Lua 5.1 lua-http runs exchanges in coroutines of its own, where a driver can't wait.
local function send_out(request)
  local ended, reply = condition.new(), nil
  cqueues.running():wrap(function()
    reply = require("stripe.simulator.outbound")(request)
    ended:signal()
  end)
  while not reply do ended:wait() end
  return reply
end

-- Does what the simulator says until there is an answer, and writes that.
local function settle(self, stream, request, answer)
  while answer and not answer.status do
    if answer.outbound then
      answer = self.host:resume(answer, send_out(answer.outbound))
    else
      request.outcome = answer.directive
      answer = directives[answer.directive](answer, stream, request)
    end
  end
  if answer then write(stream, answer, request) end
  return answer
end

local function exchange(self, stream)
  local request, problem = read(stream)
  if not request then return end -- gone, or no HTTP: lua-http says so
  self.running[stream] = true
  local started = cqueues.monotime()
  local answer = problem
    and hosting.refusal(problem.status, "invalid_request_error", problem.message)
    or self.host:ask(request)
  answer = settle(self, stream, request, answer)
  self.running[stream] = nil
  self.log.exchange(request, answer, cqueues.monotime() - started)
end

local SILENT = {}
for _, name in ipairs { "exchange", "failure", "trouble", "delivery" } do
  SILENT[name] = function() end
end

--- Binds a port.
-- @tparam table simulator
-- @tparam[opt] table options `host` ("127.0.0.1"), `port` (0: any that is free), `context`: an
--   openssl.ssl.context, then it speaks TLS; `save()`: what `POST /_sim/save` does, returns true,
--   or nil and why not; `log`: `exchange(request, answer, seconds)`, `failure(traceback)`,
--   `trouble(message)`, `delivery(delivery, outcome)`
-- @treturn table server | nil, message
local function listen(simulator, options)
  options = options or {}
  local self = setmetatable({
    running = {}, log = options.log or SILENT, closing = condition.new(),
  }, metatable)
  self.deliverer = deliveries.new(simulator, self.log)
  local tls = options.context ~= nil
  local server, why = http_server.listen {
    host = options.host or "127.0.0.1", port = options.port or 0, reuseaddr = true,
    tls = tls, ctx = options.context, version = 1.1,
    connection_setup_timeout = SETUP_SECONDS, intra_stream_timeout = IDLE_SECONDS,
    onstream = function(_, stream) exchange(self, stream) end,
    onerror = function(_, context, operation, problem)
      self.running[context] = nil
      local report = operation == "onstream" and self.log.failure or self.log.trouble
      report(operation .. ": " .. tostring(problem))
    end,
  }
  local bound
  if server then bound, why = server:listen() end
  if not bound then return nil, tostring(why) end
  local _, address, port = server:localname()
  self.server, self.port = server, port
  if address == "0.0.0.0" or address == "::" then address = "localhost" end
  if address:find(":", 1, true) then address = "[" .. address .. "]" end
  self.url = ("%s://%s:%d"):format(tls and "https" or "http", address, port)
  self.host = hosting.new {
    simulator = simulator, url = self.url, save = options.save, failure = self.log.failure,
    flush = function() self.deliverer:flush() end,
  }
  return self
end

--- Makes file and link URLs of all accounts, and of those to come, lead here.
function Server:adopt() self.host:adopt() end

--- Serves and delivers until `close`; to be called in a cqueues coroutine, as `close`.
function Server:run()
  local controller = self.server.cq
  controller:wrap(function() self.deliverer:run() end) -- where exchanges run that may wake it
  while not self.closed do
    local ok, problem = controller:step(0)
    if not ok then self.log.failure(tostring(problem)) end
    if not self.closed then cqueues.poll(controller, self.closing) end
  end
end

--- Takes no new connections and lets what runs come to its end, for some seconds at most.
function Server:close()
  self.server:pause()
  local limit = cqueues.monotime() + GRACE_SECONDS
  while next(self.running) and cqueues.monotime() < limit do cqueues.sleep(0.01) end
  self.deliverer:close()
  self.server:close()
  self.closed = true
  self.closing:signal()
end

return { listen = listen }
