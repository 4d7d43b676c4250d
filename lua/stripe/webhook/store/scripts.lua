--- What the Redis store runs inside the server, each in one step.
--
-- An event is a hash: `token`, `attempt`, `state` ("claimed", "released", "committed"), `expires`
-- (Unix milliseconds) and `last`, the nonce of the call that wrote it. A script whose answer got
-- lost is sent again with the same nonce, finds its own work and says what it said before.
--
-- Every script takes the clock first: "" means the server's, which all workers share.
-- @module stripe.webhook.store.scripts

local CLOCK = [[
local function clock() -- milliseconds; and microseconds
  if ARGV[1] ~= '' then return tonumber(ARGV[1]), ARGV[1] * 1000 end
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000), time[1] * 1000000 + time[2]
end
local function text(number) return string.format('%.0f', number) end
]]

local Scripts = {}

-- KEYS: event, counter. ARGV: clock, nonce, lease, keep (milliseconds).
--
-- A token is the time in microseconds, or more than the last one: so tokens grow even past a server
-- that lost what it knew.
Scripts.claim = CLOCK .. [[
local now, micro = clock()
local lease, keep = tonumber(ARGV[3]), tonumber(ARGV[4])
local row = redis.call('HMGET', KEYS[1], 'state', 'expires', 'last', 'token', 'attempt')
local state, expires = row[1], tonumber(row[2] or 0)
if state == 'committed' then return { 'committed' } end
if state == 'claimed' and row[3] == ARGV[2] then return { 'claim', row[4], row[5], row[2] } end
if state == 'claimed' and expires > now then return { 'claimed', text(expires - now) } end
local token = text(math.max(tonumber(redis.call('GET', KEYS[2]) or 0) + 1, micro))
redis.call('SET', KEYS[2], token)
local attempt = text(tonumber(row[5] or 0) + 1)
redis.call('HSET', KEYS[1], 'state', 'claimed', 'expires', text(now + lease), 'last', ARGV[2],
  'token', token, 'attempt', attempt)
redis.call('PEXPIRE', KEYS[1], text(math.max(keep, lease)))
return { 'claim', token, attempt, text(now + lease) }
]]

-- KEYS: event. ARGV: clock, token, lease, keep.
Scripts.renew = CLOCK .. [[
local row = redis.call('HMGET', KEYS[1], 'state', 'token')
if row[1] ~= 'claimed' or row[2] ~= ARGV[2] then return { 'lost' } end
local lease = tonumber(ARGV[3])
local now = clock()
local expires = text(now + lease)
redis.call('HSET', KEYS[1], 'expires', expires)
redis.call('PEXPIRE', KEYS[1], text(math.max(tonumber(ARGV[4]), lease)))
return { 'ok', expires }
]]

-- KEYS: event, and the object when there is one. ARGV: clock, token, keep, order.
--
-- Redis compares strings by the server's locale, and orders go by bytes.
Scripts.commit = [[
local function less(a, b)
  for i = 1, math.min(#a, #b) do
    local x, y = a:byte(i), b:byte(i)
    if x ~= y then return x < y end
  end
  return #a < #b
end
local row = redis.call('HMGET', KEYS[1], 'state', 'token')
if row[2] ~= ARGV[2] or row[1] == 'released' then return { 'lost' } end
if row[1] == 'committed' then return { 'ok' } end
redis.call('HSET', KEYS[1], 'state', 'committed')
redis.call('HDEL', KEYS[1], 'expires', 'last')
redis.call('PEXPIRE', KEYS[1], ARGV[3])
if KEYS[2] then
  local order = redis.call('GET', KEYS[2])
  if not order or less(order, ARGV[4]) then order = ARGV[4] end
  redis.call('SET', KEYS[2], order, 'PX', ARGV[3])
end
return { 'ok' }
]]

-- KEYS: event. ARGV: clock, nonce, token, keep, "forget" or "".
--
-- What is to be forgotten stays for a minute without anything in it, for an answer that got lost.
Scripts.release = [[
local row = redis.call('HMGET', KEYS[1], 'state', 'token', 'last')
if row[3] == ARGV[2] then return { 'ok' } end
if row[1] ~= 'claimed' or row[2] ~= ARGV[3] then return { 'lost' } end
redis.call('HDEL', KEYS[1], 'expires')
redis.call('HSET', KEYS[1], 'state', 'released', 'last', ARGV[2])
if ARGV[5] == 'forget' then
  redis.call('HDEL', KEYS[1], 'attempt', 'token')
  redis.call('PEXPIRE', KEYS[1], 60000)
else
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
return { 'ok' }
]]

return Scripts
