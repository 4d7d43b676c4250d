--- A shared dictionary of nginx in plain Lua, with a clock of its own: for specs of what is kept in
-- one. It answers as that of ngx_lua does.

local SharedDict = {}
local metatable = { __index = SharedDict }

--- @tparam[opt] function now seconds
-- @tparam[opt] integer room how many entries fit
local function new(now, room)
  return setmetatable({ now = now or os.time, room = room or math.huge, kept = {}, n = 0 },
    metatable)
end

local function find(self, key)
  local entry = self.kept[key]
  if entry and entry.expires and entry.expires <= self.now() then
    self.kept[key], self.n = nil, self.n - 1
    return nil
  end
  return entry
end

local function store(self, key, value, ttl)
  assert(type(key) == "string" and #key > 0, "a key is text")
  local kind = type(value)
  assert(kind == "string" or kind == "number" or kind == "boolean", "no value of the dictionary")
  if not find(self, key) then
    if self.n >= self.room then return nil, "no memory", false end
    self.n = self.n + 1
  end
  self.kept[key] = { value = value, expires = ttl and ttl > 0 and self.now() + ttl or nil }
  return true, nil, false
end

function SharedDict:get(key)
  local entry = find(self, key)
  if entry then return entry.value end
end

function SharedDict:set(key, value, ttl) return store(self, key, value, ttl) end
function SharedDict:safe_set(key, value, ttl) return store(self, key, value, ttl) end

function SharedDict:add(key, value, ttl)
  if find(self, key) then return false, "exists", false end
  return store(self, key, value, ttl)
end

SharedDict.safe_add = SharedDict.add

function SharedDict:incr(key, value, init, ttl)
  local entry = find(self, key)
  if not entry then
    if init == nil then return nil, "not found" end
    local kept, message = store(self, key, init + value, ttl)
    if not kept then return nil, message end
    return init + value
  end
  entry.value = entry.value + value
  return entry.value
end

function SharedDict:delete(key)
  if find(self, key) then self.kept[key], self.n = nil, self.n - 1 end
end

function SharedDict:get_keys()
  local keys = {}
  for key in pairs(self.kept) do
    if find(self, key) then keys[#keys + 1] = key end
  end
  return keys
end

return { new = new }
