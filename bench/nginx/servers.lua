-- bench: an nginx that calls, with one way to call for each location, and the one that is called:
-- it answers an order over TLS, after a while.

local Host = require "bench.host"

local Servers = {}

local two_cores = tonumber(Host.output("nproc")) > 1

--- Put before a command that is not to disturb the nginx that calls.
Servers.aside = two_cores and "taskset -c 1 " or ""

--- Put before a command that is to run where the nginx that calls does.
Servers.at_front = two_cores and "taskset -c 0 " or ""

local COMMON = [[
MODULES
USER
daemon off;
worker_processes 1;
worker_rlimit_nofile 16384;
pid NAME.pid;
error_log NAME.log warn;
MAIN
events { worker_connections 8192; }
http {
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  lua_package_path "PREFIX/?.lua;./?.lua;./lua/?.lua;./lua/?/init.lua;;";
  lua_package_cpath "./build/luajit/?.so;;";
  HTTP
}
]]

local UPSTREAM = [[
  ssl_certificate certificate.pem;
  ssl_certificate_key key.pem;
  ssl_protocols TLSv1.2 TLSv1.3;
  default_type application/json;
  init_by_lua_block {
    local text = require("target").order
    function answer()
      ngx.sleep(tonumber(ngx.var.delay))
      ngx.header.content_length = #text
      ngx.print(text)
    end
  }
  SERVERS]]

local UPSTREAM_SERVER = [[

  server {
    HEADERS
    listen 127.0.0.1:PORT backlog=4096 ssl;
    set $delay DELAY;
    location / { content_by_lua_block { answer() } }
  }]]

local FRONT = [[
  lua_ssl_trusted_certificate certificate.pem;
  lua_ssl_verify_depth 1;
  lua_ssl_protocols TLSv1.2 TLSv1.3;
  init_by_lua_block { caller = require "bench.nginx.CALLER" }
  server {
    listen 127.0.0.1:PORT backlog=4096;
    location = /ping { return 200 "pong"; }
    location = /call { content_by_lua_block { caller() } }
  }]]

local function fill(template, values)
  return (template:gsub("%u%u%u+", values))
end

-- ngx_lua may be built in.
local function modules()
  local folder = Host.output("nginx -V 2>&1"):match("%-%-modules%-path=(%S+)")
  local lines = {}
  for _, name in ipairs { "ndk_http_module", "ngx_http_lua_module" } do
    local path = ("%s/%s.so"):format(folder or "", name)
    local file = io.open(path)
    if file then
      file:close()
      lines[#lines + 1] = ("load_module %s;"):format(path)
    end
  end
  return table.concat(lines, "\n")
end

local function start(prefix, name, core, http, main, port)
  local root = Host.output("id -u") == "0"
  Host.write(("%s/%s.conf"):format(prefix, name), fill(COMMON, {
    MODULES = modules(), USER = root and "user root;" or "", NAME = name, PREFIX = prefix,
    MAIN = (main or "") .. (two_cores and ("\nworker_cpu_affinity %s;"):format(core) or ""),
    HTTP = http,
  }))
  local pid = Host.output(("nginx -p %s -c %s.conf -e %s.log >>%s/output 2>&1 & echo $!"):format(
    prefix, name, name, prefix))
  for _ = 1, 100 do
    local path = name == "front" and "http://127.0.0.1:%d/ping" or "https://127.0.0.1:%d/"
    if Host.output(("curl -sk -m 2 -o /dev/null -w '%%{http_code}' " .. path):format(port)) == "200"
    then
      return pid
    end
    Host.run("sleep 0.05")
  end
  error(name .. " does not start: " .. Host.output(("cat %s/output %s/%s.log"):format(
    prefix, prefix, name)))
end

local function stop(pid)
  Host.run(("kill %s && while kill -0 %s 2>/dev/null; do sleep 0.02; done"):format(pid, pid))
end

--- Makes a directory for both, and starts the one that is called.
-- @tparam table delays seconds that an answer takes, each on a port of its own
-- @tparam string headers those of a request that every way to call sends: lines
function Servers.open(delays, headers)
  local order, id = Host.order()
  local ports = Host.free_ports(#delays + 1)
  local self = { prefix = Host.output("mktemp -d"), headers = headers, id = id, of = {} }
  self.port = table.remove(ports)
  Host.certify(self.prefix)
  local servers = {}
  for i, delay in ipairs(delays) do
    self.of[delay] = ports[i]
    servers[i] = fill(UPSTREAM_SERVER, {
      HEADERS = Host.headers(), PORT = tostring(ports[i]), DELAY = tostring(delay),
    })
  end
  Host.write(self.prefix .. "/target.lua", ("return { order = %q }\n"):format(order))
  self.upstream = start(self.prefix, "upstream", "10",
    fill(UPSTREAM, { SERVERS = table.concat(servers) }), nil, ports[1])
  return self
end

--- The order's address, where it comes after a while.
function Servers.url(self, delay)
  return ("https://localhost:%d/v1/climate/orders/%s"):format(self.of[delay], self.id)
end

--- The file of the one that is called, by which to know it.
function Servers.certificate(self)
  return self.prefix .. "/certificate.pem"
end

--- A file of the headers of a request, in lines.
function Servers.header_file(self)
  local path = self.prefix .. "/headers"
  Host.write(path, self.headers .. "\n")
  return path
end

--- Starts the one that calls; at most one at a time.
-- @tparam table self of `open`
-- @tparam string caller the module bench.nginx.CALLER
-- @tparam number delay
-- @tparam ?string main directives
-- @treturn string the process id of its worker
function Servers.front(self, caller, delay, main)
  local port = self.of[delay]
  local headers = ("Host: localhost:%d\n%s\n"):format(port, self.headers):gsub("\n", "\r\n")
  Host.write(self.prefix .. "/target.lua",
    ("return { port = %d, ca = %q, headers = %q, id = %q, delay = %s }\n"):format(
      port, Servers.certificate(self), headers, self.id, tostring(delay)))
  self.master = start(self.prefix, "front", "01",
    fill(FRONT, { CALLER = caller, PORT = tostring(self.port) }), main, self.port)
  return Host.output("pgrep -P " .. self.master)
end

--- What the one that calls had to complain about.
function Servers.complaints(self)
  return Host.output(("cat %s/front.log"):format(self.prefix))
end

function Servers.stop_front(self)
  if self.master then stop(self.master) end
  self.master = nil
  os.remove(self.prefix .. "/front.log")
end

function Servers.close(self)
  Servers.stop_front(self)
  stop(self.upstream)
  Host.run("rm -rf " .. self.prefix)
end

return Servers
