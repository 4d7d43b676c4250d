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
local Rows = require "stripe.webhook.store.rows"
local Transaction = require "stripe.webhook.store.transaction"

local Sqlite = {}
local metatable = { __name = "stripe.webhook.store.sqlite", __index = Sqlite }

local KNOWN = { path = "string", keep = "number", now = "function", timeout = "number" }

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
  -- SQLite takes an empty one for a file that is gone when it is closed.
  if not misuse and (options.path or "") == "" then
    misuse = 'an SQLite store needs the option "path"'
  end
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

--- See `stripe.webhook.store.memory`, as for the other verbs.
function Sqlite:claim(id, lease)
  Check.claim(id, lease)
  -- Most of what comes twice has been committed: seen without waiting for whoever writes.
  if not self.transaction then
    local done, row = self.file.attempt(Rows.current, self, id, self.now())
    if done and row and row.state == "committed" then return nil, "committed" end
  end
  return write(self, Rows.claim, id, lease)
end

function Sqlite:renew(claim, lease)
  Check.held(claim, "renew")
  Check.claim(claim.id, lease)
  local open = self.transaction
  if open and (open.claim.token == claim.token or open.thread == (coroutine.running() or false))
  then
    -- From inside of the transaction: nobody else can take it over before that ends.
    local done, renewed, why = self.file.attempt(Rows.renew, self, claim, lease)
    if not done then return nil, "failed", renewed end
    return renewed, why
  end
  return write(self, Rows.renew, claim, lease)
end

function Sqlite:commit(claim, key, order)
  Check.held(claim, "commit")
  Check.order(key, order)
  return write(self, Rows.settle, claim, key, order)
end

function Sqlite:release(claim, forget)
  Check.held(claim, "release")
  return write(self, Rows.release, claim, forget)
end

function Sqlite:newest(key)
  Check.key(key)
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
  local done, row = file.attempt(Rows.find, self, claim.id)
  if not done or not row or row.token ~= claim.token or row.state ~= "claimed" then
    file:run("ROLLBACK")
    if done then return nil, "lost" end
    return nil, "failed", row
  end
  local open = { claim = claim, thread = coroutine.running() or false }
  open.object, message = Transaction.new(file, function(key, order)
    Check.order(key, order)
    local settled, ok, reason = file.attempt(Rows.settle, self, claim, key, order)
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
