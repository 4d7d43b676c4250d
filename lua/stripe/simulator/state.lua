--- The state of an account as a plain value that JSON can carry, and back.
--
-- Two things have no form in JSON and stand as a map with one key: `{ ["$hex"] = "ff00" }` is a
-- text that is no UTF-8, `{ ["$null"] = true }` the API's null. Names of one's own that begin with
-- "$", as metadata may have, get another one.
-- @module stripe.simulator.state

local core = require "stripe.core"
local copy = require "stripe.simulator.copy"
local families = require "stripe.simulator.families"
local loadable = require "stripe.simulator.loadable"
local saved = require "stripe.simulator.saved"
local utf8_text = require "stripe.simulator.utf8_text"

local state = {}

local FORMAT = 1

--- The parts of an account that have a state. Each part can `reset`, `snapshot` and `restore`.
state.parts = { "clock", "ids", "request_ids", "store", "faults", "idempotency", "journal",
  "outbox" }

local function pack(value)
  if value == core.null then return { ["$null"] = true } end
  if type(value) == "string" and not utf8_text.is(value) then
    return { ["$hex"] = value:gsub(".", function(c) return ("%02x"):format(c:byte()) end) }
  end
  if type(value) ~= "table" then return value end
  local result = {}
  for name, member in pairs(value) do
    if type(name) == "string" and name:sub(1, 1) == "$" then name = "$" .. name end
    result[name] = pack(member)
  end
  return result
end

local function unpack_value(value)
  if type(value) ~= "table" then return value end
  if value["$null"] then return core.null end
  if value["$hex"] then
    return (value["$hex"]:gsub("%x%x", function(hex) return string.char(tonumber(hex, 16)) end))
  end
  local result = {}
  for name, member in pairs(value) do
    if type(name) == "string" then name = name:gsub("^%$%$", "$") end
    result[name] = unpack_value(member)
  end
  return result
end

--- Makes the parts of `owner` (an account or the simulator) as new.
function state.reset(owner, parts)
  for _, name in ipairs(parts) do owner[name]:reset() end
end

--- Puts the state of each part into a table, by its name.
function state.save(owner, parts, into)
  for _, name in ipairs(parts) do into[name] = pack(owner[name]:snapshot()) end
end

--- Reads what `save` put into a table, which stays untouched.
-- @treturn table the state of each part, by its name | nil, message
function state.read(from, parts)
  local states = {}
  for _, name in ipairs(parts) do
    local understood, part = pcall(unpack_value, from[name])
    local missing = not understood and name or saved.lack(part, name)
    if missing then return nil, "the snapshot lacks " .. missing end
    states[name] = part
  end
  return states
end

--- Gives each part its state back, as `read` made it.
function state.take(owner, parts, states)
  for _, name in ipairs(parts) do owner[name]:restore(states[name]) end
end

-- Puts back what the members of tables are now.
local function keeper(tables)
  local kept = {}
  for i, one in ipairs(tables) do kept[i] = copy.shallow(one) end
  return function()
    for i, one in ipairs(tables) do
      for name in pairs(one) do one[name] = nil end
      for name, member in pairs(kept[i]) do one[name] = member end
    end
  end
end

--- Calls a function that takes states back. When it throws or returns nil all is as before: parts
-- get new tables for their members, so that those of before are whole.
-- @tparam {table,...} owners the simulator or accounts that it changes
-- @tparam function f
-- @treturn boolean true | nil, message
function state.attempt(owners, f)
  local tables = {}
  for _, owner in ipairs(owners) do
    tables[#tables + 1], tables[#tables + 2] = owner, owner.settings
    for _, name in ipairs(state.parts) do tables[#tables + 1] = owner[name] end
    for _, name in ipairs { "standing", "accounts" } do tables[#tables + 1] = owner[name] end
  end
  local put_back = keeper(tables)
  local ran, done, problem = pcall(f)
  if ran and done then return true end
  put_back()
  if ran then return nil, problem end
  return nil, "the snapshot is damaged: " .. tostring(done):gsub("^[^:]*:%d+: ", "")
end

--- Whether a value is a list, perhaps an empty one.
function state.is_list(value)
  return type(value) == "table" and (value[1] ~= nil or next(value) == nil)
end

--- The state of an account.
-- @treturn table plain value
function state.snapshot(account)
  local snapshot = {
    format = FORMAT, key = account.key, settings = copy.deep(account.settings),
    id = account.parent and account.id,
  }
  state.save(account, state.parts, snapshot)
  return snapshot
end

--- What is wrong with the settings in a snapshot, or nil.
function state.problem_of_settings(settings)
  if type(settings) ~= "table" or type(settings.api_version) ~= "string" then
    return "the snapshot lacks settings.api_version"
  end
end

--- Reads the snapshot of an account.
-- @treturn table `{ key, id, settings, states }`, for `put` | nil, message
function state.read_account(snapshot)
  if type(snapshot) ~= "table" then return nil, "a snapshot expected" end
  if snapshot.format ~= FORMAT then return nil, "a snapshot of format 1 expected" end
  local problem = state.problem_of_settings(snapshot.settings)
  if problem then return nil, problem end
  local states, lack = state.read(snapshot, state.parts)
  if not states then return nil, lack end
  return { key = snapshot.key, id = snapshot.id, settings = snapshot.settings, states = states }
end

--- Makes an account what `read_account` has read.
function state.put(account, read)
  state.take(account, state.parts, read.states)
  local settings = account.settings
  for name in pairs(settings) do settings[name] = nil end
  copy.merge(settings, read.settings)
end

--- Takes a state back. @treturn boolean true | nil, message
function state.restore(account, snapshot)
  local read, problem = state.read_account(snapshot)
  if not read then return nil, problem end
  return state.attempt({ account.simulator, account }, function()
    state.put(account, read)
    return true
  end)
end

--- Puts objects in the shape of the API into an account. A missing `id`, `created` or `livemode`
-- is filled in, and what an order, a product, a session or an event can't do without; an object
-- with the id of another replaces it.
-- @tparam table account
-- @tparam {table,...} objects
-- @treturn boolean true | nil, message
function state.load(account, objects)
  if not state.is_list(objects) then return nil, "a list of objects expected" end
  for i, object in ipairs(objects) do
    if type(object) ~= "table" then return nil, ("object %d: a table expected"):format(i) end
    if not families.kinds[object.object] then
      return nil, ("object %d: no such kind: %s"):format(i, tostring(object.object))
    end
    if object.id ~= nil and (type(object.id) ~= "string" or object.id == "") then
      return nil, ("object %d: id: text expected"):format(i)
    end
    local problem = loadable.problem(object)
    if problem then return nil, ("object %d: %s"):format(i, problem) end
  end
  for _, object in ipairs(objects) do
    local kind = object.object
    local own = copy.deep(object)
    own.id = own.id or account.ids:new(families.kinds[kind])
    if own.created == nil then own.created = account.clock:now() end
    if own.livemode == nil then own.livemode = account.livemode end
    account.store:insert(kind, own)
    if families.loaded[kind] then families.loaded[kind](account, own) end
  end
  return true
end

return state
