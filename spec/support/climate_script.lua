-- Buys carbon removal as a cron job would, killed by spec/workflow/climate_kill_spec.lua:
--
--   climate_script.lua URL JOURNAL REFERENCE

local stripe = require "stripe"
local mortal = require "spec.support.mortal"

local client = stripe.new { api_key = "sk_test_1", base_url = arg[1], max_retries = 0 }
local storage = assert(require("stripe.journal.storage.sqlite").open(arg[2]))
local journal = assert(stripe.journal { storage = mortal.around(storage, { "get", "put" }) })

local climate = stripe.workflow.climate(client)
local plan, err = climate:plan { metric_tons = "7000" }
local bought
if plan then
  bought, err = climate:buy(plan, { journal = journal, reference = arg[3] })
end
if not bought then
  print(err)
  os.exit(1)
end
print(bought.amount_total, bought.metric_tons)
