--- A simulator as its hosts ask it: bin/stripe-sim and nginx.
--
-- A host carries the bytes, waits and sends. What every host answers beside the simulator, and the
-- care for a simulator that throws, is here.
-- @module stripe.simulator.host

local errors = require "stripe.simulator.errors"

local Host = {}
local metatable = { __name = "stripe.simulator.host", __index = Host }

local JSON = { { "Content-Type", "application/json" } }

--- An answer of the host's own, in the shape of the API's errors.
-- @number status
-- @string kind the error's type
-- @string message
local function refusal(status, kind, message)
  local err = errors.new { status = status, type = kind, message = message }
  return { status = status, headers = JSON, body = errors.body(err) }
end

--- Makes a host's part.
-- @tparam table options `simulator`; `failure(traceback)` logs; `save()`, if there is a file to
--   save to, returns true, or nil and why not; `flush()` waits for the deliveries that are due;
--   `url`: where file and link URLs lead
-- @treturn table
local function new(options)
  local self = setmetatable({
    simulator = options.simulator, failure = options.failure, save = options.save,
    flush = options.flush, url = options.url,
  }, metatable)
  self:adopt()
  return self
end

--- Makes file and link URLs of all accounts, and of those to come, lead here.
function Host:adopt()
  self.simulator.settings.files_url = self.url
  for _, account in ipairs(self.simulator.accounts.list) do
    account.settings.files_url = self.url
  end
end

-- "METHOD /path" -> what the host itself does: function(host) -> nothing, or an answer.
local routes = {
  ["POST /_sim/save"] = function(self)
    if not self.save then
      return refusal(400, "invalid_request_error", "The simulator has no state file.")
    end
    local saved, problem = self.save()
    if not saved then return refusal(500, "api_error", problem) end
  end,
}

-- Answers a request for anything but the API.
local function answer_beside(self, request, path)
  local route = routes[request.method .. " " .. path]
  if route then return route(self) or { status = 200, headers = JSON, body = "{}" } end
  if request.method == "HEAD" and path:find "^/links/" then
    request = { method = "GET", url = request.url, headers = request.headers, body = "" }
  end
  local answer = self.simulator:handle(request)
  if path == "/_sim/restore" then self:adopt() end
  return answer
end

local function decide(self, request)
  local url = request.url
  if url:find("/v1/", 1, true) == 1 then return self.simulator:handle(request) end
  return answer_beside(self, request, url:match "^[^?#]*")
end

local function traced(problem)
  return debug.traceback(tostring(problem), 2)
end

local passes = select(2, xpcall(function(x) return x end, traced, true)) -- not in PUC Lua 5.1

-- Calls f(x, y), which may throw; then the answer is a 500, and the log has the traceback.
local function guarded(self, f, x, y)
  local ok, answer
  if passes then
    ok, answer = xpcall(f, traced, x, y)
  else
    ok, answer = xpcall(function() return f(x, y) end, traced)
  end
  if ok then return answer end
  self.failure(answer)
  return refusal(500, "api_error", "The simulator failed; its log says where.")
end

--- What the simulator, or the host, says to a request.
-- @tparam table request `{ method, url, headers, body }`
-- @treturn table as `simulator:handle` returns it
function Host:ask(request)
  if request.method == "POST" and request.url:match "^[^?#]*" == "/_sim/deliveries/flush" then
    self.flush() -- the one that waits, which PUC Lua 5.1 can't inside of xpcall
    return { status = 200, headers = JSON, body = "{}" }
  end
  return guarded(self, decide, self, request)
end

--- What comes after an exchange with the outside.
-- @tparam table answer that had `outbound`
-- @tparam table reply what came of it
-- @treturn table as `simulator:handle` returns it
function Host:resume(answer, reply) return guarded(self, answer.resume, reply) end

return { new = new, refusal = refusal }
