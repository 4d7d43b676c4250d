--- A switch that ends calls from outside: pass one as the option `cancel` of any number of calls,
-- and `cancel` ends them all. A call that sleeps between two attempts wakes at once; one that has
-- not started ends before anything is sent.
-- @module stripe.canceller

local core = require "stripe.core"

local Canceller = {}

local metatable = {
  __name = "stripe.canceller",
  __index = Canceller,
  __tostring = function(self)
    return "stripe.canceller (" .. (self.canceled and self.reason or "not canceled") .. ")"
  end,
}

local function check(self)
  if getmetatable(self) ~= metatable then
    error("a method of stripe.canceller takes a colon: canceller:cancel(...)", 3)
  end
end

--- Ends the calls that hold this canceller: each returns `nil, err` with the type
-- `connection_error` and the code `canceled`. The second time does nothing. What a listener throws
-- is thrown on when all have been told.
-- @tparam ?string reason stands in the message of the errors
function Canceller:cancel(reason)
  check(self)
  if reason ~= nil and type(reason) ~= "string" then
    error("canceller:cancel takes a reason that is text, not a " .. type(reason), 2)
  end
  if self.canceled then return end
  self.canceled, self.reason = true, core.redact(reason or "canceled")
  local listeners, failed = self.listeners, nil
  self.listeners = {}
  for listener in pairs(listeners) do
    local ok, thrown = pcall(listener.f, self.reason)
    if not ok then failed = { thrown } end
  end
  if failed then error(failed[1], 0) end
end

--- Calls `f(reason)` when the canceller fires; at once when it has already.
-- @tparam function f
-- @treturn function forgets `f` when called
function Canceller:on_cancel(f)
  check(self)
  if self.canceled then
    f(self.reason)
    return function() end
  end
  local listener = { f = f }
  self.listeners[listener] = true
  return function() self.listeners[listener] = nil end
end

--- A new canceller. Its field `canceled` tells whether it has fired, `reason` why.
-- @treturn stripe.canceller
local function new()
  return setmetatable({ canceled = false, listeners = {} }, metatable)
end

return { new = new, is = function(value) return getmetatable(value) == metatable end }
