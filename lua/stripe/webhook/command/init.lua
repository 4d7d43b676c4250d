--- The program stripe-webhook: its commands and their arguments.
--
-- Exit codes: 0: valid, or done; 1: refused, or it could not be done; 2: wrong arguments.
-- @module stripe.webhook.command

local argparse = require "argparse"
local Input = require "stripe.webhook.command.input"

local ABOUT_SECRETS = [[
Secrets are written NAME=SECRET where the name is to be told, else just SECRET. Without --secret
and --secret-file, STRIPE_WEBHOOK_SECRET of the environment is one. Other users of this machine can
see what is given with --secret.]]

local function secrets(command)
  command:mutex(
    command:option("--secret", "The signing secret; may be given several times.")
      :argname "<secret>":count "*",
    command:option("--secret-file", "A file with a secret in each line."):argname "<file>")
end

local function add_verify(parse)
  local command = parse:command("verify", "Checks a captured payload: is it signed, and if not, "
    .. "what happened to it?")
  command:argument("payload", "The file with the bytes of the body; -: standard input.", "-")
  command:mutex(
    command:option("--header", "The text of Stripe-Signature."):argname "<text>",
    command:option("--header-file", "A file with that, or with all headers of the request.")
      :argname "<file>")
  secrets(command)
  command:option("--other-secret", "A secret that is not valid here, to find out whether it signed "
    .. "the payload; may be given several times."):argname "<secret>":count "*"
  command:option("--tolerance", "Seconds that the signature may be old; off: any number, since "
    .. "captures are old.", "off"):convert(Input.tolerance)
  command:option("--now", "Unix seconds instead of this machine's time.")
    :convert(Input.whole)
  command:epilog(ABOUT_SECRETS .. "\n\nExit codes: 0: valid; 1: refused; 2: wrong arguments.")
end

local function add_sign(parse)
  local command = parse:command("sign", "Signs a payload and prints the header.")
  command:argument("payload", "The file with the bytes of the body; -: standard input.", "-")
  secrets(command)
  command:option("--timestamp", "Unix seconds instead of this machine's time.")
    :convert(Input.whole)
  command:option("--scheme", "The name of the signature.", "v1")
  command:flag("--curl", "Print a command that sends it.")
  command:option("--url", "Where to.", "http://127.0.0.1:4242/")
  command:epilog(ABOUT_SECRETS)
end

local function add_listen(parse)
  local command = parse:command("listen", "Listens on a port, verifies what comes and prints a "
    .. "line for each event: time, verdict, type, id, object.")
  command:option("--host", "The address to bind.", "127.0.0.1")
  command:option("--port", "The port; 0 takes any that is free, and prints which.", "4242")
    :convert(Input.port)
  secrets(command)
  command:option("--other-secret", "A secret that is not valid here, to be told when it signs; may "
    .. "be given several times."):argname "<secret>":count "*"
  command:option("--tolerance", "Seconds that a signature may be old, or ahead; off: any number.",
    "300"):convert(Input.tolerance)
  command:option("--forward-to", "A URL that gets every valid request as it came, but for "
    .. "Host; its status becomes ours."):argname "<url>"
  command:flag("-v --verbose", "Print the events too.")
  command:flag("--no-color", "No colours; nor are there any where NO_COLOR is set, or where "
    .. "standard output is no terminal.")
  command:epilog(ABOUT_SECRETS .. [[


It answers 200 to what is valid, 405 to what is no POST, and 400 to the rest; the reason is printed,
and not told to the sender. With --forward-to, 502 says that nobody answered there.]])
end

local function add_trigger(parse)
  local command = parse:command("trigger", "Makes a running stripe-sim record an event, and "
    .. "deliver it to the endpoints that it has.")
  command:argument("type", "Such as climate.order.delivered.")
  command:option("--api-base", "Where stripe-sim listens.", "http://127.0.0.1:12111")
    :argname "<url>"
  command:option("--api-key", "Whose account; without one, the default account."):argname "<key>"
  command:option("--override", "A member of the event's object, such as status=delivered or "
    .. "metadata.order=7; may be given several times. A value that is JSON is that value: write "
    .. "metric_tons='\"1\"' for the text 1."):argname "<member>=<value>":count "*"
  command:epilog "Exit codes: 0: recorded; 1: refused, or nobody listens; 2: wrong arguments."
end

local function parser()
  local parse = argparse("stripe-webhook", "Webhooks of Stripe from the command line.")
  parse:command_target "command"
  parse:require_command(true)
  add_verify(parse)
  add_sign(parse)
  add_listen(parse)
  add_trigger(parse)
  parse:epilog [[
Examples:
  stripe-webhook verify body.json --header "t=...,v1=..." --secret-file endpoint.secret
  stripe-webhook sign body.json --curl --url http://127.0.0.1:8080/stripe
  stripe-webhook listen --port 4242 --forward-to http://127.0.0.1:8080/stripe
  stripe-webhook trigger climate.order.delivered --override metadata.order=7

"stripe-webhook COMMAND --help" tells more of each.]]
  return parse
end

--- Runs the program; returns never.
-- @tparam {string,...} words
return function(words)
  local understood, options = parser():pparse(words)
  if not understood then Input.misuse(options .. "; see stripe-webhook --help") end
  local found, command = pcall(require, "stripe.webhook.command." .. options.command)
  if not found then
    Input.misuse(("%s needs lua-http and lua-cqueues for this Lua:\n%s"):format(options.command,
      tostring(command)))
  end
  local code = command(options)
  local written, problem = io.stdout:flush()
  if not written then Input.misuse("what there is to say can't be written: " .. problem) end
  os.exit(code)
end
