--- What was asked and answered, newest last, at most so many entries.
--
-- A request is its own entry from its arrival on.
-- @module stripe.simulator.journal

local utf8_text = require "stripe.simulator.utf8_text"
local NO_PARAMS = require("stripe.simulator.request").NO_PARAMS

local Journal = {}
local metatable = { __name = "stripe.simulator.journal", __index = Journal }

local CAPACITY = 1000

local function new(capacity)
  local self = setmetatable({ capacity = capacity or CAPACITY }, metatable)
  self:reset()
  return self
end

--- A copy of parameters for an entry. Of an upload not the content is kept, but its size.
local function remembered(value)
  if type(value) ~= "table" then return value end
  if type(value.content) == "string" and value.filename then
    return { filename = value.filename, type = value.type, size = #value.content }
  end
  local result = {}
  for name, member in pairs(value) do result[name] = remembered(member) end
  return result
end

--- Adds a request, or an entry as `list` gives it. What a request becomes is seen here.
function Journal:add(entry)
  local entries, first, last = self.entries, self.first, self.last + 1
  self.last, entries[last] = last, entry
  if last - first == self.capacity then
    self.first, entries[first] = first + 1, nil
  end
end

--- Makes an entry of a request that has come to its end: drops what would only take memory.
local function close(request)
  local params = request.params
  if params ~= NO_PARAMS then request.params = remembered(params) end
  request.query, request.ids = nil, nil
  if request.body then request.body = nil end
  if request.record then request.record = nil end
  if request.oauth_token then request.oauth_token = nil end
end

-- What stood in the head of a request may be any bytes.
local function text(value) return value and utf8_text.repaired(value) end

-- A request or an entry as others may see it.
local function shown(entry)
  local operation, fault = entry.operation, entry.fault
  return {
    id = entry.id, method = text(entry.method), path = text(entry.path),
    operation = type(operation) == "table" and operation.title or operation,
    params = remembered(entry.params), status = entry.status, object = entry.object,
    idempotency_key = text(entry.idempotency_key), time = entry.time, order = entry.order,
    fault = type(fault) == "table" and fault.kind or fault,
  }
end

--- A copy of the entries, oldest first.
function Journal:list()
  local entries = {}
  for i = self.first, self.last do entries[#entries + 1] = shown(self.entries[i]) end
  return entries
end

--- Lets a function change the entries: `rewrite(entry)` is called for each; `entry.object` is the
-- id of the object in the answer. For redaction.
function Journal:rewrite(rewrite)
  for i = self.first, self.last do rewrite(self.entries[i]) end
end

function Journal:reset() self.entries, self.first, self.last = {}, 1, 0 end

Journal.snapshot = Journal.list

function Journal:restore(entries)
  self:reset()
  for _, entry in ipairs(entries) do self:add(entry) end
end

return { new = new, close = close, remembered = remembered }
