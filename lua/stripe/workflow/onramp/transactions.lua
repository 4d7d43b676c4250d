--- The transactions that somebody else has seen, on a chain or in a wallet: read and found again.
-- @module stripe.workflow.onramp.transactions

local Class = require "stripe.workflow.class"
local Rows = require "stripe.batch.rows"

local decimal = require("stripe.core").decimal

local Transactions = {}

--- What may be said of one, beside its id; each is compared with the session when it is there.
Transactions.FIELDS = {
  "amount", "currency", "network", "source_amount", "source_currency", "fees", "total",
}

local AMOUNTS = { amount = true, source_amount = true, fees = true, total = true }

--- Hashes in hexadecimal are the same in small and capital letters, others are not.
function Transactions.key(id)
  return id:find("^0[xX]%x+$") and id:lower() or id
end

-- A number of JSON may have lost digits when it was read; then it is refused.
local function decimal_of(value)
  local kind = type(value)
  if kind == "string" or kind == "number" or decimal.is_decimal(value) then
    return decimal.new(value)
  end
  return nil, "must be a decimal, not a " .. kind
end

local function read(row, where)
  local id = type(row) == "table" and row.transaction_id
  if type(id) ~= "string" or not id:find("%S") then
    return nil, where .. ": it has no transaction_id"
  end
  local transaction = { transaction_id = id:match("^%s*(.-)%s*$"), where = where }
  for _, field in ipairs(Transactions.FIELDS) do
    local value = row[field]
    if value == "" then value = nil end
    if value ~= nil and AMOUNTS[field] then
      local number, why = decimal_of(value)
      if not number then return nil, ("%s: %s: %s"):format(where, field, why) end
      value = number
    elseif value ~= nil and type(value) ~= "string" then
      return nil, ("%s: %s must be text"):format(where, field)
    elseif value ~= nil then
      value = value:lower()
      if value == "base_network" then value = "base" end
    end
    transaction[field] = value
  end
  return transaction
end

local function failed(message) return nil, Class.failure("transactions", message) end

--- Reads a list of rows, or a file of them.
-- @tparam ?table|string given rows `{ transaction_id, amount, ... }`, or the path of a .csv or
--   .jsonl file with these columns
-- @treturn[1] ?{table,...} nil when nothing was given
-- @treturn[2] nil
-- @treturn[2] table the error
function Transactions.read(given)
  if given == nil then return nil end
  local next_row, close, name
  if type(given) == "string" then
    next_row, close = Rows.open(given)
    if not next_row then return failed(close) end
    name = given:match("[^/]*$") .. ", row "
  else
    next_row, close = Rows.list(given)
    name = "transaction "
  end
  local list = {}
  while true do
    local row, message = next_row()
    if not row then
      close()
      if message then return failed(message) end
      return list
    end
    local transaction, wrong = read(row, name .. #list + 1)
    if not transaction then
      close()
      return failed(wrong)
    end
    list[#list + 1] = transaction
  end
end

return Transactions
