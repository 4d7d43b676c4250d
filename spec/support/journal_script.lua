-- A script as cron runs it, killed by spec/journal/kill_spec.lua where that says:
--
--   journal_script.lua URL JOURNAL NAME
--
-- Places an order under NAME, and prints its id.

local stripe = require "stripe"
local mortal = require "spec.support.mortal"

local client = stripe.new { api_key = "sk_test_1", base_url = arg[1], max_retries = 0 }
local storage = assert(require("stripe.journal.storage.sqlite").open(arg[2]))
local journal = assert(stripe.journal { storage = mortal.around(storage, { "get", "put" }) })

local order, err = journal:once(arg[3], function(call)
  local product = assert(client.climate.products:list { limit = 1 }).data[1]
  mortal.step()
  local made, problem = client.climate.orders:create({
    product = product.id, metric_tons = "0.5", currency = "usd", metadata = { entry = arg[3] },
  }, call)
  mortal.step()
  return made, problem
end)
if not order then
  print(err)
  os.exit(1)
end
print(order.id)
