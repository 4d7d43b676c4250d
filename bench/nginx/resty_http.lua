-- bench: lua-resty-http, from where nginx finds its modules: the same request, TLS verified,
-- connections kept, the body decoded by lua-cjson.
local answer = require "bench.nginx.answer"
local decode = require("cjson.safe").decode
local http = require "resty.http"
local target = require "target"

local HEADERS = {}
for name, value in target.headers:gmatch("([^:\r\n]+): *([^\r\n]*)") do HEADERS[name] = value end

local session -- of TLS, for the next handshake

local function get(path)
  local client = http.new()
  client:set_timeouts(30000, 80000, 80000)
  local ok, err, made = client:connect {
    scheme = "https", host = "127.0.0.1", port = target.port, pool_size = 4096,
    ssl_server_name = "localhost", ssl_reused_session = session,
  }
  if not ok then return nil, err end
  session = made or session
  local response, body
  response, err = client:request { path = path, headers = HEADERS }
  if not response then return nil, err end
  body, err = response:read_body()
  if not body then return nil, err end
  client:set_keepalive(60000)
  if response.status ~= 200 then return nil, body end
  return decode(body)
end

return function()
  answer(get("/v1/climate/orders/" .. target.id))
end
