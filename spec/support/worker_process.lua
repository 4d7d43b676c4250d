--- bin/stripe-worker as a process of a spec's own.

local WorkerProcess = {}
local metatable = { __index = WorkerProcess }

local function read(path)
  local file = assert(io.open(path))
  local text = file:read "*a"
  file:close()
  return text
end

--- Starts it. Its output goes into a file.
-- @string arguments of the command line
-- @string[opt] environment such as "NAME=value OTHER=value"
-- @treturn table `{ pid }`
local function start(arguments, environment)
  local log = os.tmpname()
  local pipe = assert(io.popen(("exec 2>/dev/null; env %s bin/stripe-worker %s >%s 2>&1 & "
    .. "echo $!; wait $!; echo $?"):format(environment or "", arguments, log)))
  return setmetatable({ pipe = pipe, pid = pipe:read "*l", log = log }, metatable)
end

--- What it has said up to now.
function WorkerProcess:output() return read(self.log) end

--- Waits for its end; then `code` is its exit code.
-- @treturn string all that it said
function WorkerProcess:wait()
  if self.pipe then
    self.code = tonumber(self.pipe:read "*l")
    self.pipe:close()
    self.pipe, self.said = nil, read(self.log)
    os.remove(self.log)
  end
  return self.said
end

--- Ends it: TERM asks, KILL doesn't.
-- @string signal
-- @return as `wait`
function WorkerProcess:stop(signal)
  if self.pipe then os.execute(("kill -%s %s"):format(signal or "KILL", self.pid)) end
  return self:wait()
end

return { start = start }
