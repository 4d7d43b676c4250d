--- The deliveries of a simulator, or of one account of it, as its hosts see them: these are
-- methods of both.
--
-- Nothing here waits or does I/O, but `pump`, which lends the driver of this place to it.
-- @module stripe.simulator.deliveries

local functions = require "stripe.simulator.deliveries.functions"
local prefixes = require "stripe.simulator.prefixes"

local Deliveries = {}

local CONCURRENCY = 16

local function accounts_of(self) return self.accounts and self.accounts.list or { self } end

--- What is to be sent now. Each that is handed out must come back by `delivered`.
-- @number[opt] now Unix seconds; that of each account's clock
-- @number[opt] limit at most so many
-- @treturn {table,...} `{ id, request = { method, url, headers, body, timeout = seconds }, event,
--   type, endpoint, attempt }`: ids of event and endpoint, and the number of the try
function Deliveries:due(now, limit)
  local list = {}
  limit = limit or math.huge
  for _, account in ipairs(accounts_of(self)) do
    account.clock:run()
    for _, delivery in ipairs(account.outbox:take(false, now, limit - #list)) do
      list[#list + 1] = delivery
    end
  end
  return list
end

--- Takes what came of a delivery.
-- @string id
-- @tparam table outcome `{ status, body, duration = milliseconds }`, or when there was no answer
--   `{ failure = kind, message }`; a success is a status of 200 to 299
-- @treturn boolean true | nil, message when no such delivery is under way
function Deliveries:delivered(id, outcome)
  for _, account in ipairs(accounts_of(self)) do
    if account.outbox.records[id] then return account.outbox:finish(id, outcome) end
  end
  return nil, "no such delivery: " .. tostring(id)
end

--- The log of deliveries, oldest first; see `stripe.simulator.deliveries.log`.
function Deliveries:deliveries()
  local list = {}
  for _, account in ipairs(accounts_of(self)) do
    for _, entry in ipairs(account.outbox:list()) do list[#list + 1] = entry end
  end
  table.sort(list, function(x, y) return x.order < y.order end)
  return list
end

--- The seconds until there is something to do by itself: a delivery to send, a timer of a clock.
-- @treturn ?number nil: not before somebody does something, such as to advance a frozen clock
function Deliveries:seconds_until_due()
  local first
  for _, account in ipairs(accounts_of(self)) do
    local clock = account.clock
    local timer, time = clock.schedule[1], account.outbox:next()
    if timer and not (time and time <= timer.time) then time = timer.time end
    local left = time and time - clock:now()
    if left and (left <= 0 or clock.source) then
      first = math.min(first or math.huge, math.max(left, 0))
    end
  end
  return first
end

--- Has each event given to a function of this process, without a socket: after the request or the
-- control that made it, when `advance` comes to it, or by `pump`. What the function throws is a
-- failed delivery, which is tried again as any other.
-- @param f `f(event, delivery)`, delivery being `{ id, event, type, endpoint, attempt }`; or a
--   handler of `stripe.webhook.handler`, which then processes the event without verifying anything
-- @tparam[opt] table options `null`: stripe.null keeps members that are null, as the same option
--   of such a handler does
-- @treturn function ends it
function Deliveries:on_event(f, options) return functions.subscribe(self, f, options) end

--- Has a function of this process answer for an address: endpoints there, and below it, get their
-- requests by a call instead of over the wire, signed and all; when, see `on_event`.
-- @string url
-- @param f `f(payload, headers) -> status, body`, such as a handler of `stripe.webhook.handler`;
--   headers are a list of {name, value} that can be read by name too; nil: none any more
function Deliveries:deliver_to(url, f)
  local address = prefixes.plain(url)
  if not address then error("url: an address such as http://app.test/hook expected", 2) end
  if f ~= nil and not functions.callable(f) then error("a function or a handler expected", 2) end
  functions.route(self, address, f)
end

--- Calls the functions for which something is due. It costs next to nothing when there are none.
-- @treturn number of deliveries made
function Deliveries:settle()
  local simulator = self.simulator or self
  return simulator.stirred and functions.settle(simulator) or 0
end

--- Time has moved: what waited for it may be due.
function Deliveries:moved()
  local simulator = self.simulator or self
  for _, account in ipairs(accounts_of(self)) do
    if account.outbox.inside[1] then simulator:stir(account, true) end
  end
  if simulator.wake then simulator.wake() end
  self:settle()
end

-- Sends these, some at once; returns when all have come to their end.
local function send_all(self, list, driver, concurrency)
  local send = require "stripe.simulator.outbound"
  local i, tasks = 0, {}
  local function work()
    while i < #list do
      i = i + 1
      local delivery = list[i]
      self:delivered(delivery.id, send(delivery.request, driver))
    end
  end
  for n = 1, math.min(concurrency, #list) do tasks[n] = driver.spawn(work) end
  for _, task in ipairs(tasks) do
    local ok, problem = driver.await(task)
    if not ok then error(problem, 0) end
  end
end

-- The options of `pump`, which are these.
local function pump_options(options)
  if options == nil then return {} end
  if type(options) ~= "table" then error("pump takes a table of options", 3) end
  for name in pairs(options) do
    if name ~= "driver" and name ~= "concurrency" then
      error("unknown option: " .. tostring(name), 3)
    end
  end
  local n = options.concurrency
  if n ~= nil and not (type(n) == "number" and n >= 1 and n % 1 == 0) then
    error("concurrency: an integer from 1 expected", 3)
  end
  return options
end

--- Delivers what is due, over the wire and to functions, until nothing is.
-- @tparam[opt] table options `driver`: a driver or its name, see `stripe.driver` (the one for this
--   place); `concurrency`: how many are sent at once (16)
-- @treturn number of tries made
function Deliveries:pump(options)
  options = pump_options(options)
  local Driver = require "stripe.driver"
  local driver, wrong = Driver.choose(options.driver)
  if wrong then error("driver: " .. wrong, 2) end
  driver = driver or Driver.current()
  local made = 0
  while true do
    local settled = self:settle()
    local list = self:due()
    made = made + settled + #list
    if #list > 0 then
      send_all(self, list, driver, options.concurrency or CONCURRENCY)
    elseif settled == 0 then
      return made
    end
  end
end

--- Gives a class these methods.
local function add(class)
  for name, method in pairs(Deliveries) do class[name] = method end
end

return { add = add }
