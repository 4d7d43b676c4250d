--- `stripe-webhook listen`: a server that prints the events that it is sent.
-- @module stripe.webhook.command.listen

local cqueues = require "cqueues"
local http_server = require "http.server"
local signal = require "cqueues.signal"
local core = require "stripe.core"
local find_header = require "stripe.webhook.headers"
local Input = require "stripe.webhook.command.input"
local read = require "stripe.simulator.server.read"
local send = require "stripe.simulator.outbound"
local summary = require "stripe.webhook.command.summary"
local webhook = require "stripe.webhook"
local write = require "stripe.simulator.server.write"

local FORWARD_SECONDS = 30
local SETUP_SECONDS, IDLE_SECONDS = 10, 120
local JSON = { { "Content-Type", "application/json" } }
local COLOURS = { green = "32", red = "31", yellow = "33", dim = "2" }

local function painter(options)
  local unwanted = os.getenv "NO_COLOR"
  local plain = options.no_color or unwanted and unwanted ~= ""
  if not plain then
    local status = os.execute "test -t 1"
    plain = status ~= 0 and status ~= true
  end
  return function(colour, text)
    return plain and text or ("\27[%sm%s\27[0m"):format(COLOURS[colour], text)
  end
end

local function forward(settings, request)
  local headers = {} -- all but Host, which is that of the URL
  for _, header in ipairs(request.headers) do
    if header[1]:lower() ~= "host" then headers[#headers + 1] = header end
  end
  local started = cqueues.monotime()
  local reply = send { method = "POST", url = settings.forward_to, headers = headers,
    body = request.body, timeout = FORWARD_SECONDS }
  local colour = reply.status and reply.status < 300 and "green" or "red"
  return reply.status or 502, ("  -> %s %s"):format(
    settings.paint(colour, tostring(reply.status or reply.failure)),
    settings.paint("dim", ("%.0f ms"):format((cqueues.monotime() - started) * 1000)))
end

local function say(settings, colour, verdict, rest)
  print(("%s %s %s"):format(settings.paint("dim", (os.date "%H:%M:%S")),
    settings.paint(colour, verdict), rest))
  io.stdout:flush()
end

-- What to answer to a request, after it was printed.
local function take(settings, request)
  if request.method ~= "POST" then
    say(settings, "yellow", "refused", request.method:gsub("%c", "?") .. ": events are POSTed")
    return 405
  end
  local header = find_header(request.headers, "stripe-signature")
  local verification, err = webhook.verify(request.body, header, settings.secrets, {
    tolerance = settings.tolerance, other_secrets = settings.other_secrets,
  })
  if not verification then
    say(settings, "red", "refused", ("%s (%s)"):format(err.message, err.code))
    return 400
  end
  local kind, id, object = summary(request.body)
  local status, more = 200, ""
  if settings.forward_to then status, more = forward(settings, request) end
  local name = verification.secret and settings.paint("dim", " " .. verification.secret) or ""
  say(settings, "green", "valid", ("%s %s %s%s%s"):format(kind, id, object, name, more))
  if settings.verbose then
    print((core.webhook_layout(request.body, "indented") or request.body))
    io.stdout:flush()
  end
  return status
end

local function exchange(settings, stream)
  local request, problem = read(stream)
  if not request then return end -- gone, or no HTTP
  local status = problem and problem.status or take(settings, request)
  write(stream, { status = status, headers = JSON,
    body = ('{"received":%s}'):format(tostring(status < 300)) }, request)
end

local function serve(settings, options)
  local server, why = http_server.listen {
    host = options.host, port = options.port, reuseaddr = true, tls = false, version = 1.1,
    connection_setup_timeout = SETUP_SECONDS, intra_stream_timeout = IDLE_SECONDS,
    onstream = function(_, stream) exchange(settings, stream) end,
    onerror = function(_, _, operation, problem)
      if operation == "onstream" then io.stderr:write(tostring(problem), "\n") end
    end,
  }
  local bound
  if server then bound, why = server:listen() end
  if not bound then return nil, tostring(why) end
  return server
end

local function settings_of(options)
  local url = options.forward_to
  if url and not url:find "^https?://[^/?#]" then Input.misuse "--forward-to must be a URL" end
  return {
    secrets = Input.secrets(options), other_secrets = Input.other_secrets(options),
    tolerance = options.tolerance.seconds, forward_to = url, paint = painter(options),
    verbose = options.verbose,
  }
end

local function address_of(server)
  local _, address, port = server:localname()
  if address:find(":", 1, true) then address = "[" .. address .. "]" end
  return ("http://%s:%d"):format(address, port)
end

--- Runs it, until a signal ends it.
-- @tparam table options of the command line
-- @treturn integer exit code
return function(options)
  local settings = settings_of(options)
  signal.ignore(signal.SIGPIPE)
  signal.block(signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
  local server, problem = serve(settings, options)
  if not server then
    io.stderr:write(("stripe-webhook: %s:%d: %s\n"):format(options.host, options.port, problem))
    return 1
  end
  local watcher = signal.listen(signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
  local loop = cqueues.new()
  loop:wrap(function() assert(server:loop()) end)
  loop:wrap(function()
    watcher:wait()
    server:close()
    os.exit(0)
  end)
  print("listening on " .. address_of(server))
  io.stdout:flush()
  assert(loop:loop())
  return 0
end
