-- A server that behaves as the path asks: run by LuaJIT as a child, see spec/support/wire.lua.
--
--   luajit spec/support/wire_server.lua DIRECTORY
--
-- Listens on loopback ports and on DIRECTORY/socket, makes its certificates itself, writes the
-- ports to DIRECTORY/ports and a line for every connection and request to DIRECTORY/log. It ends
-- with its standard input.

local condition = require "cqueues.condition"
local cqueues = require "cqueues"
local ffi = require "ffi"
local socket = require "cqueues.socket"
local certificates = require "spec.support.certificates"

local directory = assert(arg[1])
local log = assert(io.open(directory .. "/log", "w"))
log:setvbuf("line")

local function note(...) log:write(table.concat({ ... }, " "), "\n") end

ffi.cdef [[
  struct linger { int on; int seconds; };
  int setsockopt(int, int, int, const void *, unsigned);
  ssize_t recv(int, void *, size_t, int);
  int SSL_shutdown(void *);
]]
local libssl = ffi.load "libssl.so.3" -- cqueues itself ends TLS without a word

local Connection = {}
Connection.__index = Connection

function Connection:write(...)
  return self.socket:xwrite(table.concat { ... }, "n")
end

function Connection:close()
  self.closed = true
  self.socket:close()
end

-- Ends the connection with a reset instead of an end.
function Connection:reset()
  local SOL_SOCKET, SO_LINGER = 1, 13
  local linger = ffi.new("struct linger", 1, 0)
  ffi.C.setsockopt(self.socket:pollfd(), SOL_SOCKET, SO_LINGER, linger, ffi.sizeof(linger))
  self:close()
end

