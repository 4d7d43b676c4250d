--- Runs many functions at once, in tasks of the driver.
-- @module stripe.gather

local Driver = require "stripe.driver"
local Error = require "stripe.error"
local Misuse = require "stripe.misuse"
local traced = require "stripe.driver.traced"

-- Where Lua yields through xpcall, what a function throws is caught in place; PUC Lua 5.1 needs a
-- task for it.
local in_place = require "stripe.driver.through_pcall"

-- Calls f: true and what it returned, or false and the error made of what it threw.
local function run(driver, f)
  local ok, value, err
  if in_place then
    ok, value, err = traced(f)
  else
    ok, value, err = driver.await(driver.spawn(f))
  end
  if not ok then return false, Error.thrown(value, err) end
  return true, value, err
end

local KNOWN = { concurrency = true, driver = true }

local function check(functions, options)
  if type(options) ~= "table" then return "options must be a table" end
  if type(functions) ~= "table" then return "stripe.gather takes a list of functions" end
  for i = 1, #functions do
    if type(functions[i]) ~= "function" then
      return ("item %d is a %s, not a function"):format(i, type(functions[i]))
    end
  end
  local unknown = Misuse.names(options, KNOWN)
  if unknown then return unknown end
  local most = options.concurrency
  if most ~= nil and (type(most) ~= "number" or most < 1 or most % 1 ~= 0) then
    return 'option "concurrency" must be an integer from 1'
  end
end

--- Calls every function and waits for all of them. Each returns as a call does: a value, or nil and
-- an error.
-- @tparam table functions list
-- @tparam ?table options `concurrency`: how many may run at once (32); `driver`: as of `stripe.new`
-- @treturn table the values, each at the index of its function; `n` is their number
-- @treturn ?table index -> error of those that failed (nil: none did). What a function threw comes
--   as an error of the type `lua_error`, with `traceback`, and `cause`, the value thrown
local function gather(functions, options)
  options = options or {}
  local misuse = check(functions, options)
  if misuse then error(misuse, 2) end
  local driver, wrong = Driver.choose(options.driver)
  if wrong then error(wrong, 2) end
  driver = driver or Driver.current()

  local results, errors = { n = #functions }, nil
  local function fail(i, err)
    errors = errors or {}
    errors[i] = err
  end
  local function keep(i, ok, value, err)
    if not ok then
      fail(i, value)
    elseif value == nil and err ~= nil then
      fail(i, err)
    else
      results[i] = value
    end
  end

  local following = 1
  local function work()
    while following <= results.n do
      local i = following
      following = i + 1
      keep(i, run(driver, functions[i]))
    end
  end
  local workers = {}
  for i = 1, math.min(options.concurrency or 32, results.n) do workers[i] = driver.spawn(work) end
  for _, worker in ipairs(workers) do
    local ok, thrown, trace = driver.await(worker)
    if not ok then error(tostring(thrown) .. "\n" .. tostring(trace), 0) end
  end
  return results, errors
end

return gather
