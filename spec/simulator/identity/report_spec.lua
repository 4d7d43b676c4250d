--- The reports of the simulated checks.

local asking = require "spec.support.asking"

local SESSIONS = "/v1/identity/verification_sessions"
local REPORTS = "/v1/identity/verification_reports"

describe("a verification report", function()
  local a, sim, get, post

  before_each(function()
    a = asking.open()
    sim, get, post = a.sim, a.get, a.post
  end)

  -- A session of this form that ended so, and its report with everything that can be expanded.
  local function report_of(form, options)
    local session = post(SESSIONS, form)
    options = options or {}
    options.outcome = options.outcome or "verified"
    session = assert(sim.identity:submit(session.id, options))
    local paths = {}
    for _, name in ipairs { "document.dob", "document.expiration_date", "document.number",
      "document.sex", "document.unparsed_place_of_birth", "document.unparsed_sex", "id_number.dob",
      "id_number.id_number" } do
      paths[#paths + 1] = "expand[]=" .. name
    end
    local id = session.last_verification_report
    local report, status = get(REPORTS .. "/" .. id, table.concat(paths, "&"))
    assert.equal(200, status, report.error and report.error.message)
    return report, session
  end

  local function checks(report)
    local found = {}
    for _, name in ipairs { "document", "selfie", "id_number", "email", "phone" } do
      if report[name] then found[#found + 1] = name .. " " .. report[name].status end
    end
    return table.concat(found, ", ")
  end

  local function fails(code, form)
    return report_of(form or "type=document", { outcome = "requires_input",
      error = { code = code } })
  end

  it("is made when the checks of a submission end, pass or fail", function()
    local report, session = report_of "type=document&client_reference_id=u_1"
    assert.truthy(report.id:find "^vr_")
    assert.equal(session.id, report.verification_session)
    assert.equal("u_1", report.client_reference_id)
    assert.equal(a.start, report.created)
    assert.equal("document", report.type)
    assert.same({ document = {} }, report.options)
    assert.equal("document unverified", checks(fails "document_unverified_other"))
  end)

  it("is made by each submission anew", function()
    local session = post(SESSIONS, "type=document")
    sim.identity:submit(session.id, { outcome = "requires_input" })
    sim.identity:submit(session.id, { outcome = "verified" })
    assert.equal(2, #get(REPORTS, "verification_session=" .. session.id).data)
  end)

  it("holds only the checks that ran", function()
    assert.equal("document verified", checks(report_of "type=document"))
    assert.equal("id_number verified", checks(report_of "type=id_number"))
    assert.equal("document verified, selfie verified",
      checks(report_of "type=document&options[document][require_matching_selfie]=true"))
    assert.equal("document verified, id_number verified",
      checks(report_of "type=document&options[document][require_id_number]=true"))
    assert.equal("document verified, email verified, phone verified", checks(report_of(
      "verification_flow=vf_1&provided_details[email]=a%40b.c&provided_details[phone]=%2B1")))
    assert.equal("", checks(fails "consent_declined"))
  end)

  it("has the type verification_flow for a flow", function()
    local report = report_of "verification_flow=vf_1"
    assert.equal("verification_flow", report.type)
    assert.equal("vf_1", report.verification_flow)
  end)

  it("says what the document says", function()
    local document = report_of("type=document&options[document][allowed_types][]=id_card", {
      data = { first_name = "Ada", last_name = "Byron", dob = { day = 10, month = 12, year = 1985 },
        address = { line1 = "1 Mill St.", city = "Salem", country = "US" }, number = "X123",
        issuing_country = "CA", issued_date = { day = 2, month = 3, year = 2021 },
        expiration_date = { day = 2, month = 3, year = 2031 }, sex = "female",
        unparsed_sex = "F", unparsed_place_of_birth = "London" },
    }).document
    assert.equal(2, #document.files)
    document.files = nil
    assert.same({
      first_name = "Ada", last_name = "Byron", dob = { day = 10, month = 12, year = 1985 },
      address = { line1 = "1 Mill St.", city = "Salem", country = "US" }, number = "X123",
      issuing_country = "CA", issued_date = { day = 2, month = 3, year = 2021 },
      expiration_date = { day = 2, month = 3, year = 2031 }, sex = "female", unparsed_sex = "F",
      unparsed_place_of_birth = "London", status = "verified", type = "id_card",
    }, document)
  end)

  it("makes up a plausible person when nobody is chosen", function()
    local document = report_of("type=document").document
    for _, name in ipairs { "first_name", "last_name", "number", "issuing_country" } do
      assert.truthy(document[name]:find "%w", name)
    end
    assert.truthy(document.issued_date.year < 2025 and document.expiration_date.year > 2025)
  end)

  it("hides dob, number, expiration_date and sex of a document unless expanded", function()
    local report = report_of "type=document&options[document][require_id_number]=true"
    local plain = get(REPORTS .. "/" .. report.id)
    for _, name in ipairs { "dob", "number", "expiration_date", "sex" } do
      assert.truthy(report.document[name], name)
      assert.is_nil(plain.document[name], name)
    end
    assert.truthy(report.id_number.dob and report.id_number.id_number)
    assert.is_nil(plain.id_number.dob)
    assert.is_nil(plain.id_number.id_number)
    assert.equal("us_ssn", plain.id_number.id_number_type)
  end)

  it("shows the last 4 digits only of a us_ssn", function()
    local report = report_of("type=id_number", { data = { id_number = "000-00-6789" } })
    assert.equal("6789", report.id_number.id_number)
    report = report_of("type=id_number",
      { data = { id_number = "000.000.001-91", id_number_type = "br_cpf" } })
    assert.equal("000.000.001-91", report.id_number.id_number)
  end)

  it("gives the failing check its own code, and the others stay verified", function()
    local form = "type=document&options[document][require_matching_selfie]=true"
    local report = fails("selfie_face_mismatch", form)
    assert.equal("document verified, selfie unverified", checks(report))
    assert.equal("selfie_face_mismatch", report.selfie.error.code)
    assert.is_nil(report.document.error)
    report = fails("document_expired", form)
    assert.equal("document unverified, selfie verified", checks(report))
    assert.same({ code = "document_expired", reason = "The document is expired." },
      report.document.error)
  end)

  it("dates an expired document before today", function()
    assert.is_true(fails("document_expired").document.expiration_date.year < 2025)
  end)

  it("shows a check that only the error names", function()
    assert.equal("document verified, phone unverified",
      checks(fails "phone_verification_declined"))
    assert.equal("document verified, email unverified", checks(fails "email_unverified_other"))
    assert.equal("document verified, id_number unverified", checks(fails "id_number_mismatch"))
  end)

  it("uses document_unverified_other where a session's code is none of the document's", function()
    assert.equal("document_unverified_other", fails("under_supported_age").document.error.code)
  end)

  it("names the images as files whose contents can be downloaded", function()
    local report = report_of("type=document&options[document][require_matching_selfie]=true",
      { data = { images = { front = "front of it", selfie = "a face" } } })
    local front, back = report.document.files[1], report.document.files[2]
    assert.equal("identity_document", (get("/v1/files/" .. front)).purpose)
    assert.equal("selfie", (get("/v1/files/" .. report.selfie.selfie)).purpose)
    assert.equal(front, report.selfie.document)
    local function content(id)
      return sim:handle { method = "GET", headers = { Authorization = "Bearer " .. a.account.key },
        url = "https://files.stripe.com/v1/files/" .. id .. "/contents" }.body
    end
    assert.equal("front of it", content(front))
    assert.equal("a face", content(report.selfie.selfie))
    assert.equal("\137PNG", content(back):sub(1, 4))
    assert.equal(#content(back), get("/v1/files/" .. back).size)
  end)

  it("has one image of a passport", function()
    local report = report_of("type=document", { data = { document_type = "passport" } })
    assert.equal("passport", report.document.type)
    assert.equal(1, #report.document.files)
  end)
end)
