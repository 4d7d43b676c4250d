--- The onramp checkout: quotes, a session, and what becomes of it.

local cjson = require "cjson.safe"
local page = require "page"
local resty = require "stripe.resty"
local setup = require "setup"
local stripe = require "stripe"
local visitor = require "visitor"

local sessions = setup.client.crypto.onramp_sessions
local seen = ngx.shared.sessions -- id -> "time JSON", what the pages show

local onramp = {}

-- What is on offer: value of the form, currency, network, how people call both. In the maps of the
-- API the network base is called base_network.
local OFFERS = {
  { offer = "usdc-base", currency = "usdc", network = "base", key = "base_network",
    title = "USDC", where = "on Base" },
  { offer = "usdc-solana", currency = "usdc", network = "solana", title = "USDC",
    where = "on Solana" },
  { offer = "eth-base", currency = "eth", network = "base", key = "base_network", title = "ETH",
    where = "on Base" },
  { offer = "eth-ethereum", currency = "eth", network = "ethereum", title = "ETH",
    where = "on Ethereum" },
  { offer = "btc-bitcoin", currency = "btc", network = "bitcoin", title = "BTC",
    where = "on Bitcoin" },
}

-- The way of a session, and what the simulator may be asked for next.
local STEPS = {
  { status = "initialized", title = "Session created" },
  { status = "requires_payment", title = "Identity checked, payment due" },
  { status = "fulfillment_processing", title = "Paid, on its way to the wallet" },
  { status = "fulfillment_complete", title = "Delivered" },
}

local NEXT = {
  initialized = { "requires_payment", "rejected" },
  requires_payment = { "fulfillment_processing", "rejected" },
  fulfillment_processing = { "fulfillment_complete", "rejected" },
}

--- An endpoint that quotes all offers for a `source_amount`.
onramp.quotes = resty.quotes {
  client = setup.client, ttl = 10,
  params = {
    source_currency = "usd", destination_currencies = { "btc", "eth", "usdc" },
    destination_networks = { "base", "bitcoin", "ethereum", "solana" },
  },
}

local function checkout(values, message, status)
  values.amount = values.amount or "100.00"
  values.message, values.offers = message, {}
  for i, offer in ipairs(OFFERS) do
    values.offers[i] = {
      offer = offer.offer, title = offer.title, where = offer.where,
      checked = offer.offer == (values.chosen or OFFERS[1].offer),
    }
  end
  values.form_id = ngx.var.request_id
  values.simulator = setup.simulator
  return page.show("checkout.html", values, status)
end

function onramp.checkout() return checkout {} end

-- What a page may know of a session: its client_secret is not among it.
local function public(session)
  local details = session.transaction_details or {}
  local fees = details.fees or {}
  return {
    id = session.id, status = session.status, next = NEXT[session.status],
    source_amount = details.source_amount, source_currency = details.source_currency,
    destination_amount = details.destination_amount,
    destination_currency = details.destination_currency,
    destination_network = details.destination_network,
    network_fee = fees.network_fee_amount, transaction_fee = fees.transaction_fee_amount,
    wallet_address = details.wallet_address, transaction_id = details.transaction_id,
  }
end

-- Kept for all workers, since browsers look often and Stripe needs to be asked rarely.
local function keep(session)
  local text = cjson.encode(public(session))
  seen:set(session.id, ("%.3f %s"):format(ngx.now(), text), 3600)
  return text
end

-- The public JSON of a session: at most so old as is good while nobody tells us of changes.
local function look(id)
  local line = seen:get(id)
  local time, text = (line or ""):match "^(%S+) (.*)$"
  if text and ngx.now() - tonumber(time) < (setup.hears and 15 or 2) then return text end
  local session, err = sessions:retrieve(id)
  if session then return keep(session) end
  ngx.log(ngx.ERR, "onramp: ", tostring(err))
  return text
end

local function wallet(offer, address)
  if type(address) ~= "string" or not address:find "%S" then return nil end
  return { [offer.key or offer.network] = address:match "^%s*(.-)%s*$" }
end

-- Stripe refuses customers of some places; a loopback address is in none.
local function address_of_customer()
  local address = ngx.var.remote_addr
  if address == "::1" or address:find "^127%." or address:find "^unix" then return nil end
  return address
end

