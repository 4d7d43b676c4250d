--- Answers: what families return, as HTTP responses.
-- @module stripe.simulator.response

local core = require "stripe.core"
local errors = require "stripe.simulator.errors"
local expand = require "stripe.simulator.expand"
local families = require "stripe.simulator.families"

local response = {}

local JSON = { "Content-Type", "application/json" }
local ONLY_JSON = { JSON }

local function header_list(headers)
  local list = {}
  if not headers then return list end
  for name, value in pairs(headers) do
    if type(name) == "number" then name, value = value[1], value[2] end
    list[#list + 1] = { name, tostring(value) }
  end
  if #list == 1 then return list end
  table.sort(list, function(x, y) return x[1] < y[1] end)
  return list
end

--- The response that an error makes.
function response.refused(err)
  local headers = header_list(err.headers)
  headers[#headers + 1] = JSON
  return { status = err.status, headers = headers, body = errors.body(err) }
end

-- The text without expansion, of texts that are kept where there are any.
local function plain_text(account, object)
  local view = families.views[object.object]
  if view then return core.render(view(account, object)) end
  if object.object ~= "list" then return account.store:text(object) end
  local items = {}
  for i, item in ipairs(object.data) do items[i] = plain_text(account, item) end
  return '{"object":"list","data":[' .. table.concat(items, ",") .. '],"has_more":'
    .. tostring(object.has_more) .. ',"url":' .. core.json(object.url) .. "}"
end

--- The JSON text of an object or a list, as a family returned it.
-- @tparam table account
-- @tparam table object
-- @tparam[opt] table tree of what to expand
function response.text(account, object, tree)
  if not tree then return plain_text(account, object) end
  local function shown(one)
    local view = families.views[one.object]
    return view and view(account, one) or one
  end
  local function find(kind, id)
    local found = account.store:show(kind, id)
    return found and shown(found)
  end
  local function prepared(one, inner)
    one = shown(one)
    return inner and expand.apply(one, inner, find) or one
  end
  if object.object ~= "list" then return core.render(prepared(object, tree), tree) end
  local list = { object = "list", data = {}, has_more = object.has_more, url = object.url }
  for i, item in ipairs(object.data) do
    list.data[i] = prepared(item, tree.data)
  end
  return core.render(list, tree)
end

--- The response to what a family returned: an object, a list, `{ object =, status = }`,
-- `{ raw = { status, headers, body } }`, or nil and an error.
-- @treturn table response
-- @treturn ?string id of the object in it
function response.of(account, request, result, err)
  if not result then return response.refused(err) end
  local raw = result.raw
  if raw then
    return { status = raw.status or 200, headers = header_list(raw.headers), body = raw.body }
  end
  local object, status, tree = result, 200, request.expand
  if type(result.object) == "table" then object, status = result.object, result.status or 200 end
  return {
    status = status, headers = ONLY_JSON,
    body = tree and response.text(account, object, tree) or plain_text(account, object),
  }, object.id
end

local versioned = { "Stripe-Version", "" } -- of the request before: mostly the same

--- Adds what every response to a request carries.
function response.complete(answer, request)
  local id, own = { "Request-Id", request.id }, answer.headers
  local version = request.api_version and (request.version or request.api_version)
  local key, account = request.idempotency_key, request.account_header
  if version and versioned[2] ~= version then versioned = { "Stripe-Version", version } end
  if version and own == ONLY_JSON and not (key or account) then
    answer.headers = { id, versioned, JSON }
    return
  end
  local headers = { id, version and versioned }
  if key then headers[#headers + 1] = { "Idempotency-Key", key } end
  if account then headers[#headers + 1] = { "Stripe-Account", account } end
  for _, header in ipairs(header_list(own)) do headers[#headers + 1] = header end
  answer.headers = headers
end

return response
