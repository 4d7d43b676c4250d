--- What was done to whom, without saying who it was: JSON lines, which only ever grow.
--
-- A line is `{ at, reference, session, event, status, request, code }`: ids of Stripe, words and
-- times. No message of an error, no metadata, no name of anything that a person chose but the
-- reference.
-- @module stripe.workflow.identity.audit

local core = require "stripe.core"
local File = require "stripe.workflow.file"
local with = require "stripe.with"

local Audit = {}
local metatable = { __name = "stripe.workflow.identity.audit", __index = Audit }

-- What earlier runs wrote under the reference: session -> its latest event. Says whether the last
-- line is whole.
local function read(path, reference)
  local events, whole = {}, true
  local file, problem, code = File.open(path)
  if not file then
    if code == 2 then return events, true end
    return nil, problem
  end
  for line in file:lines() do
    local entry = core.decode(line)
    if type(entry) == "table" and entry.reference == reference
      and type(entry.session) == "string" then
      events[entry.session] = entry.event
    end
  end
  if file:seek("end") > 0 then
    file:seek("end", -1)
    whole = file:read(1) == "\n"
  end
  file:close()
  return events, whole
end

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
  local events, whole = read(path, reference)
  if not events then return nil, whole end
  local file, problem = io.open(path, "ab")
  if not file then return nil, problem end
  file:setvbuf("line")
  if not whole then file:write("\n") end
  self.events, self.file = events, file
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
  if not self.file then return true end
  local line = with({
    at = os.date("!%Y-%m-%dT%H:%M:%SZ", math.floor(self.now())), reference = self.reference,
    session = session, event = event,
  }, more)
  local written, problem = self.file:write(core.json(line), "\n")
  if not written then return nil, problem end
  return true
end

function Audit:close()
  if self.file then self.file:close() end
end

return Audit
