--- The transport that is a simulator in this process. The simulator never waits and never does
-- I/O: where its answer says so, this file does, through the driver.
-- @module stripe.transport.simulator

local Answer = require "stripe.transport.answer"
local watch = require "stripe.transport.watch"

local Simulated = {}

local metatable = { __name = "stripe.transport.simulator", __index = Simulated }

local function failure(kind, message, sent)
  return nil, { kind = kind, message = message, sent = sent }
end

local directives = {}

-- The answer takes its time; more than the attempt has, and there is none.
function directives.delay(answer, timeout, driver, canceller)
  local allowed = timeout and timeout > 0 and timeout or math.huge
  driver.sleep(math.min(answer.seconds, allowed), canceller)
  if answer.finished then answer.finished() end
  if canceller and canceller.canceled then return failure("canceled", canceller.reason, "maybe") end
  if answer.seconds >= allowed then
    return failure("timeout", ("no answer within %g seconds"):format(allowed), "maybe")
  end
  return answer.response
end

function directives.reset()
  return failure("reset", "the connection was reset before an answer came", "maybe")
end

function directives.truncate()
  return failure("reset", "the answer ended before its body was complete", "yes")
end

-- A forwarded request that is to leave this process.
local function send_out(answer, driver)
  return answer.resume(require "stripe.simulator.outbound"(answer.outbound, driver))
end

-- What the request brought about is delivered to functions of this process when it has ended.
local function settle(simulator)
  if simulator.stirred then simulator:settle() end
end

-- Hands the request over: the answer, or nil and the failure; and the seconds that it may take.
local function ask(self, call)
  local simulator, progress = self.simulator, self.progress
  if simulator.handle_call and not progress then return simulator:handle_call(call) end
  local request = watch(call:request(), progress)
  local answer, why = simulator:handle(request)
  return answer, why, request.timeout
end

--- Hands the request to the simulator and does what its answer asks for.
-- @tparam userdata call
-- @tparam table driver
-- @tparam ?stripe.canceller canceller
-- @treturn[1] table the answer
-- @treturn[2] nil
-- @treturn[2] table the failure
function Simulated:exchange(call, driver, canceller)
  local answer, why, timeout = ask(self, call)
  if answer and answer.status and self.simulator.handle_call then -- it is ours
    settle(self.simulator)
    return answer
  end
  while answer and not answer.status do
    if answer.outbound then
      answer, why = send_out(answer, driver)
    elseif directives[answer.directive] then
      answer, why = directives[answer.directive](answer, timeout, driver, canceller)
    else
      break
    end
  end
  settle(self.simulator)
  return Answer.check(answer, why)
end

--- Wraps a simulator.
-- @tparam table simulator anything with a method `handle(request)`
-- @tparam ?function progress
-- @treturn table
function Simulated.new(simulator, progress)
  return setmetatable({ simulator = simulator, progress = progress }, metatable)
end

return Simulated
