--- An SQLite file: opened so that several processes can share it, and its statements.
-- @module stripe.webhook.store.file

local core = require "stripe.core"

local File = {}
local metatable = { __name = "stripe.webhook.store.file", __index = File }

local VERSION = 1

local SCHEMA = {
  "CREATE TABLE stripe_webhook_meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
  "CREATE TABLE stripe_webhook_events (id BLOB PRIMARY KEY, token INTEGER NOT NULL, "
    .. "attempt INTEGER NOT NULL, state TEXT NOT NULL, expires REAL, touched REAL NOT NULL) "
    .. "WITHOUT ROWID",
  "CREATE INDEX stripe_webhook_events_touched ON stripe_webhook_events (touched)",
  "CREATE TABLE stripe_webhook_orders (key BLOB PRIMARY KEY, value BLOB NOT NULL, "
    .. "touched REAL NOT NULL) WITHOUT ROWID",
  "CREATE INDEX stripe_webhook_orders_touched ON stripe_webhook_orders (touched)",
  "INSERT INTO stripe_webhook_meta VALUES ('token', 0)",
  "INSERT INTO stripe_webhook_meta VALUES ('version', " .. VERSION .. ")",
}

-- LuaSQL gives every number as a float.
local to_integer = rawget(math, "tointeger") or function(value) return value end

local function rows_of(cursor)
  local rows = {}
  while true do
    local row, message = cursor:fetch({}, "a")
    if not row then
      if message then
        cursor:close()
        return nil, tostring(message)
      end
      return rows -- LuaSQL closes a cursor at its end
    end
    for name, value in pairs(row) do
      if type(value) == "number" then row[name] = to_integer(value) or value end
    end
    rows[#rows + 1] = row
  end
end

--- Runs a statement.
-- @string sql
-- @treturn[1] integer|table the number of changed rows, or the rows
-- @treturn[2] nil
-- @treturn[2] string message
function File:run(sql)
  if not self.connection then return nil, "the store is closed" end
  local result, message = self.connection:execute(sql)
  if not result then return nil, (tostring(message):gsub("^LuaSQL: ", "")) end
  if type(result) == "number" then return to_integer(result) or result end
  return rows_of(result)
end

--- The same, but throws the message in a table, for `File.attempt`.
function File:must(sql, ...)
  local result, message = self:run(sql:format(...))
  if not result then error({ sql = message }, 0) end
  return result
end

--- Calls a function that uses `must`.
-- @treturn[1] boolean true, and what the function returned
-- @treturn[2] boolean false
-- @treturn[2] string message
local function attempt(f, ...)
  local function finish(done, ...)
    if done then return true, ... end
    local thrown = ...
    return false, type(thrown) == "table" and thrown.sql or tostring(thrown)
  end
  return finish(pcall(f, ...))
end
File.attempt = attempt

--- Bytes as SQL has them, whatever they are.
function File.blob(bytes)
  return "x'" .. bytes:gsub(".", function(byte) return ("%02x"):format(byte:byte()) end) .. "'"
end

local function version_of(self)
  local tables = self:must("SELECT 1 FROM sqlite_master WHERE name = 'stripe_webhook_meta'")
  if not tables[1] then return nil end
  return self:must("SELECT value FROM stripe_webhook_meta WHERE name = 'version'")[1].value
end

local function make_tables(self)
  self:must("BEGIN IMMEDIATE")
  if not version_of(self) then -- nobody was faster
    for _, statement in ipairs(SCHEMA) do self:must("%s", statement) end
  end
  self:must("COMMIT")
end

local function prepare(self, timeout)
  self:must("PRAGMA busy_timeout = %d", timeout * 1000)
  self:must("PRAGMA journal_mode = WAL")
  self:must("PRAGMA synchronous = FULL") -- what was committed survives a power failure
  if not version_of(self) then make_tables(self) end
  local version = version_of(self)
  if version ~= VERSION then
    error({ sql = ("its webhook tables have version %s; this library writes version %d")
      :format(tostring(version), VERSION) }, 0)
  end
end

function File:close()
  if not self.connection then return end
  self.connection:close()
  self.environment:close()
  self.connection, self.environment = nil, nil
end

--- Opens a file and makes what is missing in it.
-- @string path
-- @number timeout seconds to wait for a lock
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string message
local function open(path, timeout)
  local found, driver = pcall(require, "luasql.sqlite3")
  if not found then
    return nil, "SQLite needs lua-sql-sqlite3 (on Debian: apt install lua-sql-sqlite3)"
  end
  local environment = driver.sqlite3()
  local connection, message = environment:connect(path)
  if not connection then
    environment:close()
    return nil, ("%s: %s"):format(path, (tostring(message):gsub("^LuaSQL: ", "")))
  end
  local self = setmetatable({ connection = connection, environment = environment }, metatable)
  -- While another process turns the same file to write-ahead logging, SQLite refuses at once.
  local limit = core.now() + timeout
  while true do
    local done
    done, message = attempt(prepare, self, timeout)
    if done then return self end
    self:run("ROLLBACK")
    if not message:find("locked", 1, true) or core.now() >= limit then break end
    core.sleep(0.01)
  end
  self:close()
  return nil, ("%s: %s"):format(path, message)
end

return { open = open }
