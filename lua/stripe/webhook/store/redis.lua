--- A store in Redis: for workers on more than one machine.
--
-- Each verb is one script in the server, so it happens in one step, by the server's clock. A verb
-- whose answer got lost is sent once more and finds what it did. All keys have one hash tag, so
-- that they are in one slot of a cluster. Needs Redis 5.
--
-- What Redis forgets when it dies, runs again; `store:durability()` tells, and `on_warning` is
-- told. With `appendonly yes` and `appendfsync always` a commit that was answered is on disk.
-- @module stripe.webhook.store.redis

local core = require "stripe.core"
local Check = require "stripe.webhook.store.check"
local Connection = require "stripe.webhook.redis"
local Durability = require "stripe.webhook.store.durability"
local Scripts = require "stripe.webhook.store.scripts"
local without_place = require "stripe.without_place"

local Redis = {}
local metatable = { __name = "stripe.webhook.store.redis", __index = Redis }

local KNOWN = {
  keep = "number", now = "function", prefix = "string", connection = "table",
  on_warning = "function", timeout = "number",
}

function metatable:__tostring()
  return ("%s (%s, %s)"):format(metatable.__name, self.connection.name, self.prefix)
end

--- Makes a store; it connects when it is first used.
-- @tparam table options those of a connection (`url`, `host`, `port`, `unix_socket`, `username`,
--   `password`, `db`, `timeout`, `client`; see `stripe.webhook.redis`), or `connection`: one that
--   is there already; and
--
-- * `prefix` ("stripe:webhook"): what all keys begin with
-- * `keep` (35 days; events reach back 30): seconds for which an id is remembered
-- * `on_warning`: `function(message)`, called once if the server would forget events
-- * `now`: a function that gives Unix seconds, for specs; nil: the server's clock
-- @treturn table
function Redis.new(options)
  if type(options) ~= "table" then error("a Redis store takes a table of options", 2) end
  local own, others, connects = {}, {}, false
  for name, value in pairs(options) do
    if name ~= "timeout" and KNOWN[name] then
      own[name] = value
    else
      others[name], connects = value, true
    end
  end
  local misuse = Check.options(own, KNOWN, "a Redis store")
  local connection = own.connection
  if not misuse and connection then
    if connects then
      misuse = 'give option "connection", or those of a connection; not both'
    elseif not Connection.is(connection) then
      misuse = 'option "connection" must be one of stripe.webhook.redis'
    end
  end
  if misuse then error(misuse, 2) end
  if not connection then
    local made
    made, connection = pcall(Connection.connect, others)
    if not made then error(without_place(connection), 2) end
  end
  local prefix = own.prefix or "stripe:webhook"
  return setmetatable({
    connection = connection, prefix = prefix:find("{.+}") and prefix or "{" .. prefix .. "}",
    keep = own.keep or Check.KEEP, now = own.now, on_warning = own.on_warning, asked = false,
  }, metatable)
end

local function milliseconds(seconds) return ("%.0f"):format(seconds * 1000) end

local function run(self, script, keys, ...)
  local clock = self.now and milliseconds(self.now()) or ""
  local reply, message = self.connection:eval(Scripts[script], keys, { clock, ... })
  if reply then return reply end
  return nil, "failed", message or "Redis gave no answer"
end

local function event_key(self, id) return self.prefix .. ":event:" .. id end
local function order_key(self, key) return self.prefix .. ":order:" .. key end

-- Numbers of Redis are text; tokens are integers where Lua has them.
local function integer(text)
  local number = tonumber(text)
  local to_integer = rawget(math, "tointeger")
  return to_integer and to_integer(number) or number
end

-- Once: before that nobody knows where the connection leads.
local function warn(self)
  if self.asked or not self.on_warning then return end
  self.asked = true
  local loses = self:durability().loses
  if loses then
    pcall(self.on_warning, ("Redis at %s loses %s"):format(self.connection.name, loses))
  end
end

function Redis:claim(id, lease)
  Check.claim(id, lease)
  local reply, why, message = run(self, "claim", { event_key(self, id), self.prefix .. ":token" },
    core.uuid(), milliseconds(lease), milliseconds(self.keep))
  if not reply then return nil, why, message end
  warn(self)
  if reply[1] == "committed" then return nil, "committed" end
  if reply[1] == "claimed" then return nil, "claimed", tonumber(reply[2]) / 1000 end
  return {
    id = id, token = integer(reply[2]), attempt = integer(reply[3]),
    expires = tonumber(reply[4]) / 1000,
  }
end

local function token_of(claim) return ("%.0f"):format(claim.token) end

local function answer(reply, why, message)
  if not reply then return nil, why, message end
  if reply[1] == "ok" then return true end
  return nil, "lost"
end

function Redis:renew(claim, lease)
  Check.held(claim, "renew")
  Check.claim(claim.id, lease)
  local reply, why, message = run(self, "renew", { event_key(self, claim.id) }, token_of(claim),
    milliseconds(lease), milliseconds(self.keep))
  if reply and reply[2] then claim.expires = tonumber(reply[2]) / 1000 end
  return answer(reply, why, message)
end

function Redis:commit(claim, key, order)
  Check.held(claim, "commit")
  Check.order(key, order)
  return answer(run(self, "commit", { event_key(self, claim.id), key and order_key(self, key) },
    token_of(claim), milliseconds(self.keep), order or ""))
end

function Redis:release(claim, forget)
  Check.held(claim, "release")
  return answer(run(self, "release", { event_key(self, claim.id) }, core.uuid(), token_of(claim),
    milliseconds(self.keep), forget and "forget" or ""))
end

function Redis:newest(key)
  Check.key(key)
  local order, message = self.connection:command("GET", order_key(self, key))
  if message then return nil, "failed", message end
  return order
end

--- What the server would forget when it dies.
-- @treturn table `{ level, loses, evicts }`; see `stripe.webhook.store.durability`
function Redis:durability() return Durability.of(self.connection) end

--- Closes the connection; the next verb opens it again.
function Redis:close() self.connection:close() end

return Redis
