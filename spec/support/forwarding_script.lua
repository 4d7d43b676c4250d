-- Forwards a card as a worker would, killed by spec/workflow/forwarding_kill_spec.lua:
--
--   forwarding_script.lua URL JOURNAL REFERENCE DESTINATION

local stripe = require "stripe"
local mortal = require "spec.support.mortal"

local client = stripe.new {
  api_key = "sk_test_1", base_url = arg[1], max_retries = 0,
  on_request = mortal.step, on_response = mortal.step,
}
local journal
if arg[2] ~= "" then
  local storage = assert(require("stripe.journal.storage.sqlite").open(arg[2]))
  journal = assert(stripe.journal { storage = mortal.around(storage, { "get", "put" }) })
end

local result, err = stripe.workflow.forwarding(client):send {
  journal = journal, reference = arg[3], url = arg[4], payment_method = "pm_card_visa",
  replacements = { "card_number", "card_cvc" },
  request = { body = { card = { number = "", cvc = "" }, order = arg[3] } },
}
mortal.step()
if not result then
  print(err)
  os.exit(1)
end
print(result.id, result.status, result.json and result.json.token)
