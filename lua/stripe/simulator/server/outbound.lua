--- Forwarded requests on their way out, by lua-http.
-- @module stripe.simulator.server.outbound

local cqueues = require "cqueues"
local cqueues_socket = require "cqueues.socket"
local errno = require "cqueues.errno"
local client = require "http.client"
local new_headers = require("http.headers").new

local MAX_BODY = 1024 * 1024 -- of an answer
local CONNECT_SECONDS = 10

local UNREACHABLE = {
  [errno.ECONNREFUSED] = true, [errno.EHOSTUNREACH] = true, [errno.ENETUNREACH] = true,
}

local function parse(url)
  local scheme, authority, target = url:match("^(%a+)://([^/?#]+)([^#]*)")
  local host, port = authority:match("^%[(.-)%]:?(%d*)$")
  if not host then host, port = authority:match("^([^:]*):?(%d*)$") end
  if not host then return nil end
  if target:sub(1, 1) ~= "/" then target = "/" .. target end
  scheme = scheme:lower()
  return {
    tls = scheme == "https", scheme = scheme, authority = authority, host = host, target = target,
    port = tonumber(port) or (scheme == "https" and 443 or 80),
  }
end

local function failed(kind, sent) return nil, { failure = kind, sent = sent } end

local function connect(place, seconds)
  local started = cqueues.monotime()
  local socket = cqueues_socket.connect { host = place.host, port = place.port, nodelay = true,
    sendname = false }
  socket:onerror(function(_, _, code) return code end)
  local ok, code = socket:connect(seconds)
  if not ok then
    socket:close()
    if code == errno.ETIMEDOUT then return failed("timeout", "no") end
    return failed(UNREACHABLE[code] and "connect" or "resolve", "no")
  end
  local left = seconds - (cqueues.monotime() - started)
  local connection, _, problem = client.negotiate(socket,
    { tls = place.tls, host = place.host, version = 1.1 }, left)
  if not connection then
    socket:close()
    return failed(problem == errno.ETIMEDOUT and "timeout" or "tls", "no")
  end
  return connection
end

local function headers_of(request, place)
  local headers = new_headers()
  headers:append(":method", request.method)
  headers:append(":scheme", place.scheme)
  headers:append(":authority", place.authority)
  headers:append(":path", place.target)
  for _, header in ipairs(request.headers) do
    local name = header[1]:lower()
    if name == "host" then
      headers:upsert(":authority", header[2])
    elseif name ~= "content-length" and name ~= "connection" and name ~= "transfer-encoding" then
      headers:append(name, header[2])
    end
  end
  headers:append("content-length", ("%d"):format(#request.body))
  return headers
end

local function trouble(code, problem)
  if code == errno.ETIMEDOUT then return failed("timeout", "maybe") end
  if code == errno.EILSEQ or not code and problem then return failed("protocol", "maybe") end
  return failed("reset", "maybe")
end

local function read(stream, limit)
  local headers, problem, code
  repeat
    headers, problem, code = stream:get_headers(limit - cqueues.monotime())
    if not headers then return trouble(code, problem) end
  until headers:get(":status"):sub(1, 1) ~= "1"
  local pieces, size = {}, 0
  while true do
    local piece
    piece, problem, code = stream:get_next_chunk(limit - cqueues.monotime())
    if not piece and problem then return trouble(code, problem) end
    if not piece then break end
    size = size + #piece
    if size > MAX_BODY then return failed("too_large", "yes") end
    pieces[#pieces + 1] = piece
  end
  local list = {}
  for name, value in headers:each() do
    if name:sub(1, 1) ~= ":" then list[#list + 1] = { name, value } end
  end
  return { status = tonumber(headers:get ":status"), headers = list, body = table.concat(pieces) }
end

local function attempt(request, place, limit)
  local seconds = math.min(CONNECT_SECONDS, limit - cqueues.monotime())
  local connection, failure = connect(place, seconds)
  if not connection then return failure end
  local _, ip = connection:peername()
  local stream = connection:new_stream()
  stream.use_zlib = false
  local body = request.body
  local written, problem, code = stream:write_headers(headers_of(request, place), body == "",
    limit - cqueues.monotime())
  if written and body ~= "" then
    written, problem, code = stream:write_body_from_string(body, limit - cqueues.monotime())
  end
  local reply
  if written then
    reply, failure = read(stream, limit)
  else
    reply, failure = trouble(code, problem)
  end
  connection:close()
  if reply then reply.ip = ip end
  return reply or failure
end

--- Sends a request and waits for its answer; other coroutines of the controller go on meanwhile.
-- @tparam table request `{ method, url, headers = {{name, value}, ...}, body, timeout = seconds }`
-- @treturn table what a destination said, as `resume` of the simulator takes it: `{ status,
--   headers, body, duration = milliseconds, ip }`, or `{ failure = kind, sent = "no" | "maybe" }`
local function send(request)
  local started = cqueues.monotime()
  local place = parse(request.url)
  if not place then return { failure = "resolve", sent = "no" } end
  local reply = attempt(request, place, started + request.timeout)
  if reply.status then reply.duration = (cqueues.monotime() - started) * 1000 end
  return reply
end

return send
