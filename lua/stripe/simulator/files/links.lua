--- The family file_links of the simulator: public addresses of files, which expire.
--
-- [behaviour: Files and file links; links to images of a person live at most 30 seconds:
-- VerificationReport]
-- @module stripe.simulator.files.links

local core = require "stripe.core"
local copy = require "stripe.simulator.copy"
local errors = require "stripe.simulator.errors"
local file_store = require "stripe.simulator.files.store"
local metadata = require "stripe.simulator.metadata"
local rules = require "stripe.simulator.files.rules"

local KIND = "file_link"
local INLINE = 10 -- links shown inside a file

local file_links = {}
local operations = {}

local function expired(account, link)
  return link.expires_at ~= nil and link.expires_at <= account.clock:now()
end

-- The link as the API shows it now: `expired` follows the clock.
local function view(account, link)
  local shown = copy.shallow(link)
  shown.expired = expired(account, link)
  return shown
end

--- nil, or why there may be no such link.
-- @tparam table account
-- @tparam table wish `longest`: seconds that it may live, nil for no links at all; `purpose` of
--   the file; `created`, `expires_at` (nil: never) of the link; `param` and `file_param`: who says
--   when it expires, and of which file it is
function file_links.check(account, wish)
  local longest, expires_at = wish.longest, wish.expires_at
  if not longest then
    return errors.invalid(("Files with the purpose %s can't have links."):format(wish.purpose),
      wish.file_param)
  end
  if expires_at and expires_at <= account.clock:now() then
    return errors.invalid("The time at which a link expires must be in the future.", wish.param)
  end
  if (expires_at or math.huge) > wish.created + longest then
    return errors.invalid(("Links to files with the purpose %s must expire within %d seconds of "
      .. "their creation."):format(wish.purpose, longest), wish.param)
  end
end

local function check(account, file, created, expires_at)
  return file_links.check(account, {
    longest = rules.link_seconds(file.purpose, account.store:private(file.id).uploaded),
    purpose = file.purpose, created = created, expires_at = expires_at,
    param = "expires_at", file_param = "file",
  })
end

-- Each file knows its links, oldest first: showing them must not cost a search. One that comes
-- later is newer, except when it was loaded.
local function index(account, link)
  local store = account.store
  local private = store:private(link.file)
  local ids = private.links or {}
  private.links = ids
  local at = #ids
  while at > 0 do
    if store:get(KIND, ids[at]).created <= link.created then break end
    at = at - 1
  end
  table.insert(ids, at + 1, link.id)
end

-- A link that was loaded replaces the one with its id, which its file knows already.
local function loaded(account, link)
  if type(link.file) ~= "string" then return end
  for _, id in ipairs(account.store:private(link.file).links or {}) do
    if id == link.id then return end
  end
  index(account, link)
end

--- Makes a link that `check` allowed.
function file_links.make(account, file, expires_at, given)
  local link = account.store:insert(KIND, {
    id = account.ids:new("link_"), object = KIND, created = account.clock:now(),
    expires_at = expires_at, file = file.id, livemode = account.livemode,
    metadata = metadata.merge(nil, given),
    url = file_store.address(account, "/links/" .. account.ids:secret(40)),
  })
  index(account, link)
  return link
end

--- The list of a file's newest links, as it stands inside the file.
function file_links.of(account, file_id)
  local ids, data = account.store:private(file_id).links or {}, {}
  for i = #ids, math.max(1, #ids - INLINE + 1), -1 do
    data[#data + 1] = view(account, account.store:get(KIND, ids[i]))
  end
  return { object = "list", data = data, has_more = #ids > INLINE,
    url = "/v1/file_links?file=" .. file_id }
end

--- What the public address of a link answers: the bytes of its file, without any key.
-- @tparam table account
-- @string path such as "/links/abc"
-- @treturn table raw answer; nil when no link of the account has this address, when it has
--   expired, or its file is gone
function file_links.download(account, path)
  account.clock:run()
  for link in account.store:each(KIND) do
    if link.url and link.url:sub(-#path) == path and not expired(account, link) then
      local file = account.store:get("file", link.file)
      local content = file and file_store.content(account, file)
      return content and file_store.answer(content)
    end
  end
end

operations["file_links.create"] = function(account, request)
  local params = request.params
  local file, err = account.store:refer("file", params.file, "file")
  if not file then return nil, err end
  err = check(account, file, account.clock:now(), params.expires_at)
  if err then return nil, err end
  return file_links.make(account, file, params.expires_at, params.metadata)
end

local function find(account, request) return account.store:find(KIND, request.ids[1]) end

operations["file_links.retrieve"] = find

-- The new end of a link: it stays when none is given, null means never.
local function set_expiry(account, link, given)
  if given == nil then return nil end
  if given == "now" then
    link.expires_at = account.clock:now()
    return nil
  end
  local expires_at = given ~= core.null and given or nil
  local file = account.store:get("file", link.file)
  local err = file and check(account, file, link.created, expires_at)
  if not err then link.expires_at = expires_at end
  return err
end

operations["file_links.update"] = function(account, request)
  local params = request.params
  local link, err = find(account, request)
  if not link then return nil, err end
  if expired(account, link) then
    return nil, errors.invalid("This file link has expired and can't be updated.")
  end
  local merged, too_many = metadata.merge(link.metadata, params.metadata)
  err = too_many or set_expiry(account, link, params.expires_at)
  if err then return nil, err end
  link.metadata = merged
  return link
end

operations["file_links.list"] = function(account, request)
  local file, wanted = request.params.file, request.params.expired
  return account.store:page(KIND, request, (file or wanted ~= nil) and function(link)
    return (not file or link.file == file)
      and (wanted == nil or expired(account, link) == wanted)
  end or nil)
end

file_links.name = "file_links"
file_links.kinds = { [KIND] = "link_" }
file_links.operations = operations
file_links.views = { [KIND] = view }
file_links.loaded = { [KIND] = loaded }

return file_links
