--- Which driver waits here.
-- @module stripe.driver

local core = require "stripe.core"
local owners = require "stripe.driver.owners"

local Driver = {}

local loaded = package.loaded

local VERBS = { "now", "sleep", "start", "await", "spawn" }

-- A driver is there when its module loads, and the library it is for.
local function load(name)
  local found, driver = pcall(require, "stripe.driver." .. name)
  if found then return driver end
  loaded["stripe.driver." .. name] = nil -- Lua 5.1 would tell of a loop the next time
  return nil, driver
end

local blocking -- loaded when nothing else will do: it needs this module

--- The driver for this place: in a task, the one that runs it; else nginx's in nginx, that of
-- cqueues under a running controller, otherwise the blocking one. Asked at every call, since one
-- program can have several places.
-- @treturn table
function Driver.current()
  local owner = owners[coroutine.running() or false]
  if owner then return owner end
  if loaded.ngx then
    local nginx = load("nginx")
    if nginx then return nginx end
  end
  local cqueues = loaded.cqueues
  if cqueues and cqueues.running() then
    local driver = load("cqueues")
    if driver then return driver end
  end
  blocking = blocking or require "stripe.driver.blocking"
  return blocking
end

--- Resolves the `driver` option.
-- @tparam ?string|table option a name ("blocking", "nginx", "cqueues", "luv"), or a table with
--   the five verbs
-- @treturn[1] table the driver; nil when the option is nil: `current` decides at each call
-- @treturn[2] nil
-- @treturn[2] string what is wrong with the option
function Driver.choose(option)
  if type(option) == "string" then
    local driver, why = load(option)
    if driver then return driver end
    local missing = why:match("module '([^']*)' not found")
    if missing == "stripe.driver." .. option then
      return nil, ("there is no driver %q"):format(core.redact(option))
    end
    return nil, ("the driver %q can't load: %s"):format(option,
      missing and ("there is no module %q"):format(missing) or why)
  end
  if option ~= nil then
    for _, verb in ipairs(VERBS) do
      if type(option[verb]) ~= "function" then
        return nil, ("a driver has a function %q"):format(verb)
      end
    end
  end
  return option
end

return Driver
