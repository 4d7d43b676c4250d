--- The identity family: each sentence is a row of docs/simulator/identity.md.

local asking = require "spec.support.asking"

local SESSIONS = "/v1/identity/verification_sessions"
local REPORTS = "/v1/identity/verification_reports"
local HOUR = 3600

describe("identity", function()
  local a, sim, get, post

  before_each(function()
    a = asking.open()
    sim, get, post = a.sim, a.get, a.post
  end)

  local function create(form)
    local session, status = post(SESSIONS, form or "type=document")
    assert.equal(200, status, session.error and session.error.message)
    return session
  end

  local function submit(session, outcome, more)
    local options = more or {}
    options.outcome = outcome
    return assert(sim.identity:submit(session.id, options))
  end

  local function act(session, verb, form)
    return post(SESSIONS .. "/" .. session.id .. (verb and "/" .. verb or ""), form)
  end

  local function again(session, query) return get(SESSIONS .. "/" .. session.id, query) end

  local function refused(message, answer, status)
    assert.equal(400, status)
    assert.equal("invalid_request_error", answer.error.type)
    assert.equal(message, answer.error.message)
  end

  describe("creating a session", function()
    it("is born requires_input with client_secret and url; the rest null", function()
      local session = create()
      assert.equal("requires_input", session.status)
      assert.equal("document", session.type)
      assert.truthy(session.id:find "^vs_")
      assert.equal(1, (session.client_secret:find(session.id .. "_secret_", 1, true)))
      assert.truthy(session.url:find "^https://verify%.stripe%.com/start/test_")
      assert.equal(a.start, session.created)
      assert.is_false(session.livemode)
      assert.same({}, session.metadata)
      local _, _, text = again(session)
      for _, name in ipairs { "client_reference_id", "last_error", "last_verification_report",
        "redaction", "related_customer", "related_customer_account" } do
        assert.truthy(text:find('"' .. name .. '":%s*null'), name)
      end
    end)

    it("emits identity.verification_session.created, without secret and url", function()
      local session = create()
      local event = a.events("identity.verification_session.created")[1]
      assert.equal(session.id, event.data.object.id)
      assert.is_nil(event.data.object.client_secret)
      assert.is_nil(event.data.object.url)
      assert.is_nil(event.data.previous_attributes)
    end)

    it("shows secret and url in no test event either", function()
      local session = create()
      local event = a.sim.events:trigger "identity.verification_session.created"
      assert.equal(session.id, event.data.object.id)
      assert.same({}, { event.data.object.client_secret, event.data.object.url })
      assert.is_string(a.sim:account(a.key).store:get(session.object, session.id).client_secret)
    end)

    it("needs type unless verification_flow is given", function()
      local answer, status = post(SESSIONS, "metadata[a]=b")
      assert.equal(400, status)
      assert.equal("parameter_missing", answer.error.code)
      assert.equal("type", answer.error.param)
    end)

    it("shows type verification_flow for a session of a flow", function()
      local session = create "verification_flow=vf_1&provided_details[email]=a%40example.com"
      assert.equal("verification_flow", session.type)
      assert.equal("vf_1", session.verification_flow)
      assert.same({ document = {}, email = { require_verification = true } }, session.options)
    end)

    it("shows the options of its type, empty where nothing was chosen", function()
      assert.same({ document = {} }, create().options)
      assert.same({ id_number = {} }, create "type=id_number".options)
      assert.same({ document = { allowed_types = { "passport" }, require_matching_selfie = true } },
        create("type=document&options[document][allowed_types][0]=passport"
          .. "&options[document][require_matching_selfie]=true").options)
    end)

    it("keeps what it is told about the person", function()
      local session = create("type=document&client_reference_id=u_1&related_customer=cus_1"
        .. "&related_person[account]=acct_1&related_person[person]=person_1"
        .. "&provided_details[email]=a%40example.com&metadata[order]=7")
      assert.equal("u_1", session.client_reference_id)
      assert.equal("cus_1", session.related_customer)
      assert.same({ account = "acct_1", person = "person_1" }, session.related_person)
      assert.same({ email = "a@example.com" }, session.provided_details)
      assert.same({ order = "7" }, session.metadata)
    end)

    it("needs both account and person of a related_person", function()
      local answer, status = post(SESSIONS, "type=document&related_person[account]=acct_1")
      assert.equal(400, status)
      assert.equal("related_person[person]", answer.error.param)
    end)
  end)

  describe("retrieving a session", function()
    it("gives the same client_secret and url while they are valid", function()
      local session = create()
      sim:advance(23 * HOUR)
      assert.equal(session.client_secret, again(session).client_secret)
      assert.equal(session.url, again(session).url)
    end)

    it("gives a fresh client_secret after 24 hours, a fresh url after 48", function()
      local session = create()
      sim:advance(24 * HOUR)
      local later = again(session)
      assert.not_equal(session.client_secret, later.client_secret)
      assert.equal(session.url, later.url)
      sim:advance(24 * HOUR)
      assert.not_equal(session.url, again(session).url)
    end)

    it("keeps those that a loaded session brought, as long as they live", function()
      local session = { object = "identity.verification_session", id = "vs_1", url = "https://a",
        client_secret = "vs_1_secret_2" }
      assert(sim:load { session })
      local function both()
        local now = again(session)
        return { now.client_secret == session.client_secret, now.url == session.url }
      end
      assert.same({ true, true }, both())
      sim:advance(24 * HOUR)
      assert.same({ false, true }, both())
      sim:advance(24 * HOUR)
      assert.same({ false, false }, both())
    end)

    it("gives fresh ones after a failed attempt", function()
      local session = create()
      submit(session, "requires_input")
      local later = again(session)
      assert.truthy(later.client_secret and later.url)
      assert.not_equal(session.client_secret, later.client_secret)
      assert.not_equal(session.url, later.url)
    end)

    it("gives none while processing, once verified and once canceled", function()
      local session = create()
      for _, outcome in ipairs { "processing", "verified" } do
        submit(session, outcome)
        local later = again(session)
        assert.is_nil(later.client_secret)
        assert.is_nil(later.url)
      end
      local canceled = create()
      act(canceled, "cancel")
      assert.is_nil(again(canceled).client_secret)
      assert.is_nil(again(canceled).url)
    end)

    it("says No such VerificationSession: 'vs_x' for an unknown id", function()
      local answer, status = get(SESSIONS .. "/vs_x")
      assert.equal(404, status)
      assert.equal("resource_missing", answer.error.code)
      assert.equal("No such VerificationSession: 'vs_x'", answer.error.message)
    end)

    it("expands last_verification_report from an id to the report", function()
      local session = create()
      submit(session, "verified")
      assert.equal("string", type(again(session).last_verification_report))
      local expanded = again(session, "expand[]=last_verification_report")
      assert.equal("identity.verification_report", expanded.last_verification_report.object)
    end)

    it("shows verified_outputs, and below it dob, only when expanded", function()
      local session = create()
      submit(session, "verified", { data = { first_name = "Ada", dob = { day = 10, month = 12,
        year = 1985 } } })
      assert.is_nil(again(session).verified_outputs)
      local outputs = again(session, "expand[]=verified_outputs").verified_outputs
      assert.equal("Ada", outputs.first_name)
      assert.is_nil(outputs.dob)
      outputs = again(session, "expand[]=verified_outputs.dob").verified_outputs
      assert.same({ day = 10, month = 12, year = 1985 }, outputs.dob)
    end)

    it("shows verified_outputs as null before it is verified", function()
      local _, _, text = again(create(), "expand[]=verified_outputs")
      assert.truthy(text:find '"verified_outputs":%s*null')
    end)
  end)

  describe("updating a session", function()
    it("merges metadata", function()
      local session = create "type=document&metadata[a]=1&metadata[b]=2"
      assert.same({ b = "3", c = "4" },
        act(session, nil, "metadata[a]=&metadata[b]=3&metadata[c]=4").metadata)
    end)

    it("changes type, options and provided_details while requires_input", function()
      local session = create()
      session = act(session, nil, "options[document][require_id_number]=true"
        .. "&provided_details[phone]=%2B14155550100")
      assert.same({ document = { require_id_number = true } }, session.options)
      assert.same({ phone = "+14155550100" }, session.provided_details)
      session = act(session, nil, "type=id_number&options[document]=")
      assert.equal("id_number", session.type)
      assert.same({ id_number = {} }, session.options)
    end)

    it("clears the document's options with options[document]=", function()
      local session = create "type=document&options[document][require_live_capture]=true"
      assert.same({ document = {} }, act(session, nil, "options[document]=").options)
    end)

    it("leaves options that are not named as they are", function()
      local session = create "type=document&options[document][require_live_capture]=true"
      session = act(session, nil, "options[document][require_matching_selfie]=true")
      assert.same({ document = { require_live_capture = true, require_matching_selfie = true } },
        session.options)
    end)

    it("refuses client_reference_id and return_url, which cannot be changed", function()
      for _, name in ipairs { "client_reference_id", "return_url" } do
        local answer, status = act(create(), nil, name .. "=x")
        assert.equal(400, status)
        assert.equal("parameter_unknown", answer.error.code)
      end
    end)

    it("is refused unless the status is requires_input", function()
      local session = create()
      for _, status in ipairs { "processing", "verified" } do
        submit(session, status)
        refused('You cannot update this VerificationSession because it has a status of "' .. status
          .. '". Only a VerificationSession in "requires_input" status may be updated.',
          act(session, nil, "metadata[a]=b"))
      end
    end)

    it("refuses to change the type of a session of a flow", function()
      local answer, status = act(create "verification_flow=vf_1", nil, "type=document")
      assert.equal(400, status)
      assert.equal("type", answer.error.param)
    end)
  end)

  describe("canceling a session", function()
    it("makes it canceled, with client_secret, url and last_error null", function()
      local session = create()
      submit(session, "requires_input")
      local canceled, status = act(session, "cancel")
      assert.equal(200, status)
      assert.equal("canceled", canceled.status)
      assert.is_nil(canceled.client_secret)
      assert.is_nil(canceled.url)
      assert.is_nil(canceled.last_error)
      assert.truthy(canceled.last_verification_report)
    end)

    it("emits identity.verification_session.canceled, once", function()
      local session = create()
      act(session, "cancel")
      act(session, "cancel")
      assert.equal(1, #a.events "identity.verification_session.canceled")
    end)

    it("is a 200 that changes nothing when it is canceled already", function()
      local session = create()
      act(session, "cancel")
      local answer, status = act(session, "cancel")
      assert.equal(200, status)
      assert.equal("canceled", answer.status)
    end)

    it("is refused for a verified session, in these words", function()
      local session = create()
      submit(session, "verified")
      refused('You cannot cancel this VerificationSession because it has a status of "verified". '
        .. 'Only a VerificationSession in "requires_input" status may be canceled.',
        act(session, "cancel"))
    end)

    it("is refused for a processing session", function()
      local session = create()
      submit(session, "processing")
      local _, status = act(session, "cancel")
      assert.equal(400, status)
    end)
  end)

  describe("listing sessions", function()
    local function ids(query)
      local found = {}
      for i, session in ipairs(get(SESSIONS, query).data) do found[i] = session.id end
      return found
    end

    it("filters by status, client_reference_id, related_customer and related_customer_account",
      function()
        local plain, mine = create(), create "type=document&client_reference_id=u_1"
        local theirs = create "type=document&related_customer=cus_1"
        local account = create "type=document&related_customer_account=acct_1"
        act(plain, "cancel")
        assert.same({ plain.id }, ids "status=canceled")
        assert.same({ account.id, theirs.id, mine.id }, ids "status=requires_input")
        assert.same({ mine.id }, ids "client_reference_id=u_1")
        assert.same({ theirs.id }, ids "related_customer=cus_1")
        assert.same({ account.id }, ids "related_customer_account=acct_1")
        assert.same({}, ids "related_customer=cus_1&status=canceled")
      end)

    it("filters by created", function()
      local old = create()
      sim:advance(10)
      local new = create()
      assert.same({ new.id }, ids("created[gt]=" .. old.created))
      assert.same({ old.id }, ids("created=" .. old.created))
    end)
  end)

  describe("listing reports", function()
    it("filters by type, verification_session, client_reference_id and created", function()
      local document = create "type=document&client_reference_id=u_1"
      local number = create "type=id_number"
      submit(document, "verified")
      sim:advance(10)
      submit(number, "verified")
      local function sessions(query)
        local found = {}
        for i, report in ipairs(get(REPORTS, query).data) do
          found[i] = report.verification_session
        end
        return found
      end
      assert.same({ number.id, document.id }, sessions())
      assert.same({ number.id }, sessions "type=id_number")
      assert.same({ document.id }, sessions("verification_session=" .. document.id))
      assert.same({ document.id }, sessions "client_reference_id=u_1")
      assert.same({ number.id }, sessions("created[gt]=" .. document.created))
    end)

    it("says No such VerificationReport: 'vr_x' for an unknown id", function()
      local answer, status = get(REPORTS .. "/vr_x")
      assert.equal(404, status)
      assert.equal("No such VerificationReport: 'vr_x'", answer.error.message)
    end)
  end)
end)
