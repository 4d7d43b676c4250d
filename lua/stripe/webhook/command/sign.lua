--- `stripe-webhook sign`.
-- @module stripe.webhook.command.sign

local Input = require "stripe.webhook.command.input"
local webhook = require "stripe.webhook"

-- As one word for a shell.
local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- curl takes a value that starts with @ for a file's name.
local function data_of(path, payload)
  if path ~= "-" then return quoted("@" .. path) end
  if payload:find("\0", 1, true) or payload:find "^@" then
    Input.misuse "with --curl, put this payload into a file"
  end
  return quoted(payload)
end

local function curl(options, payload, header)
  return table.concat({
    "curl -sS -X POST", quoted(options.url), "-H 'Content-Type: application/json' -H",
    quoted(header), "--data-binary", data_of(options.payload, payload),
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
