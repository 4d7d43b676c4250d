--- Where forwarded requests may go, and what answers them there.
--
-- A destination is an address without query; it stands for itself and everything below it, and
-- the longest one that fits decides. Loopback addresses need no permission.
-- @module stripe.simulator.forwarding.destinations
local copy = require "stripe.simulator.copy"
local core = require "stripe.core"
local errors = require "stripe.simulator.errors"
local loopback = require "stripe.simulator.loopback"
local prefixes = require "stripe.simulator.prefixes"
local shape = require "stripe.simulator.shape"

local destinations = {}

-- Stripe's own address for trying this out.
local DEMO = "https://forwarding-api-demo.stripedemos.com/tokens"

--- The shape of a reply that is no function.
destinations.REPLY = {
  status = "integer", headers = shape.headers, body = shape.either("bytes", "table"),
  duration = "number", ip = "string",
  failure = shape.one_of { "connect_timeout", "timeout", "resolve", "connect", "tls", "reset",
    "aborted", "protocol", "too_large" },
}

-- Functions are no plain data: they live beside the state, account by account, and outlive a
-- restore.
local functions = setmetatable({}, { __mode = "k", __name = "stripe.simulator.functions" })

local function known(account)
  local private = account.store:private("forwarding")
  private.destinations = private.destinations or {
    [DEMO] = { status = 200, body = '{"token":"tok_demo"}' },
  }
  return private.destinations
end

local function checked_url(url)
  local address = prefixes.plain(url)
  if address then return address end
  return nil, errors.invalid("Invalid URL: An explicit scheme (such as https) must be provided",
    "url", "url_invalid")
end

--- Answers requests to an address inside the simulator.
-- @string url
-- @param reply a table `{ status = 200, headers = map or list, body = text or a table for JSON,
--   duration = milliseconds, ip = text }` or `{ failure = kind }`, the kind being `connect_timeout,
--   timeout, resolve, connect, tls, reset, aborted, protocol` or `too_large`; or
--   function(request) -> such a table, where request is `{ method, url, headers, body }`
-- @treturn boolean true | nil, err
function destinations.answer(account, url, reply)
  local address, err = checked_url(url)
  if not address then return nil, err end
  functions[account] = functions[account] or {}
  functions[account][address] = nil
  if type(reply) == "function" then
    functions[account][address] = reply
    known(account)[address] = { by_function = true }
    return true
  end
  known(account)[address] = copy.deep(reply or {})
  return true
end

--- Lets requests to an address go out.
function destinations.allow(account, url)
  local address, err = checked_url(url)
  if not address then return nil, err end
  known(account)[address] = { outbound = true }
  return true
end

--- What is set for an address: `{ outbound = true }` or a reply.
-- @treturn table destination | nil, err
function destinations.find(account, url)
  local address, err = checked_url(url)
  local destination, place = prefixes.find(known(account), address)
  if destination then return destination, place end
  if address and loopback.is(address) then return { outbound = true } end
  return nil, err or errors.invalid(("The destination %s is not allowed. Set it up with "
    .. "forwarding:answer or forwarding:allow."):format(address), "url",
    "forwarding_api_invalid_parameter")
end

--- The reply of a destination inside the simulator.
function destinations.reply(account, destination, place, outgoing)
  local reply = destination
  if destination.by_function then
    local answer = (functions[account] or {})[place]
    reply = answer and answer(outgoing) or { failure = "connect" }
  end
  if type(reply.body) == "table" then
    reply = copy.deep(reply)
    reply.body = core.json(reply.body)
  end
  return reply
end

return destinations
