--- A storage of journals in Redis: for several machines.
--
-- All entries are fields of one hash. What was written lasts as Redis is told to let it last: with
-- `appendonly yes` and `appendfsync always` nothing is lost.
-- @module stripe.journal.storage.redis

local Connection = require "stripe.webhook.redis"
local with = require "stripe.with"

local Redis = {}
local metatable = { __name = "stripe.journal.storage.redis", __index = Redis }

-- A field is the version and the text, with a space between. When an answer got lost the script
-- runs a second time, and finds what it wrote itself.
local PUT = [[
  local kept = redis.call("HGET", KEYS[1], ARGV[1])
  local version = kept and string.match(kept, "^%d+") or "0"
  local written = string.format("%d", ARGV[2] + 1) .. " " .. ARGV[3]
  if version == ARGV[2] then
    redis.call("HSET", KEYS[1], ARGV[1], written)
    return 1
  end
  return kept == written and 1 or 0
]]

function Redis:get(name)
  local kept, message = self.connection:command("HGET", self.key, name)
  if not kept then return nil, nil, message end
  local version, text = kept:match("^(%d+) (.*)$")
  return text, tonumber(version)
end

function Redis:put(name, text, version)
  local written, message =
    self.connection:eval(PUT, { self.key }, { name, ("%d"):format(version), text })
  if not written then return nil, message end
  return written == 1
end

function Redis:names(prefix)
  local all, message = self.connection:repeatable("HKEYS", self.key)
  if not all then return nil, message end
  local names = {}
  for _, name in ipairs(all) do
    if name:sub(1, #prefix) == prefix then names[#names + 1] = name end
  end
  return names
end

function Redis:remove(name)
  local removed, message = self.connection:repeatable("HDEL", self.key, name)
  if not removed then return nil, message end
  return true
end

function Redis:close() self.connection:close() end

--- Opens it.
-- @tparam table options those of `stripe.webhook.redis`, and `key`: of the hash ("stripe:journal")
local function open(options)
  if type(options) ~= "table" then return nil, "option \"redis\" must be a table" end
  local address = with({}, options)
  address.key = nil
  local connection = Connection.connect(address)
  local alive, message = connection:command("PING")
  if not alive then return nil, message, true end
  return setmetatable({
    connection = connection, key = options.key or "stripe:journal", name = tostring(connection),
  }, metatable)
end

return { open = open }
