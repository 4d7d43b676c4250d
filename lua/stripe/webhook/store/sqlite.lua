--- A store in an SQLite file: for scripts, and for all processes of one machine.
--
-- What a handler writes through `ctx:transaction()` is committed in one step with its event: then
-- its effects happen exactly once, whenever the process is killed.
--
-- Every verb is a transaction of its own that is on disk when it returns (write-ahead log,
-- synchronous = FULL). No lock is held between two verbs; only `ctx:transaction()` holds the file's
-- write lock until its handler ends. A child of a fork opens a store of its own.
-- @module stripe.webhook.store.sqlite

local core = require "stripe.core"
local Check = require "stripe.webhook.store.check"
local Driver = require "stripe.driver"
local File = require "stripe.webhook.store.file"
local Transaction = require "stripe.webhook.store.transaction"

local Sqlite = {}
local metatable = { __name = "stripe.webhook.store.sqlite", __index = Sqlite }

local KNOWN = { path = "string", keep = "number", now = "function", timeout = "number" }

-- Old rows are dropped at every so many claims, so many at most: more than are added meanwhile.
local EVERY, AT_MOST = 64, 256

local PAUSE = 0.005 -- seconds between two looks at a transaction of this process

function metatable:__tostring() return ("%s (%s)"):format(metatable.__name, self.path) end

--- Opens a store.
-- @tparam table options
--
-- * `path`: of the file; made when it isn't there. It may be your own database: all tables here
--   begin with `stripe_webhook_`
-- * `keep` (35 days; events reach back 30): seconds for which an id is remembered
-- * `timeout` (10): seconds to wait while another process writes
-- * `now`: a function that gives Unix seconds, for specs
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string message
function Sqlite.new(options)
  local misuse = Check.options(options, KNOWN, "an SQLite store")
  if not misuse and not options.path then misuse = 'an SQLite store needs the option "path"' end
  if not misuse and options.path:find("%z") then misuse = 'option "path" has a NUL in it' end
  if misuse then error(misuse, 2) end
  local timeout = options.timeout or 10
  local file, message = File.open(options.path, timeout)
  if not file then return nil, message end
  return setmetatable({
    path = options.path, file = file, keep = options.keep or Check.KEEP, timeout = timeout,
    now = options.now or core.time, claims = 0,
  }, metatable)
end

-- Waits for the transaction of another coroutine of this process: there is one connection, and
-- only that coroutine's handler can end it. One whose lease has run out is ended here, since its
-- handler may be gone for good.
local function idle(self)
  local limit
  while self.transaction do
    if self.transaction.thread == (coroutine.running() or false) then
      return nil, "the handler's own transaction is open"
    end
    if self.transaction.claim.expires <= self.now() then
      self.transaction.object:rollback("its lease ran out")
    else
      local driver = Driver.current()
      limit = limit or driver.now() + self.timeout
      if driver.now() >= limit then return nil, "another handler's transaction is open" end
      driver.sleep(PAUSE)
    end
  end
  return true
end

local function begin(self)
  local free, message = idle(self)
  if free then free, message = self.file:run("BEGIN IMMEDIATE") end
  if not free then return nil, "failed", message end
  return true
end

-- Does something in a transaction of its own.
local function write(self, f, ...)
  local begun, why, message = begin(self)
  if not begun then return nil, why, message end
  local file = self.file
  local done, a, b, c = file.attempt(f, self, ...)
  if done then
    done, message = file:run("COMMIT")
    if done then return a, b, c end
    a = message
  end
  file:run("ROLLBACK")
  return nil, "failed", a
end

local function find(self, id)
  return self.file:must("SELECT token, attempt, state, expires, touched "
    .. "FROM stripe_webhook_events WHERE id = %s", self.file.blob(id))[1]
end

local function is_live(row, now)
  return row.state == "claimed" and row.expires > now
end

-- An id as the contract has it: what is too old is not there, dropped yet or not.
local function current(self, id, now)
  local row = find(self, id)
  if row and row.touched <= now - self.keep and not is_live(row, now) then return nil end
  return row
end

local function drop_old(self, now)
  self.claims = self.claims + 1
  if self.claims % EVERY ~= 1 then return end
  local limit = now - self.keep
  self.file:must("DELETE FROM stripe_webhook_events WHERE id IN (SELECT id "
    .. "FROM stripe_webhook_events WHERE touched <= %.6f AND NOT (state = 'claimed' "
    .. "AND expires > %.6f) ORDER BY touched LIMIT %d)", limit, now, AT_MOST)
  self.file:must("DELETE FROM stripe_webhook_orders WHERE key IN (SELECT key "
    .. "FROM stripe_webhook_orders WHERE touched <= %.6f ORDER BY touched LIMIT %d)",
    limit, AT_MOST)
end

local function refusal(row, now)
  if row and row.state == "committed" then return "committed" end
  if row and is_live(row, now) then return "claimed", row.expires - now end
end

