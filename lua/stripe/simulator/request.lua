--- HTTP requests as the simulator reads them: what a transport is given, or a server received.
-- @module stripe.simulator.request

local families = require "stripe.simulator.families"
local core = require "stripe.core"

local BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

-- Headers as a map of lower-case names, from a list of {name, value} or a map.
local function lower(headers)
  local map = {}
  for name, value in pairs(headers or {}) do
    if type(name) == "number" then name, value = value[1], value[2] end
    map[name:lower()] = tostring(value)
  end
  return map
end

-- The body of an upload comes from a reader, piece by piece; nil and a message when it fails.
local function body_of(raw)
  if raw.body or not raw.stream then return raw.body or "" end
  local pieces = {}
  while true do
    local piece, problem = raw.stream()
    if problem then return nil, problem end
    if not piece or piece == "" then return table.concat(pieces) end
    pieces[#pieces + 1] = piece
  end
end

local function decode_base64(text)
  local bits, value, bytes = 0, 0, {}
  for character in text:gmatch("[%w+/]") do
    value = value * 64 + BASE64:find(character, 1, true) - 1
    bits = bits + 6
    if bits >= 8 then
      bits = bits - 8
      local unit = 2 ^ bits
      bytes[#bytes + 1] = string.char(math.floor(value / unit))
      value = value % unit
    end
  end
  return table.concat(bytes)
end

-- The API key: a bearer token, or the user name of Basic authentication.
local function key_of(authorization)
  local scheme, rest = (authorization or ""):match("^%s*(%S+)%s+(.*%S)")
  if not scheme then return nil end
  scheme = scheme:lower()
  if scheme == "bearer" then return rest end
  local key = scheme == "basic" and decode_base64(rest):match("^[^:]*")
  return key and key ~= "" and key or nil
end

-- Operations that the catalogue lacks, because the API's reference does: their parameters are not
-- checked.
local UNLISTED = {
  { method = "POST", pattern = "^/v1/events/([^/]+)/retry$",
    operation = { resource = "events", name = "retry", method = "POST", returns = "event" } },
}

-- The operation of a route and its ids; nil and whether the path is known with another method.
local function find(method, path)
  local operation, ids = core.route(method, path)
  if operation then return families.descriptors[operation], ids end
  for _, route in ipairs(UNLISTED) do
    local id = path:match(route.pattern)
    if id and route.method == method then return route.operation, { id } end
  end
  return nil, ids
end

--- Reads a request and finds the operation that it means.
-- @tparam table raw `method, url, headers` (list of pairs or map), `body` (text) or `stream`
-- @treturn table request: `method, url, path, query, headers` (lower-case map), `body, key,
--   account_id, idempotency_key, version`, and by the route `operation, ids`, or `known` | nil,
--   failure `{ kind, message, sent }` when the body can't be read
local function read(raw)
  local body, problem = body_of(raw)
  if not body then return nil, { kind = "aborted", message = problem, sent = "no" } end
  local headers = lower(raw.headers)
  local target = raw.url:match("^%a[%w+.-]*://[^/?#]*([^#]*)") or raw.url:match("^[^#]*")
  local path, query = target:match("^([^?]*)%??(.*)$")
  local method = raw.method:upper()
  local context, key = headers["stripe-context"], headers["idempotency-key"]
  local request = {
    method = method, url = raw.url, path = path == "" and "/" or path, query = query,
    headers = headers, body = body, key = key_of(headers.authorization),
    account_id = headers["stripe-account"] or context and context:match("[^/]*$"),
    idempotency_key = key ~= "" and key or nil, version = headers["stripe-version"],
    params = {}, ids = {},
  }
  local operation, ids = find(method, request.path)
  if operation then
    request.operation, request.ids = operation, ids
  else
    request.known = ids -- the path, with another method
  end
  return request
end

return { read = read }
