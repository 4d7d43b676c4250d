--- Calls a function so that what it throws is caught, and it may yield meanwhile.
-- @module stripe.webhook.protect

local Driver = require "stripe.driver"
local Error = require "stripe.error"
local owners = require "stripe.driver.owners"
local traced = require "stripe.driver.traced"
local yieldable = require "stripe.driver.yieldable"

local function caught(thrown, trace)
  if Error.is(thrown) then return thrown end
  return Error.new {
    type = "lua_error", message = tostring(thrown), traceback = trace, cause = thrown,
    attempts = {}, retryable = true,
  }
end

local function told(ok, ...)
  if ok then return true, ... end
  return false, caught(...)
end

local function in_place(f) return told(traced(f)) end

if require "stripe.driver.through_pcall" then return in_place end

-- PUC Lua 5.1 does not yield through xpcall, so the function gets a coroutine of its own; what it
-- yields is handed on to who resumes this one.
local function in_coroutine(f)
  local co = coroutine.create(f)
  local function follow(ok, ...)
    if coroutine.status(co) ~= "dead" then
      return follow(coroutine.resume(co, coroutine.yield(...)))
    end
    if ok then return true, ... end
    return false, caught((...), debug.traceback(co))
  end
  return follow(coroutine.resume(co))
end

-- A driver that runs this coroutine has to know of the new one.
local function in_task(driver, f)
  return told(driver.await(driver.spawn(f)))
end

--- @tparam function f without arguments
-- @treturn[1] boolean true
-- @return[1] what f returned
-- @treturn[2] boolean false
-- @treturn[2] table what it threw, as an error of the type `lua_error` with `cause` and
--   `traceback` unless it was one of the library's errors
return function(f)
  local co = coroutine.running()
  if not co or not yieldable() then return in_place(f) end
  local driver = Driver.current()
  if owners[co] or driver ~= require "stripe.driver.blocking" then return in_task(driver, f) end
  return in_coroutine(f)
end
