--- The transport that is a function of the user's:
-- `function(request) -> response | nil, { kind, message }`.
-- @module stripe.transport.callback

local Answer = require "stripe.transport.answer"
local Watch = require "stripe.transport.watch"

local Callback = {}

local metatable = { __name = "stripe.transport.callback", __index = Callback }

--- Asks the function. What it throws is a failure `aborted`, since nobody knows how far it came. It
-- runs inside a pcall: on PUC Lua 5.1 it can't yield.
-- @tparam userdata call
-- @treturn[1] table the answer
-- @treturn[2] nil
-- @treturn[2] table the failure
function Callback:exchange(call)
  local upload = not self.download and self.progress
  local ok, answer, failure = pcall(Watch.out, self.f, call:request(), upload)
  if not ok then
    failure = { kind = "aborted", message = "the transport threw: " .. tostring(answer) }
    answer = nil
  end
  answer, failure = Answer.check(answer, failure)
  return Watch.came(answer, failure, self.download and self.progress)
end

--- Wraps a function.
-- @tparam function f
-- @tparam ?function progress
-- @tparam ?boolean download it is the answer's body that progress is about
-- @treturn table
function Callback.new(f, progress, download)
  return setmetatable({ f = f, progress = progress, download = download }, metatable)
end

return Callback
