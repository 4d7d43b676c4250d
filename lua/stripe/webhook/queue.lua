--- A queue of events on Redis Streams, for work that takes longer than a webhook may.
--
--     local queue = stripe.webhook.queue { redis = { url = "redis://127.0.0.1:6379" } }
--     local endpoint = queue:endpoint { secrets = { "whsec_..." } }
--     local status, body = endpoint(payload, headers)     -- verified, in the queue: 200
--
--     queue:run { handler = handler }     -- elsewhere, on as many machines as wished
--
-- An event is in the queue once, however often Stripe sends it. It leaves when a worker's handler
-- is done with it; one that a dead worker had goes to another, one that fails comes again later,
-- and after `max_tries` it lies among the dead letters, with the last error, until somebody has it
-- retried. Which events were committed is the store's to know: so none is committed twice.
--
-- Keys: the stream; `<stream>:dead`, a stream; `<stream>:<group>:later`, a sorted set;
-- `<stream>:id:<event>`, strings that expire. For a cluster, put braces into the stream's name.
-- Payloads lie there as Stripe sent them. Needs Redis 6.2; what it forgets when it dies is lost,
-- so let it have `appendonly yes` and `appendfsync always`.
-- @module stripe.webhook.queue

local Dead = require "stripe.webhook.queue.dead"
local Durability = require "stripe.webhook.store.durability"
local Entry = require "stripe.webhook.queue.entry"
local Options = require "stripe.webhook.queue.options"
local Scripts = require "stripe.webhook.queue.scripts"
local Worker = require "stripe.webhook.queue.worker"
local with = require "stripe.with"
local without_place = require "stripe.without_place"

local Queue = {}
local metatable = { __name = "stripe.webhook.queue", __index = Queue }

function metatable:__tostring()
  return ("%s (%s, group %s, %s)"):format(metatable.__name, self.stream, self.group,
    self.connection.name)
end

local function check(self, method)
  if getmetatable(self) ~= metatable then
    error(("use queue:%s(...) with a colon"):format(method), 3)
  end
end

--- Puts an event into the queue, unless it was put there before. When Redis has answered, the
-- event is as safe as that Redis keeps it.
-- @tparam string|table event the payload as it came, verified; or a decoded event
-- @tparam ?table info `id`, `type`, `received` (Unix seconds), `secret` (name): what is known
-- @treturn[1] string the entry
-- @treturn[1] string "queued", or "duplicate"
-- @treturn[2] nil
-- @treturn[2] string why not
function Queue:append(event, info)
  check(self, "append")
  if type(event) ~= "string" and type(event) ~= "table" then
    error("queue:append takes a payload or an event, not a " .. type(event), 2)
  end
  if info ~= nil and type(info) ~= "table" then
    error("queue:append takes a table of what is known of the event", 2)
  end
  local entry, problem = Entry.of(event, info or {})
  if not entry then return nil, problem end
  local reply, message = self.connection:eval(Scripts.append,
    { self.stream, self:seen_key(entry.id) },
    Entry.words({ ("%.0f"):format(math.ceil(self.remember)) }, entry))
  if not reply then return nil, message or "Redis gave no answer" end
  return reply[2], reply[1]
end

--- The same, as `stripe.webhook.handler { queue = queue }` calls it.
Queue.push = Queue.append

--- The side that Stripe calls: a function that verifies, puts the event into the queue and answers
-- 200; 503 while Redis is away, so that Stripe sends it again.
-- @tparam table options `secrets`; `on`, when only some types are wanted (its functions don't run
--   here); and what else `stripe.webhook.handler` takes of options about verification
-- @treturn function `(payload, headers) -> status, body, outcome`
function Queue:endpoint(options)
  check(self, "endpoint")
  if type(options) ~= "table" then error("queue:endpoint takes a table of options", 2) end
  local given = with({ on = { ["*"] = function() end } }, options)
  if given.queue or given.store then
    error('queue:endpoint takes no option "queue" or "store": it only queues', 2)
  end
  given.queue, given.store = self, false
  local made, handler = pcall(require "stripe.webhook.handler", given)
  if not made then error(without_place(handler), 2) end
  return function(payload, headers) return handler(payload, headers) end
end

--- Makes a worker; see `stripe.webhook.queue.worker` for its options.
-- @tparam table options
-- @treturn table with `worker:step()`, `worker:run()` and `worker:leave()`
function Queue:worker(options)
  check(self, "worker")
  local misuse = Options.of_worker(options, "queue:worker")
  if misuse then error(misuse, 2) end
  local worker, wrong = Worker.new(self, options)
  return worker or error(wrong, 2)
