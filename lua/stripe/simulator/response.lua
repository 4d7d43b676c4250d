--- Answers: what families return, as HTTP responses.
-- @module stripe.simulator.response

local core = require "stripe.core"
local errors = require "stripe.simulator.errors"
local expand = require "stripe.simulator.expand"
local families = require "stripe.simulator.families"

local response = {}

local JSON = { "Content-Type", "application/json" }

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

--- The JSON text of an object or a list, as a family returned it.
-- @tparam table account
-- @tparam table object
-- @tparam[opt] table tree of what to expand
function response.text(account, object, tree)
  local function shown(one)
    local view = families.views[one.object]
    return view and view(account, one) or one
  end
  local function find(kind, id)
    local found = account.store:get(kind, id)
    return found and shown(found)
  end
  local function prepared(one, inner)
    one = shown(one)
    return inner and expand.apply(one, inner, find) or one
  end
  if object.object ~= "list" then return core.render(prepared(object, tree), tree) end
  local list = { object = "list", data = {}, has_more = object.has_more, url = object.url }
  for i, item in ipairs(object.data) do
    list.data[i] = prepared(item, tree and tree.data)
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
  local wrapped = type(result.object) == "table"
  local object = wrapped and result.object or result
  return {
    status = wrapped and result.status or 200, headers = { JSON },
    body = response.text(account, object, request.expand),
  }, object.id
end

--- Adds what every response to a request carries.
function response.complete(answer, request)
  local headers = { { "Request-Id", request.id } }
  local function add(name, value)
    if value then headers[#headers + 1] = { name, value } end
  end
  add("Stripe-Version", request.api_version and (request.version or request.api_version))
  add("Idempotency-Key", request.idempotency_key)
  add("Stripe-Account", request.headers["stripe-account"])
  for _, header in ipairs(header_list(answer.headers)) do headers[#headers + 1] = header end
  answer.headers = headers
end

return response
