--- What a Redis server would forget: when it, or its machine, dies.
-- @module stripe.webhook.store.durability

local Durability = {}

-- The settings that a pattern matches, as a table; nil where a server doesn't tell, or with true
-- where it wasn't asked.
local function settings(connection, pattern)
  local reply, _, kind = connection:command("CONFIG", "GET", pattern)
  if type(reply) ~= "table" then return nil, kind == "connect" or kind == "lost" end
  local found = {}
  for i = 1, #reply - 1, 2 do found[reply[i]] = reply[i + 1] end
  return found
end

local LOSES = {
  always = nil,
  everysec = "up to a second of events when the machine dies (appendfsync everysec)",
  no = "up to half a minute of events when the machine dies (appendfsync no)",
  snapshots = "all events since the last snapshot when Redis dies (appendonly no)",
  memory = "all events when Redis dies (appendonly no, and no snapshots)",
}

--- Asks a server.
-- @tparam table connection
-- @treturn table `{ level, loses, evicts }`. `level`: "always" (a commit that was answered is on
--   disk), "everysec", "no", "snapshots", "memory", or "unknown" where the server doesn't tell or
--   can't be reached; `loses`: in words, nil when nothing, or when nobody could be asked; `evicts`:
--   true when a full memory makes it drop ids that were committed
function Durability.of(connection)
  local log, unreachable = settings(connection, "append*")
  if unreachable then return { level = "unknown", evicts = false } end
  local snapshots = settings(connection, "save")
  local memory = settings(connection, "maxmemory*") or {}
  local level
  if not log or not log.appendonly then
    level = "unknown"
  elseif log.appendonly == "yes" then
    level = LOSES[log.appendfsync] and log.appendfsync or "always"
  else
    level = snapshots and snapshots.save and snapshots.save ~= "" and "snapshots" or "memory"
  end
  local policy = memory["maxmemory-policy"]
  local evicts = policy ~= nil and memory.maxmemory ~= "0" and policy ~= "noeviction"
  local loses = LOSES[level]
  if level == "unknown" then loses = "what it doesn't tell: CONFIG GET is not allowed" end
  if evicts then
    loses = (loses and loses .. "; and " or "")
      .. ("committed ids when its memory is full (maxmemory-policy %s)"):format(policy)
  end
  return { level = level, loses = loses, evicts = evicts }
end

return Durability
