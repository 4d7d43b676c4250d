--- A member of the queue's group in Redis: takes entries, and says what becomes of them.
--
-- Everything here gives nil and a message when Redis is away or refuses.
-- @module stripe.webhook.queue.consumer

local core = require "stripe.core"
local Entry = require "stripe.webhook.queue.entry"
local Scripts = require "stripe.webhook.queue.scripts"

local Consumer = {}
local metatable = { __name = "stripe.webhook.queue.consumer", __index = Consumer }

local DAY = 24 * 3600

local function milliseconds(seconds) return ("%.0f"):format(seconds * 1000) end

--- Makes one; the group is made when it first takes.
-- @tparam table queue
-- @string name that no other one has
-- @treturn table
function Consumer.new(queue, name)
  return setmetatable({
    queue = queue, name = name, ready = false,
    cursor = "0-0", looked = core.now(), -- for entries of dead workers, see cursor_of
  }, metatable)
end

-- The group reads from the beginning: what was queued before the first worker came is in it.
local function make_group(self)
  local queue = self.queue
  local made, message = queue.connection:repeatable("XGROUP", "CREATE", queue.stream, queue.group,
    "0", "MKSTREAM")
  if not made and not message:find("BUSYGROUP", 1, true) then return nil, message end
  self.ready = true
  return true
end

-- Where to look for entries of dead workers: from where the last look ended; when that was the
-- end, from the beginning, some time later.
local function cursor_of(self)
  if self.cursor == "" and core.now() - self.looked >= self.queue.claim_idle / 4 then
    self.cursor, self.looked = "0-0", core.now()
  end
  return self.cursor
end

local function entry_of(item)
  local entry = Entry.read(item[3])
  entry.entry, entry.tries = item[1], item[2]
  return entry
end

local function take_once(self, most)
  local queue = self.queue
  if not self.ready then
    local made, message = make_group(self)
    if not made then return nil, message end
  end
  local reply, message = queue.connection:eval(Scripts.take, { queue.stream, queue.later },
    { queue.group, self.name, most, milliseconds(queue.claim_idle), cursor_of(self) })
  if not reply then
    if message and message:find("NOGROUP", 1, true) then self.ready = false end
    return nil, message or "Redis gave no answer"
  end
  self.cursor = reply[1]
  local entries = {}
  for i, item in ipairs(reply[2]) do entries[i] = entry_of(item) end
  return entries
end

-- What comes within a time.
local function wait_for(self, most, seconds)
  local queue = self.queue
  local reply, message, kind = queue.connection:waiting(seconds, "XREADGROUP", "GROUP",
    queue.group, self.name, "COUNT", most, "BLOCK", milliseconds(seconds), "STREAMS",
    queue.stream, ">")
  if message then
    if kind == "reply" then self.ready = false end
    return nil, message
  end
  local entries = {}
  for i, item in ipairs(reply and reply[1] and reply[1][2] or {}) do
    entries[i] = entry_of { item[1], 1, item[2] }
  end
  return entries
end

--- Takes entries: those that are due again, those of dead workers, new ones; when there are none,
-- those that come within a time.
-- @number most
-- @number seconds to wait
-- @treturn[1] table list of entries, with `entry` (its id in the stream) and `tries`
-- @treturn[2] nil
-- @treturn[2] string message
function Consumer:take(most, seconds)
  local entries, message = take_once(self, most)
  if not entries and not self.ready then
    entries, message = take_once(self, most) -- the group was gone
  end
  if not entries or entries[1] or seconds < 0.001 then return entries, message end
  return wait_for(self, most, seconds)
end

-- Runs a script: true, also when the entry was no longer this consumer's.
local function run(self, script, keys, args)
  local _, message = self.queue.connection:eval(Scripts[script], keys, args)
  if message then return nil, message end
  return true
end

--- An entry is done with.
function Consumer:done(entry)
  local queue = self.queue
  return run(self, "done", { queue.stream, queue.later }, { queue.group, entry.entry })
end

--- An entry comes again.
-- @tparam table entry
-- @number seconds until then
-- @number tries that it has behind it
function Consumer:postpone(entry, seconds, tries)
  local queue = self.queue
  return run(self, "postpone", { queue.stream, queue.later },
    { queue.group, self.name, entry.entry, milliseconds(seconds), tries })
end

--- An entry becomes a dead letter.
-- @tparam table entry
-- @string text of the last error
function Consumer:bury(entry, text)
  local queue = self.queue
  return run(self, "bury",
    { queue.stream, queue.later, queue.dead_stream, queue:seen_key(entry.id or "") },
    Entry.words({ queue.group, self.name, entry.entry }, entry, {
      error = text, tries = entry.tries, died = core.time(), group = queue.group,
      entry = entry.entry,
    }))
end

--- Drops entries that every group is done with, and consumers that are long gone.
function Consumer:tidy()
  return run(self, "tidy", { self.queue.stream },
    { self.queue.group, self.name, milliseconds(DAY) })
end

--- Leaves the group, unless there are entries that it still has.
function Consumer:leave()
  if not self.ready then return true end
  return run(self, "leave", { self.queue.stream }, { self.queue.group, self.name })
end

return Consumer
