--- A line to Redis inside nginx: lua-resty-redis over cosockets. The worker never blocks.
--
-- A cosocket belongs to the request that made it, so a line holds none: each command takes a
-- connection from nginx's pool and gives it back.
-- @module stripe.webhook.redis.nginx

local Line = {}
local metatable = { __name = "stripe.webhook.redis.nginx", __index = Line }

local ngx = _G.ngx -- luacheck: ignore 143

local PHASES = {
  server_rewrite = true, rewrite = true, access = true, content = true, timer = true,
  ssl_cert = true, ssl_session_fetch = true, ssl_client_hello = true, preread = true,
}

-- How long an idle connection stays in the pool, in milliseconds; how many at most.
local IDLE, POOL = 60000, 32

--- Whether this place has cosockets.
local function here()
  return ngx ~= nil and PHASES[ngx.get_phase()] == true
end

-- Debian calls it nginx.redis, others resty.redis.
local function load_library()
  for _, name in ipairs { "resty.redis", "nginx.redis" } do
    local found, library = pcall(require, name)
    if found then return library end
  end
  return nil, "Redis in nginx needs lua-resty-redis (on Debian: apt install lua-nginx-redis)"
end

local function clean(reply)
  if reply == ngx.null then return false end
  if type(reply) == "table" then
    for i = 1, #reply do reply[i] = clean(reply[i]) end
  end
  return reply
end

local function say(client, words)
  local reply, message = client[words[1]:lower()](client, (table.unpack or unpack)(words, 2))
  if reply == nil then return false, message or "no answer", "lost" end
  if reply == false then return false, message, "reply" end
  reply = clean(reply)
  if reply == false then reply = nil end
  return true, reply
end

local function connect(self)
  local address = self.address
  local client, problem = self.library:new()
  if not client then return nil, problem end
  client:set_timeout(address.timeout * 1000)
  local connected
  if address.unix_socket then
    connected, problem = client:connect("unix:" .. address.unix_socket, { pool = self.pool })
  else
    connected, problem = client:connect(address.host, address.port, { pool = self.pool })
  end
  if not connected then return nil, problem end
  if client:get_reused_times() == 0 then
    for _, words in ipairs(self.greeting) do
      local done, message = say(client, words)
      if not done then
        client:close()
        return nil, message
      end
    end
  end
  return client
end

--- As `stripe.webhook.redis.script` has it.
function Line:exchange(words, wait)
  if self.address.client then return say(self.address.client, words) end
  local client, problem = connect(self)
  if not client then return false, problem, "connect" end
  client:set_timeout((self.address.timeout + (wait or 0)) * 1000)
  local done, reply, kind = say(client, words)
  if kind == "lost" then client:close() else client:set_keepalive(IDLE, POOL) end
  return done, reply, kind
end

function Line.close() end

local function open(address, greeting)
  local library, problem = load_library()
  if not library then return nil, problem end
  return setmetatable({
    address = address, greeting = greeting, library = library,
    pool = ("stripe %s %s %d"):format(address.name, address.username or "", address.db),
  }, metatable)
end

return { open = open, here = here }
