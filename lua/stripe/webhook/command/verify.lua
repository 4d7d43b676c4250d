--- `stripe-webhook verify`.
-- @module stripe.webhook.command.verify

local Input = require "stripe.webhook.command.input"
local summary = require "stripe.webhook.command.summary"
local webhook = require "stripe.webhook"

local function time(seconds)
  return os.date("!%Y-%m-%d %H:%M:%S UTC", seconds)
end

local function describe(verification, payload)
  local age = verification.age
  local words = {
    ("valid: signed at %s, %.0f s %s"):format(time(verification.timestamp), math.abs(age),
      age < 0 and "from now" or "ago"),
  }
  if verification.secret then
    words[#words + 1] = ("with the secret named %q"):format(verification.secret)
  end
  local kind, id, object = summary(payload)
  if kind == "-" and id == "-" then return table.concat(words, ", ") .. "; it is no event" end
  return ("%s; %s %s %s"):format(table.concat(words, ", "), kind, id, object)
end

--- Runs it.
-- @tparam table options of the command line
-- @treturn integer exit code
return function(options)
  local header, secrets = Input.header(options), Input.secrets(options)
  local payload = Input.payload(options.payload)
  local verification, err = webhook.verify(payload, header, secrets, {
    tolerance = options.tolerance.seconds, now = options.now,
    other_secrets = Input.other_secrets(options),
  })
  if verification then
    print(describe(verification, payload))
    return 0
  end
  print(("refused: %s (%s)"):format(err.message, err.code))
  return 1
end