end

--- Works until it is told to stop.
-- @tparam table options of a worker
-- @return as `worker:run`
function Queue:run(options)
  check(self, "run")
  local misuse = Options.of_worker(options, "queue:run")
  if misuse then error(misuse, 2) end
  local worker, wrong = Worker.new(self, options)
  return (worker or error(wrong, 2)):run()
end

--- One round, for a loop of your own. Call it with the same table of options each time.
-- @tparam table options of a worker
-- @return as `worker:step`
function Queue:step(options)
  check(self, "step")
  local worker = self.workers[options or false]
  if not worker then
    local misuse = Options.of_worker(options, "queue:step")
    if misuse then error(misuse, 2) end
    local wrong
    worker, wrong = Worker.new(self, options)
    if not worker then error(wrong, 2) end
    self.workers[options] = worker
  end
  return worker:step()
end

--- Lists dead letters, the oldest first.
-- @tparam ?table options `limit` (100), `after`: the id of a dead letter
-- @treturn[1] table list of `{ id, event, type, error, tries, died, received, group, payload }`:
--   `event` is the event's id, `died` and `received` are Unix seconds
-- @treturn[2] nil
-- @treturn[2] string message
function Queue:dead(options)
  check(self, "dead")
  return Dead.list(self, options or {})
end

--- Puts a dead letter back into the queue, with all its tries ahead of it.
-- @string id of the dead letter
-- @treturn[1] string the new entry
-- @treturn[2] nil
-- @treturn[2] string message
function Queue:retry_dead(id)
  check(self, "retry_dead")
  return Dead.retry(self, id)
end

--- Drops a dead letter for good.
-- @string id of the dead letter
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string message
function Queue:forget_dead(id)
  check(self, "forget_dead")
  return Dead.forget(self, id)
end

--- How things stand.
-- @treturn[1] table `length` of the stream; `lag`: entries that no worker of the group was given
--   yet (nil where Redis doesn't know; 7.0 does); `pending`: given, not done; `later`: those of
--   them that wait for another try; `dead`; `oldest`: age in seconds of the oldest that is not done
--   (nil: there is none); `consumers`: list of `{ name, pending, idle }`, seconds
-- @treturn[2] nil
-- @treturn[2] string message
function Queue:stats()
  check(self, "stats")
  local reply, message = self.connection:eval(Scripts.stats,
    { self.stream, self.later, self.dead_stream }, { self.group })
  if not reply then return nil, message or "Redis gave no answer" end
  local consumers = {}
  for i, consumer in ipairs(reply[7]) do
    consumers[i] = { name = consumer[1], pending = consumer[2], idle = consumer[3] / 1000 }
  end
  return {
    length = reply[1], dead = reply[2], later = reply[3], pending = reply[4],
    lag = reply[5] >= 0 and reply[5] or nil, oldest = reply[6] >= 0 and reply[6] / 1000 or nil,
    consumers = consumers,
  }
end

--- What the server would forget when it dies.
-- @treturn table `{ level, loses, evicts }`; see `stripe.webhook.store.durability`
function Queue:durability()
  check(self, "durability")
  return Durability.of(self.connection)
end

--- Closes the connection; the next call opens it again.
function Queue:close()
  check(self, "close")
  self.connection:close()
end

-- For the files of the queue: the key that remembers an event.
function Queue:seen_key(id) return self.stream .. ":id:" .. id end

--- Makes a queue; it connects when it is first used. Misuse is an error that names the option.
-- @tparam table options
--
-- * `redis`: options of a connection, a URL, or a connection; see `stripe.webhook.redis`
-- * `stream` ("stripe:events"), `group` ("workers"): each group gets every event
-- * `max_tries` (5): then the event is a dead letter. Tries that the store or another worker's
--   claim kept from running don't count
-- * `backoff`: `{ first = 10, factor = 4, most = 3600 }`, seconds between tries; or a
--   function(tries) -> seconds
-- * `claim_idle` (60): seconds after which an entry is taken from a worker that doesn't finish it.
--   Make it longer than handlers take
-- * `remember` (4 days; Stripe sends again for three): seconds for which an event that was queued
--   is not queued again
-- @treturn table
return function(options)
  local settings, misuse = Options.of_queue(options or {})
  if not settings then error(misuse, 2) end
  settings.later = settings.stream .. ":" .. settings.group .. ":later"
  settings.dead_stream = settings.stream .. ":dead"
  settings.workers = setmetatable({}, { __mode = "k" })
  return setmetatable(settings, metatable)
end
