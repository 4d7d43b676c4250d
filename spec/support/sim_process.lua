--- bin/stripe-sim as a process of a spec's own, and Lua scripts beside it that may be killed.

local core = require "stripe.core"
local stripe = require "stripe"

local SimProcess = {}
local metatable = { __index = SimProcess }

--- Starts it on a free port.
-- @string[opt] arguments of the command line
-- @treturn table `{ url, port, pid }`
local function start(arguments)
  local pipe = assert(io.popen("echo $$; exec bin/stripe-sim --port 0 --quiet "
    .. (arguments or "") .. " 2>&1"))
  local pid, line = pipe:read "*l", pipe:read "*l"
  local port = tonumber((line or ""):match ":(%d+)$")
  assert(port, "stripe-sim did not start: " .. tostring(line))
  return setmetatable({
    pipe = pipe, pid = pid, port = port, url = "http://127.0.0.1:" .. port,
  }, metatable)
end

--- A client of it.
-- @tparam[opt] table options more options of `stripe.new`
function SimProcess:client(options)
  local given = { api_key = "sk_test_1", base_url = self.url, max_retries = 0 }
  for name, value in pairs(options or {}) do given[name] = value end
  return stripe.new(given)
end

--- Asks a control route: `sim:control("POST", "/faults", {...})` -> the answer, decoded.
function SimProcess:control(method, path, body)
  local file = os.tmpname()
  local out = assert(io.open(file, "w"))
  out:write(body and core.json(body) or "")
  out:close()
  local pipe = assert(io.popen(("curl -s -X %s -H 'Content-Type: application/json' --data-binary "
    .. "@%s '%s/_sim%s'"):format(method, file, self.url, path)))
  local text = pipe:read "*a"
  pipe:close()
  os.remove(file)
  return text ~= "" and assert(core.decode(text)) or nil
end

--- Ends it.
function SimProcess:stop()
  os.execute("kill -TERM " .. self.pid)
  self.pipe:read "*a"
  self.pipe:close()
end

return { start = start }
