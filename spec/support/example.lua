--- An example of examples/nginx as a process of a spec's own, and browsers that ask it.

local nginx = require "spec.support.nginx"

local Example = {}
local metatable = { __name = "example", __index = Example }

local Browser = {}
local browser_metatable = { __name = "browser", __index = Browser }

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

local function quote(text) return "'" .. tostring(text):gsub("'", "'\\''") .. "'" end

--- Starts one, on a free port. It ends with the spec's process at the latest.
-- @string arguments of the script
-- @string[opt] environment words such as `STRIPE_SECRET_KEY=...`
-- @treturn table `url`, `simulator` (its URL), `directory`: where it keeps its temporary files
function Example.start(arguments, environment)
  local directory = os.tmpname()
  os.remove(directory)
  assert(os.execute("mkdir -m 755 " .. directory .. " " .. directory .. "/tmp"))
  local self = setmetatable({ directory = directory, tmp = directory .. "/tmp" }, metatable)
  self.pipe = assert(io.popen(([[cd . || exit
    unset STRIPE_SECRET_KEY STRIPE_WEBHOOK_SECRET
    env TMPDIR=%s/tmp %s examples/nginx/run %s --port 0 >%s/output 2>&1 &
    echo $! >%s/pid
    cat >/dev/null
    kill -TERM $(cat %s/pid) 2>/dev/null
    wait $(cat %s/pid)]]):format(directory, environment or "", arguments, directory, directory,
      directory, directory), "w"))
  assert(nginx.wait(function()
    self.url = self:output():match "(http://%S+)/ %(Ctrl"
    self.simulator = self:output():match "simulator: (%S+)"
    return self.url and (self.simulator or environment) or self:output():find "^run: "
  end), "the example does not start")
  if not self.url then
    local said = self:output()
    self:stop()
    error(said)
  end
  return self
end

function Example:output() return contents(self.directory .. "/output") or "" end

--- The process ids of the script, of nginx and of the simulator.
function Example:pids()
  local pids = { contents(self.directory .. "/pid"):match "%d+" }
  for line in output_of("cat " .. self.tmp .. "/*/*.pid"):gmatch "%d+" do
    pids[#pids + 1] = line
  end
  return pids
end

--- Asks a control route of its simulator, or with `-u KEY:` among the words its API.
function Example:control(path, words)
  return output_of(("curl -sS --max-time 20 %s %s"):format(words or "-d '{}'",
    quote(self.simulator .. path)))
end

--- Ends it, and tells what it has left behind.
function Example:stop()
  if self.pipe then self.pipe:close() end
  self.pipe = nil
  local left = output_of("ls -A " .. self.tmp)
  os.execute("rm -rf " .. self.directory)
  return left
end

local browsers = 0

--- A browser with cookies of its own.
function Example:browser()
  browsers = browsers + 1
  return setmetatable({
    url = self.url, jar = ("%s/jar%d"):format(self.directory, browsers),
  }, browser_metatable)
end

local function parse(text)
  local status, head, body = text:match "^HTTP/%S+ (%d+)[^\r\n]*\r\n(.-)\r\n\r\n(.*)$"
  if not status then return nil end
  local headers = {}
  for name, value in (head .. "\r\n"):gmatch "([^:\r\n]+): *([^\r\n]*)\r\n" do
    name = name:lower()
    headers[name] = headers[name] and headers[name] .. "\n" .. value or value
  end
  return { status = tonumber(status), body = body, headers = headers }
end

local function curl(self, path, words)
  return ("curl -sS -i --max-time 20 -b %s -c %s %s %s"):format(self.jar, self.jar, words or "",
    quote(self.url .. path))
end

--- Asks for a page: `{ status, headers, body }`. Redirects are not followed.
-- @string path
-- @string[opt] words more words for curl
function Browser:get(path, words) return assert(parse(output_of(curl(self, path, words)))) end

--- Sends a form: the fields, and what the last page has that is hidden.
function Browser:post(path, fields)
  local words = {}
  for name, value in pairs(fields) do
    words[#words + 1] = "--data-urlencode " .. quote(name .. "=" .. value)
  end
  return self:get(path, #words > 0 and table.concat(words, " ") or "-d ''")
end

--- The hidden fields of a page.
function Browser.hidden(answer)
  local fields = {}
  for name, value in answer.body:gmatch '<input type="hidden" name="([%w_]+)" value="([^"]*)">' do
    fields[name] = value
  end
  return fields
end

--- Gets a page and sends its form.
function Browser:submit(page, path, fields)
  local all = Browser.hidden(self:get(page))
  for name, value in pairs(fields or {}) do all[name] = value end
  return self:post(path, all)
end

--- Begins to listen for seconds; a function that gives what has come until now.
function Browser:listen(path, seconds)
  local output = self.jar .. ".events"
  os.execute(("curl -sS -N --max-time %d -b %s %s >%s 2>/dev/null &"):format(seconds, self.jar,
    quote(self.url .. path), output))
  return function() return contents(output) or "" end
end

--- Waits until f() gives something.
Example.wait = nginx.wait

return Example
