--- A connection to Redis, for the store and the queue: lua-redis in scripts, lua-resty-redis inside
-- nginx; which of them is found out at every command.
--
-- Nothing throws. A command gives its answer, or `nil, message, kind`: `kind` is "reply" when the
-- server refused it, "connect" when it was not sent, "lost" when the answer didn't come, so that
-- nobody knows whether it was done. A nil inside a list is `false`, and an answer of nil is nil
-- without a message.
--
-- A dead connection is replaced before a command is sent. One that dies while the answer is awaited
-- is replaced, too, and the command is sent once more if it may be: `command` knows those that only
-- look, `repeatable` and `eval` take the caller's word.
-- @module stripe.webhook.redis

local Address = require "stripe.webhook.redis.address"

local Redis = {}
local Connection = {}
local metatable = { __name = "stripe.webhook.redis", __index = Connection }

-- Where the secrets of a connection are, so that nothing that prints a connection shows them.
local hidden = setmetatable({}, { __mode = "k" })

function metatable:__tostring()
  return ("%s (%s)"):format(metatable.__name, self.name)
end

-- Commands that only look, or do the same thing and say the same however often they come.
local LOOKS = {}
for name in ([[
  CONFIG DBSIZE ECHO EXISTS GET HGET HGETALL HLEN HMGET INFO MGET PING PTTL SCRIPT STRLEN TIME TTL
  TYPE XINFO XLEN XPENDING XRANGE XREVRANGE ZCARD ZRANGE ZSCORE
]]):gmatch("%S+") do
  LOOKS[name] = true
end

local function greeting(address)
  local commands = {}
  if address.username then
    commands[1] = { "AUTH", address.username, address.password }
  elseif address.password then
    commands[1] = { "AUTH", address.password }
  end
  if address.db ~= 0 then commands[#commands + 1] = { "SELECT", ("%d"):format(address.db) } end
  return commands
end

--- Prepares a connection; it is made when it is first used.
-- @tparam table options `url` (`redis://user:password@host:6379/0`, `unix:///run/redis.sock?db=0`),
--   or `host` ("127.0.0.1") and `port` (6379), or `unix_socket`; `username`, `password`, `db` (0);
--   `timeout` (5): seconds to connect, and to wait for an answer; `client`: a ready one of
--   lua-redis or lua-resty-redis, which is not connected again
-- @treturn table
function Redis.connect(options)
  local address, misuse = Address.read(options)
  if not address then error(misuse, 2) end
  local self = setmetatable({ name = address.name, timeout = address.timeout }, metatable)
  hidden[self] = { address = address, greeting = greeting(address), lines = {} }
  return self
end

--- Whether a value is a connection of this module.
function Redis.is(value) return getmetatable(value) == metatable end

local function line_of(self)
  local secret = hidden[self]
  local client = secret.address.client
  local kind = "script"
  if client then
    if not client.network then kind = "nginx" end
  elseif rawget(_G, "ngx") and require("stripe.webhook.redis.nginx").here() then
    kind = "nginx"
  end
  local line, problem = secret.lines[kind], nil
  if not line then
    line, problem = require("stripe.webhook.redis." .. kind).open(secret.address, secret.greeting)
    secret.lines[kind] = line
  end
  return line, problem
end

local function texts(...)
  local words = { ... }
  for i = 1, select("#", ...) do
    local value = words[i]
    if type(value) == "number" then
      words[i] = value % 1 == 0 and ("%.0f"):format(value) or ("%.17g"):format(value)
    elseif type(value) ~= "string" then
      error(("word %d of a Redis command must be a string or a number, not a %s")
        :format(i, type(value)), 3)
    end
  end
  if not words[1] then error("a Redis command needs its name", 3) end
  return words
end

local function ask(self, words, again, wait)
  local line, problem = line_of(self)
  if not line then return nil, problem, "connect" end
  local done, reply, kind = line:exchange(words, wait)
  if not done and kind == "lost" and again and not hidden[self].address.client then
    done, reply, kind = line:exchange(words, wait)
    if kind == "connect" then kind = "lost" end -- the first one may have arrived
  end
  if done then return reply end
  if kind == "reply" then return nil, reply, kind end
  return nil, ("Redis at %s: %s"):format(self.name, tostring(reply)), kind
end

--- Sends a command: `connection:command("XADD", key, "*", "payload", bytes)`.
-- @param ... strings and numbers
-- @return[1] the answer
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] string kind
function Connection:command(...)
  local words = texts(...)
  return ask(self, words, LOOKS[words[1]:upper()])
end

--- The same for a command that does no harm when it is done twice.
function Connection:repeatable(...)
  return ask(self, texts(...), true)
end

--- The same for a command during which the server waits for up to so many seconds (`BLOCK`). It is
-- not repeated.
-- @number seconds
-- @param ... strings and numbers
function Connection:waiting(seconds, ...)
  return ask(self, texts(...), false, seconds)
end

-- The name that Redis gives to a script, by its text.
local digests = {}

--- Runs a script in the server: in one step, by its digest when the server knows it. It may run
-- twice when an answer is lost, so it must be written for that.
-- @string script Lua
-- @tparam table keys list
-- @tparam table args list
-- @return[1] the answer
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] string kind
function Connection:eval(script, keys, args)
  if not digests[script] then
    local digest, message, kind = self:command("SCRIPT", "LOAD", script)
    if not digest then return nil, message, kind end
    digests[script] = digest
  end
  local words = { "EVALSHA", digests[script], #keys }
  for _, key in ipairs(keys) do words[#words + 1] = key end
  for _, arg in ipairs(args) do words[#words + 1] = arg end
  words = texts((table.unpack or unpack)(words))
  local reply, message, kind = ask(self, words, true)
  if kind == "reply" and message:find("^NOSCRIPT") then
    words[1], words[2] = "EVAL", script
    return ask(self, words, true)
  end
  return reply, message, kind
end

--- Closes what is open; the next command opens it again.
function Connection:close()
  for _, line in pairs(hidden[self].lines) do line:close() end
end

return Redis
