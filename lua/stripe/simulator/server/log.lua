--- What the simulator's server says while it runs: one line for each exchange, without secrets.
-- @module stripe.simulator.server.log

local core = require "stripe.core"

local function request_id(answer)
  for _, header in ipairs(answer.headers) do
    if header[1] == "Request-Id" then return header[2] end
  end
  return "-"
end

-- The parameters of a request, or nothing when it is no form.
local function params_of(request, op)
  local body, query = request.body, request.url:match("%?([^#]*)")
  for _, header in ipairs(request.headers) do
    if header[1] == "content-type" and not header[2]:find "urlencoded" then body = "" end
  end
  local text = query and query ~= "" and body ~= "" and query .. "&" .. body
    or body ~= "" and body or query
  return text and text ~= "" and "  " .. core.redact_form(op, text) or ""
end

--- Makes a log.
-- @string level "quiet": only failures of the simulator itself; "normal": a line per exchange;
--   "verbose": with parameters, the bodies of errors, and troubles of connections
-- @tparam[opt=io.stderr] file out
-- @treturn table for `server.listen`
return function(level, out)
  local verbose = level == "verbose"
  local log = {}

  local function say(line)
    (out or io.stderr):write((os.date "%H:%M:%S "), core.redact(line), "\n")
  end

  function log.failure(traceback) say("failure: " .. traceback) end

  function log.trouble(message)
    if verbose then say("connection: " .. message) end
  end

  function log.exchange(request, answer, seconds)
    if level == "quiet" then return end
    local path = request.url:match("^[^?#]*"):gsub("^/links/.*", "/links/[redacted]")
    local line = ("%s %s %s %s %.1f ms"):format(request.method, path,
      answer and answer.status or request.outcome, answer and request_id(answer) or "-",
      seconds * 1000)
    if verbose then
      line = line .. params_of(request, core.route(request.method, path))
      if answer and answer.status >= 400 then line = line .. "\n  " .. (answer.body or "") end
    end
    say(line)
  end

  function log.delivery(delivery, outcome)
    if level == "quiet" then return end
    say(("delivery of %s %s to %s: %s, try %d"):format(delivery.type, delivery.event,
      delivery.request.url:match "^[^?#]*", outcome.failure or outcome.status, delivery.attempt))
  end

  return log
end
