--- The simulator inside nginx, all that bin/stripe-sim serves:
--
--     worker_processes 1;
--     location / {
--       content_by_lua_block { require("stripe.simulator.resty").serve() }
--     }
--
-- Nothing waits in place: exchanges that are delayed or forwarded, and deliveries, leave the worker
-- to others.
-- @module stripe.simulator.resty

local Driver = require "stripe.driver"
local deliveries = require "stripe.simulator.resty.deliveries"
local hosting = require "stripe.simulator.host"
local keeper = require "stripe.simulator.resty.keeper"
local place = require "stripe.simulator.resty.place"
local send = require "stripe.simulator.outbound"
local simulator = require "stripe.simulator"
local wire = require "stripe.simulator.resty.wire"
local without_place = require "stripe.without_place"

local ngx = ngx -- luacheck: ignore 113

if ngx.get_phase() == "init" then Driver.current() end -- libcurl loads for milliseconds

local resty = {}

local LONG = 86400 -- seconds

local OWN = { state = true, url = true }

local function fail(problem) ngx.log(ngx.ERR, "stripe simulator: ", problem) end

-- Where clients reach us, as the first of them says.
local function address()
  local var = ngx.var
  return ("%s://%s"):format(var.scheme, var.http_host or var.server_addr .. ":" .. var.server_port)
end

-- A timer is called when nginx reloads or ends, before the requests at hand have come to their end.
local function on_exit(f)
  local function wait(premature)
    if premature then return f() end
    on_exit(f)
  end
  local set, problem = ngx.timer.at(LONG, wait)
  if not set then fail("a reload waits for this worker's end: " .. problem) end
end

local function leave(self)
  if not self.keeper or self.left then return end
  self.left = true
  self.deliverer:close()
  self.keeper:leave()
end

-- When the worker ends, the state goes to the next one as soon as no request needs it any more.
local function leave_when_done(self)
  if self.running == 0 and ngx.worker.exiting() then leave(self) end
end

local function new(options)
  local given = {}
  for name, value in pairs(options) do
    if not OWN[name] then given[name] = value end
  end
  local self = { simulator = simulator.new(given), running = 0, url = options.url or address() }
  self.deliverer = deliveries.new(self.simulator)
  self.host = hosting.new {
    simulator = self.simulator, url = self.url, failure = fail,
    save = options.state and function() return self.keeper:save() end,
    flush = function() self.deliverer:flush() end,
  }
  if options.state then
    self.keeper = keeper.new {
      simulator = self.simulator, path = options.state, url = self.url,
      loaded = function() self.host:adopt() end,
    }
    on_exit(function() leave_when_done(self) end)
  end
  return self
end

local served, refused -- of this Lua state: the simulator, or why there can't be one

local function refuse(problem)
  return wire.write(hosting.refusal(503, "api_error", problem))
end

local function start(options)
  refused = place.problem()
  if refused then return fail(refused) end
  local made, result = pcall(new, options or {})
  if not made then
    refused = without_place(result)
    error(result, 0)
  end
  served = result
end

-- Nobody who waits is to be gone without having done the rest.
local function stay() ngx.on_abort(function() end) end

-- What becomes of a delayed or a forwarded exchange: an answer, or how the connection is to end.
local function settle(host, answer)
  while answer.outbound or answer.directive == "delay" do
    stay()
    if answer.outbound then
      answer = host:resume(answer, send(answer.outbound))
    else
      ngx.sleep(answer.seconds)
      if answer.finished then answer.finished() end
      answer = answer.response
    end
  end
  return answer
end

--- Saves the state of a simulator that has a file, for good: in `exit_worker_by_lua`.
function resty.leave()
  if served then leave(served) end
end

--- Serves a request, as the handler of a location; there is one simulator in a worker, with the
-- options of the first request.
-- @tparam[opt] table options those of `stripe.simulator.new` (`seed`, `clock`, ...), and
--
-- * `state`: a file to start from, which is written when the worker ends, and on
--   `POST /_sim/save`; without one the simulator is as new after a reload
-- * `url`: where file and link URLs lead, such as "http://localhost:12111"; where the first request
--   came to
function resty.serve(options)
  if not served then
    if not refused then start(options) end
    if refused then return refuse(refused) end
  end
  local self = served
  if self.keeper and not self.keeper.file then
    if self.left then return refuse "This worker of nginx has ended; ask the next one." end
    local taken, problem = self.keeper:take()
    if not taken then
      fail(problem)
      return refuse(problem)
    end
  end
  self.running = self.running + 1
  local request, problem = wire.read()
  local answer = request and self.host:ask(request) or hosting.refusal(500, "api_error", problem)
  if not answer.status then answer = settle(self.host, answer) end
  self.running = self.running - 1
  if self.keeper then leave_when_done(self) end
  return (wire[answer.directive] or wire.write)(answer)
end

return resty
