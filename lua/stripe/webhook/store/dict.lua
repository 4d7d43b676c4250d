--- A store in a shared dictionary of nginx, for all workers of one nginx.
--
-- It survives a reload, and ends with nginx: an event that Stripe sends again after a restart runs
-- again. What has to last longer, or serves several machines, belongs into Redis.
-- A worker that is killed in the moment in which it writes there may leave the memory of the
-- dictionary broken, which only a restart of nginx mends.
--
-- An entry is one line of text, `state token attempt expires`; each verb reads and writes it while
-- it holds the lock of its id. Nothing is thrown out for want of room: a claim fails instead, and
-- Stripe sends the event again.
-- @module stripe.webhook.store.dict

local Check = require "stripe.webhook.store.check"
local Dict = require "stripe.resty.dict"

local Store = {}
local metatable = { __name = "stripe.webhook.store.dict", __index = Store }

local KNOWN = { keep = "number", now = "function", prefix = "string" }

--- Makes a store.
-- @tparam table options
--
-- * `dict`: the name of the dictionary, or the dictionary; `lua_shared_dict NAME 10m;` in
--   nginx.conf has room for some 60,000 ids
-- * `keep` (35 days; events reach back 30): seconds for which an id is remembered
-- * `prefix` ("webhook:"): of the keys in the dictionary
-- * `now`: a function that gives seconds, for specs
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string when there is no such dictionary
function Store.new(options)
  local others, name = {}, type(options) == "table" and options.dict
  for option, value in pairs(type(options) == "table" and options or {}) do
    if option ~= "dict" then others[option] = value end
  end
  local misuse = Check.options(others, KNOWN, "a dict store")
  if misuse then error(misuse, 2) end
  if not name then error('option "dict" names a shared dictionary', 2) end
  local dict, message = Dict.open(name)
  if not dict then return nil, message end
  return setmetatable({
    dict = dict, name = type(name) == "string" and name or "shared dictionary",
    keep = options.keep or Check.KEEP,
    prefix = options.prefix or "webhook:",
    now = options.now or function()
      local ngx = package.loaded.ngx
      ngx.update_time()
      return ngx.now()
    end,
  }, metatable)
end

function metatable:__tostring() return ("%s (%s)"):format(metatable.__name, self.name) end

local function read(self, id)
  local line = self.dict:get(self.prefix .. "id:" .. id)
  if not line then return nil end
  local state, token, attempt, expires = line:match("^(%a+) (%d+) (%d+) ([%d.]+)$")
  return { state = state, token = tonumber(token), attempt = tonumber(attempt),
    expires = tonumber(expires) }
end

local function full(message)
  if message == "no memory" then return "failed", "the shared dictionary is full" end
  return "failed", "the shared dictionary: " .. tostring(message)
end

local function write(self, id, entry)
  local seconds = self.keep
  if entry.state == "claimed" then seconds = math.max(seconds, entry.expires - self.now()) end
  local kept, message = self.dict:safe_set(self.prefix .. "id:" .. id,
    ("%s %d %d %.3f"):format(entry.state, entry.token, entry.attempt, entry.expires), seconds)
  if kept then return true end
  return nil, full(message)
end

-- Calls f alone among the workers; it returns what it returns through a table.
local function locked(self, id, f)
  local result, message = Dict.locked(self.dict, self.prefix .. "lock:" .. id,
    function() return { f() } end)
  if not result then return nil, full(message) end
  return result[1], result[2], result[3]
end

--- As of every store, see `stripe.webhook.store.memory`.
function Store:claim(id, lease)
  Check.claim(id, lease)
  return locked(self, id, function()
    local entry, now = read(self, id), self.now()
    if entry and entry.state == "committed" then return nil, "committed" end
    if entry and entry.state == "claimed" and entry.expires > now then
      return nil, "claimed", entry.expires - now
    end
    local token, message = self.dict:incr(self.prefix .. "token", 1, 0)
    if not token then return nil, full(message) end
    local claim = { id = id, token = token, attempt = (entry and entry.attempt or 0) + 1,
      expires = now + lease }
    local kept, word, why = write(self, id, { state = "claimed", token = token,
      attempt = claim.attempt, expires = claim.expires })
    if not kept then return nil, word, why end
    return claim
  end)
end

-- The entry that a claim stands for, unless it was taken over.
local function held(self, claim)
  local entry = read(self, claim.id)
  return entry and entry.token == claim.token and entry.state ~= "free" and entry or nil
end

function Store:renew(claim, lease)
  Check.held(claim, "renew")
  return locked(self, claim.id, function()
    local entry = held(self, claim)
    if not entry or entry.state == "committed" then return nil, "lost" end
    entry.expires = self.now() + lease
    local kept, word, why = write(self, claim.id, entry)
    if not kept then return nil, word, why end
    claim.expires = entry.expires
    return true
  end)
end

-- Orders of one object are written by whoever committed; two of them may do so at once.
local function record(self, key, order)
  return locked(self, "order:" .. key, function()
    local name = self.prefix .. "order:" .. key
    local old = self.dict:get(name)
    local kept, message = self.dict:safe_set(name, old and old > order and old or order, self.keep)
    if not kept then return nil, full(message) end
    return true
  end)
end

-- The order goes first: a worker that dies in between has made nothing newer than it is, and the
-- event that it still holds runs again or is found stale.
function Store:commit(claim, key, order)
  Check.held(claim, "commit")
  Check.order(key, order)
  return locked(self, claim.id, function()
    local entry = held(self, claim)
    if not entry then return nil, "lost" end
    if entry.state == "committed" then return true end
    if key then
      local kept, word, why = record(self, key, order)
      if not kept then return nil, word, why end
    end
    entry.state = "committed"
    return write(self, claim.id, entry)
  end)
end

function Store:release(claim, forget)
  Check.held(claim, "release")
  return locked(self, claim.id, function()
    local entry = held(self, claim)
    if not entry or entry.state == "committed" then return nil, "lost" end
    if forget then
      self.dict:delete(self.prefix .. "id:" .. claim.id)
      return true
    end
    entry.state = "free"
    return write(self, claim.id, entry)
  end)
end

function Store:newest(key)
  return self.dict:get(self.prefix .. "order:" .. key)
end

return Store
