--- Controls that held for all accounts when they were called, and hold for those to come.
-- @module stripe.simulator.standing

local copy = require "stripe.simulator.copy"

local Standing = {}
local metatable = { __name = "stripe.simulator.standing", __index = Standing }

local function new()
  local self = setmetatable({}, metatable)
  self:reset()
  return self
end

local function holds_function(value)
  if type(value) ~= "table" then return type(value) == "function" end
  for _, member in pairs(value) do
    if holds_function(member) then return true end
  end
  return false
end

local function add(self, entry)
  local id = entry.args[1]
  if type(id) == "string" then self.ids[id] = true end
  self.list[#self.list + 1] = entry
end

--- Remembers a call of a control.
-- @string family such as "climate"
-- @string name of the control
-- @param ... its arguments
function Standing:add(family, name, ...)
  add(self, { family = family, name = name, n = select("#", ...), args = copy.deep { ... } })
end

--- Forgets all calls of a control.
function Standing:remove(family, name)
  for i = #self.list, 1, -1 do
    local entry = self.list[i]
    if entry.family == family and entry.name == name then table.remove(self.list, i) end
  end
end

--- Whether such a call was about this id: then no single account owns it.
function Standing:is_about(id) return self.ids[id] == true end

--- Makes the calls again, for a new account.
function Standing:repeat_for(account)
  for _, entry in ipairs(self.list) do
    local controls = account[entry.family]
    controls[entry.name](controls, (unpack or table.unpack)(entry.args, 1, entry.n))
  end
end

function Standing:reset() self.list, self.ids = {}, {} end

--- The calls as a plain value: those that were given a function are left out.
function Standing:snapshot()
  local calls = {}
  for _, entry in ipairs(self.list) do
    if not holds_function(entry.args) then
      local call = { family = entry.family, name = entry.name, n = entry.n, args = {} }
      for i = 1, entry.n do call.args[tostring(i)] = copy.deep(entry.args[i]) end
      calls[#calls + 1] = call
    end
  end
  return calls
end

--- Takes calls back; those of now that were given a function stay.
function Standing:restore(calls)
  local now = self.list
  self:reset()
  for _, call in ipairs(calls) do
    local args = {}
    for i = 1, call.n do args[i] = call.args[tostring(i)] end
    add(self, { family = call.family, name = call.name, n = call.n, args = args })
  end
  for _, entry in ipairs(now) do
    if holds_function(entry.args) then add(self, entry) end
  end
end

return { new = new }
