--- Erasing what identity checks have collected.
--
--     local identity = stripe.workflow.identity(client)
--     local erased, err = identity:erase({ status = "verified", before = 1790000000 }, {
--       journal = stripe.journal "erasures.db", reference = "2026-11", audit = "erasures.jsonl",
--     })
--     print(erased)
--
-- @module stripe.workflow.identity

local Class = require "stripe.workflow.class"
local erase = require "stripe.workflow.identity.erase"

local Identity = {}

local new, client_of = Class.new("identity", Identity)

--- Redacts verification sessions, and waits until it is done. Killed and run again with the same
-- reference it goes on with the same sessions.
-- @tparam table|function filter all that is given has to fit: `status` (one or a list), `since`,
--   `before` (Unix seconds of the creation), `related_customer`, `related_customer_account`,
--   `client_reference_id`, `metadata` (a map), `where(session)`; or `all = true`
-- @tparam table options
--   `journal`: a `stripe.journal`, which keeps ids and nothing else; `reference`: names the
--   erasure; `rate` (10): requests per second; `concurrency` (4): sessions at once;
--   `audit`: path of a file of JSON lines `{ at, reference, session, event, status, request, code
--   }`, without personal data; events are "asked", "found" (was asked for before), "redacted",
--   "failed";
--   `interval` (60): seconds between two looks at what is under way; `deadline`: seconds for all
--   (0: ask, and don't wait); each session is asked for once, however long that takes, and none is
--   looked at again after it;
--   `cancel`: a `stripe.canceller()`; `on_change(id, state)`; `driver`; `wait`: as of
--   `journal:once`; `dry_run`: true returns `{ total, sessions }`, the ids, and does nothing;
--   `now`: Unix seconds, for specs
-- @treturn[1] table `{ reference, total, redacted = ids, pending = ids (asked for), processing =
--   ids (can't be redacted while their checks run; tried again until the deadline), failed = { {
--   session, error, retryable }, ... }, complete }`; `tostring` tells it in words
-- @treturn[2] nil
-- @treturn[2] table the error; codes of the workflow: "changed" (the reference has another
--   filter), "audit"
-- @treturn[2] ?table what is known so far
function Identity:erase(filter, options)
  return erase(client_of(self, "erase"), filter, options)
end

return new
