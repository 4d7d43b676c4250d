--- A storage of journals in a shared dictionary of nginx: for all its workers, until nginx ends.
--
-- A reload keeps it, a restart doesn't; what has to last longer belongs into SQLite or Redis.
-- @module stripe.journal.storage.dict

local Dict = require "stripe.resty.dict"

local Storage = {}
local metatable = { __name = "stripe.journal.storage.dict", __index = Storage }

-- A text has its version in front.
local function split(kept)
  local version, text = kept:match("^(%d+) (.*)$")
  return text, tonumber(version)
end

function Storage:get(name)
  local kept, message = self.dict:get("e:" .. name)
  if kept then return split(kept) end
  return nil, nil, type(message) == "string" and message or nil
end

-- safe_set: an entry that was accepted must not be thrown out for another.
function Storage:put(name, text, version)
  return Dict.locked(self.dict, "l:" .. name, function()
    local kept = self.dict:get("e:" .. name)
    local current = kept and select(2, split(kept)) or 0
    if current ~= version then return false end
    local set, message = self.dict:safe_set("e:" .. name, ("%d %s"):format(version + 1, text))
    if set then return true end
    return nil, message == "no memory" and "the dictionary is full" or message
  end)
end

function Storage:names(prefix)
  local names = {}
  for _, key in ipairs(self.dict:get_keys(0)) do
    local name = key:match("^e:(.*)$")
    if name and name:sub(1, #prefix) == prefix then names[#names + 1] = name end
  end
  return names
end

function Storage:remove(name)
  self.dict:delete("e:" .. name)
  return true
end

--- Opens the dictionary of that name: `lua_shared_dict name 1m;` in nginx.conf.
-- @string name
local function open(name)
  local dict, message = Dict.open(name)
  if not dict then return nil, message end
  return setmetatable({ dict = dict, name = "shared dictionary " .. name }, metatable)
end

return { open = open }
