--- What was asked and answered, newest last, at most so many entries.
-- @module stripe.simulator.journal

local copy = require "stripe.simulator.copy"

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

--- Adds an entry and returns it; it may be completed later.
function Journal:add(entry)
  self.last = self.last + 1
  self.entries[self.last] = entry
  if self.last - self.first == self.capacity then
    self.entries[self.first] = nil
    self.first = self.first + 1
  end
  return entry
end

--- A copy of the entries, oldest first.
function Journal:list()
  local entries = {}
  for i = self.first, self.last do entries[#entries + 1] = copy.deep(self.entries[i]) end
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

return { new = new, remembered = remembered }
