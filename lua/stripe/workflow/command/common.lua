--- What the programs of the workflows share: the client they are run with, and how they end.
--
-- Exit codes, for cron: 0 done; 1 failed, and running it again won't help without a change; 2 wrong
-- arguments; 3 nothing was lost, run it again; 4 in doubt: the message says what to check.
-- @module stripe.workflow.command.common

local core = require "stripe.core"
local stripe = require "stripe"

local Common = { DONE = 0, FAILED = 1, USAGE = 2, AGAIN = 3, DOUBT = 4 }

--- Adds the options that every program has.
-- @param parse an argparse parser
function Common.options(parse)
  function parse.error(self, message) -- argparse would exit with 1
    Common.stop(self:get_usage() .. "\n\nError", message, Common.USAGE)
  end
  parse:option("--api-key", "The secret key; better in the environment as STRIPE_SECRET_KEY.")
    :argname "KEY"
  parse:option("--api-base", "Another address than https://api.stripe.com, such as stripe-sim's.")
    :argname "URL"
  parse:option("--account", "The connected account to act for.")
  parse:flag("--live", "Let a live key move real money.")
  parse:flag("--json", "Print JSON instead of text.")
  parse:flag("--dry-run", "Say what would be done; send nothing that changes anything.")
  parse:option("--journal", "The file that remembers what was done.", "stripe-journal.db")
    :argname "FILE"
end

--- Ends the program.
function Common.exit(code)
  io.stdout:flush()
  os.exit(code, true)
end

--- Ends it with a message.
function Common.stop(name, message, code)
  io.stdout:flush()
  io.stderr:write(name, ": ", tostring(message), "\n")
  Common.exit(code or Common.FAILED)
end

--- The exit code that an error means.
function Common.code_of(err)
  if err.code == "doubtful" or err.code == "changed" then return Common.DOUBT end
  if err.retryable or err.sent == "maybe" or err.code == "busy" then return Common.AGAIN end
  return Common.FAILED
end

--- Ends the program because of an error; in JSON it goes to the output.
function Common.fail(name, err, options)
  local code = type(err) == "table" and Common.code_of(err) or Common.FAILED
  if options.json and type(err) == "table" then
    print(core.json { error = {
      type = err.type, code = err.code, message = err.message, param = err.param,
      request_id = err.request_id, idempotency_key = err.idempotency_key, sent = err.sent,
      retryable = err.retryable,
    } })
  end
  Common.stop(name, err, code)
end

local function is_live(key) return key:find("^[sr]k_live_") ~= nil end

--- A client as the options say; ends the program when there can be none.
function Common.client(name, options)
  local key = options.api_key or os.getenv "STRIPE_SECRET_KEY"
  if not key or key == "" then
    if not options.api_base then
      Common.stop(name, "no key: set STRIPE_SECRET_KEY (or use --api-base with stripe-sim)",
        Common.USAGE)
    end
    key = "sk_test_simulator"
  end
  if is_live(key) and not options.live then
    Common.stop(name, "this is a live key: real money would move; say --live if you mean it",
      Common.USAGE)
  end
  local made, client = pcall(stripe.new, {
    api_key = key, base_url = options.api_base, account = options.account,
    app_info = { name = name },
  })
  if not made then Common.stop(name, client:gsub("^[^:]+:%d+: ", ""), Common.USAGE) end
  return client
end

--- The journal that the options name; ends the program when it can't be opened.
function Common.journal(name, options)
  local journal, err = stripe.journal(options.journal)
  if not journal then Common.fail(name, err, options) end
  return journal
end

--- Prints a value as JSON or by its text.
function Common.print(options, value, text)
  if options.json then
    print(core.json(value))
  else
    io.write(text)
  end
end

--- Reads a positive decimal, a year and the like, for argparse.
function Common.whole(text)
  local number = tonumber(text)
  if number and number % 1 == 0 and number >= 0 then return math.floor(number) end
  return nil, ("'%s' is no whole number"):format(text)
end

return Common
