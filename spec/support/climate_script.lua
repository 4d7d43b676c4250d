-- Buys carbon removal as a cron job would, killed by spec/workflow/climate_kill_spec.lua:
--
--   climate_script.lua URL JOURNAL REFERENCE [OPTIONS]
--
-- OPTIONS is JSON: `terms` of the plan, `buy`: more options of it, `shift`: seconds by which the
-- clock of this run is ahead.

local core = require "stripe.core"
local stripe = require "stripe"
local mortal = require "spec.support.mortal"

local options = arg[4] and assert(core.decode(arg[4])) or {}
local client = stripe.new {
  api_key = "sk_test_1", base_url = arg[1], max_retries = 0, timeout = 5,
  on_request = mortal.step, on_response = mortal.step,
}
local storage = assert(require("stripe.journal.storage.sqlite").open(arg[2]))
local journal = assert(stripe.journal {
  storage = mortal.around(storage, { "get", "put" }),
  now = function() return core.time() + (options.shift or 0) end,
})

local climate = stripe.workflow.climate(client)
local plan, err = climate:plan(options.terms or { metric_tons = "7000" })
local bought
if plan then
  local given = { journal = journal, reference = arg[3] }
  for name, value in pairs(options.buy or {}) do given[name] = value end
  bought, err = climate:buy(plan, given)
end
if not bought then
  print(err)
  os.exit(1)
end
print(bought.amount_total, bought.metric_tons)
