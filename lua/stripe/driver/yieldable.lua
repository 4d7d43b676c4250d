--- Whether the running coroutine can yield from here.
-- @module stripe.driver.yieldable

-- Lua 5.1 and 5.2 can't say. There, C functions on the stack are what may be in the way, and in
-- 5.1 the iterators of for loops; 5.2 yields through the two C functions that matter.
local through = {}
if require "stripe.driver.through_pcall" then through[pcall], through[xpcall] = true, true end

local function in_the_way(info)
  if info.what == "C" then return not through[info.func] end
  return info.name == "(for generator)" and not through[pcall]
end

local function yieldable()
  local level, info = 2, debug.getinfo(2, "Snf")
  while info do
    if in_the_way(info) then return false end
    level = level + 1
    info = debug.getinfo(level, "Snf")
  end
  return true
end

return coroutine.isyieldable or yieldable -- luacheck: ignore 143
