-- Erases sessions as a cron job would, killed by spec/workflow/identity_kill_spec.lua:
--
--   identity_script.lua URL JOURNAL AUDIT REFERENCE

local stripe = require "stripe"
local mortal = require "spec.support.mortal"

local client = stripe.new {
  api_key = "sk_test_1", base_url = arg[1], max_retries = 0,
  on_request = mortal.step, on_response = mortal.step,
}
local storage = assert(require("stripe.journal.storage.sqlite").open(arg[2]))
local journal = assert(stripe.journal { storage = mortal.around(storage, { "get", "put" }) })

local result, err = stripe.workflow.identity(client):erase({ metadata = { batch = arg[4] } }, {
  journal = journal, reference = arg[4], audit = arg[3], rate = 1000, deadline = 0,
  on_change = mortal.step,
})
if not result then
  print(err)
  os.exit(1)
end
print(result)
