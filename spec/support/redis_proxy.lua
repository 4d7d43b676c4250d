--- Stands between a client and Redis, and loses an answer when it is told to.
--
--     local proxy = require("spec.support.redis_proxy").start(server.port)
--     proxy:lose("EVALSHA")     -- the next request with this text is done; its answer never comes
--     proxy:stop()
--
-- Run with arguments, this file is the child: DIRECTORY PORT. It ends with its standard input.

local socket = require "socket"

local function contents(path)
  local file = io.open(path)
  local text = file and file:read("*a")
  if file then file:close() end
  return text
end

local function write(path, text)
  local file = assert(io.open(path .. ".new", "w"))
  file:write(text)
  file:close()
  assert(os.rename(path .. ".new", path))
end

local Child = {}

function Child.read(from)
  local whole, problem, part = from:receive(65536)
  return whole or part ~= "" and part or nil, problem
end

function Child.forward(pair, from, directory)
  local bytes = Child.read(from)
  if not bytes then return false end
  if from == pair.server then
    if pair.losing then return false end
    return pair.client:send(bytes)
  end
  local text = contents(directory .. "/lose")
  if text and bytes:find(text, 1, true) then
    pair.losing = true
    os.remove(directory .. "/lose")
  end
  return pair.server:send(bytes)
end

function Child.run(directory, port)
  local listener = assert(socket.bind("127.0.0.1", 0))
  local _, own = listener:getsockname()
  local standard_input = { getfd = function() return 0 end, dirty = function() return false end }
  local sockets, pairs_of = { standard_input, listener }, {}
  local function drop(pair)
    for i = #sockets, 1, -1 do
      if sockets[i] == pair.client or sockets[i] == pair.server then table.remove(sockets, i) end
    end
    pair.client:close()
    pair.server:close()
  end
  write(directory .. "/port", tostring(own))
  while true do
    local ready = socket.select(sockets, nil)
    if ready[standard_input] then return end
    if ready[listener] then
      local pair = { client = listener:accept(), server = socket.connect("127.0.0.1", port) }
      if pair.server then
        for _, one in ipairs { pair.client, pair.server } do
          one:settimeout(0)
          pairs_of[one], sockets[#sockets + 1] = pair, one
        end
      else
        pair.client:close()
      end
    end
    for _, one in ipairs(ready) do
      local pair = pairs_of[one]
      if pair and not Child.forward(pair, one, directory) then
        pairs_of[pair.client], pairs_of[pair.server] = nil, nil
        drop(pair)
      end
    end
  end
end

if arg and arg[0] and arg[0]:find("redis_proxy.lua", 1, true) then
  return Child.run(arg[1], tonumber(arg[2]))
end

local core = require "stripe.core"

local Proxy = {}
Proxy.__index = Proxy

local function start(port)
  local directory = os.tmpname()
  os.remove(directory)
  assert(os.execute("mkdir -m 700 " .. directory))
  local pipe = assert(io.popen(("LD_PRELOAD= exec luajit spec/support/redis_proxy.lua %s %d")
    :format(directory, port), "w"))
  local limit = core.now() + 20
  local own
  repeat
    core.sleep(0.005)
    own = tonumber(contents(directory .. "/port") or "")
    assert(own or core.now() < limit, "the proxy does not start")
  until own
  return setmetatable({
    directory = directory, pipe = pipe, port = own, url = ("redis://127.0.0.1:%d"):format(own),
  }, Proxy)
end

--- Loses the answer to the next request that has this text in it.
function Proxy:lose(text) write(self.directory .. "/lose", text) end

--- Whether an answer was lost since.
function Proxy:lost() return contents(self.directory .. "/lose") == nil end

function Proxy:stop()
  self.pipe:close()
  os.execute("rm -rf " .. self.directory)
end

return { start = start }
