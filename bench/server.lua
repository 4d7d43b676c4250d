-- bench: a local nginx that answers every order with the same one, over http, TLS and HTTP/2.

local Host = require "bench.host"

local Server = {}

local metatable = { __index = Server }

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

local function configure(self)
  local order, id = Host.order()
  local ports = Host.free_ports(4)
  local values = {
    HEADERS = Host.headers(), ORDER = order,
    HTTP = ports[1], TLS = ports[2], H2 = ports[3], SLOW = ports[4],
  }
  Host.write(self.prefix .. "/nginx.conf", (CONFIGURATION:gsub("%u[%u%d]+", values)))
  self.ca = self.prefix .. "/certificate.pem"
  local path = "/v1/climate/orders/" .. id
  self.http = ("http://127.0.0.1:%d"):format(ports[1]) .. path
  self.tls = ("https://localhost:%d"):format(ports[2]) .. path
  self.h2 = ("https://localhost:%d"):format(ports[3]) .. path
  self.slow = ("http://127.0.0.1:%d"):format(ports[4]) .. path
end

local function answers(url)
  return Host.output(("curl -s -m 2 -o /dev/null -w '%%{http_code}' %s"):format(url)) == "200"
end

--- Starts one in a directory of its own, on one core if there is a choice.
-- @tparam string pin a command to be put before that of nginx, or ""
-- @treturn table `http`, `tls`, `h2` and `slow`: URLs of the order; `ca`: the file of the CA
function Server.start(pin)
  local self = setmetatable({ prefix = Host.output("mktemp -d") }, metatable)
  Host.certify(self.prefix)
  configure(self)
  self.pid = Host.output(("%s nginx -p %s -c nginx.conf -e error.log >%s/output 2>&1 & echo $!")
    :format(pin, self.prefix, self.prefix))
  for _ = 1, 50 do
    if answers(self.http) then return self end
    Host.run("sleep 0.1")
  end
  local log = Host.read(self.prefix .. "/output")
  self:stop()
  error("nginx does not start: " .. log)
end

--- Stops it and removes what it left.
function Server:stop()
  Host.run(("kill %s; while kill -0 %s; do sleep 0.05; done 2>/dev/null; rm -rf %s")
    :format(self.pid, self.pid, self.prefix))
end

return Server
