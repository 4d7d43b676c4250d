--- What each purpose of a file allows: kinds of content, bytes, days until it expires, links.
--
-- [behaviour: Files and file links]. A purpose that no source describes has no limits here.
-- @module stripe.simulator.files.rules

local file_rules = {}

local KB, MB = 1024, 1024 * 1024

local function set(names)
  local found = {}
  for name in names:gmatch("%S+") do found[name] = true end
  return found
end

local PURPOSES = {
  account_requirement = { types = set "pdf jpg png", bytes = 64 * MB, sealed = true },
  business_icon = { types = set "jpg png gif", bytes = 512 * KB },
  business_logo = { types = set "jpg png gif", bytes = 512 * KB },
  customer_signature = { types = set "jpg png svg", bytes = 4 * MB, days = 7 },
  dispute_evidence = { types = set "pdf jpg png", bytes = 5 * MB, days = 9 * 30 },
  identity_document = { types = set "pdf jpg png", bytes = 32 * MB },
  issuing_regulatory_reporting = { types = set "json", bytes = 256 * KB, days = 2 * 365 },
  pci_document = { types = set "pdf", bytes = 16 * MB },
  platform_terms_of_service = { types = set "pdf txt md", bytes = 64 * MB },
  tax_document_user_upload = { bytes = 16 * MB },
}

local LINKABLE = set [[
  business_icon business_logo customer_signature dispute_evidence finance_report_run
  financial_account_statement identity_document_downloadable issuing_regulatory_reporting
  pci_document selfie sigma_scheduled_query tax_document_user_upload terminal_android_apk
  terminal_reader_splashscreen]]

local OF_A_PERSON = set "identity_document identity_document_downloadable selfie"

--- How long a link to an image of a person may live, in seconds.
file_rules.IMAGE_SECONDS = 30

local MAGIC = {
  { "^%%PDF%-", "pdf" }, { "^\137PNG\r\n\026\n", "png" }, { "^\255\216\255", "jpg" },
  { "^GIF8[79]a", "gif" },
}

local SAME = { jpeg = "jpg", markdown = "md", text = "txt" }

--- The type of a file, such as "png": by its first bytes, else by its name's extension, else nil.
function file_rules.type_of(filename, content)
  for _, magic in ipairs(MAGIC) do
    if content:find(magic[1]) then return magic[2] end
  end
  local extension = (filename or ""):match("%.(%w+)$")
  extension = extension and extension:lower()
  return SAME[extension] or extension
end

--- Why this content may not be uploaded for this purpose; nil when it may.
-- @string purpose
-- @tparam ?string kind as `type_of` gives it
-- @number size in bytes
-- @treturn ?string
function file_rules.refusal(purpose, kind, size)
  local rule = PURPOSES[purpose] or {}
  if size == 0 then return "The uploaded file is empty." end
  if rule.bytes and size > rule.bytes then
    return ("Files with the purpose %s have at most %d bytes; this one has %d."):format(purpose,
      rule.bytes, size)
  end
  if rule.types and not rule.types[kind] then
    return ("Files with the purpose %s can't be of the type %s."):format(purpose,
      kind or "of this one, which is unknown")
  end
end

--- When a file that is made at `now` expires; nil: never.
function file_rules.expiry(purpose, now)
  local rule = PURPOSES[purpose]
  return rule and rule.days and now + rule.days * 24 * 3600
end

--- Whether the contents of files with this purpose are not to be downloaded.
function file_rules.sealed(purpose)
  return PURPOSES[purpose] ~= nil and PURPOSES[purpose].sealed == true
end

--- How long a link to a file may live.
-- @string purpose
-- @boolean uploaded whether it came by the API; identity checks make the others
-- @treturn ?number seconds, perhaps without end; nil: there may be none
function file_rules.link_seconds(purpose, uploaded)
  if OF_A_PERSON[purpose] and not uploaded then return file_rules.IMAGE_SECONDS end
  return LINKABLE[purpose] and math.huge or nil
end

return file_rules
