--- Real sockets for specs: a child that runs spec/support/wire_server.lua, and clients for it.
--
--     local wire = require("spec.support.wire").start()
--     local order, err = wire:client():request("GET", wire.path "reset_first")
--     assert.equal(2, wire:requests(path))
--     wire:stop()

local core = require "stripe.core"
local stripe = require "stripe"

local Wire = {}
local metatable = { __name = "wire", __index = Wire }

local SECONDS = 20 -- a server that does not come up fails the spec

local function contents(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read("*a")
  file:close()
  return text
end

local function temporary()
  local name = os.tmpname()
  os.remove(name)
  assert(os.execute("mkdir -m 700 " .. name))
  return name
end

-- Waits until it is ready.
local function wait(ready, sleep, what, ...)
  local latest = core.now() + SECONDS
  while not ready() do
    assert(core.now() < latest, what:format(...))
    sleep(0.005)
  end
end

--- Starts the server. `port`: one more to listen on, which a server before it had.
local function start(port)
  local directory = temporary()
  local pipe = assert(io.popen(("LD_PRELOAD= exec luajit spec/support/wire_server.lua %s %s")
    :format(directory, port or ""), "w"))
  local self = { directory = directory, pipe = pipe, ports = {} }
  local ports
  wait(function()
    ports = contents(directory .. "/ports")
    return ports
  end, core.sleep, "the server does not start")
  for name, number in ports:gmatch("(%S+) (%d+)") do self.ports[name] = tonumber(number) end
  return setmetatable(self, metatable)
end

function Wire:stop()
  if not self.pipe then return end
  self.pipe:close()
  self.pipe = nil
  os.execute("rm -rf " .. self.directory)
end

--- A file of the server's directory.
function Wire:file(name) return self.directory .. "/" .. name end

--- Writes one there.
function Wire:write(name, bytes)
  local file = assert(io.open(self:file(name), "wb"))
  file:write(bytes)
  file:close()
  return self:file(name)
end

--- Reads one.
function Wire:read(name) return contents(self:file(name)) end

--- A base address: of the plain port, or by name.
function Wire:url(name)
  name = name or "plain"
  local tls = name ~= "plain"
  return ("%s://%s:%d"):format(tls and "https" or "http", tls and "localhost" or "127.0.0.1",
    self.ports[name])
end

--- A client of the server; of its TLS port when `options.tls` says which.
function Wire:client(options)
  local given = { api_key = "sk_test_wire0000abcd", max_retries = 0, timeout = 10 }
  for name, value in pairs(options or {}) do given[name] = value end
  given.tls = nil
  given.base_url = given.base_url or self:url(options and options.tls)
  if given.base_url:find("^https") and given.ca_file == nil then
    given.ca_file = self:file "ca.pem"
  end
  given.ca_file = given.ca_file or nil
  return stripe.new(given)
end

local paths = 0

--- A path that makes the server behave so, and that nobody else has, nor scripts that write theirs
-- with a bare number. `last`: its last part.
function Wire.path(act, last)
  paths = paths + 1
  return ("/v1/at%d/%s/%s"):format(paths, act, last or "x")
end

--- The lines of the server's log that begin so.
function Wire:log(prefix)
  local lines = {}
  for line in (contents(self:file "log") or ""):gmatch("[^\n]+") do
    if line:sub(1, #prefix) == prefix then lines[#lines + 1] = line end
  end
  return lines
end

--- How many requests for a path the server has read to their end.
function Wire:requests(path)
  local n = 0
  for _, line in ipairs(self:log "request ") do
    if line:find(" " .. path .. " ", 1, true) then n = n + 1 end
  end
  return n
end

--- Waits until the server has read so many requests for a path. `sleep`: of a driver; otherwise
-- nothing goes on here meanwhile.
function Wire:until_asked(path, n, sleep)
  wait(function() return self:requests(path) >= n end, sleep or core.sleep,
    "%s was not asked %d times", path, n)
end

--- Waits until its log has a line that begins so.
function Wire:until_logged(prefix, sleep)
  wait(function() return self:log(prefix)[1] end, sleep or core.sleep,
    "the server has not logged %q", prefix)
end

--- How many connections it has taken.
function Wire:connections() return #self:log "connection " end

-- The name of the Lua that runs this.
local function interpreter()
  local i = 0
  while arg and arg[i - 1] do i = i - 1 end
  return arg and arg[i] or "lua"
end

--- Runs a script in a Lua of its own, with this one's search paths: whether it ended well, and
-- what it wrote. `before`: words before the command, such as "LD_PRELOAD=...". `lua`: another Lua.
local function run(script, arguments, before, lua)
  local output, cpath = os.tmpname(), package.cpath
  if lua then cpath = ("./build/%s/?.so;;"):format(lua) end
  local command = ("%s LUA_PATH='%s' LUA_CPATH='%s' timeout 30 %s %s %s > %s 2>&1"):format(
    before or "", package.path, cpath, lua or interpreter(), script, arguments or "", output)
  local ok = os.execute(command)
  local text = contents(output)
  os.remove(output)
  return ok == true or ok == 0, text
end

--- Compiles C to a library in the server's directory, to be preloaded: its path.
local function compile(wire, name, source)
  local library = wire:file(name .. ".so")
  wire:write(name .. ".c", source)
  assert(os.execute(("cc -shared -fPIC -o %s %s"):format(library, wire:file(name .. ".c"))))
  return library
end

--- The server that another process has started, by its directory: to wait for it, and to read.
local function at(directory) return setmetatable({ directory = directory }, metatable) end

return { start = start, at = at, compile = compile, path = Wire.path, run = run }
