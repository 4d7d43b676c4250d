--- A request as a journal sees it: what tells it apart from others, and the stamp that it carries.
-- @module stripe.journal.request

local core = require "stripe.core"
local Key = require "stripe.key"
local Operations = require "stripe.operations"
local with = require "stripe.with"

local Request = {}

local MOST_METADATA = 50 -- keys of an object [docs.stripe.com/metadata]

--- What sends it: "GET", "POST" or "DELETE".
function Request.method(request)
  local operation = Operations.list[request.op]
  return operation and operation.method or request.method
end

-- The name that what is uploaded goes under. An open file has none.
local function name_of(file)
  if type(file) ~= "table" then return type(file) == "string" and file or "upload" end
  return tostring(file.filename or file.name or file.path or "upload")
end

-- The parameters as they are sent, for comparing: what is uploaded counts by its name.
local function form_of(request)
  local operation, params = Operations.list[request.op], request.params
  if operation and operation.multipart and params then
    params = {}
    for name, value in pairs(request.params) do
      params[name] = name == "file" and name_of(value) or value
    end
    return core.encode(nil, params, { validate = false })
  end
  return core.encode(request.op, params, { validate = false })
end

-- Below /v2/, where JSON is sent, a null is not an empty text, and an empty table is something.
local function sent(request, form)
  if request.op or not request.path:find("^/v2/") or request.method ~= "POST" then return form end
  return (core.encode(nil, request.params, { json = true }))
end

local function fingerprint(settings, request, form)
  local operation, options = Operations.list[request.op], request.options
  return core.sha256(table.concat({
    Request.method(request), operation and operation.path or request.path,
    type(request.ids) == "table" and table.concat(request.ids, "/") or request.ids or "",
    options.account or settings.account or "", options.context or settings.context or "",
    sent(request, form),
  }, "\n"))
end

-- Whether the request takes a stamp: it makes an object that has metadata, and there is room.
local function takes_stamp(request, name)
  local operation, metadata = Operations.list[request.op], (request.params or {}).metadata
  if not (operation and #operation.ids == 0 and Operations.takes(operation, "metadata")) then
    return false
  elseif metadata == nil then
    return true
  elseif type(metadata) ~= "table" or metadata[name] ~= nil then
    return false
  end
  local keys = 0
  for _ in pairs(metadata) do keys = keys + 1 end
  return keys < MOST_METADATA
end

--- Describes a request.
-- @tparam table settings of the client
-- @tparam table request as of `Call.run`
-- @string stamp_name under which a stamp stands in metadata
-- @treturn ?table the members of a step that describe its request, and `plain`, the parameters as
--   they are sent; nil when it can't be sent
function Request.describe(settings, request, stamp_name)
  local form = form_of(request)
  if not form then return nil end
  return {
    operation = Operations.name(request.op) or Request.method(request) .. " " .. request.path,
    ids = request.ids, mode = Key.mode(request.options.api_key or settings.api_key),
    fingerprint = fingerprint(settings, request, form),
    plain = form, form = core.redact_form(request.op, form),
    stamped = takes_stamp(request, stamp_name) and stamp_name or false,
  }
end

--- A copy with a stamp in its metadata.
-- @tparam table request
-- @string name
-- @string stamp
function Request.stamp(request, name, stamp)
  local copy, params = with({}, request), with({}, request.params)
  params.metadata = with({}, params.metadata)
  params.metadata[name] = stamp
  copy.params = params
  return copy
end

--- A copy that is sent under the journal's key, or under none; its own options stay.
-- @tparam table request
-- @string[opt] key
function Request.under(request, key)
  local copy, options = with({}, request), with({}, request.options)
  options.journal, options.idempotency_key = nil, key
  copy.options = options
  return copy
end

--- In what two forms differ, for a message.
-- @string old
-- @string new
-- @treturn string such as "the parameters amount, currency"
function Request.difference(old, new)
  local function read(form)
    local pairs_of = {}
    for name, value in form:gmatch("([^&=]+)=([^&]*)") do pairs_of[name] = value end
    return pairs_of
  end
  local before, after, names = read(old), read(new), {}
  for name, value in pairs(after) do
    if before[name] ~= value then names[#names + 1] = name end
  end
  for name in pairs(before) do
    if after[name] == nil then names[#names + 1] = name end
  end
  table.sort(names)
  return #names > 0 and "the parameters " .. table.concat(names, ", ") or "the requests"
end

return Request
