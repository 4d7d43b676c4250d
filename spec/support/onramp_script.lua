-- Mints sessions as a cron job would, killed by spec/workflow/onramp_kill_spec.lua:
--
--   onramp_script.lua URL JOURNAL REFERENCE

local stripe = require "stripe"
local mortal = require "spec.support.mortal"

local client = stripe.new {
  api_key = "sk_test_1", base_url = arg[1], max_retries = 0,
  on_request = mortal.step, on_response = mortal.step,
}
local storage = assert(require("stripe.journal.storage.sqlite").open(arg[2]))
local journal = assert(stripe.journal { storage = mortal.around(storage, { "get", "put" }) })

local onramp = stripe.workflow.onramp(client)
for _, network in ipairs { "base", "solana" } do
  local session, err = onramp:start {
    journal = journal, reference = arg[3] .. " " .. network, source_amount = "100.00",
    source_currency = "usd", destination_currency = "usdc", destination_network = network,
  }
  local result
  if session then result, err = onramp:wait(session, { deadline = 0 }) end
  if not result then
    print(err)
    os.exit(1)
  end
  print(session.id, session.client_secret)
end
