--- A storage of journals in an SQLite file: for scripts.
--
-- Every write is on disk when it returns (write-ahead log, synchronous = FULL); several processes
-- of one machine can share the file.
-- @module stripe.journal.storage.sqlite

local core = require "stripe.core"

local Sqlite = {}
local metatable = { __name = "stripe.journal.storage.sqlite", __index = Sqlite }

local OPENING = {
  "PRAGMA busy_timeout = 10000", -- milliseconds; each transaction here takes far less than one
  "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL",
  "CREATE TABLE IF NOT EXISTS journal (name TEXT PRIMARY KEY, version INTEGER NOT NULL, "
    .. "entry TEXT NOT NULL) WITHOUT ROWID",
}

local function plain(message) return (tostring(message):gsub("^LuaSQL: ", "")) end

local function quoted(self, text) return "'" .. self.connection:escape(text) .. "'" end

-- Runs a statement: how many rows it changed, or the rows that it gives.
local function run(self, statement, ...)
  if not self.connection then return nil, "it is closed" end
  local texts = {}
  for i = 1, select("#", ...) do
    local value = select(i, ...)
    texts[i] = type(value) == "number" and ("%d"):format(value) or quoted(self, value)
  end
  local result, message = self.connection:execute(statement:format((table.unpack or unpack)(texts)))
  if not result then return nil, plain(message) end
  if type(result) == "number" then return result end
  local rows, row = {}, result:fetch {}
  while row do
    rows[#rows + 1] = row
    row = result:fetch {}
  end
  result:close()
  return rows
end

function Sqlite:get(name)
  local rows, message = run(self, "SELECT entry, version FROM journal WHERE name = %s", name)
  if not rows then return nil, nil, message end
  if rows[1] then return rows[1][1], tonumber(rows[1][2]) end
end

function Sqlite:put(name, text, version)
  local changed, message
  if version == 0 then
    changed, message = run(self,
      "INSERT OR IGNORE INTO journal (name, version, entry) VALUES (%s, 1, %s)", name, text)
  else
    changed, message = run(self, "UPDATE journal SET entry = %s, version = version + 1 "
      .. "WHERE name = %s AND version = %s", text, name, version)
  end
  if not changed then return nil, message end
  return changed == 1
end

function Sqlite:names(prefix)
  local rows, message = run(self, "SELECT name FROM journal")
  if not rows then return nil, message end
  local names = {}
  for _, row in ipairs(rows) do
    if row[1]:sub(1, #prefix) == prefix then names[#names + 1] = row[1] end
  end
  return names
end

function Sqlite:remove(name)
  local changed, message = run(self, "DELETE FROM journal WHERE name = %s", name)
  if not changed then return nil, message end
  return true
end

function Sqlite:close()
  if not self.connection then return end
  self.connection:close()
  self.environment:close()
  self.connection, self.environment = nil, nil
end

local PATIENCE = 10 -- seconds, as busy_timeout

-- Makes the file ready. While another process turns it to write-ahead logging, SQLite refuses at
-- once, whatever busy_timeout says.
local function prepare(self)
  local latest = core.now() + PATIENCE
  for _, statement in ipairs(OPENING) do
    local done, problem = run(self, statement)
    while not done do
      if not problem:find("locked", 1, true) or core.now() >= latest then return nil, problem end
      core.sleep(0.01)
      done, problem = run(self, statement)
    end
  end
  return true
end

-- A path that SQLite takes for one: "file:..." would be another.
local function file_of(path) return path:find("^/") and path or "./" .. path end

-- Whether it may be opened another time, as it is.
local function passes(problem)
  return problem:find("locked", 1, true) ~= nil or problem:find("full", 1, true) ~= nil
end

--- Opens a file; one that is made is readable by its owner alone.
-- @string path
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string what is wrong
-- @treturn[2] ?boolean whether that may pass
local function open(path)
  if type(path) ~= "string" or path == "" or path:find("%z") then
    return nil, "the path must be a text"
  elseif path:find(":memory:", 1, true) then -- anywhere in it, for LuaSQL
    return nil, path .. " would be forgotten: name a file, or for tests say { memory = true }"
  end
  local found, driver = pcall(require, "luasql.sqlite3")
  if not found then
    return nil, "SQLite needs lua-sql-sqlite3 (on Debian: apt install lua-sql-sqlite3)"
  end
  local made, why = core.private_file(path)
  if not made then return nil, why end
  local environment = driver.sqlite3()
  local connection, message = environment:connect(file_of(path))
  if not connection then
    environment:close()
    return nil, path .. ": " .. plain(message)
  end
  local self = setmetatable({
    environment = environment, connection = connection, name = path,
  }, metatable)
  local ready, problem = prepare(self)
  if not ready then
    self:close()
    return nil, ("%s: %s"):format(path, problem), passes(problem)
  end
  return self
end

return { open = open }
