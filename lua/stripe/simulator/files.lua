--- The family files of the simulator: uploads, their contents, and the list of links inside each.
--
-- [behaviour: Files and file links]
-- @module stripe.simulator.files
local errors = require "stripe.simulator.errors"
local rules = require "stripe.simulator.file_rules"
local file_links = require "stripe.simulator.file_links"

local KIND = "file"
local DAY = 24 * 3600

local operations = {}

--- The file as the API shows it: with its newest links.
local function view(account, file)
  local shown = {}
  for name, value in pairs(file) do shown[name] = value end
  shown.links = file_links.of(account, file.id)
  return shown
end

--- nil, or why this content may not be uploaded for this purpose.
local function refuse(purpose, kind, size)
  local rule = rules.purposes[purpose]
  if size == 0 then return "The file that you uploaded is empty." end
  if not rule then return nil end
  if rule.bytes and size > rule.bytes then
    return ("The file size must be at most %d bytes for purpose %s."):format(rule.bytes, purpose)
  end
  if rule.types and kind and not rule.types[kind] then
    return ("Files of type %s cannot be uploaded for purpose %s."):format(kind, purpose)
  end
end

operations["files.create"] = function(account, request)
  local params = request.params
  local upload = params.file
  if type(upload) ~= "table" or not upload.content then
    return nil, errors.invalid("Invalid file: send it as a part of multipart/form-data with a filename.",
      "file")
  end
  local kind = rules.type_of(upload.filename, upload.content)
  local reason = refuse(params.purpose, kind, #upload.content)
  if reason then return nil, errors.invalid(reason, "file") end
  local rule = rules.purposes[params.purpose] or {}
  local now = account.clock:now()
  local link_data = params.file_link_data
  if link_data and link_data.create then
    local err = file_links.check(account, params.purpose, link_data.expires_at, "file_link_data[expires_at]")
    if err then return nil, err end
  end
  local id = account.ids:new("file_")
  local file = {
    id = id,
    object = KIND,
    created = now,
    expires_at = rule.days and now + rule.days * DAY or nil,
    filename = upload.filename,
    purpose = params.purpose,
    size = #upload.content,
    type = kind,
    url = (account.settings.files_url or "https://files.stripe.com") .. "/v1/files/" .. id .. "/contents",
  }
  account.store:insert(KIND, file)
  account.store:private(id).content = upload.content
  if link_data and link_data.create then
    file_links.make(account, file, link_data.expires_at, link_data.metadata)
  end
  account.events:emit("file.created", view(account, file))
  return file
end

local function find(account, request)
  local id = request.ids[1]
  local file = account.store:get(KIND, id)
  if file then return file end
  return nil, account.store:missing(KIND, id)
end

operations["files.retrieve"] = find

operations["files.list"] = function(account, request)
  local purpose = request.params.purpose
  return account.store:page(KIND, request, purpose and function(file) return file.purpose == purpose end)
end

operations["files.contents"] = function(account, request)
  local file, err = find(account, request)
  if not file then return nil, err end
  local rule = rules.purposes[file.purpose]
  local content = account.store:private(file.id).content
  if rule and rule.sealed then
    return nil, errors.new { status = 403, type = "invalid_request_error",
      message = ("Files with purpose %s cannot be downloaded."):format(file.purpose) }
  end
  if not content or (file.expires_at and file.expires_at <= account.clock:now()) then
    return nil, account.store:missing(KIND, file.id)
  end
  return { raw = { status = 200, headers = { ["Content-Type"] = "application/octet-stream" }, body = content } }
end

return {
  name = "files",
  kinds = { [KIND] = "file_" },
  operations = operations,
  views = { [KIND] = view },
}
