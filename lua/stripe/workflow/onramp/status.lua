--- The states of an onramp session, and which may come after which.
--
-- A look now and then may miss some of them: what counts is whether there is a way from the one to
-- the other. From which states a session may be rejected is not written down anywhere; here: from
-- all that are not final. [docs.stripe.com/api/crypto/onramp_sessions/object]
-- @module stripe.workflow.onramp.status

local Status = {}

local FOLLOWS = {
  initialized = { "quote_ready", "requires_payment" },
  quote_ready = { "requires_payment", "fulfillment_processing" }, -- of headless sessions
  requires_payment = { "quote_ready", "fulfillment_processing" },
  fulfillment_processing = { "fulfillment_complete" },
  fulfillment_complete = {},
  rejected = {},
}

local OUTCOMES = { fulfillment_complete = "complete", rejected = "rejected" }

--- Whether this library knows a status.
function Status.known(status) return FOLLOWS[status] ~= nil end

--- What a status means: "complete", "rejected" or "open"; one that is not known is open.
function Status.outcome(status) return OUTCOMES[status] or "open" end

local function leads(from, to, seen)
  if from == to then return true end
  seen[from] = true
  for _, following in ipairs(FOLLOWS[from]) do
    if not seen[following] and leads(following, to, seen) then return true end
  end
  return false
end

--- Whether a session may have gone from one status to another. Of a status that is not known
-- anything is believed.
function Status.may(from, to)
  if not (Status.known(from) and Status.known(to)) then return true end
  if to == "rejected" then return from ~= "fulfillment_complete" end
  return leads(from, to, {})
end

return Status
