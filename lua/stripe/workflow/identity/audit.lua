--- What was done to whom, without saying who it was: JSON lines, which only ever grow.
--
-- A line is `{ at, reference, session, event, status, request, code }`: ids of Stripe, words and
-- times. No message of an error, no metadata, no name of anything that a person chose but the
-- reference.
-- @module stripe.workflow.identity.audit

local core = require "stripe.core"
local json_log = require "stripe.json_log"
local with = require "stripe.with"

local Audit = {}
local metatable = { __name = "stripe.workflow.identity.audit", __index = Audit }

--- Opens a log, or makes it; without a path there is none.
-- @string[opt] path
-- @string reference
-- @tparam function now Unix seconds
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string message
function Audit.open(path, reference, now)
  local self = setmetatable({ events = {}, reference = reference, now = now }, metatable)
  if not path then return self end
  local log, problem = json_log.open(path, function(entry)
    if entry.reference == reference and type(entry.session) == "string" then
      self.events[entry.session] = entry.event
    end
  end)
  if not log then return nil, problem end
  self.log = log
  return self
end

--- The latest event of a session: "asked", "found", "redacted", "failed", or nil.
function Audit:event(session) return self.events[session] end

--- Writes an event down.
-- @string session
-- @string event
-- @tparam[opt] table more `status`, `request`, `code`
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string message
function Audit:add(session, event, more)
  self.events[session] = event
  if not self.log then return true end
  local line = with({
    at = os.date("!%Y-%m-%dT%H:%M:%SZ", math.floor(self.now())), reference = self.reference,
    session = session, event = event,
  }, more)
  return self.log:add(core.json(line))
end

function Audit:close()
  if self.log then self.log:close() end
end

return Audit