--- Creates the session of a form.
function onramp.create()
  local fields = visitor.form()
  local offer
  for _, one in ipairs(OFFERS) do
    if one.offer == fields.offer then offer = one end
  end
  local amount, form_id = tostring(fields.amount), tostring(fields.form_id)
  local given = { amount = amount, chosen = offer and offer.offer, wallet = fields.wallet }
  if not (offer and amount:find "^%d+%.?%d?%d?$" and form_id:find "^%x+$") then
    return checkout(given, "Give an amount such as 100 or 49.90, and choose what to buy.", 400)
  end
  local session, err = sessions:create({
    source_amount = amount, source_currency = "usd",
    destination_currency = offer.currency, destination_network = offer.network,
    destination_currencies = { offer.currency }, destination_networks = { offer.network },
    wallet_addresses = wallet(offer, fields.wallet),
    lock_wallet_address = wallet(offer, fields.wallet) and true or nil,
    customer_ip_address = address_of_customer(),
  }, { -- a second click on the same page is the same purchase
    idempotency_key = stripe.idempotency("onramp", visitor.id(), form_id, amount, offer.offer,
      wallet(offer, fields.wallet) and fields.wallet or "none"),
  })
  if not session then
    ngx.log(ngx.WARN, "onramp: ", tostring(err))
    local theirs = err.type == "invalid_request_error" or err.type == "validation_error"
    return checkout(given, theirs and err.message or "That didn't work. Please try again.",
      theirs and 400 or 502)
  end
  keep(session)
  visitor.set("onramp", session.id)
  return page.go "/session"
end

--- The page of the visitor's own session. It is the only place that the client_secret goes to.
function onramp.session()
  local id = visitor.get "onramp"
  if not id then return page.go "/" end
  local session, err = sessions:retrieve(id)
  if not session then
    ngx.log(ngx.ERR, "onramp: ", tostring(err))
    if err.status == 404 then
      visitor.set("onramp", "")
      return page.go "/"
    end
    return ngx.exit(503)
  end
  keep(session)
  local values, steps, rank = public(session), {}, 0
  for i, step in ipairs(STEPS) do
    if step.status == session.status then rank = i end
  end
  for i, step in ipairs(STEPS) do
    steps[i] = { step_status = step.status, title = step.title, current = i == rank,
      class = i < rank and "done" or i == rank and "now" or "later" }
  end
  values.steps, values.client_secret = steps, session.client_secret
  values.rejected = session.status == "rejected"
  values.simulator = setup.simulator and {
    { moves = {
      { move = "requires_payment", label = "Check identity" },
      { move = "fulfillment_processing", label = "Pay" },
      { move = "fulfillment_complete", label = "Deliver" },
      { move = "rejected", label = "Reject" },
    } },
  }
  local legal = {}
  for _, status in ipairs(NEXT[session.status] or {}) do legal[status] = true end
  for _, move in ipairs(values.simulator and values.simulator[1].moves or {}) do
    move.illegal = not legal[move.move]
  end
  return page.show("session.html", values)
end

--- The state of the visitor's session, once.
function onramp.status()
  local id = visitor.get "onramp"
  local text = id and look(id)
  if not text then return ngx.exit(id and 503 or 404) end
  return page.json(text)
end

-- Whether nothing comes after a state that `look` gave.
local function is_final(text) return not NEXT[cjson.decode(text).status] end

--- The state of the visitor's session whenever it changes, as server-sent events. It ends when no
-- change can come, after a minute, or with the worker; browsers ask again by themselves.
function onramp.updates()
  local id = visitor.get "onramp"
  if not id then return ngx.exit(204) end -- and 204 tells them not to
  ngx.header["Content-Type"] = "text/event-stream"
  ngx.header["Cache-Control"] = "no-store"
  local last
  for _ = 1, 240 do
    local text = look(id)
    if text and text ~= last then
      last = text
      ngx.print("data: ", text, "\n\n")
      if not ngx.flush(true) or is_final(text) then return end
    end
    if ngx.worker.exiting() then return end
    ngx.sleep(0.25)
  end
end

--- Webhooks. Events may overtake each other, so what is shown is what Stripe says now.
onramp.webhook = setup.webhook {
  on = {
    ["crypto.onramp_session.updated"] = function(ctx)
      if not seen:get(ctx.object.id) then return end -- nobody looks
      local session, err = sessions:retrieve(ctx.object.id)
      if not session then return nil, err end
      keep(session)
    end,
  },
}

--- Moves the visitor's session on, in the simulator.
function onramp.simulate()
  local id, fields = visitor.get "onramp", visitor.form()
  if not (setup.simulator and id) then return ngx.exit(404) end
  local moved, why = setup.simulate("/crypto/onramp_sessions/" .. id .. "/move",
    { status = tostring(fields.status) })
  if not moved then ngx.log(ngx.WARN, "onramp: ", why) end
  return page.go "/session"
end

return onramp
