--- Entries of the queue's streams: an event as Stripe sent it, and what is known of how it came.
-- @module stripe.webhook.queue.entry

local core = require "stripe.core"
local Process = require "stripe.webhook.process"

local Entry = {}

-- Of a queued event; a dead letter has more.
local FIELDS = { "payload", "id", "type", "received", "secret" }
local NUMBERS = { received = true, tries = true, died = true }

local function whole(number) return ("%.0f"):format(number) end

local function add(words, name, value)
  if value == nil then return end
  words[#words + 1] = name
  words[#words + 1] = type(value) == "number" and whole(value) or value
end

--- The fields of an entry as the words of a command.
-- @tparam table words to which they are added
-- @tparam table entry
-- @tparam ?table more of a dead letter: `error`, `tries`, `died`, `group`, `entry`
-- @treturn table words
function Entry.words(words, entry, more)
  for _, name in ipairs(FIELDS) do add(words, name, entry[name]) end
  for _, name in ipairs { "error", "tries", "died", "group", "entry" } do
    add(words, name, more and more[name])
  end
  return words
end

--- Reads the fields of an entry.
-- @tparam table list names and values
-- @treturn table
function Entry.read(list)
  local entry = {}
  for i = 1, #list - 1, 2 do
    local name, value = list[i], list[i + 1]
    entry[name] = NUMBERS[name] and tonumber(value) or value
  end
  return entry
end

--- Makes an entry of an event.
-- @tparam string|table event the payload as it came, or a decoded event
-- @tparam table info what is known already: `id`, `type`, `received` (Unix seconds), `secret` (the
--   name of the one that matched)
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string why this is no event
function Entry.of(event, info)
  local payload, decoded = event, event
  if type(event) == "table" then
    payload = core.json(event)
  elseif not (info.id and info.type) then
    local problem
    decoded, problem = core.decode(payload)
    if decoded == nil then return nil, "the payload is no JSON: " .. tostring(problem) end
  end
  local entry = { payload = payload, id = info.id, type = info.type, secret = info.secret,
    received = info.received or core.time() }
  if entry.id and entry.type then return entry end
  local problem = Process.malformed(decoded)
  if problem then return nil, problem end
  entry.id, entry.type = decoded.id, decoded.type
  return entry
end

return Entry
