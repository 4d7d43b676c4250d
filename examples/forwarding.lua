--- Sends a saved card to another processor without ever seeing its number.
--
--   lua5.4 examples/forwarding.lua [URL] [PAYMENT_METHOD] [--live]

local setup = dofile((arg[0]:match("^(.*)/") or ".") .. "/setup.lua")
local say, try = setup.say, setup.try

local client, simulator = setup.open()
local url = setup.words[1] or "https://vault.example.com/tokens"
local payment_method = setup.words[2] or "pm_card_visa"

if simulator then
  simulator.forwarding:answer(url, {
    status = 201,
    headers = { ["Content-Type"] = "application/json" },
    body = '{"token":"tok_4e1f"}',
  })
end

local request = try(client.forwarding.requests:create({
  payment_method = payment_method,
  url = url,
  replacements = { "card_number", "card_expiry", "card_cvc", "cardholder_name" },
  request = {
    headers = { { name = "Destination-Idempotency-Key", value = "order-6735" } },
    body = '{"card":{"number":"","exp_month":"","exp_year":"","cvc":"","name":""},'
      .. '"reference":"6735"}',
  },
}, { idempotency_key = setup.stripe.idempotency("forward", "order-6735") }))

say("Forwarded as %s; the destination answered %d in %d ms.", request.id,
  request.response_details.status, request.request_context.destination_duration)
say("What was sent, as Stripe keeps it: %s", request.request_details.body)
say("What came back: %s", request.response_details.body)
