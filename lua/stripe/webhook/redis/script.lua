--- A line to Redis for scripts: lua-redis over LuaSocket. It blocks while it waits.
-- @module stripe.webhook.redis.script

local Line = {}
local metatable = { __name = "stripe.webhook.redis.script", __index = Line }

-- Debian has lua-redis for 5.1 to 5.3. It is pure Lua that any Lua runs.
local function load_library()
  local found, library = pcall(require, "redis")
  local search = rawget(package, "searchpath")
  if not found and search then
    local file = search("redis", (package.path:gsub("/5%.%d/", "/5.3/")))
    local chunk = file and loadfile(file)
    if chunk then found, library = pcall(chunk, "redis", file) end
  end
  if found and type(library) == "table" and library.connect and library.command
    and pcall(require, "socket") then
    return library
  end
  return nil, "Redis in a script needs lua-redis and LuaSocket (on Debian: apt install lua-redis "
    .. "lua-socket)"
end

-- Stands for a nil inside an answer, since lua-redis would leave a hole there. As a status line,
-- which is where it is read, it can't come from a server.
local NIL = "\0nil"

-- lua-redis throws; what it throws is made into a table here. `told` is an error that the server
-- answered, `lost` what happened to the connection.
local function contain(line)
  local client, socket = line.client, line.socket
  local network = client.network
  client.error = function(message) error({ lost = tostring(message) }, 0) end
  network.write = function(_, bytes)
    local sent, problem = socket:send(bytes)
    if not sent then error({ lost = problem }, 0) end
  end
  network.read = function(_, length)
    local text, problem = socket:receive(length or "*l")
    if not text then error({ lost = problem }, 0) end
    if not length then
      line.lines = line.lines + 1
      if text == "$-1" or text == "*-1" then return "+" .. NIL end
      if text:byte() == 45 then error({ told = text:sub(2), whole = line.lines == 1 }, 0) end
    end
    return text
  end
end

local function clean(reply)
  if type(reply) ~= "table" then
    if reply == true then return "OK" end
    if reply == NIL then return false end
    return reply
  end
  if reply.queued then return "QUEUED" end
  for i = 1, #reply do reply[i] = clean(reply[i]) end
  return reply
end

local function drop(self)
  if self.given then return end -- whose it is may still want it
  if self.socket then self.socket:close() end
  self.socket, self.client = nil, nil
end

local function say(self, words, wait)
  local name = words[1]
  local command = self.commands[name] or self.library.command(name)
  self.commands[name] = command
  self.lines = 0
  if not self.given then self.socket:settimeout(self.address.timeout + (wait or 0)) end
  local done, reply = pcall(command, self.client, { (table.unpack or unpack)(words, 2) })
  if done then
    reply = clean(reply)
    if reply == false then reply = nil end
    return true, reply
  end
  local told = type(reply) == "table" and reply.told
  if not told or not reply.whole then drop(self) end -- what is still to be read would confuse
  if told then return false, told, "reply" end
  return false, type(reply) == "table" and reply.lost or tostring(reply), "lost"
end

local function connected_socket(address)
  if not address.unix_socket then
    local socket = require("socket").tcp()
    socket:settimeout(address.timeout)
    local connected, problem = socket:connect(address.host, address.port)
    if not connected then
      socket:close()
      return nil, problem
    end
    socket:setoption("tcp-nodelay", true)
    return socket
  end
  local unix = require "socket.unix"
  local socket = (type(unix) == "table" and unix.stream or unix)()
  socket:settimeout(address.timeout)
  local connected, problem = socket:connect(address.unix_socket)
  if connected then return socket end
  socket:close()
  return nil, problem
end

-- Whether the server is still there: nothing to read is a good sign, an end or bytes that nobody
-- asked for are not.
local function is_alive(self)
  self.socket:settimeout(0)
  local _, problem = self.socket:receive(1)
  return problem == "timeout"
end

local function ready(self)
  if self.given then return true end
  if self.socket then
    if is_alive(self) then return true end
    drop(self)
  end
  local socket, problem = connected_socket(self.address)
  if not socket then return nil, problem end
  self.socket = socket
  self.client = self.library.connect { socket = socket }
  contain(self)
  for _, words in ipairs(self.greeting) do
    local done, message = say(self, words)
    if not done then
      drop(self)
      return nil, message
    end
  end
  return true
end

--- Sends a command and reads its answer.
-- @tparam table words strings, the command's name first
-- @tparam ?number wait seconds that the server may take on top of the timeout
-- @treturn[1] boolean true
-- @return[1] the answer: string, number, list (with `false` for what is nil), or nil
-- @treturn[2] boolean false
-- @treturn[2] string message
-- @treturn[2] string "reply": the server refused it; "connect": it was not sent; "lost": nobody
--   knows
function Line:exchange(words, wait)
  local connected, problem = ready(self)
  if not connected then return false, problem, "connect" end
  return say(self, words, wait)
end

function Line:close() drop(self) end

--- Makes a line; it connects when it is first used.
-- @tparam table address
-- @tparam table greeting commands to send on a new connection
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string what is missing here
local function open(address, greeting)
  local library, problem = load_library()
  if not library then return nil, problem end
  local self = setmetatable({
    address = address, greeting = greeting, library = library, commands = {}, lines = 0,
  }, metatable)
  local client = address.client
  if client then
    self.socket, self.given = client.network.socket, true
    self.client = library.connect { socket = self.socket } -- the given one stays as it is
    contain(self)
  end
  return self
end

return { open = open }
