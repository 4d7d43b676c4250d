--- A real nginx for specs, with ngx_lua, on a free port and with a directory of its own.
--
--     local nginx = require("spec.support.nginx")
--     local server = nginx.start { server = [[
--       location = /hello { content_by_lua_block { ngx.say "hello" } }
--     ]] }
--     local answer = server:ask "/hello" -- { status = 200, body = "hello\n", headers = {...} }
--     server:stop()
--
-- nginx runs LuaJIT with build/luajit, whatever Lua the spec runs in. It ends with the spec's
-- process at the latest. In the environment, `STRIPE_NGINX_KEEP=1` keeps the directory, with
-- error.log; `STRIPE_NGINX_BUILD=build/asan` takes another build of the library, and
-- `STRIPE_NGINX_BEFORE` has words to put before the command, such as `LD_PRELOAD=...`.

local core = require "stripe.core"

local nginx = {}

local Server = {}
local metatable = { __name = "nginx", __index = Server }

local SECONDS = 30 -- what takes longer fails the spec

local function contents(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read "*a"
  file:close()
  return text
end

local function output_of(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read "*a"
  pipe:close()
  return text
end

-- A text as one word of the shell.
local function quote(text)
  return "'" .. tostring(text):gsub("'", "'\\''") .. "'"
end

--- Waits until f() gives something, and returns that; nil when it takes too long.
function nginx.wait(f, seconds)
  local latest = core.now() + (seconds or SECONDS)
  local value = f()
  while not value and core.now() < latest do
    core.sleep(0.01)
    value = f()
  end
  return value
end

local program, modules

-- Finds nginx once: the program, and what it must load. ngx_lua may be built in.
local function find()
  if program then return end
  program = output_of "PATH=$PATH:/usr/sbin command -v nginx":match "%S+"
  assert(program, "there is no nginx: scripts/deps test installs it")
  assert(contents "build/luajit/stripe/engine.so", "nginx runs LuaJIT: make V=luajit")
  local about = output_of(program .. " -V 2>&1")
  local folder = about:match "%-%-modules%-path=(%S+)" or ""
  modules = {}
  for _, name in ipairs { "ndk_http_module", "ngx_http_lua_module" } do
    local path = ("%s/%s.so"):format(folder, name)
    if contents(path) then modules[#modules + 1] = ("load_module %s;"):format(path) end
  end
end

local TEMPLATE = [[
{{modules}}
{{user}}
daemon off;
worker_processes {{workers}};
pid {{directory}}/nginx.pid;
error_log {{directory}}/error.log notice;
{{main}}
events { worker_connections 1024; {{events}} }
http {
  access_log off;
  client_body_temp_path {{directory}}/body;
  proxy_temp_path {{directory}}/proxy;
  fastcgi_temp_path {{directory}}/fastcgi;
  uwsgi_temp_path {{directory}}/uwsgi;
  scgi_temp_path {{directory}}/scgi;
  lua_package_path "{{root}}/lua/?.lua;{{root}}/lua/?/init.lua;{{root}}/?.lua;;";
  lua_package_cpath "{{root}}/{{build}}/luajit/?.so;;";
  {{http}}
  server {
    listen 127.0.0.1:{{port}};
    {{server}}
  }
}
]]

-- Puts in what stands in double braces, which may hold such things itself.
local function fill(template, values)
  local text, n = template, 1
  while n > 0 do
    text, n = text:gsub("{{([%w_]+)}}", function(name)
      return tostring(values[name] or error("the configuration asks for " .. name))
    end)
  end
  return text
end

local function random_port()
  local high, low = core.random(2):byte(1, 2)
  return 20000 + (high * 256 + low) % 10000
end

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

-- Runs nginx until it ends, or our end of the pipe does. Whether it listens, or what it said.
local function launch(self)
  local values = {}
  for name, value in pairs(self.values) do values[name] = value end
  values.port = self.port
  write(self:file "nginx.conf", fill(TEMPLATE, values))
  os.remove(self:file "exit")
  self.pipe = assert(io.popen(([[cd %s || exit
    { LD_PRELOAD= %s %s -p . -c nginx.conf -e error.log >output 2>&1; echo $? >exit; } &
    cat >/dev/null
    kill -TERM $(cat nginx.pid 2>/dev/null) 2>/dev/null
    wait]]):format(quote(self.directory), self.before, program), "w"))
  local function is_up()
    local pid = contents(self:file "nginx.pid")
    return pid and pid:find "%d" or contents(self:file "exit")
  end
  assert(nginx.wait(is_up), "nginx does not start")
  if not contents(self:file "exit") then return true end
  self.pipe:close()
  self.pipe = nil
  return false, self:log() .. (contents(self:file "output") or "")
end

--- Starts one.
-- @tparam table options `server`: lines for its server block; `http`: for the http block; `main`:
--   for the top; `workers` (1); `values`: what `{{name}}` stands for in these, beside directory,
--   port and root; `files`: name -> text, written to the directory before; `before`: words before
--   the command
-- @treturn table
function nginx.start(options)
  find()
  local directory = os.tmpname()
  os.remove(directory)
  assert(os.execute("mkdir -m 755 " .. directory))
  local root = output_of "id -u":match "^0%s"
  local values = {
    modules = table.concat(modules, "\n"), user = root and "user root;" or "",
    directory = directory, root = output_of "pwd":match "^[^\n]*", workers = options.workers or 1,
    main = options.main or "", http = options.http or "", server = options.server or "",
    events = options.events or "", build = os.getenv "STRIPE_NGINX_BUILD" or "build",
  }
  for name, value in pairs(options.values or {}) do values[name] = value end
  local self = setmetatable({
    directory = directory, values = values,
    before = options.before or os.getenv "STRIPE_NGINX_BEFORE" or "",
  }, metatable)
  for name, text in pairs(options.files or {}) do write(self:file(name), text) end
  local up, why
  for _ = 1, 20 do -- somebody may have the port
    self.port = random_port()
    up, why = launch(self)
    if up or not why:find("98: Address already in use", 1, true) then break end
    os.remove(self:file "error.log")
  end
  if not up then
    self:stop()
    error("nginx does not start: " .. why, 2)
  end
  self.pid = contents(self:file "nginx.pid"):match "%d+"
  return self
end

--- A file of its directory.
function Server:file(name) return self.directory .. "/" .. name end

--- The base address.
function Server:url(path) return ("http://127.0.0.1:%d%s"):format(self.port, path or "") end

--- What stands in the error log.
function Server:log() return contents(self:file "error.log") or "" end

--- Its lines that match a pattern.
function Server:logged(pattern)
  local lines = {}
  for line in self:log():gmatch "[^\n]+" do
    if line:find(pattern) then lines[#lines + 1] = line end
  end
  return lines
end

local function parse(text)
  local status, head, body = text:match "^HTTP/%S+ (%d+)[^\r\n]*\r\n(.-)\r\n\r\n(.*)$"
  if not status then
    status, body = text:match "^HTTP/%S+ (%d+)[^\r\n]*\r\n\r\n(.*)$"
    head = ""
  end
  if status == "100" then return parse(body) end
  if not status then return nil end
  local headers = {}
  for name, value in (head .. "\r\n"):gmatch "([^:\r\n]+): *([^\r\n]*)\r\n" do
    headers[name:lower()] = value
  end
  return { status = tonumber(status), body = body, headers = headers }
end

local function curl(self, path, options)
  options = options or {}
  local words = { "LD_PRELOAD= curl -s -i --max-time", options.timeout or SECONDS }
  if options.method then words[#words + 1] = "-X " .. options.method end
  for name, value in pairs(options.headers or {}) do
    words[#words + 1] = "-H " .. quote(name .. ": " .. value)
  end
  if options.body then words[#words + 1] = "--data-binary " .. quote(options.body) end
  if options.body_file then words[#words + 1] = "--data-binary @" .. quote(options.body_file) end
  words[#words + 1] = options.more or ""
  words[#words + 1] = quote((options.base or self:url()) .. path)
  return table.concat(words, " ")
end

--- Asks for a path and waits: `{ status, headers, body }`; nil when no answer came.
-- @tparam string path
-- @tparam ?table options `method`, `headers`, `body` or `body_file`, `timeout` (the client then
--   goes away), `base` (another address), `more`: words for curl
function Server:ask(path, options)
  return parse(output_of(curl(self, path, options) .. " 2>&1"))
end

--- Asks for paths side by side: a list of answers, in that order, `false` where none came.
function Server:ask_all(paths, options)
  local commands = {}
  for i, path in ipairs(paths) do
    commands[i] = ("%s >%s 2>&1 &"):format(curl(self, path, options), self:file("answer" .. i))
  end
  commands[#commands + 1] = "wait"
  write(self:file "ask.sh", table.concat(commands, "\n") .. "\n")
  os.execute("sh " .. self:file "ask.sh")
  local answers = {}
  for i in ipairs(paths) do
    answers[i] = parse(contents(self:file("answer" .. i)) or "") or false
  end
  return answers
end

--- Begins to ask for a path, and doesn't wait; a function that waits for the answer.
function Server:begin(path, options)
  local pipe = assert(io.popen(curl(self, path, options) .. " 2>&1"))
  return function()
    local text = pipe:read "*a"
    pipe:close()
    return parse(text)
  end
end

--- The process ids of its workers.
function Server:workers()
  local pids = {}
  local listed = output_of("LD_PRELOAD= ps -o pid= --ppid " .. self.pid)
  for pid in listed:gmatch "%d+" do pids[#pids + 1] = pid end
  return pids
end

--- Sends the master process a signal: "HUP", "QUIT", "TERM".
function Server:signal(name) os.execute(("kill -%s %s"):format(name, self.pid)) end

--- Loads the configuration anew, and waits until the old workers are gone.
function Server:reload()
  local old = {}
  for _, pid in ipairs(self:workers()) do old[pid] = true end
  self:signal "HUP"
  return assert(nginx.wait(function()
    local n = 0
    for _, pid in ipairs(self:workers()) do
      if old[pid] then return false end
      n = n + 1
    end
    return n > 0
  end), "the old workers do not end")
end

--- Ends nginx by a signal, and waits until it is gone: its exit status.
function Server:finish(signal)
  self:signal(signal)
  local function status() return (contents(self:file "exit") or ""):match "%d+" end
  local code = assert(nginx.wait(status), "nginx does not end")
  return tonumber(code)
end

--- Ends it, if it still runs, and removes its directory.
function Server:stop()
  if self.pipe then self.pipe:close() end
  self.pipe = nil
  if not os.getenv "STRIPE_NGINX_KEEP" then os.execute("rm -rf " .. self.directory) end
end

return nginx
