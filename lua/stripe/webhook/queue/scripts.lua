--- What the queue runs inside Redis, each in one step.
--
-- Of an entry that a group was given, Redis itself keeps who has it, since when and how often it
-- was given (its tries). Beside that stands one sorted set per group, `later`: entries that wait
-- for another try, by when that is due (Unix milliseconds, of the server's clock).
--
-- A script whose answer got lost is sent again: each of them, done twice, does no harm.
-- @module stripe.webhook.queue.scripts

local Scripts = {}

local CLOCK = [[
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
]]

-- Pairs of names and values as a table.
local NAMED = [[
local function named(list)
  local found = {}
  for i = 1, #list, 2 do
    local name = list[i]
    found[name] = list[i + 1]
  end
  return found
end
]]

-- Whether this consumer still has the entry.
local MINE = [[
local function mine(stream, group, consumer, entry)
  local pending = redis.call('XPENDING', stream, group, entry, entry, 1)[1]
  return pending and pending[2] == consumer
end
]]

-- KEYS: stream, seen. ARGV: seconds to remember the event for, fields of the entry.
-- Answers "queued" or "duplicate", and the entry.
Scripts.append = [[
local before = redis.call('GET', KEYS[2])
if before then return { 'duplicate', before } end
local entry = redis.call('XADD', KEYS[1], '*', unpack(ARGV, 2))
redis.call('SET', KEYS[2], entry, 'EX', ARGV[1])
return { 'queued', entry }
]]

-- KEYS: stream, later. ARGV: group, consumer, how many at most, milliseconds after which an entry
-- is taken from whoever has it, where to look for such ("": nowhere now).
-- Answers where to look the next time ("": that was all), and { entry, tries, fields }s: first the
-- due ones, then those of dead workers, then new ones.
--
-- XAUTOCLAIM also finds what waits in `later`; that stays there, and costs nothing but the look.
Scripts.take = CLOCK .. [[
local stream, later, group, consumer = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
local most, cursor, found = tonumber(ARGV[3]), ARGV[5], {}
local function take(id)
  local entry = redis.call('XCLAIM', stream, group, consumer, 0, id)[1]
  if entry and entry[2] then
    local pending = redis.call('XPENDING', stream, group, id, id, 1)[1]
    found[#found + 1] = { id, pending[4], entry[2] }
  else
    redis.call('XACK', stream, group, id)
  end
end
local due = redis.call('ZRANGEBYSCORE', later, '-inf', string.format('%.0f', now()),
  'LIMIT', 0, most)
for _, id in ipairs(due) do
  redis.call('ZREM', later, id)
  take(id)
end
local looks = 0
while cursor ~= '' and #found < most and looks < 50 do
  local reply = redis.call('XAUTOCLAIM', stream, group, consumer, ARGV[4], cursor,
    'COUNT', most - #found, 'JUSTID')
  cursor, looks = reply[1], looks + 1
  if cursor == '0-0' then cursor = '' end
  for _, id in ipairs(reply[2]) do
    if not redis.call('ZSCORE', later, id) then take(id) end
  end
end
if #found < most then
  local fresh = redis.call('XREADGROUP', 'GROUP', group, consumer, 'COUNT', most - #found,
    'STREAMS', stream, '>')
  for _, entry in ipairs(fresh and fresh[1] and fresh[1][2] or {}) do
    found[#found + 1] = { entry[1], 1, entry[2] }
  end
end
return { cursor, found }
]]

-- KEYS: stream, later. ARGV: group, entry.
Scripts.done = [[
redis.call('ZREM', KEYS[2], ARGV[2])
return redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
]]

-- KEYS: stream, later. ARGV: group, consumer, entry, milliseconds until its next try, tries so far.
Scripts.postpone = CLOCK .. MINE .. [[
if not mine(KEYS[1], ARGV[1], ARGV[2], ARGV[3]) then return 0 end
redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[3], 'RETRYCOUNT', ARGV[5], 'JUSTID')
redis.call('ZADD', KEYS[2], string.format('%.0f', now() + ARGV[4]), ARGV[3])
return 1
]]

-- KEYS: stream, later, dead, seen. ARGV: group, consumer, entry, fields of the dead letter.
--
-- The event is forgotten as seen, so that it is queued again when somebody has it resent.
Scripts.bury = MINE .. [[
if not mine(KEYS[1], ARGV[1], ARGV[2], ARGV[3]) then return 0 end
redis.call('XADD', KEYS[3], '*', unpack(ARGV, 4))
redis.call('ZREM', KEYS[2], ARGV[3])
redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
redis.call('DEL', KEYS[4])
return 1
]]

-- KEYS: stream, dead, seen. ARGV: dead letter, seconds, fields of the entry. Answers the entry, or
-- nil when there is none.
Scripts.revive = [[
local entry = redis.call('GET', KEYS[3])
if redis.call('XDEL', KEYS[2], ARGV[1]) == 1 and not entry then
  entry = redis.call('XADD', KEYS[1], '*', unpack(ARGV, 3))
  redis.call('SET', KEYS[3], entry, 'EX', ARGV[2])
end
return entry
]]

-- KEYS: stream. ARGV: group, consumer, milliseconds after which a consumer that has nothing is
-- forgotten. Drops the entries that every group is done with.
Scripts.tidy = NAMED .. [[
local function parts(id)
  local ms, n = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(n)
end
local least, least_ms, least_n
for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  group = named(group)
  local id
  if group.pending > 0 then
    id = redis.call('XPENDING', KEYS[1], group.name)[2]
  else
    local ms, n = parts(group['last-delivered-id'])
    id = string.format('%.0f-%.0f', ms, n + 1)
  end
  local ms, n = parts(id)
  if not least or ms < least_ms or ms == least_ms and n < least_n then
    least, least_ms, least_n = id, ms, n
  end
end
for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  consumer = named(consumer)
  if consumer.pending == 0 and consumer.idle > tonumber(ARGV[3])
    and consumer.name ~= ARGV[2] then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], consumer.name)
  end
end
return least and redis.call('XTRIM', KEYS[1], 'MINID', least) or 0
]]

-- KEYS: stream. ARGV: group, consumer. One that still has entries stays: Redis would forget them
-- with it.
Scripts.leave = [[
if #redis.call('XPENDING', KEYS[1], ARGV[1], '-', '+', 1, ARGV[2]) > 0 then return 0 end
return redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], ARGV[2])
]]

