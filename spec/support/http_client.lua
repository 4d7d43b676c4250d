--- A server of the simulator and bare sockets to talk to it, in one cqueues controller.

local simulator = require "stripe.simulator"

local http_client = {}

local SECONDS = 20 -- a spec that hangs fails

-- Debian has the plain Lua modules of lua-http for 5.1 and 5.2 only.
if not pcall(require, "http.server") then
  package.path = package.path .. ";/usr/share/lua/5.2/?.lua"
end

--- Whether lua-http can be had for this Lua.
http_client.available = pcall(require, "http.server")

local function read_headers(socket)
  local headers = {}
  while true do
    local line = socket:xread("*L", 5)
    if not line or line == "\r\n" then break end
    local name, value = line:match("^([^:]+): *(.-)\r\n$")
    headers[name:lower()] = value
  end
  return headers
end

local Connection = {}
Connection.__index = Connection

--- Reads one response: `{ status, headers, body, whole }`; nil and the error number when the
-- connection ends first.
function Connection:read(method)
  local line, code = self.socket:xread("*L", 10)
  if not line then return nil, code end
  local response = { status = tonumber(line:match "^HTTP/1%.1 (%d+)") }
  response.headers = read_headers(self.socket)
  local length = tonumber(response.headers["content-length"] or 0)
  if method == "HEAD" or length == 0 or response.status < 200 then
    response.body, response.whole = "", true
    return response
  end
  response.body = ""
  while #response.body < length do
    local piece = self.socket:xread(#response.body - length, 10)
    if not piece then break end
    response.body = response.body .. piece
  end
  response.whole = #response.body == length
  return response
end

--- Writes bytes as they are.
function Connection:write(text) assert(self.socket:xwrite(text, "n", 10)) end

--- Writes one request and reads its response. It has the key sk_test_server unless
-- `headers.Authorization` says otherwise (false: none).
function Connection:ask(method, path, body, headers)
  local lines = { ("%s %s HTTP/1.1"):format(method, path), "Host: localhost" }
  headers = headers or {}
  if headers.Authorization == nil then headers.Authorization = "Bearer sk_test_server" end
  for name, value in pairs(headers) do
    if value then lines[#lines + 1] = name .. ": " .. value end
  end
  if body then lines[#lines + 1] = "Content-Length: " .. #body end
  self:write(table.concat(lines, "\r\n") .. "\r\n\r\n" .. (body or ""))
  return self:read(method)
end

function Connection:close() self.socket:close() end

--- Opens a connection. @treturn table with `ask`, `write`, `read`, `close`
function http_client.connect(port, context)
  local cs = require "cqueues.socket"
  local socket = cs.connect { host = "127.0.0.1", port = port, nodelay = true }
  socket:onerror(function(_, _, code) return code end)
  socket:setmode("b", "bf")
  socket:setvbuf("full", math.huge)
  assert(socket:connect(5))
  if context then assert(socket:starttls(context, 5)) end
  return setmetatable({ socket = socket }, Connection)
end

--- Runs several functions at once, and returns when all have ended.
function http_client.together(...)
  local cqueues = require "cqueues"
  local condition = require("cqueues.condition").new()
  local left, failure = select("#", ...), nil
  for _, f in ipairs { ... } do
    cqueues.running():wrap(function()
      local ok, problem = require("http.util").yieldable_pcall(f)
      if not ok then failure = failure or problem end
      left = left - 1
      condition:signal()
    end)
  end
  while left > 0 do condition:wait() end
  if failure then error(failure, 0) end
end

--- Runs f(server, sim, connect) while a server listens.
-- @tparam table options of `server.listen`, and `simulator`: options of the simulator
function http_client.serve(options, f)
  local cqueues = require "cqueues"
  local server = require "stripe.simulator.server"
  local sim = simulator.new(options.simulator or { clock = 1800000000 })
  local listening = assert(server.listen(sim, options))
  local loop = cqueues.new()
  local ok, problem
  loop:wrap(function() listening:run() end)
  loop:wrap(function()
    ok, problem = require("http.util").yieldable_pcall(f, listening, sim, function(...)
      return http_client.connect(listening.port, ...)
    end)
    listening:close()
  end)
  local ended, why = loop:loop(SECONDS)
  if not ended then error(why, 0) end
  if not ok then error(problem or "it takes too long", 0) end
end

return http_client
