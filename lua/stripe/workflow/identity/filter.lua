--- Which verification sessions are meant.
--
-- What the API can filter by it is asked to; the rest is looked at here.
-- @module stripe.workflow.identity.filter

local Class = require "stripe.workflow.class"
local core = require "stripe.core"

local Filter = {}

local FIELDS = {
  status = true, since = true, before = true, related_customer = true,
  related_customer_account = true, client_reference_id = true, metadata = true, where = true,
  all = true,
}

local TEXTS = { "related_customer", "related_customer_account", "client_reference_id" }

local function set_of(status)
  if status == nil then return nil end
  local set = {}
  for _, each in ipairs(type(status) == "table" and status or { status }) do set[each] = true end
  return set
end

local SCALARS = { string = true, number = true, boolean = true }

-- Whether metadata could be so: what can't be would fit no session.
local function is_metadata(map)
  if type(map) ~= "table" or not next(map) then return false end
  for name, value in pairs(map) do
    if type(name) ~= "string" or not SCALARS[type(value)] then return false end
  end
  return pcall(core.json, map)
end

--- What is wrong with a filter, or nil.
function Filter.misuse(filter)
  local wrong = Class.unknown("erase", filter, FIELDS)
  if wrong then return wrong end
  for _, name in ipairs(TEXTS) do
    if filter[name] ~= nil and type(filter[name]) ~= "string" then
      return ("filter %q must be text"):format(name)
    end
  end
  for _, name in ipairs { "since", "before" } do
    local value = filter[name]
    if value ~= nil and not (type(value) == "number" and value >= 0 and value % 1 == 0) then
      return ("filter %q must be Unix seconds"):format(name)
    end
  end
  local status = filter.status
  if status ~= nil and type(status) ~= "string" and (type(status) ~= "table" or #status == 0) then
    return 'filter "status" must be a status, or a list of them'
  elseif filter.metadata ~= nil and not is_metadata(filter.metadata) then
    return 'filter "metadata" must be a map of names to text, and not empty'
  elseif filter.where ~= nil and type(filter.where) ~= "function" then
    return 'filter "where" must be a function(session)'
  elseif filter.all ~= nil and filter.all ~= true or filter.all and next(filter, next(filter)) then
    return 'filter "all" must be true, and alone'
  elseif next(filter) == nil then
    return "erasing can't be undone: say which sessions, or { all = true }"
  end
end

--- The filter as text, to know it again; functions are all alike.
function Filter.digest(filter)
  local plain = {}
  for name, value in pairs(filter) do
    plain[name] = type(value) == "function" and "function" or value
  end
  return core.sha256(core.json(plain))
end

local function params_of(filter)
  local params = { limit = 100 }
  for _, name in ipairs(TEXTS) do params[name] = filter[name] end
  if type(filter.status) == "string" then params.status = filter.status end
  if filter.since or filter.before then
    params.created = { gte = filter.since, lt = filter.before }
  end
  return params
end

local function fits(session, filter, statuses)
  if session.redaction and session.redaction.status == "redacted" then return false end
  if statuses and not statuses[session.status] then return false end
  for name, value in pairs(filter.metadata or {}) do
    if (session.metadata or {})[name] ~= tostring(value) then return false end
  end
  return not filter.where or filter.where(session) and true or false
end

--- The ids of all sessions that are meant and not yet redacted, the oldest first.
-- @tparam table client
-- @tparam table filter
-- @tparam table pace
-- @tparam[opt] table cancel
-- @treturn[1] {string,...}
-- @treturn[2] nil
-- @treturn[2] table the error
function Filter.ids(client, filter, pace, cancel)
  local sessions, newest_first = client.identity.verification_sessions, {}
  local statuses = set_of(filter.status)
  -- A list of them is looked at here alone, and one with a slip of the pen would fit nothing.
  for status in pairs(statuses or {}) do
    local known, refused = sessions:list({ status = status }, { dry_run = true })
    if not known then return nil, refused end
  end
  pace:wait(cancel)
  local page, err = sessions:list(params_of(filter), { cancel = cancel })
  while page do
    for _, session in ipairs(page.data) do
      if fits(session, filter, statuses) then newest_first[#newest_first + 1] = session.id end
    end
    if not page.has_more then break end
    pace:wait(cancel)
    page, err = page:next_page()
  end
  if err then return nil, err end
  local ids, n = {}, #newest_first
  for i = 1, n do ids[i] = newest_first[n + 1 - i] end
  return ids
end

return Filter
