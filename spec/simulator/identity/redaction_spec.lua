--- Redaction: in time, and everywhere.

local asking = require "spec.support.asking"
local core = require "stripe.core"

local SESSIONS = "/v1/identity/verification_sessions"
local REPORTS = "/v1/identity/verification_reports"
local FOUR_DAYS = 4 * 86400

-- Everything about a person that no other text could contain by accident.
local PERSONAL = {
  "Hedwig", "Quastenflosser", "Zwiebelgasse", "Kleinmachnow", "14532", "hedwig@", "+4915551",
  "ID987654", "00112233", "Buxtehude", "weiblich", "likes tea", "face of H", "front of H",
  "back of H", "why she failed", "her own page",
}

local DATA = {
  first_name = "Hedwig", last_name = "Quastenflosser", dob = { day = 9, month = 11, year = 1961 },
  address = { line1 = "Zwiebelgasse 3", city = "Kleinmachnow", country = "DE",
    postal_code = "14532" },
  number = "ID987654", id_number = "00112233", id_number_type = "sg_nric", sex = "female",
  unparsed_sex = "weiblich", unparsed_place_of_birth = "Buxtehude", email = "hedwig@example.com",
  phone = "+4915551", issuing_country = "DE", issued_date = { day = 9, month = 11, year = 2020 },
  expiration_date = { day = 9, month = 11, year = 2030 },
  images = { front = "front of Hedwig", back = "back of Hedwig", selfie = "face of Hedwig" },
}

local FORM = "verification_flow=vf_1&metadata[note]=likes%20tea"
  .. "&return_url=https://example.com/her%20own%20page"
  .. "&provided_details[email]=hedwig%40example.com&provided_details[phone]=%2B4915551"
  .. "&options[document][require_matching_selfie]=true&options[document][require_id_number]=true"

local EXPANDED = "expand[]=verified_outputs.dob&expand[]=verified_outputs.sex"
  .. "&expand[]=verified_outputs.id_number&expand[]=last_verification_report.document.dob"

