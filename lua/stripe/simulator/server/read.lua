--- Requests as they come in, read from lua-http's streams, within limits.
-- @module stripe.simulator.server.read

local cqueues = require "cqueues"
local errno = require "cqueues.errno"
local connection_methods = require("http.h1_connection").methods

local MAX_LINE = 64 * 1024
local MAX_BODY = 128 * 1024 * 1024 -- the largest upload that the API takes has 64 MiB
local SECONDS = 60                 -- for one request to come in

-- lua-http's own gathers a chunk whole, of whatever size it says it has.
local function read_body_chunk(connection, timeout)
  local line, problem, code = connection.socket:xread("*L", timeout)
  if not line then return nil, problem, code end
  local size = line:match("^%x+")
  if size and tonumber(size, 16) > MAX_BODY then
    return nil, errno.strerror(errno.E2BIG), errno.E2BIG
  end
  connection.socket:unget(line)
  return connection_methods.read_body_chunk(connection, timeout)
end

-- lua-http's own ends a body that was cut off as if it were whole, and then reads on for ever, as
-- it does when a length is more than cqueues can count. A negative length is "up to that many".
local function read_body_by_length(connection, length, timeout)
  if length < -MAX_BODY then length = -MAX_BODY end
  local piece, problem, code = connection_methods.read_body_by_length(connection, length, timeout)
  if not piece and not problem then return nil, errno.strerror(errno.EPIPE), errno.EPIPE end
  return piece, problem, code
end

local function too_large()
  return nil, { status = 413, message = ("A request body has at most %d bytes."):format(MAX_BODY) }
end

-- lua-http takes lengths such as -5 and 1.5 for what they say.
local function is_framed(headers)
  local coding = headers:get_comma_separated "transfer-encoding"
  local length = headers:get_comma_separated "content-length"
  if coding then return coding:lower() == "chunked" and not length end
  return not length or length:find "^%d+$" ~= nil
end

-- Nobody knows where the request ends. What is left in the socket is then no request of its own:
-- lua-http, when it shuts the stream, throws away what is there, up to a limit.
local function unframed(stream, headers)
  stream.body_read_type, stream.body_read_left = "length", math.huge
  return {
    method = stream.req_method or "GET", url = headers and headers:get ":path" or "/",
    body = "", headers = {}, close = true,
  }, { status = 400, message = "Where the body of this request ends can't be told." }
end

local function read_body(stream, headers, limit)
  local length = tonumber(headers:get "content-length" or 0)
  if length > MAX_BODY then return too_large() end
  local expected = headers:get "expect"
  if expected and expected:lower() == "100-continue" then stream:write_continue(SECONDS) end
  local pieces, size = {}, 0
  while true do
    local piece, problem, code = stream:get_next_chunk(limit - cqueues.monotime())
    if not piece then
      if code == errno.E2BIG then return too_large() end
      if problem then return nil end
      return table.concat(pieces)
    end
    size = size + #piece
    if size > MAX_BODY then return too_large() end
    pieces[#pieces + 1] = piece
  end
end

local function header_list(headers)
  local list = {}
  for name, value in headers:each() do
    if name == ":authority" then name = "host" end
    if name:sub(1, 1) ~= ":" then list[#list + 1] = { name, value } end
  end
  return list
end

--- Reads a request.
-- @tparam table stream of lua-http
-- @treturn table `{ method, url, headers, body, connection, close }`, as `simulator:handle` takes
--   it; nil when there is none
-- @treturn ?table `{ status, message }`: why it can't be taken; `close` is set then
local function read(stream)
  local connection = stream.connection
  connection:setmaxline(MAX_LINE)
  connection.read_body_chunk = read_body_chunk
  connection.read_body_by_length = read_body_by_length
  local limit = cqueues.monotime() + SECONDS
  local headers = stream:get_headers(SECONDS)
  if not headers and not stream.has_main_headers then return nil end
  if not headers or not is_framed(headers) then return unframed(stream, headers) end
  local body, problem = read_body(stream, headers, limit)
  if not body and not problem then return nil end
  return {
    method = headers:get ":method", url = headers:get ":path" or "/", body = body or "",
    headers = header_list(headers), close = problem ~= nil, connection = headers:get "connection",
  }, problem
end

return read