local function claim_in(self, id, lease)
  local file, now = self.file, self.now()
  drop_old(self, now)
  local row = current(self, id, now)
  local why, left = refusal(row, now)
  if why then return nil, why, left end
  file:must("UPDATE stripe_webhook_meta SET value = value + 1 WHERE name = 'token'")
  local token = file:must("SELECT value FROM stripe_webhook_meta WHERE name = 'token'")[1].value
  local claim = {
    id = id, token = token, attempt = (row and row.attempt or 0) + 1, expires = now + lease,
  }
  file:must("INSERT OR REPLACE INTO stripe_webhook_events "
    .. "VALUES (%s, %d, %d, 'claimed', %.6f, %.6f)", file.blob(id), token, claim.attempt,
    claim.expires, now)
  return claim
end

--- See `stripe.webhook.store.memory`, as for the other verbs.
function Sqlite:claim(id, lease)
  Check.claim(id, lease)
  -- Most of what comes twice has been committed: seen without waiting for whoever writes.
  if not self.transaction then
    local done, row = self.file.attempt(current, self, id, self.now())
    if done and row and row.state == "committed" then return nil, "committed" end
  end
  return write(self, claim_in, id, lease)
end

-- Changes the row of a claim that is still held.
local function change(self, claim, sql, ...)
  local changed = self.file:must("UPDATE stripe_webhook_events SET " .. sql
    .. ", touched = %.6f WHERE id = %s AND token = %d AND state = 'claimed'", ...)
  if changed == 1 then return true end
  return nil, "lost", find(self, claim.id)
end

local function where(self, claim)
  return self.now(), self.file.blob(claim.id), claim.token
end

local function renew_in(self, claim, lease)
  local expires = self.now() + lease
  local done = change(self, claim, "expires = %.6f", expires, where(self, claim))
  if not done then return nil, "lost" end
  claim.expires = expires
  return true
end

function Sqlite:renew(claim, lease)
  Check.held(claim, "renew")
  Check.claim(claim.id, lease)
  local open = self.transaction
  if open and (open.claim.token == claim.token or open.thread == (coroutine.running() or false))
  then
    -- From inside of the transaction: nobody else can take it over before that ends.
    local done, renewed, why = self.file.attempt(renew_in, self, claim, lease)
    if not done then return nil, "failed", renewed end
    return renewed, why
  end
  return write(self, renew_in, claim, lease)
end

local function settle(self, claim, key, order)
  local file, now = self.file, self.now()
  local done, _, row = change(self, claim, "state = 'committed', expires = NULL",
    where(self, claim))
  if not done then
    if row and row.token == claim.token and row.state == "committed" then return true end
    return nil, "lost"
  end
  if key then
    file:must("INSERT INTO stripe_webhook_orders VALUES (%s, %s, %.6f) ON CONFLICT (key) "
      .. "DO UPDATE SET value = max(value, excluded.value), touched = excluded.touched",
      file.blob(key), file.blob(order), now)
  end
  return true
end

function Sqlite:commit(claim, key, order)
  Check.held(claim, "commit")
  Check.order(key, order)
  return write(self, settle, claim, key, order)
end

local function release_in(self, claim, forget)
  if forget then
    local dropped = self.file:must("DELETE FROM stripe_webhook_events WHERE id = %s "
      .. "AND token = %d AND state = 'claimed'", self.file.blob(claim.id), claim.token)
    if dropped == 1 then return true end
    return nil, "lost"
  end
  local done = change(self, claim, "state = 'released', expires = NULL", where(self, claim))
  if done then return true end
  return nil, "lost"
end

function Sqlite:release(claim, forget)
  Check.held(claim, "release")
  return write(self, release_in, claim, forget)
end

function Sqlite:newest(key)
  Check.order(key, "")
  local free, message = idle(self)
  if not free then return nil, "failed", message end
  local done, rows = self.file.attempt(self.file.must, self.file,
    "SELECT value FROM stripe_webhook_orders WHERE key = %s AND touched > %.6f",
    self.file.blob(key), self.now() - self.keep)
  if not done then return nil, "failed", rows end
  return rows[1] and rows[1].value
end

--- Begins the transaction in which a handler writes.
-- @tparam table claim
-- @treturn[1] stripe.webhook.store.transaction
-- @treturn[2] nil
-- @treturn[2] string "lost" or "failed"
-- @treturn[2] ?string message
function Sqlite:begin(claim)
  Check.held(claim, "begin")
  local begun, why, message = begin(self)
  if not begun then return nil, why, message end
  local file = self.file
  local done, row = file.attempt(find, self, claim.id)
  if not done or not row or row.token ~= claim.token or row.state ~= "claimed" then
    file:run("ROLLBACK")
    if done then return nil, "lost" end
    return nil, "failed", row
  end
  local open = { claim = claim, thread = coroutine.running() or false }
  open.object, message = Transaction.new(file, function(key, order)
    Check.order(key, order)
    local settled, ok, reason = file.attempt(settle, self, claim, key, order)
    if not settled then return nil, "failed", ok end
    return ok, reason
  end, function() self.transaction = nil end)
  if not open.object then
    file:run("ROLLBACK")
    return nil, "failed", message
  end
  self.transaction = open
  return open.object
end

--- Closes the file; a transaction that is open is undone.
function Sqlite:close()
  if self.transaction then self.transaction.object:rollback("the store was closed") end
  self.file:close()
end

return Sqlite
