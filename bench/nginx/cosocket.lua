-- bench: a minimal client on cosockets: the same request, TLS verified, connections kept, the
-- answer's status and headers read, its body decoded by lua-cjson.
local answer = require "bench.nginx.answer"
local decode = require("cjson.safe").decode
local target = require "target"
local ngx = ngx -- luacheck: ignore 113

local OPTIONS = { pool = "orders", pool_size = 4096 }

local session -- of TLS, for the next handshake

local function connect()
  local socket = ngx.socket.tcp()
  socket:settimeouts(30000, 80000, 80000)
  local ok, err = socket:connect("127.0.0.1", target.port, OPTIONS)
  if not ok then return nil, err end
  if socket:getreusedtimes() == 0 then
    local made, why = socket:sslhandshake(session, "localhost", true)
    if not made then return nil, why end
    session = made
  end
  return socket
end

local function read_headers(socket)
  local line, err = socket:receive()
  if not line then return nil, err end
  local status, headers = tonumber(line:match("^HTTP/1%.1 (%d%d%d)")), {}
  if not status then return nil, "no status in: " .. line end
  while true do
    line, err = socket:receive()
    if not line then return nil, err end
    if line == "" then return status, headers end
    local name, value = line:match("^([^:]+): *(.*)$")
    if not name then return nil, "no header: " .. line end
    headers[name:lower()] = value
  end
end

local function read_chunks(socket)
  local chunks = {}
  while true do
    local line, err = socket:receive()
    local size = line and tonumber(line:match("^%x+"), 16)
    if not size then return nil, err or "no chunk" end
    local chunk
    chunk, err = socket:receive(size + 2) -- and the end of its line
    if not chunk then return nil, err end
    if size == 0 then return table.concat(chunks) end
    chunks[#chunks + 1] = chunk:sub(1, size)
  end
end

local function read_body(socket, headers)
  if headers["transfer-encoding"] == "chunked" then return read_chunks(socket) end
  return socket:receive(tonumber(headers["content-length"]))
end

local function get(path)
  local socket, err = connect()
  if not socket then return nil, err end
  local sent, status, headers, body
  sent, err = socket:send { "GET ", path, " HTTP/1.1\r\n", target.headers, "\r\n" }
  if not sent then return nil, err end
  status, headers = read_headers(socket)
  if not status then return nil, headers end
  body, err = read_body(socket, headers)
  if not body then return nil, err end
  if headers.connection == "close" then socket:close() else socket:setkeepalive(60000) end
  if status ~= 200 then return nil, body end
  return decode(body)
end

return function()
  answer(get("/v1/climate/orders/" .. target.id))
end