describe("redaction", function()
  local a, sim, get, post

  before_each(function()
    a = asking.open()
    sim, get, post = a.sim, a.get, a.post
  end)

  local function copied(value)
    if type(value) ~= "table" then return value end
    local result = {}
    for name, member in pairs(value) do result[name] = copied(member) end
    return result
  end

  local function path(session, verb) return SESSIONS .. "/" .. session.id .. (verb or "") end

  local function verified()
    local session = post(SESSIONS, FORM, { ["Idempotency-Key"] = "create" })
    assert(sim.identity:submit(session.id, { outcome = "requires_input", data = copied(DATA),
      error = { code = "document_expired", reason = "why she failed" } }))
    assert(sim.identity:submit(session.id, { outcome = "verified", data = copied(DATA) }))
    return session
  end

  -- Where in a value one of the personal texts stands, as a list of "text: path".
  local function personal_in(value, place, found)
    found, place = found or {}, place or "snapshot"
    if type(value) == "string" then
      for _, text in ipairs(PERSONAL) do
        if value:find(text, 1, true) then found[#found + 1] = text .. ": " .. place end
      end
    elseif type(value) == "table" then
      if type(value["$hex"]) == "string" then
        personal_in(value["$hex"]:gsub("%x%x", function(hex)
          return string.char(tonumber(hex, 16))
        end), place, found)
      end
      for name, member in pairs(value) do
        personal_in(name, place, found)
        personal_in(member, place .. "." .. tostring(name), found)
      end
    end
    return found
  end

  describe("of a verified session", function()
    it("answers at once with the status processing and stays verified", function()
      local session = verified()
      local answer, status = post(path(session, "/redact"))
      assert.equal(200, status)
      assert.equal("verified", answer.status)
      assert.same({ status = "processing" }, answer.redaction)
    end)

    it("is over within 4 days, then emits .redacted", function()
      local session = verified()
      post(path(session, "/redact"))
      sim:advance(23 * 3600)
      assert.equal("processing", get(path(session)).redaction.status)
      assert.equal(0, #a.events "identity.verification_session.redacted")
      sim:advance(FOUR_DAYS - 23 * 3600)
      assert.equal("redacted", get(path(session)).redaction.status)
      local event = a.events "identity.verification_session.redacted"[1]
      assert.same({ status = "redacted" }, event.data.object.redaction)
      assert.is_nil(event.request and event.request.id)
    end)

    it("emits no .canceled", function()
      post(path(verified(), "/redact"))
      sim:advance(FOUR_DAYS)
      assert.equal(0, #a.events "identity.verification_session.canceled")
    end)

    it("puts placeholders into the session, also into expanded fields", function()
      local session = verified()
      post(path(session, "/redact"))
      sim:advance(FOUR_DAYS)
      local redacted = get(path(session), EXPANDED)
      assert.equal("verified", redacted.status)
      assert.same({}, redacted.metadata)
      assert.same({}, redacted.options)
      assert.is_nil(redacted.last_error)
      assert.same({ email = "[redacted]", phone = "[redacted]" }, redacted.provided_details)
      local outputs = redacted.verified_outputs
      assert.same({ city = "[redacted]", country = "DE", line1 = "[redacted]",
        postal_code = "[redacted]" }, outputs.address)
      assert.same({ day = 1, month = 1, year = 1 }, outputs.dob)
      for _, name in ipairs { "first_name", "last_name", "email", "phone", "sex", "id_number" } do
        assert.equal("[redacted]", outputs[name], name)
      end
      assert.same({ day = 1, month = 1, year = 1 }, redacted.last_verification_report.document.dob)
    end)

    it("puts placeholders into all of its reports", function()
      local session = verified()
      post(path(session, "/redact"))
      sim:advance(FOUR_DAYS)
      local reports = get(REPORTS, "verification_session=" .. session.id
        .. "&expand[]=data.document.number&expand[]=data.document.sex").data
      assert.equal(2, #reports)
      for _, report in ipairs(reports) do
        local document = report.document
        assert.equal("[redacted]", document.first_name)
        assert.equal("[redacted]", document.number)
        assert.equal("[redacted]", document.sex)
        assert.same({ day = 1, month = 1, year = 1 }, document.issued_date)
        assert.equal("DE", document.issuing_country)
        assert.equal("[redacted]", report.email.email)
        assert.equal("sg_nric", report.id_number.id_number_type)
      end
      assert.same({ code = "document_expired", reason = "[redacted]" }, reports[2].document.error)
    end)

    it("makes the images undownloadable", function()
      local session = verified()
      local report = get(path(session), "expand[]=last_verification_report")
        .last_verification_report
      post(path(session, "/redact"))
      sim:advance(FOUR_DAYS)
      for _, id in ipairs { report.document.files[1], report.document.files[2],
        report.selfie.selfie } do
        local _, status = get("/v1/files/" .. id .. "/contents")
        assert.equal(404, status)
      end
    end)

    it("reaches the snapshots of its events", function()
      local session = verified()
      post(path(session, "/redact"))
      sim:advance(FOUR_DAYS)
      local failed = a.events "identity.verification_session.requires_input"[1].data.object
      assert.equal("requires_input", failed.status)
      assert.same({}, failed.metadata)
      assert.is_nil(failed.last_error)
    end)

    it("reaches the answer kept for an idempotency key, which still binds", function()
      local session = verified()
      post(path(session, "/redact"))
      sim:advance(20 * 3600)
      post(path(session, "/redact"), "", { ["Idempotency-Key"] = "again" })
      sim:advance(4 * 3600)
      local answer = post(path(session, "/redact"), "", { ["Idempotency-Key"] = "again" })
      assert.equal(session.id, answer.id)
      assert.same({}, answer.metadata)
      assert.same({ email = "[redacted]", phone = "[redacted]" }, answer.provided_details)
    end)

    it("leaves nothing personal in the whole simulator", function()
      local session = verified()
      get(path(session), EXPANDED)
      post(path(session), "metadata[note]=likes%20tea&provided_details[email]=hedwig%40x")
      local before = table.concat(personal_in(sim:snapshot()), "\n")
      for _, text in ipairs(PERSONAL) do
        assert.truthy(before:find(text .. ": ", 1, true), text .. " was never there")
      end
      post(path(session, "/redact"), EXPANDED, { ["Idempotency-Key"] = "redact" })
      sim:advance(FOUR_DAYS)
      assert.same({}, personal_in(sim:snapshot()))
      assert.same({}, personal_in(sim:requests(), "requests"))
    end)

    it("leaves other sessions as they are", function()
      local session, other = verified(), post(SESSIONS, FORM)
      post(path(session, "/redact"))
      sim:advance(FOUR_DAYS)
      assert.same({ note = "likes tea" }, get(path(other)).metadata)
      local snapshots = {}
      for _, event in ipairs(a.events "identity.verification_session.created") do
        snapshots[event.data.object.id] = event.data.object.metadata
      end
      assert.same({ [session.id] = {}, [other.id] = { note = "likes tea" } }, snapshots)
    end)

    it("goes on after a snapshot was restored", function()
      local session = verified()
      post(path(session, "/redact"))
      assert(sim:restore(core.decode(core.json(sim:snapshot()))))
      sim:advance(FOUR_DAYS)
      assert.equal("redacted", get(path(session)).redaction.status)
      assert.same({}, personal_in(sim:snapshot()))
    end)
  end)

  it("of an open session cancels it, with .canceled at once and .redacted later", function()
    local session = post(SESSIONS, "type=document")
    local answer = post(path(session, "/redact"))
    assert.equal("canceled", answer.status)
    assert.is_nil(answer.client_secret)
    assert.is_nil(answer.url)
    assert.same({ status = "processing" }, answer.redaction)
    sim:advance(FOUR_DAYS)
    local names = {}
    for i, name in ipairs(a.events()) do names[i] = name:match "[^.]+$" end
    assert.same({ "created", "canceled", "redacted" }, names)
  end)

  it("of a canceled session is a 200, and the status stays canceled", function()
    local session = post(SESSIONS, "type=document")
    post(path(session, "/cancel"))
    local answer, status = post(path(session, "/redact"))
    assert.equal(200, status)
    assert.equal("canceled", answer.status)
    assert.same({ status = "processing" }, answer.redaction)
    assert.equal(1, #a.events "identity.verification_session.canceled")
  end)

  it("is refused while the checks run", function()
    local session = post(SESSIONS, "type=document")
    sim.identity:submit(session.id, { outcome = "processing" })
    local answer, status = post(path(session, "/redact"))
    assert.equal(400, status)
    assert.truthy(answer.error.message:find('status of "processing"', 1, true))
    assert.is_nil(get(path(session)).redaction)
  end)

  it("asked for twice happens once", function()
    local session = verified()
    post(path(session, "/redact"))
    local _, status = post(path(session, "/redact"))
    assert.equal(200, status)
    sim:advance(FOUR_DAYS)
    post(path(session, "/redact"))
    sim:advance(FOUR_DAYS)
    assert.equal(1, #a.events "identity.verification_session.redacted")
  end)

  it("makes a session that can be retrieved, but not updated, canceled or submitted", function()
    for _, wait in ipairs { 0, FOUR_DAYS } do
      local session = post(SESSIONS, "type=document")
      post(path(session, "/redact"))
      sim:advance(wait)
      local _, status = get(path(session))
      assert.equal(200, status)
      for _, verb in ipairs { "", "/cancel" } do
        local answer
        answer, status = post(path(session, verb))
        assert.equal(400, status)
        assert.truthy(answer.error.message:find("redacted", 1, true))
      end
      assert.is_nil((sim.identity:submit(session.id, { outcome = "verified", force = true })))
    end
  end)

  it("keeps nothing of an update that came later and was refused", function()
    local session = verified()
    post(path(session, "/redact"))
    sim:advance(FOUR_DAYS)
    local answer, status = post(path(session), "metadata[note]=likes%20tea"
      .. "&provided_details[email]=hedwig%40example.com&provided_details[phone]=%2B4915551")
    assert.same({ 400, nil }, { status, answer.error.param })
    assert.same({}, personal_in(sim:requests(), "requests"))
  end)

  it("keeps nothing of one that was refused before anybody looked at the session", function()
    local session = verified()
    local update = "metadata[note]=likes%20tea&provided_details[phone]=%2B4915551"
    local function refused(form, key)
      local answer, status = post(path(session), form, { ["Idempotency-Key"] = key })
      assert.equal(400, status)
      return answer.error.type .. " " .. answer.error.message
    end
    post(path(session, "/redact"))
    sim:advance(23 * 3600)
    assert.matches("cannot update", refused(update, "key"))
    sim:advance(3600)
    assert.matches("cannot be expanded", refused(update .. "&expand[]=metadata"))
    assert.matches("cannot update", refused(update, "key"))
    assert.matches("^idempotency_error", refused(update .. "&type=document", "key"))
    assert.matches("unknown parameter", refused(update .. "&user_consent[type]=stripe"))
    assert.same({}, personal_in(sim:snapshot()))
    assert.same({}, personal_in(sim:requests(), "requests"))
  end)

  it("reaches only the endpoints that name .redacted", function()
    post("/v1/webhook_endpoints", "url=https://example.com/all&enabled_events[]=*")
    post("/v1/webhook_endpoints",
      "url=https://example.com/one&enabled_events[]=identity.verification_session.redacted")
    post(path(verified(), "/redact"))
    sim:advance(FOUR_DAYS)
    assert.equal(1, a.events "identity.verification_session.redacted"[1].pending_webhooks)
    assert.equal(1, a.events "identity.verification_session.created"[1].pending_webhooks)
  end)
end)
