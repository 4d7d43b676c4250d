--- The log of deliveries.
-- @module stripe.simulator.deliveries.log

local copy = require "stripe.simulator.copy"

local log = {}

--- Records, oldest first.
-- @tparam table records by their ids
-- @treturn {table,...}
function log.ordered(records)
  local list = {}
  for _, record in pairs(records) do list[#list + 1] = record end
  table.sort(list, function(x, y) return x.order < y.order end)
  return list
end

local function shown(record)
  local attempts = copy.deep(record.attempts)
  for _, attempt in ipairs(attempts) do
    local map = attempt.headers and {}
    for _, header in ipairs(attempt.headers or {}) do map[header[1]] = header[2] end
    attempt.headers = map
  end
  local waits = record.state == "pending" and not record.flying
  return {
    id = record.id, event = record.event, type = record.type, endpoint = record.endpoint,
    account = record.account, kind = record.kind, status = record.state, reason = record.reason,
    next_attempt = waits and record.due or nil, attempts = attempts, order = record.order,
  }
end

--- What others may see of records, oldest first: `{ id, event, type, endpoint, kind, status,
-- attempts, order }`, and where they have a meaning `account`, that of a connected account's event,
-- `reason` of a status "stopped", `next_attempt` (Unix seconds). Of each attempt `n, time, url,
-- headers` (map), and what came of it: `status, body, duration` (milliseconds) or `error = { kind,
-- message }`.
function log.shown(records)
  local list = log.ordered(records)
  for i, record in ipairs(list) do list[i] = shown(record) end
  return list
end

--- Takes away what somebody said who got an event: in an answer, or as the error of a function.
-- @tparam table attempt
function log.veil(attempt)
  if attempt.body then attempt.body = "[redacted]" end
  if attempt.error then attempt.error.message = "[redacted]" end
end

--- The same for all attempts to deliver these events; that of one under way is to be veiled when
-- it is there.
-- @tparam table records
-- @tparam table events set of ids
function log.redact(records, events)
  for _, record in pairs(records) do
    if events[record.event] then
      for _, attempt in ipairs(record.attempts) do log.veil(attempt) end
      record.veiled = record.flying and true or nil
    end
  end
end

return log
