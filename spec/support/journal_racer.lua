-- One of several processes that do the same under one name, for spec/journal/race_spec.lua:
--
--   journal_racer.lua URL JOURNAL COUNT WAIT
--
-- Opens the journal, does COUNT things, and prints for each its order's id, or its error's code.

local stripe = require "stripe"

local client = stripe.new { api_key = "sk_test_1", base_url = arg[1], max_retries = 0 }
local journal = assert(stripe.journal(arg[2]))

for i = 1, tonumber(arg[3]) do
  local order, err = journal:once("race " .. i, function(call)
    return client.climate.orders:create({
      product = "climsku_marine_removal_2029", metric_tons = "0.5", currency = "usd",
      metadata = { race = tostring(i) },
    }, call)
  end, { wait = tonumber(arg[4]) })
  print(i, order and order.id or err.code)
end
