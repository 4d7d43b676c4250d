--- One exchange with a destination: what goes out, what is kept of it, and what trouble becomes.
-- [behaviour: Forwarding requests]
-- @module stripe.simulator.forwarding.exchange
local body = require "stripe.simulator.forwarding.body"
local errors = require "stripe.simulator.errors"
local readable = require "stripe.simulator.readable"
local utf8_text = require "stripe.simulator.utf8_text"

local exchange = {}

local TIMEOUT = 60 -- seconds; Stripe says under a minute
local OWN_HEADERS = {
  { "User-Agent", "Stripe" }, { "Accept", "*/*" }, { "Content-Type", "application/json" },
}
local CREDENTIALS = {
  "auth", "token", "secret", "password", "credential", "cookie", "signature", "api[-_]?key",
  "access[-_]?key",
}

-- From this version on a timeout before the connection stands is a 402, safe to retry.
local RETRYABLE_SINCE = "2025-03-31"
local CONNECTION_ERROR, UPSTREAM_ERROR =
  "forwarding_api_upstream_connection_error", "forwarding_api_upstream_error"
local TROUBLE = {
  connect_timeout = { status = 402, code = "forwarding_api_retryable_upstream_error",
    message = "The connection to the destination timed out. Nothing was sent." },
  timeout = { status = 504, code = "forwarding_api_upstream_connection_timeout",
    message = "The destination did not answer in time." },
  resolve = { status = 502, code = CONNECTION_ERROR,
    message = "The name of the destination could not be resolved." },
  connect = { status = 502, code = CONNECTION_ERROR,
    message = "The connection to the destination was refused." },
  tls = { status = 502, code = CONNECTION_ERROR,
    message = "No secure connection to the destination could be made." },
  reset = { status = 502, code = CONNECTION_ERROR,
    message = "The connection to the destination broke." },
  other = { status = 502, code = UPSTREAM_ERROR,
    message = "The answer of the destination could not be read." },
}

--- nil, or why these headers can't be sent.
function exchange.check_headers(given)
  for i, header in ipairs(given or {}) do
    local param = ("request[headers][%d]"):format(i - 1)
    if not header.name:find "^[%w!#$%%&'*+.^_`|~-]+$" then
      return errors.invalid("Invalid header name: " .. param, param .. "[name]",
        "forwarding_api_invalid_parameter")
    elseif header.value:find "[%c]" then
      return errors.invalid("Invalid header value: " .. param, param .. "[value]",
        "forwarding_api_invalid_parameter")
    end
  end
end

--- The request that goes to the destination. A given header takes the place of Stripe's own.
-- @tparam table params of the API request
-- @tparam table wanted set of replacements
-- @tparam table card
-- @treturn table `{ method, url, headers = {{name, value}, ...}, body, timeout = seconds }`
function exchange.outgoing(params, wanted, card)
  local headers, given = {}, {}
  for _, header in ipairs(params.request.headers or {}) do
    given[header.name:lower()] = true
  end
  for _, header in ipairs(OWN_HEADERS) do
    if not given[header[1]:lower()] then headers[#headers + 1] = { header[1], header[2] } end
  end
  for _, header in ipairs(params.request.headers or {}) do
    headers[#headers + 1] = { header.name, header.value }
  end
  return {
    method = "POST", url = params.url, headers = readable(headers), timeout = TIMEOUT,
    body = body.fill(params.request.body or "", wanted, card),
  }
end

local function is_credential(name)
  name = name:lower()
  for _, pattern in ipairs(CREDENTIALS) do
    if name:find(pattern) then return true end
  end
  return false
end

-- Bytes as they are kept: text in which the card's number is masked.
local function stored(bytes, number) return body.mask(utf8_text.repaired(bytes), number) end

local function stored_header(name, value, number)
  return {
    name = utf8_text.repaired(name),
    value = is_credential(name) and "[redacted]" or stored(tostring(value), number),
  }
end

--- What is kept of the request: the caller's headers, the content type, the masked text.
function exchange.request_details(params, outgoing, number)
  local headers, typed = {}, false
  for i, header in ipairs(params.request.headers or {}) do
    headers[i] = stored_header(header.name, header.value, number)
    typed = typed or header.name:lower() == "content-type"
  end
  if not typed then
    headers[#headers + 1] = { name = "Content-Type", value = "application/json" }
  end
  return {
    body = stored(outgoing.body, number), headers = headers, http_method = "POST",
  }
end

-- Headers of an answer, given as a list of pairs or as a map.
local function listed(headers)
  local list = {}
  for name, value in pairs(headers or {}) do
    if type(name) == "number" then
      list[name] = value
    else
      list[#list + 1] = { name, value }
    end
  end
  if not (headers and headers[1]) then
    table.sort(list, function(x, y) return x[1] < y[1] end)
  end
  return list
end

--- What is kept of the answer.
-- @tparam table reply `{ status, headers, body }`
function exchange.response_details(reply, number)
  local headers = listed(reply.headers)
  for i, header in ipairs(headers) do
    headers[i] = stored_header(header[1], header[2], number)
  end
  return {
    body = stored(reply.body or "", number), headers = headers,
    status = reply.status or 200,
  }
end

-- The kind of trouble that a reply means, or nil.
local function trouble_of(reply)
  if (reply.duration or 0) >= TIMEOUT * 1000 then return "timeout" end
  if reply.failure == "timeout" and reply.sent == "no" then return "connect_timeout" end
  return reply.failure
end

--- The error of an exchange that came to no answer; nil when there is an answer, of any status.
-- @tparam table reply
-- @tparam ?string version of the API
-- @treturn ?table err
-- @treturn ?boolean whether nothing reached the destination
function exchange.problem(reply, version)
  local kind = trouble_of(reply)
  if not kind then return nil end
  local trouble = TROUBLE[kind] or TROUBLE.other
  local status, code = trouble.status, trouble.code
  if status == 402 and (version or RETRYABLE_SINCE):sub(1, 10) < RETRYABLE_SINCE then
    status, code = TROUBLE.timeout.status, TROUBLE.timeout.code
  end
  return errors.new { status = status, type = "api_error", code = code,
    message = trouble.message }, kind == "connect_timeout"
end

return exchange
