--- Options of the queue and of its workers.
-- @module stripe.webhook.queue.options

local Connection = require "stripe.webhook.redis"
local Misuse = require "stripe.misuse"
local canceller = require "stripe.canceller"
local without_place = require "stripe.without_place"

local Options = {}

-- name -> types
local OF_QUEUE = {
  redis = "table string", stream = "string", group = "string", max_tries = "number",
  claim_idle = "number", backoff = "table function", remember = "number",
}
local OF_WORKER = {
  handler = "table", consumer = "string", concurrency = "number", block = "number",
  stop = "function", cancel = "table", once = "boolean", on_event = "function",
  on_trouble = "function", driver = "string table",
}

local function check(given, known, what)
  if type(given) ~= "table" then return what .. " takes a table of options" end
  return Misuse.types(given, known)
end

local function seconds(given, name, least)
  local value = given[name]
  if value and not (value >= least and value < 1e9) then
    return ("option %q must be a number of seconds from %s"):format(name, least)
  end
end

local function count(given, name)
  local value = given[name]
  if value and not (value >= 1 and value <= 10000 and value % 1 == 0) then
    return ("option %q must be an integer from 1 to 10000"):format(name)
  end
end

local function text(given, name)
  local value = given[name]
  if value and (value == "" or #value > 200 or value:find("[%c ]")) then
    return ("option %q must be 1 to 200 bytes without spaces"):format(name)
  end
end

--- Seconds before the next try, after so many: each time `factor` times as long as before.
-- @tparam ?table given `{ first = 10, factor = 4, most = 3600 }`
-- @treturn[1] function
-- @treturn[2] nil
-- @treturn[2] string what is wrong
function Options.backoff(given)
  if type(given) == "function" then return given end
  given = given or {}
  local wrong = check(given, { first = "number", factor = "number", most = "number" }, "backoff")
    or seconds(given, "first", 0) or seconds(given, "most", 0)
  local first, factor, most = given.first or 10, given.factor or 4, given.most or 3600
  if not wrong and not (factor >= 1 and factor <= 100) then
    wrong = 'option "factor" must be a number from 1 to 100'
  end
  if wrong then return nil, 'option "backoff": ' .. wrong end
  return function(tries) return math.min(first * factor ^ (tries - 1), most) end
end

local function connection(redis)
  if Connection.is(redis) then return redis end
  if type(redis) == "string" then redis = { url = redis } end
  local made, value = pcall(Connection.connect, redis or {})
  if made then return value end
  return nil, 'option "redis": ' .. without_place(value)
end

--- The settings of a queue.
-- @tparam table given
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string what is wrong
function Options.of_queue(given)
  local wrong = check(given, OF_QUEUE, "stripe.webhook.queue")
    or text(given, "stream") or text(given, "group") or count(given, "max_tries")
    or seconds(given, "claim_idle", 0.001) or seconds(given, "remember", 1)
  if wrong then return nil, wrong end
  local settings = {
    stream = given.stream or "stripe:events", group = given.group or "workers",
    max_tries = given.max_tries or 5, claim_idle = given.claim_idle or 60,
    remember = given.remember or 4 * 24 * 3600,
  }
  settings.backoff, wrong = Options.backoff(given.backoff)
  if wrong then return nil, wrong end
  settings.connection, wrong = connection(given.redis)
  if wrong then return nil, wrong end
  return settings
end

--- What is wrong with the options of a worker.
-- @tparam table given
-- @string what calls it
-- @treturn ?string
function Options.of_worker(given, what)
  local wrong = check(given, OF_WORKER, what) or text(given, "consumer")
    or count(given, "concurrency") or seconds(given, "block", 0)
  if wrong then return wrong end
  if not given.handler or type(given.handler.process) ~= "function" then
    return 'option "handler" must be a handler, made by stripe.webhook.handler'
  end
  if given.cancel and not canceller.is(given.cancel) then
    return 'option "cancel" must be a stripe.canceller()'
  end
end

return Options
