--- The program stripe-sim: arguments, signals, the state file.
-- @module stripe.simulator.server.command

local argparse = require "argparse"
local cqueues = require "cqueues"
local prefixes = require "stripe.simulator.prefixes"
local signal = require "cqueues.signal"
local simulator = require "stripe.simulator"
local new_log = require "stripe.simulator.server.log"
local server = require "stripe.simulator.server"
local state = require "stripe.simulator.server.state"

local PORT = 12111

local function whole(text)
  local number = tonumber(text)
  if number and number % 1 == 0 and number >= 0 then return number end
  return nil, ("'%s' is no whole number"):format(text)
end

local function port(text)
  local number, problem = whole(text)
  if number and number > 65535 then return nil, "a port is at most 65535" end
  return number, problem
end

local function url(text)
  if prefixes.plain(text) then return text end
  return nil, ("'%s' is no URL"):format(text)
end

local function parser()
  local parse = argparse("stripe-sim", "A simulator of Stripe's Identity, Crypto Onramp, Climate, "
    .. "Forwarding, Webhook Endpoints, Events, Files and File Links, behind a local port.")
  parse:option("--host", "The address to bind.", "127.0.0.1")
  parse:option("--port", "The port; 0 takes any that is free, and prints which.")
    :default(tostring(PORT)):convert(port)
  parse:option("--seed", "The same seed gives the same ids.", "1")
  parse:option("--clock", "Unix seconds at which time stands until it is moved."):convert(whole)
  parse:option("--state", "A file to start from, and to write on exit and on POST /_sim/save.")
  parse:option("--deliver-to", "Deliver to endpoints below this URL too, not only to those on this "
    .. "machine; may be given several times."):argname("<url>"):count("*"):convert(url)
  parse:option("--sign-clock", "Whose time the signatures of deliveries bear: host or simulator.",
    "host"):choices { "host", "simulator" }
  parse:flag("--tls", "Speak TLS, with a certificate made for this run unless one is given.")
  parse:option("--cert", "The certificate, a PEM file; with --key.")
  parse:option("--key", "Its private key, a PEM file.")
  parse:option("--write-cert", "Write the certificate made for this run there, to be trusted.")
  parse:mutex(
    parse:flag("-q --quiet", "Log nothing but failures of the simulator itself."),
    parse:flag("-v --verbose", "Log parameters and errors too, without secrets."))
  return parse
end

local function fail(message)
  io.stderr:write("stripe-sim: ", tostring(message), "\n")
  os.exit(1)
end

local function context_of(options)
  if (options.cert == nil) ~= (options.key == nil) then fail "--cert and --key go together" end
  if options.write_cert and (options.cert or not options.tls) then
    fail "--write-cert goes with --tls, and without --cert: it is for a certificate made here"
  end
  if not (options.tls or options.cert) then return nil end
  local tls = require "stripe.simulator.server.tls"
  if options.cert then
    local context, problem = tls.given(options.cert, options.key)
    return context or fail(problem)
  end
  local context, certificate = tls.own(options.host)
  if options.write_cert then
    local file, problem = io.open(options.write_cert, "wb")
    if not file then fail(problem) end
    file:write(certificate)
    file:close()
  end
  return context
end

-- Ends the program on a signal, or when a second one says that it takes too long.
local function watch_signals(on_end)
  signal.ignore(signal.SIGPIPE)
  signal.block(signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
  local watcher = signal.listen(signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
  return function()
    watcher:wait()
    on_end()
  end
end

--- Runs the program; returns never.
-- @tparam {string,...} arguments
local function main(arguments)
  local options = parser():parse(arguments)
  local log = new_log(options.quiet and "quiet" or options.verbose and "verbose" or "normal")
  local sim = simulator.new {
    seed = options.seed, clock = options.clock, sign_clock = options.sign_clock,
    allowed_endpoints = options.deliver_to,
  }
  local listening, problem, save
  if options.state then
    function save() return state.save(sim, options.state, listening.url) end
  end
  listening, problem = server.listen(sim, {
    host = options.host, port = options.port, context = context_of(options), log = log, save = save,
  })
  if not listening then fail(("%s:%d: %s"):format(options.host, options.port, problem)) end
  if options.state then
    local loaded, why = state.load(sim, options.state, listening.url)
    if not loaded then fail(why) end
    listening:adopt()
    local saved, unwritable = save() -- rather now than after a day's work
    if not saved then fail(unwritable) end
  end

  local code = 0
  local loop = cqueues.new()
  loop:wrap(function() listening:run() end)
  loop:wrap(watch_signals(function()
    listening:close()
    if save then
      local saved, why = save()
      if not saved then
        code = 1
        io.stderr:write("stripe-sim: the state was not saved: ", why, "\n")
      end
    end
    os.exit(code)
  end))
  print("listening on " .. listening.url)
  io.stdout:flush()
  assert(loop:loop())
end

return main
