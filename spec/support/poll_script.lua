-- A script as cron runs it, killed by spec/webhook/poll_kill_spec.lua where that says:
--
--   poll_script.lua URL CHECKPOINT DATABASE
--
-- Writes a row for every event, in the transaction that commits it.

local core = require "stripe.core"
local stripe = require "stripe"
local mortal = require "spec.support.mortal"

-- Moments before and after the checkpoint is replaced.
local replace_file = core.replace_file
function core.replace_file(...)
  mortal.step()
  local ok, problem = replace_file(...)
  mortal.step()
  return ok, problem
end

local client = stripe.new { api_key = "sk_test_1", base_url = arg[1], max_retries = 0 }
local store = assert(stripe.webhook.store.sqlite { path = arg[3] })
local handler = stripe.webhook.handler {
  secrets = false, lease = 0.001,
  store = mortal.around(store, { "claim", "begin" }),
  on = {
    ["*"] = function(ctx)
      local transaction = assert(ctx:transaction())
      assert(transaction:execute "CREATE TABLE IF NOT EXISTS effect (event TEXT)")
      mortal.step()
      assert(transaction:execute("INSERT INTO effect VALUES ("
        .. transaction:quote(ctx.id) .. ")"))
      mortal.step()
    end,
  },
  on_event = function() mortal.step() end, -- committed
}

local position, err, report = client.events:since(arg[2], handler)
if not position then
  print(err)
  os.exit(1)
end
print(report.results.committed or 0)
