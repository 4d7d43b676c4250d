--- Selling crypto: quote, start, wait, reconcile.
--
--     local onramp = stripe.workflow.onramp(client)
--     print(onramp:quote { source_amount = "100.00", currencies = { "usdc" } })
--     local session, err = onramp:start {
--       journal = stripe.journal "onramp.db", reference = "order-6735",
--       source_amount = "100.00", source_currency = "usd",
--       destination_currency = "usdc", destination_network = "base",
--       destination_networks = { "base" }, wallet_addresses = { base_network = "0x..." },
--     }
--
-- Amounts are decimal text; nothing is rounded on the way. Methods return `nil, err` as calls do;
-- errors of the workflow itself have the type "workflow_error", parameters that are refused here
-- "validation_error" with the code that the API has for them.
-- @module stripe.workflow.onramp

local Class = require "stripe.workflow.class"
local Quote = require "stripe.workflow.onramp.quote"
local Wait = require "stripe.workflow.onramp.wait"
local core = require "stripe.core"
local reconcile = require "stripe.workflow.onramp.reconcile"
local start = require "stripe.workflow.onramp.start"

local Onramp = {}

local new, client_of = Class.new("onramp", Onramp)

--- What an amount would buy, or cost, on each network: for each currency the cheapest for one unit
-- first, fees included.
-- @tparam table options
--   `source_amount` (money) or `destination_amount` (crypto; then `currencies` names one);
--   `source_currency` ("usd"); `currencies`, `networks`: lists, by default what Stripe offers;
--   `quotes_path`: as of `crypto.onramp_quotes:retrieve`; by default the documented path, and the
--   other one when there is nothing; `driver`
-- @treturn[1] table `{ quotes = { { id, currency, network, destination_amount, source_amount,
--   source_currency, network_fee, transaction_fee, fees, total, price, balances }, ... }, groups =
--   { { currency, quotes }, ... }, best = currency -> quote, unavailable = { { network, reason,
--   code }, ... }, source_currency, rate_fetched_at }`; `price`: total for one unit, rounded to 6
--   places for reading; `balances`: the total is amount and fees. `tostring` makes a table of it
-- @treturn[2] nil
-- @treturn[2] table the error
function Onramp:quote(options)
  return Quote.make(client_of(self, "quote"), options)
end

--- Mints a session, one for each reference, however often this is called and wherever it was
-- killed before. Called again it returns the same session as it is now, its client secret fresh
-- from Stripe.
-- @tparam table options the parameters of `crypto.onramp_sessions:create`, and
--   `journal`: a `stripe.journal`; `reference`: names the session, also in its metadata
--   (`onramp_reference`); `wait`: seconds to wait for another process with the same reference;
--   `call`: options of the call, such as `{ oauth_token = ... }`; `dry_run`: true returns what
--   would be sent
-- @treturn[1] table the session
-- @treturn[1] nil
-- @treturn[1] table as of `journal:once`: `stored`, `repeated`, `replayed`, `reconciled`
-- @treturn[2] nil
-- @treturn[2] table the error; code "changed": the reference has a session of other parameters
function Onramp:start(options)
  return start(client_of(self, "start"), options)
end

--- The session of a reference, looked for among all sessions, the newest first.
-- @string reference
-- @treturn[1] ?table nil when there is none
-- @treturn[2] nil
-- @treturn[2] table the error
function Onramp:find(reference)
  local client = client_of(self, "find")
  if type(reference) ~= "string" then error("find takes a reference", 2) end
  local page, err = client.crypto.onramp_sessions:list { limit = 100 }
  if not page then return nil, err end
  for session, problem in page:each() do
    if not session then return nil, problem end
    if (session.metadata or {}).onramp_reference == reference then return session end
  end
end

--- Asks until a session is fulfilled or rejected.
-- @tparam string|table session its id, or the session as it was seen last
-- @tparam[opt] table options `interval` (5): seconds between two looks; `deadline`: seconds for all
--   (0: one look); `cancel`: a `stripe.canceller()`; `on_change(session, change)`; `driver`;
--   `call`: options of the calls
-- @treturn[1] table `{ session, status, outcome = "complete" | "rejected" | "open", complete,
--   reason = "deadline" | "canceled" | nil, history = changes, unknown = { status, ... }, illegal =
--   changes }`; a change is `{ status, from, at, legal, known }`, `at` in seconds from the start.
--   A status that is not known is open
-- @treturn[2] nil
-- @treturn[2] table the error
-- @treturn[2] table what is known so far, in the same shape
function Onramp:wait(session, options)
  return Wait.poll(client_of(self, "wait"), session, options)
end

--- The same for webhooks: handlers for the `on` of `stripe.webhook.handler` or of `events:since`.
-- They take the event in both of its spellings.
-- @tparam[opt] table options `on_change(session, change)`: a change is `{ status, from, legal,
--   known }`, the session is as it is now; `on_end(session, outcome)`: once, returns as a handler
--   does; `reference`, `sessions` (ids): only these
-- @treturn table pattern -> function(ctx)
function Onramp:handlers(options)
  return Wait.handlers(client_of(self, "handlers"), options or {})
end

--- Pairs sessions with transactions and adds up source, fees and destination.
-- @tparam[opt] table options `since`, `before`: Unix seconds, of the creation; `reference`;
--   `transactions`: list of `{ transaction_id, amount, currency, network, source_amount,
--   source_currency, fees, total }` (all but the id may be left out; what is there is compared), or
--   the path of a .csv or .jsonl file of them; `amount` is of the crypto
-- @treturn[1] table `{ groups = { { currency, network, source_currency, sessions, matched,
--   destination, received, source, network_fee, transaction_fee, fees, total }, ... }, totals by
--   source currency, pairs, problems = { { kind, message, session, transaction_id, expected, found
--   }, ... }, balanced, sessions, complete, rejected, open }`; methods `table()`, `csv(sheet)`,
--   `json()`. Kinds: "missing_transaction", "missing_wallet", "missing_amounts",
--   "duplicate_transaction", "early_transaction", "unmatched_session", "unmatched_transaction", and
--   "amount_differs" and so on for each field
-- @treturn[2] nil
-- @treturn[2] table the error; code "transactions": they can't be read
function Onramp:reconcile(options)
  return reconcile(client_of(self, "reconcile"), options)
end

--- Whether a text can be an address of a wallet: form, length, alphabet, checksum.
-- @string network as in the API's lists, or as in its maps (`base_network`)
-- @string address
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string what is wrong; never repeats the address
-- @treturn[2] string "unknown" (a network that is not known here), "form", "length", "alphabet",
--   "checksum", "elsewhere" (of another network, or a test network), "secret" (a private key)
function Onramp:check_wallet(network, address)
  client_of(self, "check_wallet")
  if type(network) ~= "string" or type(address) ~= "string" then
    error("check_wallet takes a network and an address", 2)
  end
  return core.wallet(network, address)
end

return new
