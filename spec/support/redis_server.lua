--- A Redis server of a spec's own: in a directory that goes with it, on a unix socket and a
-- loopback port, with every write on disk before it is answered.
--
--     local server = require("spec.support.redis_server").start()
--     local connection = Redis.connect { url = server.url }
--     server:kill()      -- as a machine dies
--     server:restart()   -- on the same data
--     server:stop()

local core = require "stripe.core"
local socket = require "socket"
local Redis = require "stripe.webhook.redis"

local Server = {}
local metatable = { __name = "redis server", __index = Server }

local SECONDS = 20 -- a server that doesn't come up fails the spec

local function temporary()
  local name = os.tmpname()
  os.remove(name)
  assert(os.execute("mkdir -m 700 " .. name))
  return name
end

local function free_port()
  local listener = assert(socket.bind("127.0.0.1", 0))
  local _, port = listener:getsockname()
  listener:close()
  return tonumber(port)
end

local function contents(path)
  local file = io.open(path)
  local text = file and file:read("*a")
  if file then file:close() end
  return text or ""
end

local CONFIGURATION = [[
port %d
bind 127.0.0.1
unixsocket %s/socket
dir %s
daemonize no
save ""
appendonly yes
appendfsync always
loglevel warning
]]

-- The shell ends the server when the pipe ends, and that ends with this process, however it dies.
-- It also is what keeps the pid from being given to somebody else.
local COMMAND = [[
cd %s || exit; redis-server redis.conf >>log 2>&1 </dev/null & pid=$!
echo $pid >pid; cat >/dev/null; kill -9 $pid 2>/dev/null; wait
]]

-- Whether it listens: it doesn't where somebody else has its port. The socket is its own, and there
-- once it listens on the port, too.
local function launch(self)
  for _, name in ipairs { "pid", "log", "socket" } do os.remove(self:file(name)) end
  self.pipe = assert(io.popen(COMMAND:format(self.directory), "w"))
  local limit = core.now() + SECONDS
  local connection = Redis.connect { unix_socket = self.unix_socket, password = self.password }
  while not connection:command("PING") do
    local log = contents(self:file("log"))
    if log:find("Address already in use", 1, true) then
      self.pipe:close()
      self.pipe = nil
      return false
    end
    assert(core.now() < limit, "redis-server does not start:\n" .. log)
    core.sleep(0.01)
  end
  connection:close()
  self.pid = contents(self:file("pid")):match("%d+")
  return true
end

--- Starts a server.
-- @tparam[opt] table options `password`; `more`: lines of redis.conf
local function start(options)
  options = options or {}
  local directory = temporary()
  local self = setmetatable({
    directory = directory, password = options.password, unix_socket = directory .. "/socket",
  }, metatable)
  for _ = 1, 20 do -- somebody may take the port meanwhile
    self.port = free_port()
    self.url = ("redis://127.0.0.1:%d"):format(self.port)
    local file = assert(io.open(self:file("redis.conf"), "w"))
    file:write(CONFIGURATION:format(self.port, directory, directory),
      options.password and "requirepass " .. options.password .. "\n" or "", options.more or "")
    file:close()
    if launch(self) then return self end
  end
  error "redis-server finds no port"
end

--- A path in its directory.
function Server:file(name) return self.directory .. "/" .. name end

--- Ends it at once, as a machine does (SIGKILL).
function Server:kill()
  if not self.pipe then return end
  os.execute("kill -9 " .. self.pid)
  self.pipe:close()
  self.pipe = nil
end

--- Stops its process for a while (SIGSTOP), and lets it go on.
function Server:pause() os.execute("kill -STOP " .. self.pid) end
function Server:continue() os.execute("kill -CONT " .. self.pid) end

--- Starts it on the same data and port, after a kill or instead of one.
function Server:restart()
  self:kill()
  local limit = core.now() + SECONDS
  while not launch(self) do assert(core.now() < limit, "somebody has taken its port") end
end

function Server:stop()
  self:kill()
  os.execute("rm -rf " .. self.directory)
end

return { start = start }
