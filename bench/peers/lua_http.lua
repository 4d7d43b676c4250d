-- lua-http on cqueues, one connection that is reused, lua-cjson, and the walk that makes integers.
local url, version, calls, _, headers_file, ca = ...
for _, lua in ipairs { "5.3", "5.2", "5.1" } do -- Debian has its parts for these
  package.path = package.path
    .. (";/usr/share/lua/%s/?.lua;/usr/share/lua/%s/?/init.lua"):format(lua, lua)
end
local floor = require "floor"
local cjson = require "cjson.safe"
local client = require "http.client"
local new_headers = require("http.headers").new

local scheme, host, port, path = url:match("^(%a+)://([^:/]+):(%d+)(/.*)")

local function tls_context()
  local ctx = require("http.tls").new_client_context()
  local store = require("openssl.x509.store").new()
  store:add(ca)
  ctx:setStore(store)
  return ctx
end

local connection = assert(client.connect {
  host = host, port = tonumber(port), tls = scheme == "https",
  ctx = scheme == "https" and tls_context() or nil, version = tonumber(version),
})

local lines = {}
for line in io.lines(headers_file) do
  local name, value = line:match("^(.-): (.*)")
  lines[#lines + 1] = { name:lower(), value }
end

local function retrieve()
  local headers = new_headers()
  headers:append(":method", "GET")
  headers:append(":scheme", scheme)
  headers:append(":authority", host .. ":" .. port)
  headers:append(":path", path)
  for _, line in ipairs(lines) do headers:append(line[1], line[2]) end
  local stream = assert(connection:new_stream())
  assert(stream:write_headers(headers, true))
  local answer = assert(stream:get_headers())
  local body = assert(stream:get_body_as_string())
  local order = cjson.decode(body)
  if answer:get(":status") ~= "200" or not order then error(body) end
  return floor.walk(order)
end

retrieve()
local wall, cpu = floor.clocks()
for _ = 1, tonumber(calls) do
  retrieve()
end
local wall_end, cpu_end = floor.clocks()
print(("%.6f %.6f"):format(wall_end - wall, cpu_end - cpu))
