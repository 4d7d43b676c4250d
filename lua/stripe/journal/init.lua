--- A journal of what a script does: idempotency keys that outlive the process.
--
--     local journal = stripe.journal "offsets.db"
--     local order, err = journal:once("offset-2026-11", function(call)
--       return client.climate.orders:create({ product = "climsku_...", amount = 5000 }, call)
--     end)
--
-- Before a request is sent, the journal holds what is meant and under which key; after it, what
-- came back. A script that was killed and runs again sends the very same request with the same key,
-- and Stripe does nothing twice; what was done is returned at once, without asking Stripe.
--
-- Stripe keeps a key for 24 hours [docs.stripe.com/api/idempotent_requests]. After that, and when
-- a key only repeats a failure of Stripe's, the journal first looks for the object, by a stamp that
-- it put into the metadata. When that can't tell, it stops with an error that says what to check.
--
-- Secrets in answers (client secrets, keys, personal data) are not kept: what a later run gets from
-- the journal has "[redacted]" there. Retrieve the object by its id for them.
-- @module stripe.journal

local core = require "stripe.core"
local Driver = require "stripe.driver"
local Entry = require "stripe.journal.entry"
local Misuse = require "stripe.misuse"
local Owner = require "stripe.journal.owner"
local Step = require "stripe.journal.step"
local gather = require "stripe.gather"

local Journal = {}
local metatable = {
  __name = "stripe.journal", __index = Journal,
  __tostring = function(self) return "stripe.journal (" .. self.storage.name .. ")" end,
}

local Recorder = {}
local recorder_metatable = { __name = "stripe.journal.recorder", __index = Recorder }

--- Takes a call over; of `Call.run`, for the option `journal`.
function Recorder:run(settings, request, send)
  if not self.entry then
    error("this call belongs to a journal:once that has ended", 3)
  end
  return Step.run(self, settings, request, send)
end

-- How long to sleep between two looks at an entry that somebody else works on, in seconds.
local PAUSE = 0.25

local function own(self, name, lease, patience)
  local waited = 0
  while true do
    local entry, err = Entry.read(self, name)
    if not entry or entry.data.state == "done" then return entry, err end
    local kept
    kept, err = entry:own(lease)
    if kept then return entry end
    -- Who wrote between our read and our write is the owner now: look again.
    if err.code ~= "lost" then
      if err.code ~= "busy" or waited >= patience then return nil, err end
      local pause = math.min(PAUSE, patience - waited)
      Driver.current().sleep(pause)
      waited = waited + pause
    end
  end
end

-- Writes down how a run ended.
local function finish(entry, recorder, value, err)
  if err == nil then
    local encoded, problem = pcall(core.json, value == nil and core.null or value)
    if not encoded then
      entry:release()
      return nil, Entry.failure("storage", ("what the function of %q returned can't be kept: %s")
        :format(entry.name, tostring(problem)), { sent = "maybe" })
    end
    entry.data.state, entry.data.finished = "done", entry.journal.now()
    if value ~= nil then entry.data.value = core.redact_object(value) end
  end
  local _, unrecorded = entry:release()
  return true, recorder.unrecorded or unrecorded
end

local ONCE = { wait = "number", lease = "number", before = "function" }

local function is_seconds(value)
  return type(value) == "number" and value >= 0 and value < math.huge
end

local function check_once(name, f, options)
  if type(name) ~= "string" or name == "" or #name > 255 or name:find("%c") then
    return "argument 1 (name) must be text of 1 to 255 bytes without control characters"
  elseif not pcall(core.json, name) then
    return "argument 1 (name) must be UTF-8"
  elseif type(f) ~= "function" then
    return "argument 2 must be a function(call)"
  elseif options ~= nil and type(options) ~= "table" then
    return "argument 3 (options) must be a table"
  end
  for option, value in pairs(options or {}) do
    if not ONCE[option] then
      return Misuse.unknown(option, ONCE)
    elseif ONCE[option] == "function" and type(value) ~= "function" then
      return ("option %q must be a function"):format(option)
    elseif ONCE[option] == "number" and not is_seconds(value) then
      return ("option %q must be a number of seconds"):format(option)
    end
  end
