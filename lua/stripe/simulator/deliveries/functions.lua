--- Functions of this process that take events or requests of deliveries.
--
-- They are no plain data: they live beside the state, and outlive a restore. They are called when
-- what made the event has ended, never inside of one another's calls in the same coroutine.
-- @module stripe.simulator.deliveries.functions

local core = require "stripe.core"
local protect = require "stripe.webhook.protect"

local functions = {}

-- Coroutines that are in `settle`.
local settling = setmetatable({}, { __mode = "k", __name = "stripe.simulator.settling" })
local NONE = {}
local MAIN = {} -- stands for the main program on Lua 5.1

--- Whether a value can be called.
function functions.callable(f)
  local metatable = type(f) == "table" and getmetatable(f)
  return type(f) == "function" or type(metatable) == "table" and metatable.__call ~= nil
end

-- Whether the events for f are to have their nulls, as the options or a handler itself say.
local function keeps_null(f, options)
  if options == nil then options = {} end
  if type(options) ~= "table" then error("on_event takes a table of options", 4) end
  for name in pairs(options) do
    if name ~= "null" then error("unknown option: " .. tostring(name), 4) end
  end
  if options.null ~= nil and options.null ~= core.null then
    error("null: stripe.null, or nil, expected", 4)
  end
  return options.null ~= nil
    or type(f) == "table" and type(f.keeps_null) == "function" and f:keeps_null()
end

--- Adds a function that takes the events of `owner`, a simulator or an account.
-- @param f
-- @tparam[opt] table options `null`, see `on_event`
-- @treturn function ends it
function functions.subscribe(owner, f, options)
  if not functions.callable(f) then error("a function or a handler expected", 3) end
  local keep_null = keeps_null(f, options)
  local simulator = owner.simulator or owner
  simulator.subscriptions = (simulator.subscriptions or 0) + 1
  local one = {
    id = "on_event_" .. simulator.subscriptions, f = f, account = owner.simulator and owner or nil,
    keep_null = keep_null,
  }
  simulator.subscribers = simulator.subscribers or {}
  table.insert(simulator.subscribers, one)
  return function()
    for i, other in ipairs(simulator.subscribers) do
      if other == one then table.remove(simulator.subscribers, i) end
    end
  end
end

--- The functions that take the events of an account.
-- @treturn {table,...} `{ id, f }`
function functions.of(account)
  local subscribers = account.simulator.subscribers
  if not subscribers then return NONE end
  local found = {}
  for _, one in ipairs(subscribers) do
    if not one.account or one.account == account then found[#found + 1] = one end
  end
  return found
end

--- Sets the function for an address; nil takes it away.
function functions.route(owner, address, f)
  local simulator = owner.simulator or owner
  simulator.routes = simulator.routes or {}
  simulator.routes[address] = f
  for _, account in ipairs(simulator.accounts.list) do account.outbox:sort() end
end

-- A handler of stripe.webhook.handler takes events by its method `process`.
local function give_event(f, event, delivery)
  if type(f) == "table" and type(f.process) == "function" then
    return f:process(event, { source = "simulator" }).status
  end
  f(event, delivery)
  return 200
end

-- What is called in a coroutine of its own must know, too, that it is inside of `settle`.
local function guarded(f)
  return protect(function()
    settling[coroutine.running() or MAIN] = true
    return f()
  end)
end

local function call(delivery)
  local f, content, request = delivery.f, delivery.content, delivery.request
  delivery.f, delivery.content, delivery.request = nil, nil, nil
  local ok, status, body = guarded(function()
    if content then return give_event(f, content, delivery) end
    return f(request.body, request.headers)
  end)
  if not ok then return { failure = "threw", message = status.message } end
  if type(status) ~= "number" then
    return { failure = "no_status", message = "the function returned no status" }
  end
  return { status = status, body = body }
end

local function deliver(account, count)
  account.clock:run()
  local list = account.outbox:take(true, nil, 1)
  while list[1] do
    count = count + 1
    account.outbox:finish(list[1].id, call(list[1]))
    list = account.outbox:take(true, nil, 1)
  end
  return count
end

--- Calls the functions for which something is due in the accounts that were stirred.
-- @treturn number of calls
function functions.settle(simulator)
  local here = coroutine.running() or MAIN
  if settling[here] then return 0 end
  local count = 0
  local ok, problem = guarded(function()
    local account = next(simulator.stirred or {})
    while account do
      simulator.stirred[account] = nil
      if not next(simulator.stirred) then simulator.stirred = nil end
      count = deliver(account, count)
      account = next(simulator.stirred or {})
    end
  end)
  settling[here] = nil
  if not ok then error(problem.cause or problem, 0) end
  return count
end

return functions
