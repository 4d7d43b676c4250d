--- A reconciliation as text, CSV and JSON.
-- @module stripe.workflow.onramp.statement

local core = require "stripe.core"
local tabular = require "stripe.workflow.tabular"

local Statement = {}
local methods = {}

local GROUPS = {
  { title = "Currency", field = "currency" }, { title = "Network", field = "network" },
  { title = "Sessions", field = "sessions", right = true },
  { title = "Matched", field = "matched", right = true },
  { title = "Destination", field = "destination", right = true },
  { title = "Received", field = "received", right = true },
  { title = "Paid in", field = "source_currency" },
  { title = "Source", field = "source", right = true },
  { title = "Network fees", field = "network_fee", right = true },
  { title = "Fees", field = "transaction_fee", right = true },
  { title = "Total", field = "total", right = true },
}

local PAIRS = {
  { title = "session", field = "session" }, { title = "transaction_id", field = "transaction_id" },
  { title = "currency", field = "currency" }, { title = "network", field = "network" },
  { title = "destination", field = "destination" }, { title = "received", field = "received" },
  { title = "source_currency", field = "source_currency" }, { title = "source", field = "source" },
  { title = "fees", field = "fees" }, { title = "total", field = "total" },
  { title = "matched", field = "matched" },
}

local PROBLEMS = {
  { title = "kind", field = "kind" }, { title = "session", field = "session" },
  { title = "transaction_id", field = "transaction_id" },
  { title = "expected", field = "expected" }, { title = "found", field = "found" },
  { title = "message", field = "message" },
}

local SHEETS = { groups = GROUPS, pairs = PAIRS, problems = PROBLEMS }

--- A table for a terminal, what doesn't balance below it.
function methods:table()
  local text = tabular.text(GROUPS, self.groups)
  for _, sum in ipairs(self.totals) do
    text = text .. ("%s %s in all: %s and %s of fees (%d %s)\n"):format(sum.total,
      sum.source_currency:upper(), sum.source, sum.fees, sum.sessions,
      sum.sessions == 1 and "session" or "sessions")
  end
  text = text .. ("%d fulfilled, %d rejected, %d open\n"):format(self.complete, self.rejected,
    self.open)
  for _, problem in ipairs(self.problems) do
    text = text .. ("%s: %s: %s\n"):format(problem.kind,
      problem.session or problem.transaction_id or "?", problem.message)
  end
  return text .. (self.balanced and "It balances.\n"
    or ("It does not balance: %d %s.\n"):format(#self.problems,
      #self.problems == 1 and "problem" or "problems"))
end

--- A sheet as CSV: "groups" (sums by currency and network), "pairs" (a row for each fulfilled
-- session) or "problems".
-- @string[opt="groups"] sheet
function methods:csv(sheet)
  local columns = SHEETS[sheet or "groups"]
  if not columns then error('csv takes "groups", "pairs" or "problems"', 2) end
  return tabular.csv(columns, self[sheet or "groups"])
end

--- All of it as JSON.
function methods:json()
  local plain = {}
  for name, value in pairs(self) do
    plain[name] = type(value) == "table" and #value == 0 and core.empty_array or value
  end
  return core.json(plain)
end

local metatable = {
  __name = "stripe.workflow.onramp.statement", __index = methods,
  __tostring = function(self) return self:table() end,
}

--- Gives a closed ledger its methods.
function Statement.of(data) return setmetatable(data, metatable) end

return Statement
