--- A store in this process's memory: which events were handled, which are being handled now.
--
-- For one process: a script, a test, a server with one worker. It forgets with the process, so an
-- event that Stripe sends again after a restart runs again.
--
-- Every store has these verbs; see docs/webhooks.md for what a handler makes of them.
-- @module stripe.webhook.store.memory

local core = require "stripe.core"
local Check = require "stripe.webhook.store.check"
local Misuse = require "stripe.misuse"

local Memory = {}
local metatable = { __name = "stripe.webhook.store.memory", __index = Memory }

-- A list of entries by when they were last touched, the oldest first. Taking one out and adding
-- one at the end cost the same however long it is.
local List = {}
List.__index = List

function List:add(entry)
  entry.list, entry.before, entry.after = self, self.last, nil
  if self.last then self.last.after = entry else self.first = entry end
  self.last, self.n = entry, self.n + 1
end

function List:remove(entry)
  local before, after = entry.before, entry.after
  if before then before.after = after else self.first = after end
  if after then after.before = before else self.last = before end
  entry.list, entry.before, entry.after = nil, nil, nil
  self.n = self.n - 1
end

local function list() return setmetatable({ n = 0 }, List) end

local KNOWN = { keep = true, max = true, now = true }

local function check(options)
  local unknown = Misuse.names(options, KNOWN)
  if unknown then return unknown end
  local keep, max, now = options.keep, options.max, options.now
  if keep ~= nil and (type(keep) ~= "number" or not (keep > 0 and keep < math.huge)) then
    return 'option "keep" must be a number of seconds above 0'
  end
  if max ~= nil and (type(max) ~= "number" or max < 1 or max % 1 ~= 0) then
    return 'option "max" must be an integer from 1'
  end
  if now ~= nil and type(now) ~= "function" then
    return 'option "now" must be a function that gives seconds'
  end
end

--- Makes a store.
-- @tparam ?table options
--
-- * `keep` (35 days; events reach back 30): seconds for which an id is remembered
-- * `max` (100000): how many ids at most; then the oldest committed ones are forgotten early
-- * `now`: a function that gives seconds, for specs; it may not go back
-- @treturn table
function Memory.new(options)
  options = options or {}
  if type(options) ~= "table" then error("a memory store takes a table of options", 2) end
  local misuse = check(options)
  if misuse then error(misuse, 2) end
  return setmetatable({
    keep = options.keep or Check.KEEP, max = options.max or 100000,
    now = options.now or core.now,
    entries = {}, open = list(), done = list(),   -- by id; not committed, committed
    orders = {}, recorded = list(),               -- by key: the newest of each object
    token = 0,
  }, metatable)
end

function metatable:__tostring()
  return ("%s (%d committed, %d not)"):format(metatable.__name, self.done.n, self.open.n)
end

local function is_live(entry, now)
  return entry.expires ~= nil and entry.expires > now
end

local function drop(self, entry)
  entry.list:remove(entry)
  self.entries[entry.id] = nil
end

local function drop_order(self, entry)
  self.recorded:remove(entry)
  self.orders[entry.key] = nil
end

-- Forgets what is too old. Each entry is dropped once, so this costs what adding it did.
local function expire(self, now)
  local limit = now - self.keep
  local entry = self.done.first
  while entry and entry.touched <= limit do
    drop(self, entry)
    entry = self.done.first
  end
  entry = self.open.first
  while entry and entry.touched <= limit and not is_live(entry, now) do
    drop(self, entry)
    entry = self.open.first
  end
  entry = self.recorded.first
  while entry and entry.touched <= limit do
    drop_order(self, entry)
    entry = self.recorded.first
  end
end

-- Whether there is room for one more id; the oldest one makes it.
local function room(self, now)
  if self.open.n + self.done.n < self.max then return true end
  local oldest = self.done.first or self.open.first
  if is_live(oldest, now) then return false end
  drop(self, oldest)
  return true
end

local function move(entry, to, now)
  if entry.list then entry.list:remove(entry) end
  entry.touched = now
  to:add(entry)
end

-- The entry that a claim stands for, unless it was taken over or given back.
local function held(self, claim)
  local entry = self.entries[claim.id]
  if entry and entry.token == claim.token and (entry.expires or entry.committed) then
    return entry
  end
end

--- Claims an id, so that nobody else handles it meanwhile.
-- @string id
-- @number lease seconds; then somebody else may claim it
-- @treturn[1] table `{ id, token, attempt, expires }`: `token` grows with every claim in this
--   store; `attempt` counts the claims of this id, this one included
-- @treturn[2] nil
-- @treturn[2] string "committed"; or "claimed" and the seconds that its lease has left; or
--   "failed" and a message
function Memory:claim(id, lease)
  local now = self.now()
  expire(self, now)
  local entry = self.entries[id]
  if entry and entry.committed then return nil, "committed" end
  if entry and is_live(entry, now) then return nil, "claimed", entry.expires - now end
  if not entry then
    if not room(self, now) then
      return nil, "failed", ("all %d ids of the memory store are claimed"):format(self.max)
    end
    entry = { id = id, attempt = 0 }
    self.entries[id] = entry
  end
  self.token = self.token + 1
  entry.token, entry.attempt, entry.expires = self.token, entry.attempt + 1, now + lease
  move(entry, self.open, now)
  return { id = id, token = entry.token, attempt = entry.attempt, expires = entry.expires }
end

--- Makes a claim last longer; also one that has expired, if nobody took it over.
-- @tparam table claim
-- @number lease seconds from now
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string "lost"
function Memory:renew(claim, lease)
  local entry = held(self, claim)
  if not entry or entry.committed then return nil, "lost" end
  local now = self.now()
  entry.expires = now + lease
  claim.expires = entry.expires
  move(entry, self.open, now)
  return true
end

local function record(self, key, order, now)
  local entry = self.orders[key]
  if not entry then
    local oldest = self.recorded.n >= self.max and self.recorded.first
    if oldest then drop_order(self, oldest) end
    entry = { key = key, order = order }
    self.orders[key] = entry
  elseif entry.order < order then
    entry.order = order
  end
  move(entry, self.recorded, now)
end

--- Commits an id: it is never to be handled again. With a key, the order is recorded for it in
-- the same step, unless a higher one is.
-- @tparam table claim
-- @tparam ?string key of an object
-- @tparam ?string order compared by bytes
-- @treturn[1] boolean true; also when this very claim was committed before
-- @treturn[2] nil
-- @treturn[2] string "lost": somebody else has it; nothing was changed
function Memory:commit(claim, key, order)
  local entry = held(self, claim)
  if not entry then return nil, "lost" end
  if entry.committed then return true end
  local now = self.now()
  entry.committed, entry.expires = true, nil
  move(entry, self.done, now)
  if key then record(self, key, order, now) end
  return true
end

--- Gives a claim back: the next one may come at once.
-- @tparam table claim
-- @tparam ?boolean forget that there ever was a claim of this id
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string "lost"
function Memory:release(claim, forget)
  local entry = held(self, claim)
  if not entry or entry.committed then return nil, "lost" end
  if forget then
    drop(self, entry)
  else
    entry.expires = nil
    move(entry, self.open, self.now())
  end
  return true
end

--- What was recorded for an object.
-- @string key
-- @treturn ?string its order; nil: nothing was
function Memory:newest(key)
  expire(self, self.now())
  local entry = self.orders[key]
  return entry and entry.order
end

return Memory
