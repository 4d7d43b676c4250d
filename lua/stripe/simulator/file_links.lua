--- The family file_links of the simulator: public addresses of files, which expire.
--
-- [behaviour: Files and file links; links to identity images live at most 30 seconds:
-- VerificationReport]
-- @module stripe.simulator.file_links
local core = require "stripe.core"
local errors = require "stripe.simulator.errors"
local metadata = require "stripe.simulator.metadata"
local rules = require "stripe.simulator.file_rules"

local KIND = "file_link"
local INLINE = 10 -- links shown inside a file
local IDENTITY = { identity_document = true, identity_document_downloadable = true, selfie = true }
local IDENTITY_SECONDS = 30

local file_links = {}
local operations = {}

--- The link as the API shows it now: `expired` follows the clock.
local function view(account, link)
  local shown = {}
  for name, value in pairs(link) do shown[name] = value end
  shown.expired = link.expires_at ~= nil and link.expires_at <= account.clock:now()
  return shown
end

--- nil, or why a link to a file of this purpose may not be made or expire then.
function file_links.check(account, purpose, expires_at, param)
  if not (rules.linkable[purpose] or IDENTITY[purpose]) then
    return errors.invalid(("Files with purpose %s cannot have links."):format(purpose), "file")
  end
  local now = account.clock:now()
  if expires_at and expires_at <= now then
    return errors.invalid("The expires_at timestamp must be in the future.", param or "expires_at")
  end
  if IDENTITY[purpose] and (not expires_at or expires_at > now + IDENTITY_SECONDS) then
    return errors.invalid(("Links to identity files must expire within %d seconds."):format(IDENTITY_SECONDS),
      param or "expires_at")
  end
end

--- Makes a link that `check` allowed.
function file_links.make(account, file, expires_at, given)
  local link = {
    id = account.ids:new("link_"),
    object = KIND,
    created = account.clock:now(),
    expires_at = expires_at,
    file = file.id,
    livemode = account.livemode,
    metadata = metadata.merge(nil, given),
    url = (account.settings.files_url or "https://files.stripe.com") .. "/links/" .. account.ids:secret(40),
  }
  account.store:insert(KIND, link)
  local private = account.store:private(file.id)
  private.links = private.links or {}
  table.insert(private.links, 1, link.id)
  return link
end

--- The list of a file's newest links, as it stands inside the file.
function file_links.of(account, file_id)
  local ids = account.store:private(file_id).links or {}
  local data = {}
  for i = 1, math.min(#ids, INLINE) do data[i] = view(account, account.store:get(KIND, ids[i])) end
  return { object = "list", data = data, has_more = #ids > INLINE, url = "/v1/file_links?file=" .. file_id }
end

operations["file_links.create"] = function(account, request)
  local params = request.params
  local file = account.store:get("file", params.file)
  if not file then return nil, account.store:missing("file", params.file, "file") end
  local err = file_links.check(account, file.purpose, params.expires_at)
  if err then return nil, err end
  return file_links.make(account, file, params.expires_at, params.metadata)
end

local function find(account, request)
  local id = request.ids[1]
  local link = account.store:get(KIND, id)
  if link then return link end
  return nil, account.store:missing(KIND, id)
end

operations["file_links.retrieve"] = find

operations["file_links.update"] = function(account, request)
  local params = request.params
  local link, err = find(account, request)
  if not link then return nil, err end
  if view(account, link).expired then
    return nil, errors.invalid("This file link has expired and can no longer be updated.")
  end
  local expires_at = params.expires_at
  if expires_at == "now" then
    link.expires_at = account.clock:now()
  elseif expires_at == core.null then
    expires_at = nil
    link.expires_at = nil
  elseif expires_at then
    local file = account.store:get("file", link.file)
    err = file_links.check(account, file.purpose, expires_at)
    if err then return nil, err end
    link.expires_at = expires_at
  end
  if params.metadata ~= nil then link.metadata = metadata.merge(link.metadata, params.metadata) end
  return link
end

operations["file_links.list"] = function(account, request)
  local params = request.params
  local filter = (params.file ~= nil or params.expired ~= nil) and function(link)
    return (params.file == nil or link.file == params.file)
      and (params.expired == nil or view(account, link).expired == params.expired)
  end
  return account.store:page(KIND, request, filter or nil)
end

file_links.name = "file_links"
file_links.kinds = { [KIND] = "link_" }
file_links.operations = operations
file_links.views = { [KIND] = view }

return file_links
