--- HTTP requests as the simulator reads them: what a transport is given, or a server received.
-- @module stripe.simulator.request

local core = require "stripe.core"
local asked = core.asked
local descriptors = require("stripe.simulator.families").descriptors
local encoded = require "stripe.encoded"

-- Headers that mean something here -> member of the request.
local HEADERS = {
  Authorization = "authorization", ["Stripe-Version"] = "version",
  ["Content-Type"] = "content_type", ["Idempotency-Key"] = "idempotency_key",
  ["Stripe-Account"] = "account", ["Stripe-Context"] = "context",
  ["Stripe-OAuth-Token"] = "oauth_token",
}

-- The same by names as most send them, also of others that most send: false. What isn't here has
-- to be written in lower case first.
local MEMBERS = {}
for _, name in ipairs { "Accept", "Connection", "Content-Length", "Host", "User-Agent" } do
  MEMBERS[name], MEMBERS[name:lower()] = false, false
end
for name, member in pairs(HEADERS) do MEMBERS[name], MEMBERS[name:lower()] = member, member end

-- Those of a list of {name, value}, or of a map.
local function known_headers(headers)
  local found = {}
  for name, value in pairs(headers or found) do
    if type(name) == "number" then name, value = value[1], value[2] end
    local member = MEMBERS[name]
    if member == nil then member = MEMBERS[name:lower()] end
    if member then found[member] = tostring(value) end
  end
  return found
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

-- The API key: a bearer token, or the user name of Basic authentication.
local function read_key(authorization)
  local scheme, rest = authorization:match("^%s*(%S+)%s+(.*%S)")
  if not scheme then return nil end
  scheme = scheme:lower()
  if scheme == "bearer" then return rest end
  local key = scheme == "basic" and encoded.base64(rest):match("^[^:]*")
  return key and key ~= "" and key or nil
end

local last, last_key -- most requests come from the one that asked before

local function key_of(authorization)
  if not authorization then return nil end
  if authorization ~= last then last, last_key = authorization, read_key(authorization) end
  return last_key
end

-- Operations that the catalogue lacks, because the API's reference does: their parameters are not
-- checked.
local UNLISTED = {
  { method = "POST", pattern = "^/v1/events/([^/]+)/retry$",
    operation = { resource = "events", name = "retry", title = "events.retry", method = "POST",
      returns = "event" } },
}

local request = {
  --- The parameters of a request that has none.
  NO_PARAMS = setmetatable({}, {
    __newindex = function() error("the parameters of a request are not to be changed", 2) end,
  }),
}

local NO_PARAMS = request.NO_PARAMS

-- An operation that the core doesn't know, and its ids.
local function unlisted(method, path)
  for _, route in ipairs(UNLISTED) do
    local id = path:match(route.pattern)
    if id and route.method == method then return route.operation, { id } end
  end
  return nil, {}
end

-- `op` and `ids` are as core.route returns them; `account` and `context` are those headers.
-- Nothing of nothing. The table has room for all that most requests get, from the router too.
local function make(op, ids, method, path, query, body, timeout, authorization, version,
    content_type, idempotency_key, account, context, oauth_token)
  if not method then return nil end
  local made = {
    operation = op and descriptors[op], ids = ids, method = method, path = path, query = query,
    timeout = timeout, key = key_of(authorization), version = version, params = NO_PARAMS,
    id = nil, time = nil, order = nil, status = nil, object = nil, api_version = nil,
  }
  if not op then
    made.known = ids -- the path, with another method
    made.operation, made.ids = unlisted(method, path)
  end
  if method ~= "GET" then made.content_type = content_type end
  if body ~= "" then made.body = body end
  if idempotency_key and idempotency_key ~= "" then made.idempotency_key = idempotency_key end
  if oauth_token then made.oauth_token = oauth_token end
  if account or context then
    made.account_header, made.account_id = account, account or context:match("[^/]*$")
  end
  return made
end

--- Reads a request and finds the operation that it means.
-- @tparam table raw `method, url, headers` (list of pairs or map), `body` (text) or `stream`
-- @treturn table request: `method, path, query, body` (nil: none), `key, account_id,
--   account_header, idempotency_key, version, content_type` (not of a GET), `oauth_token`, and by
--   the route `operation, ids`, or `known` | nil, failure `{ kind, message, sent }` when the body
--   can't be read
function request.read(raw)
  local body, problem = body_of(raw)
  if not body then return nil, { kind = "aborted", message = problem, sent = "no" } end
  local path, query = raw.url:match("^%a[%w+.-]*://[^/?#]*([^?#]*)%??([^#]*)")
  if not path then path, query = raw.url:match("^([^?#]*)%??([^#]*)") end
  if path == "" then path = "/" end
  local method, headers = raw.method:upper(), known_headers(raw.headers)
  local op, ids = core.route(method, path)
  return make(op, ids, method, path, query, body, raw.timeout, headers.authorization,
    headers.version, headers.content_type, headers.idempotency_key, headers.account,
    headers.context, headers.oauth_token)
end

--- The same for a call of a client in this process, without the HTTP in between.
-- @tparam userdata call
-- @treturn table | nil, failure
function request.of_call(call) return make(asked(call)) or request.read(call:request()) end

return request
