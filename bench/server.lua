-- bench: a local nginx that answers every order with the same one, over http, TLS and HTTP/2.

local Server = {}

local metatable = { __index = Server }

-- What the API sends beside the answer, in size and number.
local HEADERS = {
  { "access-control-allow-credentials", "true" },
  { "access-control-allow-methods", "GET, HEAD, PUT, PATCH, POST, DELETE" },
  { "access-control-allow-origin", "*" },
  { "access-control-expose-headers", "Request-Id, Stripe-Manage-Version, Stripe-Should-Retry" },
  { "access-control-max-age", "300" },
  { "cache-control", "no-cache, no-store" },
  { "content-security-policy", "base-uri 'none'; default-src 'none'; form-action 'none'; "
    .. "frame-ancestors 'none'; img-src 'self'; script-src 'self'; style-src 'self'" },
  { "request-id", "req_7Yb2QmW0xKcR4d" },
  { "strict-transport-security", "max-age=63072000; includeSubDomains; preload" },
  { "stripe-version", "2026-10-28.endive" },
  { "vary", "Origin" },
  { "x-stripe-priority-routing-enabled", "true" },
  { "x-stripe-routing-context-priority-tier", "api-testmode" },
  { "x-wc", "ABGHIJ" },
}

local CONFIGURATION = [[
daemon off;
worker_processes 1;
worker_rlimit_nofile 8192;
pid nginx.pid;
error_log error.log error;
events { worker_connections 4096; }
http {
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  default_type application/json;
  ssl_certificate certificate.pem;
  ssl_certificate_key key.pem;
  ssl_session_tickets on;
  limit_req_zone $server_port zone=slow:1m rate=500r/s;
  server {
    HEADERS
    listen 127.0.0.1:HTTP backlog=4096;
    listen 127.0.0.1:TLS backlog=4096 ssl;
    listen 127.0.0.1:H2 backlog=4096 ssl http2;
    location / { return 200 'ORDER'; }
  }
  server { # answers 500 calls a second, and keeps the others waiting
    listen 127.0.0.1:SLOW backlog=4096;
    location / {
      limit_req zone=slow burst=5000;
      proxy_pass http://127.0.0.1:HTTP;
    }
  }
}
]]

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  assert(file:close())
end

local function run(command)
  local ok = os.execute(command)
  if ok ~= true and ok ~= 0 then error("failed: " .. command, 2) end
end

local function output(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("*a")
  pipe:close()
  return (text:gsub("%s+$", ""))
end

-- Ports that nobody listens on now.
local function free_ports(count)
  local taken = {}
  for _, file in ipairs { "/proc/net/tcp", "/proc/net/tcp6" } do
    for port in read(file):gmatch("%x+:(%x%x%x%x) %x+:%x+ ") do taken[tonumber(port, 16)] = true end
  end
  local ports, port = {}, 20000 + os.time() % 10000
  while #ports < count do
    port = port + 1
    if not taken[port] then ports[#ports + 1] = port end
  end
  return ports
end

local function configure(self)
  local headers = {}
  for i, header in ipairs(HEADERS) do
    headers[i] = ('add_header %s "%s";'):format(header[1], header[2])
  end
  local ports = free_ports(4)
  local values = {
    HEADERS = table.concat(headers, "\n    "), ORDER = read("bench/order.json"),
    HTTP = ports[1], TLS = ports[2], H2 = ports[3], SLOW = ports[4],
  }
  write(self.prefix .. "/nginx.conf", (CONFIGURATION:gsub("%u[%u%d]+", values)))
  self.ca = self.prefix .. "/certificate.pem"
  local path = "/v1/climate/orders/" .. read("bench/order.json"):match('"id": "([^"]*)')
  self.http = ("http://127.0.0.1:%d"):format(ports[1]) .. path
  self.tls = ("https://localhost:%d"):format(ports[2]) .. path
  self.h2 = ("https://localhost:%d"):format(ports[3]) .. path
  self.slow = ("http://127.0.0.1:%d"):format(ports[4]) .. path
end

local function certify(prefix)
  run(("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 "
    .. "-subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 "
    .. "-keyout %s/key.pem -out %s/certificate.pem 2>%s/log"):format(prefix, prefix, prefix))
end

local function answers(url)
  return output(("curl -s -m 2 -o /dev/null -w '%%{http_code}' %s"):format(url)) == "200"
end

--- Starts one in a directory of its own, on one core if there is a choice.
-- @tparam string pin a command to be put before that of nginx, or ""
-- @treturn table `http`, `tls`, `h2` and `slow`: URLs of the order; `ca`: the file of the CA
function Server.start(pin)
  local self = setmetatable({ prefix = output("mktemp -d") }, metatable)
  certify(self.prefix)
  configure(self)
  self.pid = output(("%s nginx -p %s -c nginx.conf -e error.log >%s/output 2>&1 & echo $!")
    :format(pin, self.prefix, self.prefix))
  for _ = 1, 50 do
    if answers(self.http) then return self end
    run("sleep 0.1")
  end
  local log = read(self.prefix .. "/output")
  self:stop()
  error("nginx does not start: " .. log)
end

--- Stops it and removes what it left.
function Server:stop()
  run(("kill %s; while kill -0 %s; do sleep 0.05; done 2>/dev/null; rm -rf %s")
    :format(self.pid, self.pid, self.prefix))
end

return Server
