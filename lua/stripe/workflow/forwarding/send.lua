--- Sends a card to another server, once for each logical request.
--
-- The idempotency key is made of what the request says, so the same request is the same key,
-- whatever process sends it: Stripe makes one outbound request of it. That two texts of JSON say
-- the same is seen; Stripe then refuses the second one, since its bytes differ.
-- @module stripe.workflow.forwarding.send

local Class = require "stripe.workflow.class"
local Outcome = require "stripe.workflow.forwarding.outcome"
local Placeholders = require "stripe.workflow.forwarding.placeholders"
local core = require "stripe.core"
local with = require "stripe.with"

local OPTIONS = {
  url = true, payment_method = true, replacements = true, request = true, metadata = true,
  fields = true, check = true, journal = true, reference = true, attempt = true, tries = true,
  wait = true, call = true, dry_run = true,
}

local MOST_REPLAYED = 50 -- failures of earlier runs that are passed over

local function whole(value) return type(value) == "number" and value >= 1 and value % 1 == 0 end

-- A map of names to values, or a list of `{ name, value }` or `{ name =, value = }`.
local function are_headers(headers)
  for key, value in pairs(headers) do
    if type(value) == "table" then
      local name, own = value.name or value[1], value.value or value[2]
      if type(key) ~= "number" or name == nil or own == nil then return false end
    elseif type(key) ~= "string" then
      return false
    end
  end
  return true
end

local function misuse_of_request(request)
  if type(request) ~= "table" then return 'option "request" must be { headers, body }' end
  local headers, body = request.headers, request.body
  if type(body) ~= "string" and type(body) ~= "table" then
    return 'option "request": body must be text, or a table to be written as JSON'
  elseif headers ~= nil and (type(headers) ~= "table" or not are_headers(headers)) then
    return 'option "request": headers must be a map, or a list of { name, value }'
  end
  for name in pairs(request) do
    if name ~= "headers" and name ~= "body" then
      return ('option "request" takes headers and body, not %q'):format(tostring(name))
    end
  end
end

local function misuse(options)
  local wrong = Class.unknown("send", options, OPTIONS)
    or options.journal ~= nil and Class.journal(options.journal)
    or options.reference ~= nil and Class.reference(options.reference)
  if wrong then return wrong end
  local replacements = options.replacements
  if type(options.url) ~= "string" or not options.url:find("^%a[%w+.-]*://[^/?#%s]") then
    return 'option "url" must be an address such as "https://api.example.com/payments"'
  elseif type(options.payment_method) ~= "string" or options.payment_method == "" then
    return 'option "payment_method" must be the id of a payment method'
  elseif type(replacements) ~= "table" or #replacements == 0 then
    return 'option "replacements" must be a list such as { "card_number" }'
  elseif options.fields ~= nil and type(options.fields) ~= "table" then
    return 'option "fields" must be a map of replacement to the name of its field'
  elseif options.call ~= nil and type(options.call) ~= "table" then
    return 'option "call" must be a table: options of the call'
  end
  for _, name in ipairs { "attempt", "tries" } do
    if options[name] ~= nil and not whole(options[name]) then
      return ("option %q must be an integer from 1"):format(name)
    end
  end
  return misuse_of_request(options.request)
end

