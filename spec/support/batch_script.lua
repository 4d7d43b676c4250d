-- A batch as a person runs it, killed by spec/batch/kill_spec.lua:
--
--   batch_script.lua URL JOURNAL RESULTS ROWS

local stripe = require "stripe"
local mortal = require "spec.support.mortal"

local client = stripe.new { api_key = "sk_test_1", base_url = arg[1], max_retries = 0 }
local storage = assert(require("stripe.journal.storage.sqlite").open(arg[2]))

local summary, problem = stripe.batch.run {
  name = "kill", rows = arg[4], format = "csv", key = "no", results = arg[3], concurrency = 4,
  progress = false,
  journal = assert(stripe.journal { storage = mortal.around(storage, { "put" }) }),
  each = function(row, call)
    local order, err = client.climate.orders:create({
      product = "climsku_marine_removal_2029", metric_tons = row.tons, currency = "usd",
      metadata = { row = row.no },
    }, call)
    mortal.step()
    if not order then return nil, err end
    return order.id
  end,
}
print(problem or summary)
os.exit(summary and summary.complete and 0 or 1)
