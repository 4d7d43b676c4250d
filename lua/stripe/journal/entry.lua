--- An entry of a journal: what is done under one name, and how far it came.
--
-- Plain data, `{ name, created, state = "open" | "done", owner, steps = {...}, value }`, kept by a
-- storage as JSON text with a version. Whoever writes must have read the version before: who was
-- overtaken learns it, and has changed nothing.
-- @module stripe.journal.entry

local core = require "stripe.core"
local Driver = require "stripe.driver"
local Error = require "stripe.error"
local Owner = require "stripe.journal.owner"
local with = require "stripe.with"

local Entry = {}
local metatable = { __name = "stripe.journal.entry", __index = Entry }

local function failure(code, message, more)
  return Error.new(with({
    type = "journal_error", code = code, message = message, attempts = {},
    retryable = code == "busy" or code == "storage", sent = "no",
  }, more))
end

--- An error of the journal: `code` is "busy", "lost", "storage", "changed", "doubtful", "refused"
-- or "unknown".
Entry.failure = failure

--- Reads the entry of a name; a new one, not yet stored, when there is none.
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] table the error
function Entry.read(journal, name)
  local text, version, message = journal.storage:get(name)
  if message then return nil, failure("storage", "the journal can't be read: " .. message) end
  local data
  if text then
    data, message = core.decode(text, true)
    if type(data) ~= "table" or type(data.steps) ~= "table" then
      return nil, failure("storage", ("the entry %q of the journal is damaged: %s"):format(name,
        message and tostring(message) or "it is no entry"))
    end
  end
  return setmetatable({
    journal = journal, name = name, version = version or 0,
    data = data or { name = name, created = journal.now(), state = "open", steps = {} },
  }, metatable)
end

-- How long to sleep while another task of this process writes the same entry, in seconds.
local PAUSE = 0.002

--- Writes the entry down, and lets its owner's lease begin anew. `nil, err` when somebody else has
-- written it since it was read.
function Entry:save()
  while self.saving do Driver.current().sleep(PAUSE) end
  if self.data.owner then Owner.renew(self.data.owner, self.journal.now()) end
  local encoded, text = pcall(core.json, self.data)
  if not encoded then
    return nil, failure("storage", ("the entry %q can't be written: %s"):format(self.name, text))
  end
  self.saving = true
  local kept, message = self.journal.storage:put(self.name, text, self.version)
  self.saving = false
  if kept then
    self.version = self.version + 1
    return true
  elseif message then
    return nil, failure("storage", "the journal can't be written: " .. message)
  end
  return nil, failure("lost", ("another process has taken over %q"):format(self.name))
end

--- Makes this process the owner.
-- @number lease seconds
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] table the error, code "busy" with `seconds` when another owns it
function Entry:own(lease)
  local now = self.journal.now()
  local seconds = Owner.holds(self.data.owner, now)
  if seconds then
    return nil, failure("busy", ("another process works on %q; if that one is lost, it is free in "
      .. "%.0f s"):format(self.name, math.ceil(seconds)), { seconds = seconds })
  end
  self.data.owner = Owner.new(now, lease)
  local kept, err = self:save()
  if not kept then Owner.done(self.data.owner) end
  return kept, err
end

--- Gives the ownership up, so that the next run needs not wait.
function Entry:release()
  Owner.done(self.data.owner)
  self.data.owner = nil
  return self:save()
end

return Entry
