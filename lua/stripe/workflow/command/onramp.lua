--- The program stripe-onramp: quote, start, wait, resolve, reconcile.
-- @module stripe.workflow.command.onramp

local argparse = require "argparse"
local Common = require "stripe.workflow.command.common"
local core = require "stripe.core"
local with = require "stripe.with"
local workflow = require "stripe.workflow.onramp"

local NAME = "stripe-onramp"

local function pair(text)
  local name, value = text:match "^([^=]+)=(.+)$"
  if name then return { name, value } end
  return nil, ("'%s' must be NAME=VALUE"):format(text)
end

-- Days before a date since 1970-01-01, by the civil calendar.
local function days(year, month, day)
  if month <= 2 then year, month = year - 1, month + 12 end
  return 365 * year + math.floor(year / 4) - math.floor(year / 100) + math.floor(year / 400)
    + math.floor((153 * (month - 3) + 2) / 5) + day - 719469
end

local function time(text)
  local year, month, day = text:match "^(%d%d%d%d)%-(%d%d)%-(%d%d)$"
  if year then
    local seconds = days(tonumber(year), tonumber(month), tonumber(day)) * 86400
    if os.date("!%Y-%m-%d", seconds) == text then return seconds end
    return nil, ("there is no day '%s'"):format(text)
  end
  return Common.whole(text)
end

local function amounts(command)
  command:option("--source-amount", "The money to pay, such as 100.00.")
  command:option("--source-currency", "The currency to pay in.", "usd")
  command:option("--destination-amount", "Or the crypto to get, such as 0.05.")
  command:option("--currencies", "What to buy, separated by commas."):convert(Common.split)
  command:option("--networks", "On which networks, separated by commas."):convert(Common.split)
end

local function parser()
  local parse = argparse(NAME, "Sells crypto with Stripe's onramp, follows the sessions and "
    .. "reconciles them.")
  Common.options(parse)
  parse:command_target "command"

  local quote = parse:command("quote", "What an amount buys, the best total first.")
  amounts(quote)

  local start = parse:command("start", "Mint a session, once: run it again after a failure.")
  start:option("--reference", "Names this session; the same name never gets a second one.")
    :count(1)
  amounts(start)
  start:option("--currency", "The currency to begin with."):target "destination_currency"
  start:option("--network", "The network to begin with."):target "destination_network"
  start:option("--wallet", "An address: NETWORK=ADDRESS."):target("wallets"):count("*")
    :convert(pair)
  start:flag("--lock-wallet", "The customer can't change the address.")
  start:option("--customer-ip", "The address that the customer comes from.")
  start:option("--metadata", "NAME=VALUE."):count("*"):convert(pair)
  start:flag("--show-secret", "Print the client secret, which the customer's page needs.")

  local wait = parse:command("wait", "Follow a session until it is fulfilled or rejected.")
  wait:argument("session", "Its id."):args "?"
  wait:option("--reference", "Or its reference.")
  wait:option("--interval", "Seconds between two looks.", "10"):convert(Common.whole)
  wait:option("--for", "Seconds to wait; 0 looks once, which is right for cron.", "0")
    :target("deadline"):convert(Common.whole)

  Common.resolving(parse)

  local reconcile = parse:command("reconcile", "Pair sessions with transactions; add them up.")
  reconcile:option("--since", "Only sessions from this day or Unix time on."):convert(time)
  reconcile:option("--before", "Only sessions before this day or Unix time."):convert(time)
  reconcile:option("--reference", "Only the session of this reference.")
  reconcile:option("--transactions", "A .csv or .jsonl file: transaction_id, amount, ...")
    :argname "FILE"
  reconcile:option("--format", "text, or as CSV: groups, pairs, problems.", "text")
    :choices { "text", "groups", "pairs", "problems" }
  reconcile:option("--out", "Write it into this file."):argname "FILE"
  return parse
end

local function checked(...) return Common.checked(NAME, ...) end

