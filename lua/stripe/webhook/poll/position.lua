--- How far polling has come, and where that is kept.
--
-- A position is plain data: `created`: up to this Unix second every event was handled; `ids`:
-- event -> created of those that were handled since then or a little before it, and so are not to
-- be handled again; `failed`: event -> tries of those that hold `created` back; `checked`: when
-- the last poll came to its end without one.
-- @module stripe.webhook.poll.position

local core = require "stripe.core"
local File = require "stripe.file"

local Position = {}

local function whole(value) return type(value) == "number" and value >= 0 and value % 1 == 0 end

-- A map of whole numbers, without what is none.
local function numbers(map)
  local found = {}
  for id, value in pairs(type(map) == "table" and map or {}) do
    if type(id) == "string" and whole(value) then found[id] = value end
  end
  return found
end

-- A copy that polling may write to. Ids may also be a list.
local function read(value)
  if whole(value) then value = { created = value } end
  if type(value) ~= "table" or not whole(value.created) then
    return nil, "a checkpoint must be { created = Unix seconds, ids = { ... } }"
  end
  local position = {
    created = value.created, ids = numbers(value.ids), failed = numbers(value.failed),
    checked = whole(value.checked) and value.checked or nil,
  }
  for i, id in ipairs(type(value.ids) == "table" and value.ids or {}) do
    if type(id) ~= "string" then return nil, ("id %d of the checkpoint is no text"):format(i) end
    position.ids[id] = position.created
  end
  return position
end

local function load_file(path)
  local text, problem, code = File.read(path)
  if code == 2 then return nil end -- the first time
  if not text then return nil, problem end
  local value, why = core.decode(text)
  if value == nil then return nil, ("%s: %s"):format(path, tostring(why)) end
  local position
  position, why = read(value)
  if not position then return nil, ("%s: %s"):format(path, why) end
  return position
end

local Place = {}
Place.__index = Place

--- Makes the place of a checkpoint.
-- @param checkpoint a path, `{ load = function() -> position | nil, save = function(position) }`,
--   a position, Unix seconds, or nil
-- @treturn[1] table with `load` and `save`
-- @treturn[2] nil
-- @treturn[2] string what is wrong with it
function Position.place(checkpoint)
  local kind = type(checkpoint)
  if kind == "string" and checkpoint ~= "" then
    return setmetatable({ path = checkpoint }, Place)
  end
  if kind == "table" and (checkpoint.load ~= nil or checkpoint.save ~= nil) then
    if type(checkpoint.load) ~= "function" or type(checkpoint.save) ~= "function" then
      return nil, "a checkpoint with load and save needs both as functions"
    end
    return setmetatable({ store = checkpoint }, Place)
  end
  if checkpoint == nil then return setmetatable({}, Place) end
  local position, problem = read(checkpoint)
  if kind ~= "number" and kind ~= "table" then
    problem = "a checkpoint is a path, a table with load and save, or a position, not a " .. kind
  end
  return position and setmetatable({ position = position }, Place), problem
end

--- Reads the position.
-- @treturn[1] ?table nil without a message: there is none yet
-- @treturn[2] nil
-- @treturn[2] string why it can't be read
function Place:load()
  if self.path then return load_file(self.path) end
  if self.store then
    local value, problem = self.store.load()
    if value == nil then return nil, problem ~= nil and tostring(problem) or nil end
    return read(value)
  end
  return self.position
end

--- Keeps a position.
-- @tparam table position
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string why it can't be kept
function Place:save(position)
  if self.path then return File.write(self.path, core.json(position) .. "\n") end
  if self.store then
    local kept, problem = self.store.save((read(position)))
    if kept == false or kept == nil and problem ~= nil then
      return nil, tostring(problem or "save returned false")
    end
  end
  return true
end

--- A copy, to be given away.
Position.copy = read

return Position