end

--- Does something once, however often it is asked for and however often it is killed.
-- @tparam string name of what is done; it stands for it for ever
-- @tparam function f `f(call)`: makes its requests with `call` as their options, or with
--   `call.timeout = ...` and the like set first; returns a value, or nil and an error. Reads need
--   no `call`. When it runs again it must make the same requests in the same order
-- @tparam[opt] table options `wait`: seconds to wait while another process works on the same name
--   (0: `nil, err` with the code "busy"); `lease`: seconds without a word after which another
--   machine may take over from a process that it can't see (300); `before`: a function that is
--   called before a request that no earlier run can have sent: true, or nil and an error, which the
--   request returns then
-- @treturn[1] any what `f` returned, or what it returned when it was done
-- @treturn[1] nil
-- @treturn[1] table `stored`: it was done in an earlier run; `repeated`: a request of an earlier
--   run was sent again; `replayed`: Stripe had done it already; `reconciled`: found by its stamp;
--   `unrecorded`: the error because of which the journal doesn't know that it is done
-- @treturn[2] nil
-- @treturn[2] table the error: of the call, of `f`, or `type = "journal_error"` with `code`:
--   "busy"; "changed": the request is not the one in the journal; "doubtful": see `resolve`;
--   "refused": `before` said no and not why; "storage"; "lost": another process took over
function Journal:once(name, f, options)
  local misuse = check_once(name, f, options)
  if misuse then error(misuse, 2) end
  options = options or {}
  local entry, err = own(self, name, options.lease or 300, options.wait or self.wait)
  if not entry then return nil, err end
  if entry.data.state == "done" then return entry.data.value, nil, { stored = true } end

  local recorder = setmetatable({
    journal = self, entry = entry, n = 0, before = options.before,
  }, recorder_metatable)
  local results, errors = gather { function() return f { journal = recorder } end }
  recorder.entry = nil
  local value, failure = results[1], errors and errors[1]
  local kept, problem = finish(entry, recorder, value, failure)
  if not kept then return nil, problem end
  if failure ~= nil then return nil, failure end
  return value, nil, {
    stored = false, repeated = recorder.repeated or false, replayed = recorder.replayed or false,
    reconciled = recorder.reconciled or false, unrecorded = problem,
  }
end

local function read(self, name)
  local entry, err = Entry.read(self, name)
  if entry and entry.version == 0 then return nil end
  return entry, err
end

--- What the journal knows of a name.
-- @string name
-- @treturn ?table `{ name, state = "open" | "done", created, finished, value, owner, steps = {
--   { operation, state, key, intended, form, error, request_id, value }, ... } }`, times in Unix
--   seconds; nil when there is no such name
-- @treturn ?table the error when the journal can't be read
function Journal:get(name)
  local entry, err = read(self, name)
  return entry and entry.data, err
end

--- The names in the journal that begin so, sorted.
-- @string[opt] prefix
-- @treturn[1] {string,...}
-- @treturn[2] nil
-- @treturn[2] table the error
function Journal:names(prefix)
  local names, message = self.storage:names(prefix or "")
  if not names then
    return nil, Entry.failure("storage", "the journal can't be read: " .. tostring(message))
  end
  table.sort(names)
  return names
end

local function doubtful_step(entry)
  for n, step in ipairs(entry.data.steps) do
    if step.state == "intended" or step.state == "doubtful" then return n, step end
  end
end

