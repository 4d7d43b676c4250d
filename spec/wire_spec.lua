-- What goes over the wire, from a method of the client to a request: as the official library sends
-- it, for every operation, with rich and odd parameters, and every option of clients and calls.

local cases = require "spec.vectors.calls"
local stripe = require "stripe"

local unpack = table.unpack or unpack -- luacheck: ignore 113 143

-- The library's own words about itself and its host.
local VOLATILE = { ["User-Agent"] = true, ["Content-Length"] = true }

-- Sent with every call, unless the case says otherwise.
local USUAL = {
  ["Accept"] = "application/json", ["Content-Type"] = "application/x-www-form-urlencoded",
  ["Stripe-Version"] = "2026-10-28.endive", ["Authorization"] = "Bearer sk_test_123",
}

local function with(defaults, own)
  local all = {}
  for name, value in pairs(defaults) do all[name] = value end
  for name, value in pairs(own or {}) do all[name] = value end
  return all
end

local function split(text, separator)
  local pieces, from = {}, 1
  local at = text:find(separator, 1, true)
  while at do
    pieces[#pieces + 1] = text:sub(from, at - 1)
    from = at + #separator
    at = text:find(separator, from, true)
  end
  pieces[#pieces + 1] = text:sub(from)
  return pieces
end

-- The pairs of a form, or the parts of a multipart body, in an order of their own.
local function unordered(body, boundary)
  local pieces = boundary and split("\r\n" .. body, "\r\n--" .. boundary) or split(body, "&")
  local last = boundary and table.remove(pieces)
  table.sort(pieces)
  pieces[#pieces + 1] = last
  return pieces
end

local function send(case)
  local sent
  local client = stripe.new(with({ api_key = "sk_test_123", transport = function(request)
    sent = request
    return { status = 200, headers = {}, body = '{"id":"x","object":"x"}' }
  end }, case.client))
  local target, arguments = client, {}
  for step in case.call:gmatch("([^.]+)%.") do target = target[step] end
  for i, id in ipairs(case.ids or {}) do arguments[i] = id end
  local n = #arguments
  arguments[n + 1], arguments[n + 2] = case.params, case.options
  local method = target[case.call:match("[^.]+$")]
  assert(method(target, unpack(arguments, 1, n + 2)))
  return sent
end

local function headers_of(sent)
  local headers = {}
  for _, header in ipairs(sent.headers) do
    assert.is_nil(headers[header[1]])
    if not VOLATILE[header[1]] then headers[header[1]] = header[2] end
  end
  return headers
end

local function key_of(case, headers)
  if not case.key then return headers["Idempotency-Key"] end
  assert.truthy(headers["Idempotency-Key"]:find("^%x+%-%x+%-4%x+%-[89ab]%x+%-%x+$"))
end

describe("A call on the wire", function()
  for i, case in ipairs(cases(stripe.null, stripe.decimal.new)) do
    it(("%d is that of the official library: %s"):format(i, case.call), function()
      local sent = send(case)
      local headers = headers_of(sent)
      local boundary = headers["Content-Type"]:match("boundary=(.+)$")
      if boundary then
        headers["Content-Type"] = "multipart/form-data; boundary=BOUNDARY"
      end
      local url, query = sent.url:match("^([^?]*)%??(.*)$")
      headers["Idempotency-Key"] = key_of(case, headers)

      assert.equal(case.method, sent.method)
      assert.equal(case.url, url)
      assert.same(unordered(case.query or ""), unordered(query))
      assert.same(unordered(case.body or "", boundary and "BOUNDARY"),
        unordered(sent.body, boundary))
      assert.same(with(USUAL, case.headers), headers)
      if sent.method == "POST" then
        assert.equal(tostring(#sent.body), sent.headers["content-length"])
      end
    end)
  end
end)
