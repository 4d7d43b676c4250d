--- A storage of journals in a shared dictionary of nginx: for all its workers, until nginx ends.
--
-- A reload keeps it, a restart doesn't; what has to last longer belongs into SQLite or Redis.
-- @module stripe.journal.storage.dict

local Dict = {}
local metatable = { __name = "stripe.journal.storage.dict", __index = Dict }

-- Seconds after which the lock of a worker that was killed while it held it ends by itself, and
-- how often to try for it: it is held for a few microseconds, in which nobody yields.
local LOCK_LIFE, TRIES = 1, 100000

-- A text has its version in front.
local function split(kept)
  local version, text = kept:match("^(%d+) (.*)$")
  return text, tonumber(version)
end

function Dict:get(name)
  local kept, message = self.dict:get("e:" .. name)
  if kept then return split(kept) end
  return nil, nil, type(message) == "string" and message or nil
end

-- Calls f alone among the workers.
local function locked(self, name, f)
  local key, tries = "l:" .. name, 0
  repeat
    local added, message = self.dict:safe_add(key, 1, LOCK_LIFE)
    tries = tries + 1
    if not added and message ~= "exists" then return nil, message end
    if added then
      local kept, problem = f()
      self.dict:delete(key)
      return kept, problem
    end
  until tries >= TRIES
  return nil, "its lock is held too long"
end

-- safe_set: an entry that was accepted must not be thrown out for another.
function Dict:put(name, text, version)
  return locked(self, name, function()
    local kept = self.dict:get("e:" .. name)
    local current = kept and select(2, split(kept)) or 0
    if current ~= version then return false end
    local set, message = self.dict:safe_set("e:" .. name, ("%d %s"):format(version + 1, text))
    if set then return true end
    return nil, message == "no memory" and "the dictionary is full" or message
  end)
end

function Dict:names(prefix)
  local names = {}
  for _, key in ipairs(self.dict:get_keys(0)) do
    local name = key:match("^e:(.*)$")
    if name and name:sub(1, #prefix) == prefix then names[#names + 1] = name end
  end
  return names
end

function Dict:remove(name)
  self.dict:delete("e:" .. name)
  return true
end

--- Opens the dictionary of that name: `lua_shared_dict name 1m;` in nginx.conf.
-- @string name
local function open(name)
  local ngx = package.loaded.ngx
  local dict = ngx and ngx.shared[name]
  if not dict then
    return nil, ("there is no shared dictionary %q: nginx.conf needs \"lua_shared_dict %s 1m;\"")
      :format(tostring(name), tostring(name))
  end
  return setmetatable({ dict = dict, name = "shared dictionary " .. name }, metatable)
end

return { open = open }
