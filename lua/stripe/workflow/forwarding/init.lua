--- Sending cards to another processor: each request once, and only when it is complete.
--
--     local forwarding = stripe.workflow.forwarding(client)
--     local result, err = forwarding:send {
--       url = "https://vault.example.com/tokens", payment_method = "pm_...",
--       replacements = { "card_number", "card_cvc" },
--       request = { body = '{"card":{"number":"","cvc":""},"order":"6735"}' },
--     }
--     if result then print(result.status, result.json and result.json.token) end
--
-- @module stripe.workflow.forwarding

local Class = require "stripe.workflow.class"
local send = require "stripe.workflow.forwarding.send"

local Forwarding = {}

local new, client_of = Class.new("forwarding", Forwarding)

--- Forwards a request. The same request is sent once, whichever process sends it: its idempotency
-- key is made of what it says. Stripe keeps keys for a day; a journal keeps them longer.
--
-- A field of the body that is `""` or `0` is a placeholder. Each replacement has to have one, and
-- each placeholder of a card field has to be among the replacements; otherwise nothing is sent.
-- @tparam table options
--   `url`, `payment_method`, `replacements`, `request = { headers, body }`, `metadata`: as of
--   `forwarding.requests:create`; the body may be a table, which becomes JSON, headers a map;
--   `fields`: replacement -> name or path (`card.pan`) of its field, or a list of them, where the
--   destination has other names than usual; `check`: false leaves the placeholders unchecked;
--   `reference`: tells requests apart that say the same; with a journal it is their name there;
--   `journal`: a `stripe.journal`; `wait`: as of `journal:once`;
--   `tries` (3): how often a connection to the destination is tried; `attempt` (1): 2 and so on
--   sends a request once more of which you have found out that it did nothing;
--   `call`: options of the call; `dry_run`: true returns what would be sent
-- @treturn[1] table `{ request (the forwarding.request), id, status (the destination's), outcome =
--   "accepted" (2xx) | "redirected" | "refused" (4xx) | "failed" (5xx), ok, body, json, headers (by
--   lower-case name), duration (milliseconds), doubtful, check, key or name, replayed, stored }`;
--   `doubtful`: the destination failed, and `check` says what to look for. Of a request that was
--   made more than 30 days ago only id, status and outcome are known
-- @treturn[2] nil
-- @treturn[2] table the error; refused here: type "validation_error", code "placeholder", "body" or
--   "header"; codes of the workflow: "not_connected" (nothing was sent, try again), "doubtful" (the
--   message says what to check), "changed"
function Forwarding:send(options)
  return send(client_of(self, "send"), options)
end

return new
