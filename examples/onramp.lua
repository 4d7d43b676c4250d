--- Compares quotes for buying USDC, mints an onramp session and follows it to its end.
--
--   lua5.4 examples/onramp.lua [DOLLARS] [--live] [--yes]

local setup = dofile((arg[0]:match("^(.*)/") or ".") .. "/setup.lua")
local say, try, decimal = setup.say, setup.try, setup.stripe.decimal

local client, simulator = setup.open()
local dollars = setup.words[1] or "100.00"
local wallets = {
  ethereum = "0xB00F0759DbeeF5E543Cc3E3B07A6442F5f3928a2",
  polygon = "0xB00F0759DbeeF5E543Cc3E3B07A6442F5f3928a2",
}

local quotes = try(client.crypto.onramp_quotes:retrieve {
  source_currency = "usd",
  source_amount = dollars,
  destination_currencies = { "usdc" },
  destination_networks = { "ethereum", "polygon" },
})

say("%s USD buys:", dollars)
local best
for _, network in ipairs { "ethereum", "polygon" } do
  for _, quote in ipairs(quotes.destination_network_quotes[network] or {}) do
    say("  %s %s on %s, for %s in all (network fee %s, transaction fee %s)",
      quote.destination_amount, quote.destination_currency, network, quote.source_total_amount,
      quote.fees.network_fee_monetary, quote.fees.transaction_fee_monetary)
    if not best or decimal.cmp(quote.source_total_amount, best.source_total_amount) < 0 then
      best = quote
    end
  end
end
if not best then
  say("No quote is available.")
  os.exit(1)
end

setup.confirm(("Start a purchase of %s USDC on %s for %s USD?"):format(best.destination_amount,
  best.destination_network, best.source_total_amount), simulator)

local session = try(client.crypto.onramp_sessions:create {
  source_currency = "usd",
  source_amount = dollars,
  destination_currency = "usdc",
  destination_network = best.destination_network,
  destination_currencies = { "usdc" },
  destination_networks = { "ethereum", "polygon" },
  wallet_addresses = wallets,
  lock_wallet_address = true,
  metadata = { basket = "6735" },
})
say("Session %s is %s. Hand its client_secret to the customer's page.", session.id, session.status)

if simulator then
  local steps = { "requires_payment", "fulfillment_processing", "fulfillment_complete" }
  for _, status in ipairs(steps) do
    simulator:advance(60)
    simulator.crypto:move(session.id, { status = status })
    session = try(client.crypto.onramp_sessions:retrieve(session.id))
    say("  now %s", session.status)
  end
end

local details = session.transaction_details
if details.transaction_id then
  local total = decimal.add(details.source_amount, details.fees.network_fee_amount)
    :add(details.fees.transaction_fee_amount)
  say("Paid %s USD in all; %s %s went to %s", tostring(total), details.destination_amount,
    details.destination_currency, details.wallet_address)
  say("  in transaction %s.", details.transaction_id)
end
