--- Pairs sessions with transactions, adds everything up, and says what doesn't balance.
--
-- Only what is fulfilled counts in the sums; what is open or rejected is counted apart. All amounts
-- are exact: nothing is rounded, and no sum mixes currencies.
-- @module stripe.workflow.onramp.reconcile

local Class = require "stripe.workflow.class"
local Ledger = require "stripe.workflow.onramp.ledger"
local Status = require "stripe.workflow.onramp.status"
local Statement = require "stripe.workflow.onramp.statement"
local Transactions = require "stripe.workflow.onramp.transactions"

local decimal = require("stripe.core").decimal

local OPTIONS = { since = true, before = true, reference = true, transactions = true }

local function misuse(options)
  local wrong = Class.unknown("reconcile", options, OPTIONS)
  if wrong then return wrong end
  for _, name in ipairs { "since", "before" } do
    local value = options[name]
    if value ~= nil and not (type(value) == "number" and value >= 0 and value % 1 == 0) then
      return ("option %q must be Unix seconds"):format(name)
    end
  end
  local given = options.transactions
  if given ~= nil and type(given) ~= "string" and type(given) ~= "table" then
    return 'option "transactions" must be a list of { transaction_id, amount, ... }, or the path '
      .. "of a .csv or .jsonl file"
  elseif options.reference ~= nil and type(options.reference) ~= "string" then
    return 'option "reference" must be text'
  end
end

local function sessions_of(client, options)
  local created
  if options.since or options.before then
    created = { gte = options.since, lt = options.before }
  end
  local page, err = client.crypto.onramp_sessions:list { limit = 100, created = created }
  if not page then return nil, err end
  local found = {}
  for session, problem in page:each() do
    if not session then return nil, problem end
    local mark = (session.metadata or {}).onramp_reference
    if not options.reference or mark == options.reference then found[#found + 1] = session end
  end
  return found
end

-- The amounts of a session as decimals; nil, and the names of those that are missing.
local function amounts_of(details)
  local fees = type(details.fees) == "table" and details.fees or {}
  local amounts = {
    source = Class.decimal(details.source_amount),
    destination = Class.decimal(details.destination_amount),
    network_fee = Class.decimal(fees.network_fee_amount),
    transaction_fee = Class.decimal(fees.transaction_fee_amount),
  }
  local missing = {}
  for _, name in ipairs { "source", "destination", "network_fee", "transaction_fee" } do
    if not amounts[name] then missing[#missing + 1] = name end
  end
  if #missing > 0 then return nil, table.concat(missing, ", ") end
  amounts.fees = amounts.network_fee:add(amounts.transaction_fee)
  amounts.total = amounts.source:add(amounts.fees)
  return amounts
end

local function text_of(value)
  return value ~= nil and tostring(value) or nil
end

-- What a transaction should be, by its session.
local function expected_of(details, amounts)
  return {
    amount = amounts.destination, currency = details.destination_currency,
    network = details.destination_network, source_amount = amounts.source,
    source_currency = details.source_currency, fees = amounts.fees, total = amounts.total,
  }
end

local function compare(report, session, transaction, details, amounts)
  local expected = expected_of(details, amounts)
  for _, field in ipairs(Transactions.FIELDS) do
    local here, there = expected[field], transaction[field]
    local differs = there ~= nil
    if differs and decimal.is_decimal(there) then
      differs = decimal.cmp(here, there) ~= 0
    elseif differs then
      differs = tostring(here):lower() ~= there
    end
    if differs then
      report:problem(field .. "_differs", ("%s: the session says %s, %s says %s"):format(field,
        text_of(here) or "nothing", transaction.where, text_of(there)), {
        session = session.id, transaction_id = transaction.transaction_id,
        expected = text_of(here), found = text_of(there),
      })
    end
  end
end

-- Transactions by their key; those that are listed twice are a problem.
local function index(report, transactions)
  local by_key = {}
  for _, transaction in ipairs(transactions or {}) do
    local key = Transactions.key(transaction.transaction_id)
    local other = by_key[key]
    if other then
      transaction.listed = true
      report:problem("duplicate_transaction", ("%s has the transaction of %s again")
        :format(transaction.where, other.where), { transaction_id = transaction.transaction_id })
    else
      by_key[key] = transaction
    end
  end
  return by_key
end

local function check_complete(report, session, details, amounts, missing)
  if not amounts then
    report:problem("missing_amounts", "it is fulfilled without " .. missing,
      { session = session.id })
  end
  if not details.wallet_address then
    report:problem("missing_wallet", "it is fulfilled without a wallet address",
      { session = session.id })
  end
  local stated = details.source_total_amount or session.source_total_amount
  if amounts and stated ~= nil then
    local total = Class.decimal(stated)
    if not total or decimal.cmp(total, amounts.total) ~= 0 then
      report:problem("total_differs", ("its total is %s, amount and fees are %s")
        :format(tostring(stated), tostring(amounts.total)),
        { session = session.id, expected = tostring(amounts.total), found = tostring(stated) })
    end
  end
end

-- Finds the transaction of a session: nil when there is none to compare with.
local function pair(report, session, id, run)
  local key = Transactions.key(id)
  if run.taken[key] then
    report:problem("duplicate_transaction", ("it has the transaction of %s"):format(
      run.taken[key]), { session = session.id, transaction_id = id })
    return nil
  end
  run.taken[key] = session.id
  local transaction = run.by_key[key]
  if transaction then
    transaction.session = session.id
  elseif run.given then
    report:problem("unmatched_session", "its transaction is not among the transactions",
      { session = session.id, transaction_id = id })
  end
  return transaction
end

local function take(report, session, run)
  local details = type(session.transaction_details) == "table" and session.transaction_details
    or {}
  local outcome, id = Status.outcome(session.status), details.transaction_id
  if type(id) ~= "string" or id == "" then id = nil end
  report:count(outcome)
  if outcome ~= "complete" then
    if id then
      report:problem("early_transaction", ("it is %s, and has a transaction"):format(
        tostring(session.status)), { session = session.id, transaction_id = id })
      pair(report, session, id, run)
    end
    return
  end
  local amounts, missing = amounts_of(details)
  check_complete(report, session, details, amounts, missing)
  local transaction
  if id then
    transaction = pair(report, session, id, run)
  else
    report:problem("missing_transaction", "it is fulfilled without a transaction id",
      { session = session.id })
  end
  if amounts then
    report:add(session, details, amounts, transaction)
    if transaction then compare(report, session, transaction, details, amounts) end
  end
end

--- Makes the report, see `stripe.workflow.onramp`.
local function reconcile(client, options)
  options = options or {}
  local wrong = misuse(options)
  if wrong then error(wrong, 3) end
  local transactions, unreadable = Transactions.read(options.transactions)
  if unreadable then return nil, unreadable end
  local sessions, err = sessions_of(client, options)
  if not sessions then return nil, err end
  local report = Ledger.new()
  local run = { by_key = index(report, transactions), taken = {}, given = transactions ~= nil }
  for i = #sessions, 1, -1 do take(report, sessions[i], run) end -- the oldest first
  for _, transaction in ipairs(transactions or {}) do
    if not transaction.session and not transaction.listed then
      report:problem("unmatched_transaction", transaction.where .. " belongs to no session",
        { transaction_id = transaction.transaction_id, found = text_of(transaction.amount) })
    end
  end
  return Statement.of(report:close())
end

return reconcile
