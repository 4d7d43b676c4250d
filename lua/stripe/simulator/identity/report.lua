--- Reports of the simulated checks, with the images that they looked at.
-- [behaviour: VerificationReport; last_error codes]
-- @module stripe.simulator.identity.report
local copy = require "stripe.simulator.copy"
local file_store = require "stripe.simulator.files.store"

local identity_report = {}

local KIND = "identity.verification_report"

-- A grey dot: the image of whatever the test gave no image for.
local PNG = "\137PNG\r\n\026\n\000\000\000\013IHDR\000\000\000\001\000\000\000\001"
  .. "\008\000\000\000\000:~\155U\000\000\000\nIDATx\218c\248\015\000\001\001"
  .. "\001\000\028\176\140\153\000\000\000\000IEND\174B`\130"

-- Why a verification fails. `check` is the check that says so; where it can't say just that, the
-- report says `as`; codes without a check end a verification before anything was looked at.
local CODES = {
  abandoned = { reason = "The verification was abandoned." },
  consent_declined = { reason = "The user declined to be verified." },
  device_not_supported = { reason = "The device has no usable camera." },
  country_not_supported = { check = "document", as = "document_unverified_other",
    reason = "Documents of this country are not supported." },
  under_supported_age = { check = "document", as = "document_unverified_other",
    reason = "The user is under the supported age." },
  document_expired = { check = "document", reason = "The document is expired." },
  document_type_not_supported = { check = "document",
    reason = "Documents of this type are not supported." },
  document_unverified_other = { check = "document",
    reason = "The document could not be verified." },
  email_unverified_other = { check = "email",
    reason = "The email address could not be verified." },
  email_verification_declined = { check = "email",
    reason = "The user declined to verify the email address." },
  id_number_insufficient_document_data = { check = "id_number",
    reason = "The document says too little to check the ID number." },
  id_number_mismatch = { check = "id_number",
    reason = "The ID number does not match the details." },
  id_number_unverified_other = { check = "id_number",
    reason = "The ID number could not be verified." },
  phone_unverified_other = { check = "phone", reason = "The phone number could not be verified." },
  phone_verification_declined = { check = "phone",
    reason = "The user declined to verify the phone number." },
  selfie_document_missing_photo = { check = "selfie", reason = "The document has no photo." },
  selfie_face_mismatch = { check = "selfie",
    reason = "The selfie and the document show different faces." },
  selfie_manipulated = { check = "selfie", reason = "The selfie was manipulated." },
  selfie_unverified_other = { check = "selfie", reason = "The selfie could not be verified." },
}

--- The code of a failure nobody chose a code for.
function identity_report.default_code(session)
  return session.type == "id_number" and "id_number_unverified_other" or "document_unverified_other"
end

--- The reason that goes with a code; nil for an unknown code.
function identity_report.reason(code)
  return CODES[code] and CODES[code].reason
end

-- The checks that a session asks for, and the one that the failure names.
local function checks_of(session, failure)
  local rule = failure and CODES[failure.code]
  if rule and not rule.check then return {} end
  local options, checks = session.options, {}
  local document = options.document or {}
  checks.document = session.type ~= "id_number"
  checks.selfie = document.require_matching_selfie
  checks.id_number = session.type == "id_number" or document.require_id_number
  checks.email = options.email and options.email.require_verification
  checks.phone = options.phone and options.phone.require_verification
  if rule then checks[rule.check] = true end
  return checks
end

local function image(account, side, purpose, content)
  return file_store.make(account, { filename = side .. ".png", purpose = purpose, type = "png" },
    content).id
end

local results = {}

function results.document(person, files)
  return {
    address = copy.deep(person.address), dob = copy.deep(person.dob), files = files.document,
    expiration_date = copy.deep(person.expiration_date),
    issued_date = copy.deep(person.issued_date),
    first_name = person.first_name, last_name = person.last_name,
    issuing_country = person.issuing_country, number = person.number, sex = person.sex,
    type = person.document_type, unparsed_place_of_birth = person.unparsed_place_of_birth,
    unparsed_sex = person.unparsed_sex,
  }
end

function results.selfie(_, files)
  return { document = files.document[1], selfie = files.selfie }
end

function results.id_number(person)
  return {
    dob = copy.deep(person.dob), first_name = person.first_name, last_name = person.last_name,
    id_number = person.id_number, id_number_type = person.id_number_type,
  }
end

function results.email(person) return { email = person.email } end

function results.phone(person) return { phone = person.phone } end

local function take_images(account, checks, person, images)
  local files = {}
  if checks.document or checks.selfie then
    files.document = {
      image(account, "document_front", "identity_document", images.front or PNG),
    }
    if checks.document and person.document_type ~= "passport" then
      files.document[2] = image(account, "document_back", "identity_document",
        images.back or PNG)
    end
  end
  if checks.selfie then
    files.selfie = image(account, "selfie", "selfie", images.selfie or PNG)
  end
  return files
end

--- Makes the report of a submission, and its images.
-- @tparam table person as identity_person makes it
-- @tparam table images contents by side: `front`, `back`, `selfie`; missing ones are grey dots
-- @tparam ?table failure `{ code, reason }`; nil: everything passed
-- @treturn table the stored report
-- @treturn table the session's `verified_outputs`, should it become verified
function identity_report.make(account, session, person, images, failure)
  local checks = checks_of(session, failure)
  local files = take_images(account, checks, person, images)
  local report = {
    id = account.ids:new "vr_", object = KIND, created = account.clock:now(),
    client_reference_id = session.client_reference_id, livemode = session.livemode,
    options = { document = copy.deep(session.options.document or {}) },
    type = session.type, verification_flow = session.verification_flow,
    verification_session = session.id,
  }
  if session.type == "id_number" then report.options = { id_number = {} } end
  local rule = failure and CODES[failure.code]
  for name, result in pairs(results) do
    if checks[name] then
      report[name] = result(person, files)
      report[name].status = "verified"
      if rule and rule.check == name then
        report[name].status = "unverified"
        report[name].error = { code = rule.as or failure.code, reason = failure.reason }
      end
    end
  end
  account.store:insert(KIND, report)
  return report, {
    address = checks.document and copy.deep(person.address) or nil, dob = copy.deep(person.dob),
    email = checks.email and person.email or nil, first_name = person.first_name,
    id_number = checks.id_number and person.id_number or nil,
    id_number_type = checks.id_number and person.id_number_type or nil,
    last_name = person.last_name, phone = checks.phone and person.phone or nil,
    sex = checks.document and person.sex or nil,
    unparsed_place_of_birth = checks.document and person.unparsed_place_of_birth or nil,
    unparsed_sex = checks.document and person.unparsed_sex or nil,
  }
end

return identity_report
