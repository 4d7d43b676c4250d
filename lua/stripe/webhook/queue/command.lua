--- The program stripe-worker: arguments, handlers from a file, signals, log lines.
--
-- Exit codes: 0: ended as asked; 1: it could not start, or with --once Redis was away; 2: wrong
-- arguments; 3: with --once, events failed (they come again, or are dead letters).
-- @module stripe.webhook.queue.command

local argparse = require "argparse"
local core = require "stripe.core"
local webhook = require "stripe.webhook"
local with = require "stripe.with"
local without_place = require "stripe.without_place"

local DEFAULT_GROUP = "workers"

local function number(text)
  local value = tonumber(text)
  if value and value >= 0 and value < 1e9 then return value end
  return nil, ("'%s' is no number from 0"):format(text)
end

local function parser()
  local parse = argparse("stripe-worker", "Takes Stripe's events from a queue in Redis and has "
    .. "them handled. Start as many as you like, on as many machines.")
  parse:option("--handlers", "A Lua file that returns the table for stripe.webhook.handler; it is "
    .. "called with the queue. Without a store of its own, the same Redis remembers what was "
    .. "committed, for each group apart."):count(1)
  parse:option("--redis", "Such as redis://:password@host:6379/0 or unix:///run/redis.sock. "
    .. "Without it, REDIS_URL of the environment, which other users of the machine don't see.")
  parse:option("--stream", "The stream of events.", "stripe:events")
  parse:option("--group", "The group that shares the work.", DEFAULT_GROUP)
  parse:option("--consumer", "A name that no other worker has (a new one).")
  parse:option("--max-tries", "Tries before an event becomes a dead letter.", "5"):convert(number)
  parse:option("--backoff", "Seconds before the second try; each further wait is four times as "
    .. "long, up to an hour.", "10"):convert(number)
  parse:option("--claim-idle", "Seconds after which an event is taken from a worker that does not "
    .. "finish it: more than handlers need.", "60"):convert(number)
  parse:option("--concurrency", "How many events to handle at once, where handlers wait for calls "
    .. "of this library.", "1"):convert(number)
  parse:option("--heartbeat", "Seconds between two lines that say how things stand; 0: none.",
    "60"):convert(number)
  parse:flag("--once", "Handle what is there, then end.")
  parse:flag("-v --verbose", "A line for every event, and tracebacks.")
  return parse
end

local function say(format, ...)
  local line = select("#", ...) > 0 and format:format(...) or format
  io.stderr:write(os.date "!%Y-%m-%dT%H:%M:%SZ ", (core.redact(line):gsub("%c+", " ")), "\n")
end

local function fail(code, message)
  io.stderr:write("stripe-worker: ", core.redact(tostring(message)), "\n")
  os.exit(code)
end

local function arguments_of(words)
  local understood, options = parser():pparse(words)
  if not understood then fail(2, options .. "; see stripe-worker --help") end
  options.redis = options.redis or os.getenv "REDIS_URL"
  if not options.redis then fail(2, "where is Redis? Give --redis, or REDIS_URL") end
  return options
end

local function queue_of(options)
  local made, queue = pcall(webhook.queue, {
    redis = { url = options.redis }, stream = options.stream, group = options.group,
    max_tries = options.max_tries, claim_idle = options.claim_idle,
    backoff = { first = options.backoff },
  })
  if made then return queue end
  fail(2, without_place(queue))
end

-- The handler that a file makes: a table for stripe.webhook.handler, or the handler itself.
local function handler_of(path, queue, verbose)
  local chunk, problem = loadfile(path)
  if not chunk then fail(1, problem) end
  local ran, given = xpcall(function() return chunk(queue) end, debug.traceback)
  if not ran then fail(1, given) end
  if type(given) ~= "table" then
    fail(1, path .. " must return a table for stripe.webhook.handler")
  end
  if type(given.process) == "function" then return given end
  local mine = with({}, given)
  mine.queue = nil
  if mine.secrets == nil then mine.secrets = false end
  if mine.store == nil then
    mine.store = webhook.store.redis { connection = queue.connection }
    if queue.group ~= DEFAULT_GROUP then mine.name = mine.name or queue.group end
  end
  if verbose and not mine.on_error then
    function mine.on_error(err)
      if type(err) == "table" and err.traceback then
        io.stderr:write(core.redact(err.traceback), "\n")
      end
    end
  end
  local made, handler = pcall(webhook.handler, mine)
  if made then return handler end
  fail(1, path .. ": " .. without_place(handler))
end

local function describe(seen)
  local line = ("%s %s %s, try %d, %.1f ms"):format(seen.id or "-", seen.type or "-", seen.result,
    seen.tries, seen.duration * 1000)
  if seen.action == "again" then line = ("%s, again in %.0f s"):format(line, seen.delay) end
  if seen.action == "dead" then line = line .. ", a dead letter now" end
  return seen.error and line .. ": " .. seen.error or line
end

local function heartbeat(queue, totals)
  local stats, message = queue:stats()
  if not stats then return say("Redis: %s", message) end
  say("alive: %d done, %d again, %d dead; in the queue: %s new, %d in work, %d later, %d dead; "
    .. "the oldest waits for %.1f s", totals.done, totals.again, totals.dead,
    stats.lag and ("%d"):format(stats.lag) or "?", stats.pending - stats.later, stats.later,
    stats.dead, stats.oldest or 0)
end

-- Whether to stop, asked at least once a second: the place for signals and the heartbeat.
local function watch(queue, totals, seconds)
  local due, ending = core.now() + seconds, false
  return function()
    local signal = not ending and core.held_signal()
    if signal then
      ending = true
      say("%s: ending when what is in work is done", signal)
    elseif seconds > 0 and core.now() >= due then
      due = core.now() + seconds
      heartbeat(queue, totals)
    end
    return ending
  end
end

--- Runs the program; returns never.
-- @tparam {string,...} words the arguments
local function main(words)
  local options = arguments_of(words)
  local queue = queue_of(options)
  local handler = handler_of(options.handlers, queue, options.verbose)
  core.hold_signals()
  local totals = { done = 0, again = 0, dead = 0 }
  local made, worker = pcall(queue.worker, queue, {
    handler = handler, consumer = options.consumer, concurrency = options.concurrency,
    once = options.once, stop = watch(queue, totals, options.heartbeat),
    on_event = function(seen)
      totals[seen.action] = totals[seen.action] + 1
      if options.verbose or seen.action ~= "done" then say(describe(seen)) end
    end,
    on_trouble = function(message) say(message) end,
  })
  if not made then fail(2, without_place(worker)) end
  say("%s: works on %s as one of %s, at %s", worker.consumer.name, queue.stream, queue.group,
    queue.connection.name)
  local loses = queue:durability().loses
  if loses then say("careful: Redis loses %s", loses) end
  local finished = worker:run()
  say("ended: %d done, %d again, %d dead", totals.done, totals.again, totals.dead)
  if not finished then os.exit(1) end
  os.exit(options.once and totals.again + totals.dead > 0 and 3 or 0)
end

return main