local commands = {}

function commands.quote(onramp, options)
  local quote, err = checked(onramp.quote, onramp, {
    source_amount = options.source_amount, destination_amount = options.destination_amount,
    source_currency = options.source_currency, currencies = options.currencies,
    networks = options.networks,
  })
  if not quote then Common.fail(NAME, err, options) end
  Common.print(options, Common.lists(quote, { "quotes", "groups", "unavailable" }), tostring(quote))
  return #quote.quotes > 0 and Common.DONE or Common.FAILED
end

local function map_of(list)
  if #list == 0 then return nil end
  local map = {}
  for _, each in ipairs(list) do map[each[1]] = each[2] end
  return map
end

local function shown(session, options)
  local copy = with({}, session)
  return options.show_secret and copy or core.redact_object(copy)
end

function commands.start(onramp, options)
  local wallets = map_of(options.wallets)
  if wallets and wallets.base then wallets.base_network, wallets.base = wallets.base, nil end
  local session, err = checked(onramp.start, onramp, {
    journal = options.dry_run and require("stripe.journal") { memory = true }
      or Common.journal(NAME, options),
    reference = options.reference, dry_run = options.dry_run,
    source_amount = options.source_amount, destination_amount = options.destination_amount,
    source_currency = options.source_amount and options.source_currency,
    destination_currency = options.destination_currency,
    destination_network = options.destination_network,
    destination_currencies = options.currencies, destination_networks = options.networks,
    wallet_addresses = wallets, lock_wallet_address = options.lock_wallet,
    customer_ip_address = options.customer_ip, metadata = map_of(options.metadata),
  })
  if not session then Common.fail(NAME, err, options) end
  if options.dry_run then
    Common.print(options, session, ("%s\n%s\nNothing was sent.\n"):format(session.url,
      session.body or ""))
    return Common.DONE
  end
  local text = ("%s: session %s is %s\n"):format(options.reference, session.id, session.status)
  if options.show_secret then text = text .. session.client_secret .. "\n" end
  Common.print(options, shown(session, options), text)
  return Common.DONE
end

local function session_of(onramp, options)
  if (options.session == nil) == (options.reference == nil) then
    Common.stop(NAME, "give the id of a session, or --reference", Common.USAGE)
  elseif options.session then
    return options.session
  end
  local session, err = onramp:find(options.reference)
  if err then Common.fail(NAME, err, options) end
  if not session then
    Common.stop(NAME, ("no session has the reference %q"):format(options.reference))
  end
  return session.id
end

function commands.wait(onramp, options)
  local result, err = checked(onramp.wait, onramp, session_of(onramp, options), {
    interval = math.max(options.interval, 1), deadline = options.deadline,
    on_change = function(session, change)
      if options.json then return end
      local note = change.known and "" or " (not a status that is known here)"
      if not change.legal then note = (" (after %s, which should not be)"):format(change.from) end
      print(("%s: %s%s"):format(session.id, change.status, note))
      io.stdout:flush()
    end,
  })
  if not result then Common.fail(NAME, err, options) end
  local value = Common.lists(result, { "history", "unknown", "illegal" })
  value.session = core.redact_object(result.session)
  Common.print(options, value, "")
  if result.complete then return Common.DONE end
  return result.outcome == "open" and Common.AGAIN or Common.FAILED
end

function commands.reconcile(onramp, options)
  local report, err = checked(onramp.reconcile, onramp, {
    since = options.since, before = options.before, reference = options.reference,
    transactions = options.transactions,
  })
  if not report then Common.fail(NAME, err, options) end
  Common.write(NAME, options.out, options.json and report:json() .. "\n"
    or options.format == "text" and report:table() or report:csv(options.format))
  return report.balanced and Common.DONE or Common.FAILED
end

--- Runs the program; returns never.
-- @tparam {string,...} arguments
local function main(arguments)
  Common.run(NAME, parser():parse(arguments), workflow, commands, "cos_")
end

return main
