--- The family files of the simulator: uploads, their contents, and the list of links inside each.
-- [behaviour: Files and file links]
-- @module stripe.simulator.files

local copy = require "stripe.simulator.copy"
local errors = require "stripe.simulator.errors"
local file_links = require "stripe.simulator.files.links"
local file_store = require "stripe.simulator.files.store"
local rules = require "stripe.simulator.files.rules"

local KIND = "file"

local operations = {}

-- The file as the API shows it: with its newest links.
local function view(account, file)
  local shown = copy.shallow(file)
  shown.links = file_links.of(account, file.id)
  return shown
end

local function find(account, request) return account.store:find(KIND, request.ids[1]) end

operations["files.create"] = function(account, request)
  local params, now = request.params, account.clock:now()
  local purpose, upload = params.purpose, params.file
  local kind = rules.type_of(upload.filename, upload.content)
  local refusal = rules.refusal(purpose, kind, #upload.content)
  if refusal then return nil, errors.invalid(refusal, "file") end
  local link = params.file_link_data
  if link and link.create then
    local err = file_links.check(account, {
      longest = rules.link_seconds(purpose, true), purpose = purpose, created = now,
      expires_at = link.expires_at, param = "file_link_data[expires_at]", file_param = "purpose",
    })
    if err then return nil, err end
  end
  local file = file_store.make(account, {
    filename = upload.filename, purpose = purpose, type = kind,
    expires_at = rules.expiry(purpose, now),
  }, upload.content)
  account.store:private(file.id).uploaded = true
  if link and link.create then
    file_links.make(account, file, link.expires_at, link.metadata)
  end
  account.events:emit("file.created", file)
  return file
end

operations["files.retrieve"] = find

operations["files.list"] = function(account, request)
  local purpose = request.params.purpose
  return account.store:page(KIND, request, purpose and function(file)
    return file.purpose == purpose
  end)
end

operations["files.contents"] = function(account, request)
  local file, err = find(account, request)
  if not file then return nil, err end
  if rules.sealed(file.purpose) then
    return nil, errors.new { status = 403,
      message = ("Files with the purpose %s can't be downloaded."):format(file.purpose) }
  end
  local content = file_store.content(account, file)
  if not content then return nil, errors.not_found(KIND, file.id) end
  return { raw = file_store.answer(content) }
end

return {
  name = "files",
  kinds = { [KIND] = "file_" },
  operations = operations,
  views = { [KIND] = view },
}
