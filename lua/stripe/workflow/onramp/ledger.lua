--- What a reconciliation adds up: pairs, sums by currency and network, problems.
-- @module stripe.workflow.onramp.ledger

local with = require "stripe.with"

local decimal = require("stripe.core").decimal

local Ledger = {}
local metatable = { __name = "stripe.workflow.onramp.ledger", __index = Ledger }

local SUMS = { "source", "network_fee", "transaction_fee", "fees", "total" }

function Ledger.new()
  return setmetatable({
    pairs = {}, groups = {}, totals = {}, problems = {},
    sessions = 0, complete = 0, rejected = 0, open = 0,
    group_of = {}, total_of = {},
  }, metatable)
end

--- Notes what doesn't balance.
-- @string kind
-- @string message
-- @tparam table about `session`, `transaction_id`, `expected`, `found`
function Ledger:problem(kind, message, about)
  self.problems[#self.problems + 1] = with({ kind = kind, message = message }, about)
end

--- Counts a session, whatever became of it.
function Ledger:count(outcome)
  self.sessions = self.sessions + 1
  self[outcome] = self[outcome] + 1
end

local function sum_of(list, by_key, key, fields, more)
  local sum = by_key[key]
  if not sum then
    sum = with({ sessions = 0 }, fields)
    for _, name in ipairs(SUMS) do sum[name] = decimal.new(0) end
    for _, name in ipairs(more or {}) do sum[name] = decimal.new(0) end
    by_key[key] = sum
    list[#list + 1] = sum
  end
  sum.sessions = sum.sessions + 1
  return sum
end

local function add(sum, amounts)
  for _, name in ipairs(SUMS) do sum[name] = sum[name]:add(amounts[name]) end
end

--- Adds a fulfilled session, and the transaction that was found for it.
function Ledger:add(session, details, amounts, transaction)
  local source = details.source_currency or "unknown"
  local currency = details.destination_currency or "unknown"
  local network = details.destination_network or "unknown"
  local received = transaction and transaction.amount
  self.pairs[#self.pairs + 1] = {
    session = session.id, created = session.created, transaction_id = details.transaction_id,
    source_currency = source, currency = currency, network = network,
    source = tostring(amounts.source), fees = tostring(amounts.fees),
    total = tostring(amounts.total), destination = tostring(amounts.destination),
    received = received and tostring(received) or nil, matched = transaction ~= nil,
  }
  local group = sum_of(self.groups, self.group_of,
    table.concat({ source, currency, network }, "\n"),
    { source_currency = source, currency = currency, network = network, matched = 0 },
    { "destination", "received" })
  add(group, amounts)
  group.destination = group.destination:add(amounts.destination)
  if transaction then group.matched = group.matched + 1 end
  if received then group.received = group.received:add(received) end
  add(sum_of(self.totals, self.total_of, source, { source_currency = source }), amounts)
end

local function by_name(a, b)
  for _, field in ipairs { "source_currency", "currency", "network" } do
    local x, y = a[field] or "", b[field] or ""
    if x ~= y then return x < y end
  end
  return false
end

local function texts(list, names)
  for _, sum in ipairs(list) do
    for _, name in ipairs(names) do
      if sum[name] then sum[name] = tostring(sum[name]) end
    end
  end
end

--- Ends it: plain data, amounts as decimal text.
function Ledger:close()
  table.sort(self.groups, by_name)
  table.sort(self.totals, by_name)
  texts(self.groups, { "source", "network_fee", "transaction_fee", "fees", "total", "destination",
    "received" })
  texts(self.totals, SUMS)
  return {
    object = "onramp.reconciliation", pairs = self.pairs, groups = self.groups,
    totals = self.totals, problems = self.problems, balanced = #self.problems == 0,
    sessions = self.sessions, complete = self.complete, rejected = self.rejected,
    open = self.open,
  }
end

return Ledger