function Connection:answer(status, body, headers)
  local lines = { ("HTTP/1.1 %d Word"):format(status), "Request-Id: req_" .. self.requests }
  local length = headers and headers["Content-Length"] or #body
  for name, value in pairs(headers or {}) do
    if name ~= "Content-Length" then lines[#lines + 1] = name .. ": " .. value end
  end
  lines[#lines + 1] = "Content-Length: " .. length
  return self:write(table.concat(lines, "\r\n"), "\r\n\r\n", body)
end

local function read_request(self)
  local line = self.socket:xread("*L")
  local request = line and { headers = {}, size = 0, line = line }
  if not request then return nil end
  request.method, request.path, request.query = line:match("^(%S+) ([^ ?]+)%??(%S*)")
  for text in self.socket:lines("*L") do
    if text == "\r\n" then break end
    local name, value = text:match("^([^:]+): *(.-)\r\n$")
    request.headers[name:lower()] = value
  end
  return request
end

local function read_body(self, request)
  local left, parts = tonumber(request.headers["content-length"] or 0), {}
  while left > 0 do
    local piece = self.socket:xread(-math.min(left, 65536))
    if not piece then return false end
    left, request.size = left - #piece, request.size + #piece
    if request.size < 65536 then parts[#parts + 1] = piece end
  end
  request.body = table.concat(parts)
  return true
end

-- A text in JSON.
local function json(text)
  return '"' .. text:gsub('[%c"\\]', function(c) return ("\\u%04x"):format(c:byte()) end) .. '"'
end

local OBJECT = '{"id":"climorder_1","object":"climate.order"}'
local JSON = { ["Content-Type"] = "application/json" }

-- What a part of the path asks for, such as "reset" or "bytes_1000".
local acts = {}
local times = {} -- path -> how often it was asked

function acts.ok(c) c:answer(200, OBJECT, JSON) end

-- An upload: how many bytes the request's body had, and the body if it is short.
local function upload(c, request)
  c:answer(200, ('{"id":"file_1","object":"file","size":%d,"title":%s}'):format(request.size,
    json(request.body)), JSON)
end

-- What was asked, told in JSON.
function acts.echo(c, request)
  local lines = {}
  for name, value in pairs(request.headers) do
    lines[#lines + 1] = json(name) .. ":" .. json(value)
  end
  c:answer(200, ('{"object":"echo","method":"%s","path":"%s","query":"%s","size":%d,"body":%s,'
    .. '"connection":%d,"headers":{%s}}'):format(request.method, request.path, request.query,
    request.size, json(request.body), c.number, table.concat(lines, ",")), JSON)
end

function acts.status(c, request)
  local status = tonumber(request.path:match("status/(%d+)"))
  c:answer(status, ('{"error":{"type":"api_error","message":"status %d"}}'):format(status), JSON)
end

-- Once so, then well.
local function first(act, well)
  return function(c, request)
    if times[request.path] == 1 then return act(c, request) end
    return (well or acts.ok)(c, request)
  end
end

-- An order as Stripe writes it: on many lines, with nulls. The first of two of the same kind has a
-- list and an escape in it, too.
local ORDER = '{\n  "id": "nulls",\n  "object": "climate.order",\n  "gone": null,\n'
  .. '  "all": [null, {"gone": null}],\n  "name": "a  b"%s\n}'
function acts.nulls(c)
  local more = ',\n  "more": {"object": "list", "data": [], "next": null},\n  "text": "\\u0061"'
  c:answer(200, ORDER:format(more), JSON)
end
function acts.plain_nulls(c) c:answer(200, ORDER:format "", JSON) end

acts.lock_timeout = first(function(c)
  c:answer(429, '{"error":{"type":"invalid_request_error","code":"lock_timeout"}}', JSON)
end)

acts.reset_first = first(function(c) c:reset() end)
acts.failing_first = first(function(c) c:answer(500, "{}", JSON) end)
function acts.failing(c) c:answer(500, "{}", JSON) end

-- Fails, and wants a long wait before the next attempt.
function acts.away(c)
  c:answer(503, "{}", { ["Content-Type"] = "application/json", ["Retry-After"] = "60" })
end

function acts.close(c) c:close() end
function acts.reset(c) c:reset() end
function acts.garbage(c) c:write("I am no web server\r\n\r\n") c:close() end
function acts.html(c)
  c:answer(502, "<html><h1>Bad Gateway</h1></html>", { ["Content-Type"] = "text/html" })
end

function acts.reset_in_headers(c)
  c:write("HTTP/1.1 200 OK\r\nContent-Type: appl")
  cqueues.sleep(0.02)
  c:reset()
end

function acts.end_in_headers(c) c:write("HTTP/1.1 200 OK\r\nContent-Ty") c:close() end
function acts.end_after_interim(c) c:write("HTTP/1.1 103 Early Hints\r\n\r\n") c:close() end

function acts.reset_in_body(c)
  c:write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":")
  cqueues.sleep(0.02)
  c:reset()
end

function acts.short(c) c:answer(200, '{"id":', { ["Content-Length"] = 100 }) c:close() end
function acts.long(c) c:answer(200, OBJECT .. "and more", { ["Content-Length"] = #OBJECT }) end
function acts.negative(c) c:answer(200, OBJECT, { ["Content-Length"] = -5 }) c:close() end
function acts.never() cqueues.sleep(60) end
function acts.slow(c) cqueues.sleep(0.1) c:answer(200, OBJECT, JSON) end

-- Answers when as many are waiting here as the last part of the path says, and the seconds of the
-- query after that: so they were all in flight at once.
local meetings = {}
function acts.together(c, request)
  local meeting = meetings[request.path] or { here = 0, all = condition.new() }
  meetings[request.path] = meeting
  meeting.here = meeting.here + 1
  if meeting.here < tonumber(request.path:match("(%d+)$")) then
    meeting.all:wait()
  else
    cqueues.sleep(tonumber(request.query) or 0)
    meetings[request.path] = nil
    meeting.all:signal()
  end
  acts.ok(c)
end

-- Answers when as many have come as the last part of the path says, and later ones at once.
local crowds = {}
function acts.crowd(c, request)
  local crowd = crowds[request.path] or { size = 0, complete = condition.new() }
  crowds[request.path] = crowd
  crowd.size = crowd.size + 1
  if crowd.size < tonumber(request.path:match("(%d+)$")) then
    crowd.complete:wait()
  else
    crowd.complete:signal()
  end
  acts.ok(c)
end

-- Pages of two; the last part of the path says how many.
function acts.pages(c, request)
  local pages = tonumber(request.path:match("(%d+)$"))
  local at = tonumber(request.query:match("starting_after=item_(%d+)") or 0)
  c:answer(200, ('{"object":"list","url":"%s","has_more":%s,"data":'
    .. '[{"id":"item_%d"},{"id":"item_%d"}]}'):format(request.path,
    tostring(at + 2 < pages * 2), at + 1, at + 2), JSON)
end

-- The first page, and never another.
function acts.one_page(c, request)
  if request.query:find("starting_after", 1, true) then return acts.never(c) end
  acts.pages(c, request)
end

function acts.drip(c)
  c:write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
  while c:write(" ") do cqueues.sleep(0.05) end
end

function acts.endless_headers(c)
  c:write("HTTP/1.1 200 OK\r\n")
  local line = "X-Filler: " .. ("x"):rep(1000) .. "\r\n"
  while c:write(line) do end
end

function acts.endless_header(c)
  c:write("HTTP/1.1 200 OK\r\nX-Filler: ")
  local filler = ("x"):rep(10000)
  while c:write(filler) do end
end

function acts.endless_interim(c)
  local interim = "HTTP/1.1 103 Early Hints\r\nLink: </" .. ("x"):rep(1000) .. ">\r\n\r\n"
  while c:write(interim) do end
end

function acts.endless_body(c)
  c:write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
  local filler = ("10000\r\n%s\r\n"):format((" "):rep(65536))
  while c:write(filler) do end
end

-- The body is packed by whoever started us.
function acts.packed(c)
  local file = assert(io.open(directory .. "/bomb.gz", "rb"))
  local bytes = file:read("*a")
  file:close()
  c:answer(200, bytes, { ["Content-Encoding"] = "gzip" })
end

function acts.interim(c)
  c:write("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")
  acts.ok(c)
end

function acts.redirect(c, request)
  c:answer(307, "", { Location = ("http://127.0.0.1:%s/v1/echo/away"):format(request.query) })
end

-- Answers, then ends the connection without having said so before; over TLS with its farewell.
-- This and the next two note it when it is done: then the client's kernel has it.
function acts.idle_close(c, request)
  acts.ok(c)
  cqueues.sleep(0.02)
  local tls = c.socket:checktls()
  if tls then libssl.SSL_shutdown(ffi.cast("void **", tls)[0]) end
  c:close()
  note("closed", request.path)
end

-- Answers, then says its farewell over TLS, and waits for the client's before it closes.
function acts.farewell(c, request)
  acts.ok(c)
  cqueues.sleep(0.02)
  local tls = c.socket:checktls()
  if tls then libssl.SSL_shutdown(ffi.cast("void **", tls)[0]) end
  note("farewell", request.path)
end

-- Answers, and then says more, unasked.
function acts.afterword(c, request)
  acts.ok(c)
  cqueues.sleep(0.02)
  c:write "and another thing"
  note("afterword", request.path)
end

-- A request on a connection that was used before dies unanswered.
function acts.dies_when_reused(c)
  if c.requests > 1 then c:reset() else acts.ok(c) end
end

-- So many bytes, "0123456789" over and over.
function acts.bytes(c, request)
  local left = tonumber(request.path:match("bytes_(%d+)"))
  local block = ("0123456789"):rep(6554)
  c:write(("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"):format(left))
  while left > 0 do
    if not c:write(block:sub(1, left)) then return end
    left = left - #block
    note("wrote", request.path, tostring(math.max(left, 0)))
  end
end

-- The same, and then no more.
function acts.last_bytes(c, request)
  acts.bytes(c, request)
  c:close()
end

function acts.half_bytes(c)
  c:write("HTTP/1.1 200 OK\r\nContent-Length: 400000\r\n\r\n", ("x"):rep(200000))
  cqueues.sleep(0.02)
  c:reset()
end

-- Once half of it, then all.
acts.half_first = first(acts.half_bytes, function(c) c:answer(200, ("x"):rep(400000)) end)

local function act_of(path, method)
  for part in path:gmatch("[^/]+") do
    local act = acts[part:match("^(.-)_?%d*$")]
    if act then return act end
  end
  return method == "POST" and path:find("/files$") and upload or acts.ok
end

local function serve_request(c)
  local request = read_request(c)
  if not request then return c:close() end
  if request.headers["content-type"] and request.path:find("/refuse_upload") then
    c.requests = c.requests + 1
    note("request", request.method, request.path, tostring(c.number))
    c:answer(400, '{"error":{"type":"invalid_request_error","message":"too big"}}', JSON)
    return c:close()
  end
  if not read_body(c, request) then return c:close() end
  c.requests = c.requests + 1
  times[request.path] = (times[request.path] or 0) + 1
  note("request", request.method, request.path, tostring(c.number),
    request.headers["idempotency-key"] or "-")
  act_of(request.path, request.method)(c, request)
end

local connections = 0

-- Reads until the peer leaves. What is closed with bytes unread is reset, and a peer that still
-- writes hears of the reset alone, not of the alert before it.
local function drain(c)
  local MSG_DONTWAIT, room = 0x40, ffi.new "char[4096]"
  local fd = c.socket:pollfd()
  local latest = cqueues.monotime() + 5
  while cqueues.monotime() < latest and ffi.C.recv(fd, room, 4096, MSG_DONTWAIT) ~= 0 do
    cqueues.sleep(0.005)
  end
end

-- Whether the peer may go on; by TLS, if that is spoken here.
local function greet(c)
  if not c.tls or c.socket:starttls(c.tls) then return true end
  drain(c)
  c:close()
end

local function serve(c)
  if not greet(c) then return end
  while not c.closed do serve_request(c) end
end

-- A proxy: CONNECT makes a tunnel, anything else is answered here.
local function serve_proxy(c)
  if not greet(c) then return end
  local request = read_request(c)
  if not request then return c:close() end
  note("proxy", request.line:match("^(%S+ %S+)"), request.headers["proxy-authorization"] or "-")
  if request.method ~= "CONNECT" then
    c.requests = 1
    return acts.echo(c, { method = request.method, path = "/by/proxy", query = "", size = 0,
      body = "", headers = {} })
  end
  local port = request.line:match(":(%d+) ")
  local up = socket.connect("127.0.0.1", tonumber(port))
  up:setmode("b", "bn")
  up:onerror(function(_, _, code) return code end)
  c:write("HTTP/1.1 200 Connection established\r\nX-Proxy: ours\r\n\r\n")
  local function copy(from, to)
    repeat
      local piece = from:xread(-65536)
      if piece then to:xwrite(piece, "n") end
    until not piece
    to:shutdown "w"
  end
  local done = condition.new()
  cqueues.running():wrap(function()
    copy(up, c.socket)
    done:signal()
  end)
  copy(c.socket, up)
  done:wait()
  up:close()
end

local controller = cqueues.new()

local function listen(options, tls, act)
  local listener = assert(socket.listen(options))
  assert(listener:listen())
  controller:wrap(function()
    for peer in listener:clients() do
      connections = connections + 1
      note("connection", tostring(connections))
      peer:setmode("b", "bn")
      peer:onerror(function(_, _, code) return code end)
      local c = setmetatable({
        socket = peer, tls = tls, number = connections, requests = 0,
      }, Connection)
      controller:wrap(function()
        local ok, message = pcall(act, c)
        if not ok then note("error", tostring(message)) end
        if not c.closed then c.socket:close() end
      end)
    end
  end)
  local _, _, port = listener:localname()
  return port
end

local made = certificates.make(directory)
local loopback = { host = "127.0.0.1", port = 0 }
local ports = {
  plain = listen(loopback, nil, serve),
  tls = listen(loopback, made.right, serve),
  wrong_host = listen(loopback, made.wrong, serve),
  mutual = listen(loopback, made.mutual, serve),
  old = listen(loopback, made.old, serve),
  proxy = listen(loopback, nil, serve_proxy),
  tls_proxy = listen(loopback, made.right, serve_proxy),
  old_proxy = listen(loopback, made.old, serve_proxy),
}
listen({ path = directory .. "/socket", unlink = true }, nil, serve)
for port in (arg[2] or ""):gmatch("%d+") do
  listen({ host = "127.0.0.1", port = tonumber(port), reuseaddr = true }, nil, serve)
end

local file = assert(io.open(directory .. "/ports.new", "w"))
for name, port in pairs(ports) do file:write(name, " ", port, "\n") end
file:close()
assert(os.rename(directory .. "/ports.new", directory .. "/ports"))

controller:wrap(function()
  cqueues.poll { pollfd = 0, events = "r" }
  os.exit(0)
end)
assert(controller:loop())