--- Tells the journal what became of a request that it could not find out about.
-- @string name
-- @tparam table outcome `{ object = what Stripe made }`, a table with its id, or
--   `{ absent = true }`: nothing was done, so the next run sends it anew
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] table the error, with the code "unknown": there is no such name; "changed": no
--   request of it is open; "busy", "lost" or "storage"
function Journal:resolve(name, outcome)
  if type(outcome) ~= "table" or (outcome.absent == true) == (type(outcome.object) == "table") then
    error("journal:resolve takes { object = {...} } or { absent = true }", 2)
  end
  local entry, err = read(self, name)
  if not entry then
    return nil, err or Entry.failure("unknown", ("the journal has no %q"):format(name))
  end
  local owned, busy = entry:own(60)
  if not owned then return nil, busy end
  local n, step = doubtful_step(entry)
  if not n then
    entry:release()
    return nil, Entry.failure("changed", ("no request of %q is open"):format(name))
  elseif outcome.absent then
    step.state = "unsent"
  else
    step.state, step.value = "done", core.redact_object(outcome.object)
  end
  return entry:release()
end

--- Removes a name: what is done under it next is something new.
-- @string name
-- @treturn[1] boolean whether there was such a name
-- @treturn[2] nil
-- @treturn[2] table the error, also when a process works on it
function Journal:forget(name)
  local entry, err = read(self, name)
  if not entry then
    if err then return nil, err end
    return false
  end
  local owned, busy = entry:own(60)
  if not owned then return nil, busy end
  local removed, message = self.storage:remove(name)
  Owner.done(entry.data.owner)
  if not removed then
    return nil, Entry.failure("storage", "the journal can't be written: " .. tostring(message))
  end
  return true
end

--- Closes what the journal is kept in.
function Journal:close()
  if self.storage.close then self.storage:close() end
end

local KINDS = { path = "sqlite", redis = "redis", dict = "dict", memory = "memory" }
local OPTIONS = { storage = true, wait = true, stamp = true, now = true }
for name in pairs(KINDS) do OPTIONS[name] = true end

-- The storage that the options name: nil, what is wrong, and whether that may pass.
local function storage_of(options)
  local found
  for name, kind in pairs(KINDS) do
    if options[name] then
      if found or options.storage then return nil, "a journal is kept in one place" end
      found = { kind = kind, where = options[name] }
    end
  end
  if options.storage then return options.storage end
  if not found then return nil, "say where the journal is kept: path, redis, dict or memory" end
  return require("stripe.journal.storage." .. found.kind).open(found.where)
end

--- Opens a journal.
-- @function stripe.journal
-- @tparam string|table options the path of an SQLite file (made when missing; needs
--   lua-sql-sqlite3), or one of `path`; `redis`: as of `stripe.webhook.store.redis`; `dict`: the
--   name of an nginx shared dictionary, which lives as long as nginx; `memory = true`; `storage`: a
--   table with the methods of `stripe.journal.storage.memory`. Besides: `wait`: of `once` (0);
--   `stamp`: the name under which stamps stand in metadata ("journal"); `now`: a function that
--   gives Unix seconds
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] table the error when the storage can't be opened
local function open(_, options)
  if type(options) == "string" then options = { path = options } end
  if type(options) ~= "table" then
    error("stripe.journal takes a path or a table of options", 2)
  end
  local unknown = Misuse.names(options, OPTIONS)
  if unknown then error(unknown, 2) end
  if options.wait ~= nil and not is_seconds(options.wait) then
    error('option "wait" must be a number of seconds', 2)
  elseif options.stamp ~= nil and not (type(options.stamp) == "string"
    and options.stamp:find("^[%w_.-]+$") and #options.stamp <= 40) then
    error('option "stamp" must be the name of a metadata key: up to 40 letters, digits, _ - .', 2)
  elseif options.now ~= nil and type(options.now) ~= "function" then
    error('option "now" must be a function', 2)
  end
  local storage, message, passes = storage_of(options)
  if not storage then
    return nil, Entry.failure("storage", "the journal can't be opened: " .. tostring(message),
      { retryable = passes or false })
  end
  return setmetatable({
    storage = storage, wait = options.wait or 0, stamp = options.stamp or "journal",
    now = options.now or core.time,
  }, metatable)
end

return setmetatable({}, { __name = "stripe.journal", __call = open })