-- Headers as the API takes them, in one order whatever order they came in.
local function headers_of(given)
  local list = {}
  for key, value in pairs(given or {}) do
    if type(value) == "table" then
      list[#list + 1] = { name = tostring(value.name or value[1]),
        value = tostring(value.value or value[2]), place = type(key) == "number" and key or 0 }
    else
      list[#list + 1] = { name = tostring(key), value = tostring(value), place = 0 }
    end
  end
  table.sort(list, function(a, b)
    if a.place ~= b.place then return a.place < b.place end
    return a.name < b.name
  end)
  for _, header in ipairs(list) do
    header.place = nil
    if header.name:find("[^%w!#$%%&'*+.^_`|~-]") or header.name == ""
      or header.value:find("[%z\1-\8\10-\31\127]") then
      return nil, Class.refusal("header", "request[headers]",
        ("request[headers]: %q can't be the name of a header, or its value has control characters")
          :format(header.name:gsub("%c", "?")))
    end
  end
  return #list > 0 and list or nil
end

local function sorted(list)
  local copy = {}
  for i, each in ipairs(list) do copy[i] = tostring(each) end
  table.sort(copy)
  return copy
end

-- A number that reading would round, as a string, so that it stays another one than its neighbours.
local function kept_number(text)
  local _, digits = text:gsub("%d", "")
  if digits > 15 and ("%.0f"):format(tonumber(text) or 0) ~= text then return '"' .. text .. '"' end
end

-- A text of JSON in which no number is rounded when it is read. Without escaped quotes each quote
-- is a border.
local function unrounded(text)
  text = text:gsub('\\(["\\])', { ['"'] = "\\u0022", ["\\"] = "\\u005c" })
  return (text:gsub('([^"]*)("?[^"]*"?)', function(between, quoted)
    return between:gsub("%-?%d[%d.eE+-]*", kept_number) .. quoted
  end))
end

-- What the request says, the same text for the same meaning.
local function digest(params, options)
  local headers = {}
  for i, header in ipairs(params.request.headers or {}) do
    headers[i] = header.name:lower() .. ":" .. header.value
  end
  local decoded = core.decode(unrounded(params.request.body), true)
  local body = type(decoded) == "table" and core.json(decoded) or params.request.body
  return core.sha256(core.json {
    params.url, params.payment_method, params.replacements, sorted(headers), body,
    options.reference or false, options.attempt or 1,
  })
end

-- Sends it under keys of its own: a key of which is known that nothing came of it is left for the
-- next one, in the same order in every run.
local function send_by_key(client, options, params, asked)
  local tries, passed = 0, 0
  for n = 1, MOST_REPLAYED + (options.tries or 3) do
    local key = core.sha256(("forwarding\n%s\n%d"):format(asked, n)):sub(1, 32)
    local request, err, response = client.forwarding.requests:create(params,
      with({ idempotency_key = key }, options.call))
    if request then
      local result = Outcome.of(request)
      result.key, result.replayed = key, response and response.replayed or false
      return result
    end
    local meaning = Outcome.meaning(err, response)
    if meaning == "doubtful" then
      return nil, Outcome.doubtful(err, params.url, "key " .. key,
        ("attempt = %d"):format((options.attempt or 1) + 1))
    elseif meaning ~= "not connected" then
      return nil, err
    end
    if response and response.replayed then passed = passed + 1 else tries = tries + 1 end
    if tries >= (options.tries or 3) or passed >= MOST_REPLAYED then
      return nil, Outcome.not_connected(err, params.url)
    end
  end
end

local function send_once(client, options, params, asked)
  local name, fresh = "forwarding/" .. (options.reference or asked), nil
  if options.attempt and options.attempt > 1 then
    name = ("%s/%d"):format(name, options.attempt)
  end
  local answered
  local kept, err, info = options.journal:once(name, function(call)
    local request, failure, response =
      client.forwarding.requests:create(params, with(call, options.call))
    answered = response
    if not request then return nil, failure end
    fresh = response and request -- what comes from the journal instead is redacted
    return { request = request.id, asked = asked,
      status = (request.response_details or {}).status }
  end, { wait = options.wait })
  if not kept then return nil, err, answered, name end
  if kept.asked ~= asked then
    return nil, Class.failure("changed", ("the reference %q is that of another request: use "
      .. "another reference, or the same request"):format(options.reference), { sent = "yes" })
  end
  local problem
  if not fresh then
    fresh, problem = client.forwarding.requests:retrieve(kept.request, nil,
      with({}, options.call))
    if not fresh and problem.status ~= 404 then return nil, problem end
  end
  local result = fresh and Outcome.of(fresh) or Outcome.kept(kept)
  result.name, result.stored, result.replayed = name, info.stored, info.replayed or false
  return result
end

local function send_by_journal(client, options, params, asked)
  for try = 1, options.tries or 3 do
    local result, err, response, name = send_once(client, options, params, asked)
    if result then return result end
    local meaning = name and Outcome.meaning(err, response)
    if meaning == "doubtful" and err.code ~= "doubtful" then
      return nil, Outcome.doubtful(err, params.url, ("%q in the journal"):format(name),
        "journal:resolve(name, { absent = true })")
    elseif meaning ~= "not connected" then
      return nil, err
    elseif try == (options.tries or 3) then
      return nil, Outcome.not_connected(err, params.url)
    end
  end
end

--- Sends, see `stripe.workflow.forwarding`.
local function send(client, options)
  local wrong = misuse(options)
  if wrong then error(wrong, 3) end
  local body, readable = options.request.body, true
  if type(body) == "table" then readable, body = pcall(core.json, body) end
  if not readable then
    return nil, Class.refusal("body", "request[body]", "request[body]: " .. tostring(body))
  end
  if options.check ~= false then
    local param, why = Placeholders.check(body, options.replacements, options.fields)
    if param then
      return nil, Class.refusal("placeholder", param,
        ("%s: %s. To send it anyway, pass check = false."):format(param, why))
    end
  end
  local headers, refused = headers_of(options.request.headers)
  if refused then return nil, refused end
  local params = {
    url = options.url, payment_method = options.payment_method, metadata = options.metadata,
    replacements = sorted(options.replacements), request = { headers = headers, body = body },
  }
  -- What the client refuses is not to leave a trace in the journal.
  local preview, problem = client.forwarding.requests:create(params,
    with({ dry_run = true }, options.call))
  if not preview then return nil, problem end
  if options.dry_run then return preview end
  local by = options.journal and send_by_journal or send_by_key
  return by(client, options, params, digest(params, options))
end

return send
