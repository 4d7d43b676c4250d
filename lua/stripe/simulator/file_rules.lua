--- What each purpose of an upload allows: kinds of file, bytes, days until it expires.
--
-- [behaviour: Files and file links; docs.stripe.com/file-upload, several editions]. A purpose that
-- no source describes has no limits here.
-- @module stripe.simulator.file_rules
local file_rules = {}

local KB, MB = 1024, 1024 * 1024
local YEAR = 365

local function types(text)
  local set = {}
  for name in text:gmatch("%S+") do set[name] = true end
  return set
end

file_rules.purposes = {
  account_requirement = { types = types "pdf jpg png", bytes = 64 * MB, sealed = true },
  business_icon = { types = types "jpg png gif", bytes = 512 * KB },
  business_logo = { types = types "jpg png gif", bytes = 512 * KB },
  customer_signature = { types = types "jpg png svg", bytes = 4 * MB, days = 7 },
  dispute_evidence = { types = types "pdf jpg png", bytes = 5 * MB, days = 270 },
  identity_document = { types = types "pdf jpg png", bytes = 32 * MB },
  issuing_regulatory_reporting = { types = types "json", bytes = 256 * KB, days = 2 * YEAR },
  pci_document = { types = types "pdf", bytes = 16 * MB },
  platform_terms_of_service = { types = types "pdf txt md", bytes = 64 * MB },
  tax_document_user_upload = { bytes = 16 * MB },
}

--- Purposes whose files may have public links.
file_rules.linkable = types [[
  business_icon business_logo customer_signature dispute_evidence finance_report_run
  financial_account_statement identity_document_downloadable issuing_regulatory_reporting
  pci_document selfie sigma_scheduled_query tax_document_user_upload terminal_android_apk
  terminal_reader_splashscreen]]

local MAGIC = {
  { "^%%PDF%-", "pdf" }, { "^\137PNG\r\n\26\n", "png" }, { "^\255\216\255", "jpg" },
  { "^GIF8[79]a", "gif" },
}

local SAME = { jpeg = "jpg", markdown = "md", text = "txt" }

--- The type of a file, such as "png": by its first bytes, else by its name's extension, else nil.
function file_rules.type_of(filename, content)
  for _, magic in ipairs(MAGIC) do
    if content:find(magic[1]) then return magic[2] end
  end
  local extension = (filename or ""):match("%.(%w+)$")
  if not extension then return nil end
  extension = extension:lower()
  return SAME[extension] or extension
end

return file_rules
