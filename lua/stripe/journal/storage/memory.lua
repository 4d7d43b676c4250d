--- A storage of journals that ends with the process: for tests.
--
-- A storage keeps texts by name, each with a version, counted from 1 by its writers:
--
-- * `storage:get(name)` -> text, version | nil when there is none | nil, nil, message
-- * `storage:put(name, text, version)` -> true when the version was still that one (0: there was
--   none), and is one more now; false when not | nil, message
-- * `storage:names(prefix)` -> list | nil, message
-- * `storage:remove(name)` -> true | nil, message
-- * `storage:close()`, and `storage.name` for people
--
-- What `put` returned true for is on disk, as far as the storage is one that lasts.
-- @module stripe.journal.storage.memory

local Memory = {}
local metatable = { __name = "stripe.journal.storage.memory", __index = Memory }

function Memory:get(name)
  local kept = self.kept[name]
  if kept then return kept.text, kept.version end
end

function Memory:put(name, text, version)
  local kept = self.kept[name]
  if (kept and kept.version or 0) ~= version then return false end
  self.kept[name] = { text = text, version = version + 1 }
  return true
end

function Memory:names(prefix)
  local names = {}
  for name in pairs(self.kept) do
    if name:sub(1, #prefix) == prefix then names[#names + 1] = name end
  end
  return names
end

function Memory:remove(name)
  self.kept[name] = nil
  return true
end

local function open() return setmetatable({ kept = {}, name = "memory" }, metatable) end

return { open = open }