-- KEYS: stream, later, dead. ARGV: group. Answers length, dead, later, pending, lag (-1: unknown),
-- age of the oldest entry that is not done in milliseconds (-1: there is none), and
-- { name, pending, idle }s.
Scripts.stats = CLOCK .. NAMED .. [[
local own, consumers = nil, {}
if redis.call('EXISTS', KEYS[1]) == 1 then
  for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    group = named(group)
    if group.name == ARGV[1] then own = group end
  end
end
local length = redis.call('XLEN', KEYS[1])
local oldest
if own then
  if own.pending > 0 then oldest = redis.call('XPENDING', KEYS[1], ARGV[1])[2] end
  for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
    consumer = named(consumer)
    consumers[#consumers + 1] = { consumer.name, consumer.pending, consumer.idle }
  end
end
if not oldest then
  local first = redis.call('XRANGE', KEYS[1], '(' .. (own and own['last-delivered-id'] or '0-0'),
    '+', 'COUNT', 1)[1]
  oldest = first and first[1]
end
local age = oldest and math.max(now() - tonumber(string.match(oldest, '^%d+')), 0) or -1
return { length, redis.call('XLEN', KEYS[3]), redis.call('ZCARD', KEYS[2]),
  own and own.pending or 0, own and (own.lag or -1) or length, age, consumers }
]]

return Scripts
