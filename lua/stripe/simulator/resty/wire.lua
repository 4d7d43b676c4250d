--- Requests and answers of nginx, as the simulator has them.
-- @module stripe.simulator.resty.wire

local add_header = require("ngx.resp").add_header

local ngx = ngx -- luacheck: ignore 113
local get_body_data, get_body_file = ngx.req.get_body_data, ngx.req.get_body_file
local get_headers, get_method, read_body = ngx.req.get_headers, ngx.req.get_method,
  ngx.req.read_body
local print = ngx.print

local wire = {}

-- Said by nginx alone.
local FRAMING = { ["content-length"] = true, ["transfer-encoding"] = true, connection = true }

-- Answers without a body, whatever the headers promise.
local BODILESS = { [204] = true, [304] = true }

-- The body, from memory or from the file where nginx put it.
local function body_of()
  read_body()
  local body = get_body_data()
  if body then return body end
  local path = get_body_file()
  if not path then return "" end
  local file, problem = io.open(path, "rb")
  if not file then return nil, problem end
  body, problem = file:read "*a"
  file:close()
  return body, problem
end

--- Reads the request at hand.
-- @treturn table `{ method, url, headers, body }`, as `simulator:handle` takes it | nil, message
function wire.read()
  local method, headers, body = get_method(), get_headers(0, true), ""
  for name, value in pairs(headers) do
    if type(value) == "table" then headers[name] = value[#value] end
  end
  if method ~= "GET" then
    local problem
    body, problem = body_of()
    if not body then return nil, "the body can't be read: " .. tostring(problem) end
  end
  return { method = method, url = ngx.var.request_uri, headers = headers, body = body }
end

local function write_head(answer, body)
  local status = answer.status
  ngx.status = status
  for _, header in ipairs(answer.headers) do
    if not FRAMING[header[1]:lower()] then add_header(header[1], header[2]) end
  end
  if not BODILESS[status] then add_header("Content-Length", #body) end
end

--- Writes an answer.
-- @tparam table answer `{ status, headers, body }`
function wire.write(answer)
  local body = answer.body or ""
  write_head(answer, body)
  if body == "" then return ngx.send_headers() end
  print(body)
end

--- Writes an answer whose body ends early, as the connection does.
-- @tparam table directive `{ response, bytes }`
function wire.truncate(directive)
  local body = directive.response.body or ""
  write_head(directive.response, body)
  ngx.send_headers()
  if directive.bytes > 0 then print(body:sub(1, directive.bytes)) end
  ngx.flush(true)
  ngx.exit(ngx.ERROR)
end

--- Breaks the connection without an answer; with `reset_timedout_connection on;` by a reset.
function wire.reset() ngx.exit(444) end

return wire
