--- `stripe-webhook sign`.
-- @module stripe.webhook.command.sign

local Input = require "stripe.webhook.command.input"
local shell_word = require "stripe.shell_word"
local webhook = require "stripe.webhook"

-- curl takes a value that starts with @ for a file's name.
local function data_of(path, payload)
  if path ~= "-" then return shell_word("@" .. path) end
  if payload:find("\0", 1, true) or payload:find "^@" then
    Input.misuse "with --curl, put this payload into a file"
  end
  return shell_word(payload)
end

local function curl(options, payload, header)
  return table.concat({
    "curl -sS -X POST", shell_word(options.url), "-H 'Content-Type: application/json' -H",
    shell_word(header), "--data-binary", data_of(options.payload, payload),
  }, " ")
end

--- Runs it.
-- @tparam table options of the command line
-- @treturn integer exit code
return function(options)
  local secrets = Input.secrets(options)
  if not options.scheme:find "^%w+$" then Input.misuse "--scheme is a word such as v1" end
  local payload = Input.payload(options.payload)
  local header = "Stripe-Signature: " .. webhook.sign(payload, secrets,
    { timestamp = options.timestamp, scheme = options.scheme })
  print(options.curl and curl(options, payload, header) or header)
  return 0
end
