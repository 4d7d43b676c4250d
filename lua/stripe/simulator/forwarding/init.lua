--- The family forwarding of the simulator: card details carried to another party.
--
-- The request goes to a destination that is answered inside the simulator, or the handler asks
-- the host to send it. What is stored shows no card. There are no events.
-- [behaviour: Forwarding requests]
-- @module stripe.simulator.forwarding
local cards = require "stripe.simulator.forwarding.cards"
local destinations = require "stripe.simulator.forwarding.destinations"
local exchange = require "stripe.simulator.forwarding.exchange"
local metadata = require "stripe.simulator.metadata"
local shape = require "stripe.simulator.shape"

local KIND = "forwarding.request"
local KEPT_SECONDS = 30 * 24 * 3600
local DURATION, ADDRESS = 100, "203.0.113.80" -- of a destination inside the simulator; milliseconds

local operations = {}

local function store(account, params, outgoing, card, reply)
  local now = account.clock:now()
  local object = {
    id = account.ids:new("fwdreq_"), object = KIND, created = now, livemode = account.livemode,
    metadata = metadata.merge(nil, params.metadata), payment_method = params.payment_method,
    replacements = params.replacements, url = params.url,
    request_context = {
      destination_duration = math.floor(reply.duration or DURATION),
      destination_ip_address = reply.ip or ADDRESS,
    },
    request_details = exchange.request_details(params, outgoing, card.number),
    response_details = exchange.response_details(reply, card.number),
  }
  account.store:insert(KIND, object)
  account.clock:at(now + KEPT_SECONDS, "forwarding.expire", object.id)
  return object
end

operations["forwarding.requests.create"] = function(account, request)
  local params, wanted = request.params, {}
  for _, name in ipairs(params.replacements) do
    wanted[name] = true
  end
  local err = exchange.check_headers(params.request.headers)
  if err then return nil, err end
  local destination, place = destinations.find(account, params.url)
  if not destination then return nil, place end
  local card, unusable = cards.find(account, params.payment_method, wanted)
  if not card then return nil, unusable end
  local outgoing = exchange.outgoing(params, wanted, card)

  local function finish(reply)
    local problem, nothing_sent = exchange.problem(reply, request.api_version)
    if wanted.card_cvc and nothing_sent then cards.keep_cvc(account, params.payment_method) end
    if problem then return nil, problem end
    return store(account, params, outgoing, card, reply)
  end

  if wanted.card_cvc then cards.use_cvc(account, params.payment_method) end
  if not destination.outbound then
    return finish(destinations.reply(account, destination, place, outgoing))
  end
  -- resume takes { status, headers, body, duration = milliseconds, ip }, or { failure = kind,
  -- sent = "no" | "maybe" | "yes" }: what a destination inside the simulator says, too
  return { outbound = outgoing, resume = finish }
end

operations["forwarding.requests.retrieve"] = function(account, request)
  return account.store:show(KIND, request.ids[1])
end

operations["forwarding.requests.list"] = function(account, request)
  return account.store:show_page(KIND, request)
end

return {
  name = "forwarding",
  kinds = { [KIND] = "fwdreq_" },
  operations = operations,
  controls = {
    answer = destinations.answer,
    allow = destinations.allow,
    payment_method = cards.add,
  },
  takes = {
    answer = { "string", shape.either("function", destinations.REPLY) },
    allow = { "string" },
    payment_method = { "string", cards.CARD },
  },
  timers = {
    expire = function(account, id) account.store:remove(KIND, id) end,
  },
}
