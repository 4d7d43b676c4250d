--- A transaction of the SQLite store: what a handler writes here is committed together with its
-- event, or not at all.
--
-- It holds the write lock of the file from its first moment: nobody else writes until it ends.
-- @module stripe.webhook.store.transaction

local Statement = require "stripe.webhook.store.statement"

local Transaction = {}
local metatable = { __name = "stripe.webhook.store.transaction", __index = Transaction }

local states = setmetatable({}, { __mode = "k" })

function metatable:__tostring()
  local state = states[self]
  return ("%s (%s)"):format(metatable.__name, state.ended or "open")
end

-- SQLite ends a transaction by itself when a disk is full and at ON CONFLICT ROLLBACK. What came
-- after it would be committed at once, so it is looked for: this can begin only outside of one.
local function ended_by_itself(file)
  if not file:run("BEGIN") then return false end
  file:run("ROLLBACK")
  return true
end

local function finish(state, how)
  state.ended = how
  state.done()
end

local function open_state(self, method)
  local state = states[self]
  if not state then error(("use transaction:%s(...) with a colon"):format(method), 3) end
  return state
end

--- Runs one statement.
-- @string sql values go into it through `transaction:quote`
-- @treturn[1] integer|table how many rows it changed; of a query, the list of its rows, each a
--   table by the names of the columns, where NULL is absent
-- @treturn[2] nil
-- @treturn[2] string message
function Transaction:execute(sql)
  local state = open_state(self, "execute")
  if type(sql) ~= "string" then
    error("transaction:execute takes a statement as a string", 2)
  end
  local misuse = Statement.problem(sql)
  if misuse then error(misuse, 2) end
  if state.ended then return nil, "the transaction has ended: " .. state.ended end
  local result, message = state.file:run(sql)
  if result then return result end
  if ended_by_itself(state.file) then finish(state, message) end
  return nil, message
end

--- A value as SQL has it: text in quotes, numbers, NULL for nil, 1 and 0 for booleans.
-- @param value
-- @treturn string
function Transaction:quote(value)
  open_state(self, "quote")
  local kind = type(value)
  if kind == "nil" then return "NULL" end
  if kind == "boolean" then return value and "1" or "0" end
  if kind == "number" and value == value and value ~= math.huge and value ~= -math.huge then
    if value % 1 == 0 and value > -2^53 and value < 2^53 then return ("%d"):format(value) end
    return tostring(value):find("^%-?%d+$") and tostring(value) or ("%.17g"):format(value)
  end
  if kind ~= "string" then
    error(("transaction:quote can't write a %s"):format(kind == "number" and tostring(value)
      or kind), 2)
  end
  if not value:find("%z") then return "'" .. value:gsub("'", "''") .. "'" end
  return ("CAST(x'%s' AS TEXT)"):format((value:gsub(".", function(byte)
    return ("%02x"):format(byte:byte())
  end)))
end

--- Text for between quotes; `quote` is easier.
-- @string text
-- @treturn string
function Transaction:escape(text)
  open_state(self, "escape")
  if type(text) ~= "string" or text:find("%z") then
    error("transaction:escape takes a string without NUL; transaction:quote takes any", 2)
  end
  return (text:gsub("'", "''"))
end

--- For the machinery: commits what was written, and the event with it.
-- @tparam ?string key
-- @tparam ?string order
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string "lost" or "failed"; nothing is written then
-- @treturn[2] ?string message
function Transaction:commit(key, order)
  local state = open_state(self, "commit")
  if state.ended then return nil, "failed", "the transaction has ended: " .. state.ended end
  local file = state.file
  -- The savepoint is there as long as this is still the transaction that began.
  local intact, message = file:run("RELEASE stripe_webhook")
  if not intact then
    file:run("ROLLBACK")
    finish(state, message)
    return nil, "failed", message
  end
  local why
  intact, why, message = state.settle(key, order)
  if intact then
    intact, message = file:run("COMMIT")
    why = "failed"
  end
  if intact then
    finish(state, "committed")
    return true
  end
  file:run("ROLLBACK")
  finish(state, message or why)
  return nil, why, message
end

--- For the machinery: undoes what was written.
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string "failed"
-- @treturn[2] string message
function Transaction:rollback(reason)
  local state = open_state(self, "rollback")
  if state.ended then return true end
  local undone, message = state.file:run("ROLLBACK")
  finish(state, reason or "rolled back")
  if undone or message:find("no transaction is active", 1, true) then return true end
  return nil, "failed", message
end

--- Makes one of what `BEGIN IMMEDIATE` has begun.
-- @tparam table file
-- @tparam function settle commits the event, without ending the transaction
-- @tparam function done is called when the transaction has ended
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string message
local function new(file, settle, done)
  local ready, message = file:run("SAVEPOINT stripe_webhook")
  if not ready then return nil, message end
  local self = setmetatable({}, metatable)
  states[self] = { file = file, settle = settle, done = done }
  return self
end

return { new = new }
