--- Calls a function as pcall does, and tells where it threw.
-- @module stripe.driver.traced

local function caught(thrown)
  return { thrown = thrown, trace = debug.traceback("", 2) }
end

-- Lua puts a text of its own in the place of what `caught` returns when there is no memory for it.
local function told(ok, ...)
  if ok then return true, ... end
  local failure = ...
  if type(failure) ~= "table" then return false, failure end
  return false, failure.thrown, failure.trace
end

--- @tparam function f without arguments
-- @treturn[1] boolean true
-- @return[1] what f returned
-- @treturn[2] boolean false
-- @return[2] what it threw
-- @treturn[2] ?string a traceback
return function(f) return told(xpcall(f, caught)) end
