--- What an amount would buy, or cost, in each currency and on each network: the best total first.
--
-- The API takes lists for an amount of money, but exactly one currency and one network for an
-- amount of crypto: then each network is asked for. Totals are compared as fractions, total by
-- amount, so that no rounding decides.
-- @module stripe.workflow.onramp.quote

local Class = require "stripe.workflow.class"
local Operations = require "stripe.operations"
local gather = require "stripe.gather"
local tabular = require "stripe.workflow.tabular"
local with = require "stripe.with"

local decimal = require("stripe.core").decimal

local Quote = {}

local OPTIONS = {
  source_amount = true, destination_amount = true, source_currency = true, currencies = true,
  networks = true, quotes_path = true, driver = true,
}

local PRICE_PLACES = 6 -- of what one unit costs, for reading

local function misuse(options)
  local wrong = Class.unknown("quote", options, OPTIONS)
  if wrong then return wrong end
  local source, destination = options.source_amount, options.destination_amount
  if (source == nil) == (destination == nil) then
    return 'give "source_amount" (money to pay) or "destination_amount" (crypto to get): one of '
      .. "them"
  end
  for _, name in ipairs { "source_amount", "destination_amount" } do
    if options[name] ~= nil and not Class.positive(options[name]) then
      return ("option %q must be a positive decimal such as \"100.00\""):format(name)
    end
  end
  for _, name in ipairs { "currencies", "networks" } do
    if options[name] ~= nil and not Class.are_texts(options[name]) then
      return ("option %q must be a list of names"):format(name)
    end
  end
  if destination ~= nil and (not options.currencies or #options.currencies ~= 1) then
    return 'option "currencies" must name one currency: "destination_amount" is an amount of it'
  elseif options.source_currency ~= nil and type(options.source_currency) ~= "string" then
    return 'option "source_currency" must be a code such as "usd"'
  end
end

-- Every network that the catalogue has.
local function all_networks()
  for _, param in ipairs(Operations.catalogue()["crypto.onramp_quotes"].operations.retrieve.params)
  do
    if param.name == "destination_networks" then return param.item.enum end
  end
end

local function network_of(key) return key == "base_network" and "base" or key end

-- An entry of an answer as a row; nil when its amounts can't be read. What doesn't add up is kept,
-- and said.
local function row_of(entry, key, answer)
  local given = type(entry.fees) == "table" and entry.fees or {}
  local network_fee, transaction_fee = Class.decimal(given.network_fee_monetary),
    Class.decimal(given.transaction_fee_monetary)
  local source = Class.decimal(answer.source_amount)
  local total = Class.decimal(entry.source_total_amount)
  local amount = Class.decimal(entry.destination_amount)
  if not (network_fee and transaction_fee and source and total and amount) then return nil end
  local fees = network_fee:add(transaction_fee)
  return {
    id = entry.id, currency = entry.destination_currency,
    network = entry.destination_network or network_of(key),
    destination_amount = tostring(amount), source_amount = tostring(source),
    source_currency = answer.source_currency, network_fee = tostring(network_fee),
    transaction_fee = tostring(transaction_fee), fees = tostring(fees), total = tostring(total),
    price = amount:sign() > 0 and tostring(total:div(amount, PRICE_PLACES, "half_up")) or nil,
    balances = total == source:add(fees),
  }
end

local function rows_of(answer, rows, unavailable)
  for key, entries in pairs(answer.destination_network_quotes or {}) do
    for _, entry in ipairs(type(entries) == "table" and entries or {}) do
      local row = row_of(entry, key, answer)
      if row then
        rows[#rows + 1] = row
      else
        unavailable[#unavailable + 1] =
          { network = network_of(key), reason = "a quote without amounts that can be read" }
      end
    end
  end
end

-- Less for one unit comes first; what buys nothing comes last.
local function better(a, b)
  local by_a = decimal.mul(a.total, b.destination_amount)
  local by_b = decimal.mul(b.total, a.destination_amount)
  local nothing_a, nothing_b = a.price == nil, b.price == nil
  if nothing_a ~= nothing_b then return nothing_b end
  local order = decimal.cmp(by_a, by_b)
  if order ~= 0 then return order < 0 end
  order = decimal.cmp(a.total, b.total)
  if order ~= 0 then return order < 0 end
  return a.network < b.network
end

-- Rows by currency, in the order in which the currencies were asked for, then by name.
local function groups_of(rows, asked)
  local groups, by_currency = {}, {}
  for _, row in ipairs(rows) do
    local group = by_currency[row.currency]
    if not group then
      group = { currency = row.currency, quotes = {} }
      by_currency[row.currency] = group
      groups[#groups + 1] = group
    end
    group.quotes[#group.quotes + 1] = row
  end
  local place = {}
  for i, currency in ipairs(asked or {}) do place[currency] = place[currency] or i end
  table.sort(groups, function(a, b)
    local x, y = place[a.currency] or math.huge, place[b.currency] or math.huge
    if x ~= y then return x < y end
    return a.currency < b.currency
  end)
  for _, group in ipairs(groups) do table.sort(group.quotes, better) end
  return groups
end

local COLUMNS = {
  { title = "Currency", field = "currency" }, { title = "Network", field = "network" },
  { title = "You get", field = "destination_amount", right = true },
  { title = "Amount", field = "source_amount", right = true },
  { title = "Network fee", field = "network_fee", right = true },
  { title = "Fee", field = "transaction_fee", right = true },
  { title = "Total", field = "total", right = true },
  { title = "Total for one", field = "price", right = true },
}

local function describe(quote)
  local text = tabular.text(COLUMNS, quote.quotes)
  if quote.source_currency then
    text = text .. ("Amounts and fees in %s.\n"):format(quote.source_currency:upper())
  end
  for _, row in ipairs(quote.quotes) do
    if not row.balances then
      text = text .. ("%s on %s: amount and fees are not the total; ask again before you buy.\n")
        :format(row.currency, row.network)
    end
  end
  for _, missing in ipairs(quote.unavailable) do
    text = text .. ("%s: %s\n"):format(missing.network, missing.reason)
  end
  return text
end

local metatable = { __name = "stripe.workflow.onramp.quote", __tostring = describe }

-- Asks at the documented path, and at the other documented one when there is nothing at the first.
local function ask(client, params, path)
  local quotes = client.crypto.onramp_quotes
  local answer, err = quotes:retrieve(params, { quotes_path = path })
  if not answer and err.status == 404 and path == nil then
    local other, problem = quotes:retrieve(params, { quotes_path = true })
    if other or problem.status ~= 404 then return other, problem end
  end
  return answer, err
end

-- Asks for an amount of one currency, network by network: the answers, and where there is none.
local function ask_each(client, options, params)
  local networks, calls = options.networks or all_networks(), {}
  for i, network in ipairs(networks) do
    calls[i] = function()
      local own = with({}, params)
      own.destination_networks = { network }
      return ask(client, own, options.quotes_path)
    end
  end
  local results, errors = gather(calls, { concurrency = 4, driver = options.driver })
  local answers, unavailable, failure = {}, {}, nil
  for i, network in ipairs(networks) do
    local err = errors and errors[i]
    if not err then
      answers[#answers + 1] = { answer = results[i], network = network }
    elseif err.status == 400 or err.type == "validation_error" then
      unavailable[#unavailable + 1] =
        { network = network, code = err.code, reason = err.message, error = err }
    else
      failure = failure or err
    end
  end
  return answers, unavailable, failure
end

local function text_of(amount) return amount and tostring(decimal.new(amount)) end

local ELSEWHERE = "crypto_onramp_invalid_destination_currency_and_network_pair"

-- All was refused: it is the amount's or the currency's fault, which a network that doesn't have
-- the currency at all says nothing about.
local function refusal(answers, unavailable)
  if #answers > 0 then return nil end
  for _, each in ipairs(unavailable) do
    if each.code ~= ELSEWHERE then return each.error end
  end
  return unavailable[1] and unavailable[1].error
end

--- Makes a quote, see `stripe.workflow.onramp`.
function Quote.make(client, options)
  local wrong = misuse(options)
  if wrong then error(wrong, 3) end
  local params = {
    source_currency = options.source_currency, destination_currencies = options.currencies,
    source_amount = text_of(options.source_amount),
    destination_amount = text_of(options.destination_amount),
  }
  local answers, unavailable, err
  if options.destination_amount then
    answers, unavailable, err = ask_each(client, options, params)
    err = err or refusal(answers, unavailable)
    if err then return nil, err end
  else
    params.destination_networks = options.networks
    local answer
    answer, err = ask(client, params, options.quotes_path)
    if not answer then return nil, err end
    answers, unavailable = { { answer = answer } }, {}
  end
  local rows = {}
  for _, each in ipairs(answers) do
    local before = #rows + #unavailable
    rows_of(each.answer, rows, unavailable)
    if each.network and #rows + #unavailable == before then
      unavailable[#unavailable + 1] = { network = each.network, reason = "no quote" }
    end
  end
  local first = answers[1] and answers[1].answer or {}
  local quote = {
    object = "onramp.quote", groups = groups_of(rows, options.currencies), quotes = {}, best = {},
    unavailable = unavailable, source_currency = first.source_currency,
    rate_fetched_at = first.rate_fetched_at,
  }
  for _, each in ipairs(unavailable) do each.error = nil end
  for _, group in ipairs(quote.groups) do
    quote.best[group.currency] = group.quotes[1]
    for _, row in ipairs(group.quotes) do quote.quotes[#quote.quotes + 1] = row end
  end
  return setmetatable(quote, metatable)
end

return Quote
