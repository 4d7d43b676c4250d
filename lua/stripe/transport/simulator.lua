--- The transport that is a simulator in this process. The simulator never waits and never does
-- I/O: where its answer says so, this file does, through the driver.
-- @module stripe.transport.simulator

local Answer = require "stripe.transport.answer"
local Watch = require "stripe.transport.watch"

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

-- Hands a request over as HTTP: the answer, or nil and the failure; and the seconds it may take.
local function handle(simulator, call, progress)
  local request = call:request()
  local answer, why =
    Watch.out(function(sent) return simulator:handle(sent) end, request, progress)
  return answer, why, request.timeout
end

--- Hands the request to the simulator and does what its answer asks for.
-- @tparam userdata call
-- @tparam table driver
-- @tparam ?stripe.canceller canceller
-- @treturn[1] table the answer
-- @treturn[1] nil
-- @treturn[1] boolean whether it needs no check
-- @treturn[2] nil
-- @treturn[2] table the failure
function Simulated:exchange(call, driver, canceller)
  local simulator, progress = self.simulator, self.progress
  local ours, answer, why, timeout = simulator.handle_call
  if ours and not progress then
    answer, why, timeout = ours(simulator, call)
  else
    answer, why, timeout = handle(simulator, call, not self.download and progress)
  end
  if ours and not progress and answer and answer.status then
    -- What the request brought about is delivered to functions of this process when it has ended.
    if simulator.stirred then simulator:settle() end
    return answer, nil, true
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
  if simulator.stirred then simulator:settle() end
  answer, why = Answer.check(answer, why)
  return Watch.came(answer, why, self.download and progress)
end

--- Wraps a simulator.
-- @tparam table simulator anything with a method `handle(request)`
-- @tparam ?function progress
-- @tparam ?boolean download it is the answer's body that progress is about
-- @treturn table
function Simulated.new(simulator, progress, download)
  return setmetatable({
    simulator = simulator, progress = progress, download = download,
  }, metatable)
end

return Simulated
