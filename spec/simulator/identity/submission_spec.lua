--- What `sim.identity:submit` does to a session.

local asking = require "spec.support.asking"
local core = require "stripe.core"

local SESSIONS = "/v1/identity/verification_sessions"

describe("submitting a verification", function()
  local a, sim, session

  before_each(function()
    a = asking.open()
    sim = a.sim
    session = a.post(SESSIONS, "type=document")
  end)

  local function submit(outcome, more)
    local options = more or {}
    options.outcome = outcome
    return sim.identity:submit(session.id, options)
  end

  local function now(query) return a.get(SESSIONS .. "/" .. session.id, query) end

  local function names()
    local found = {}
    for i, name in ipairs(a.events()) do
      found[i] = name:match "^identity%.verification_session%.(.*)$"
    end
    return found
  end

  it("walks requires_input, processing, verified with an event each", function()
    assert.equal("verified", submit("verified").status)
    assert.equal("verified", now().status)
    assert.same({ "created", "processing", "verified" }, names())
  end)

  it("may stop at processing and go on later", function()
    assert.equal("processing", submit("processing").status)
    assert.equal("processing", now().status)
    assert.equal("verified", submit("verified").status)
    assert.same({ "created", "processing", "verified" }, names())
  end)

  it("goes back to requires_input with last_error when a check fails", function()
    submit "requires_input"
    local failed = now()
    assert.equal("requires_input", failed.status)
    assert.equal("document_unverified_other", failed.last_error.code)
    assert.equal("string", type(failed.last_error.reason))
    assert.truthy(failed.last_verification_report)
    assert.same({ "created", "processing", "requires_input" }, names())
  end)

  it("says The document is expired. for document_expired", function()
    submit("requires_input", { error = { code = "document_expired" } })
    assert.same({ code = "document_expired", reason = "The document is expired." },
      now().last_error)
  end)

  it("takes another reason", function()
    submit("requires_input", { error = { code = "abandoned", reason = "Went home." } })
    assert.same({ code = "abandoned", reason = "Went home." }, now().last_error)
  end)

  it("knows every code of last_error", function()
    for _, field in ipairs(core.catalogue()["identity.verification_sessions"].fields) do
      if field.name == "last_error" then
        assert.equal(19, #field.fields[1].enum)
        for _, code in ipairs(field.fields[1].enum) do
          assert(submit("requires_input", { error = { code = code } }))
          assert.equal(code, now().last_error.code)
          assert.equal("string", type(now().last_error.reason))
        end
      end
    end
  end)

  it("refuses a code that last_error can't have", function()
    local done, err = submit("requires_input", { error = { code = "document_type_not_allowed" } })
    assert.is_nil(done)
    assert.equal("error[code]", err.param)
  end)

  it("clears last_error and sets last_verification_report when it succeeds after a failure",
    function()
      submit "requires_input"
      local first = now().last_verification_report
      submit "verified"
      assert.is_nil(now().last_error)
      assert.not_equal(first, now().last_verification_report)
    end)

  it("forgets at its end what the attempt found", function()
    submit("requires_input", { data = { first_name = "Zebulon" } })
    submit "verified"
    assert.not_equal("Zebulon", now("expand[]=verified_outputs").verified_outputs.first_name)
  end)

  it("freezes in each event the session of that moment", function()
    submit "verified"
    local event = a.events("identity.verification_session.processing")[1]
    assert.equal("processing", event.data.object.status)
    assert.is_nil(event.data.object.last_verification_report)
    event = a.events("identity.verification_session.verified")[1]
    assert.equal("verified", event.data.object.status)
    assert.is_nil(event.data.object.verified_outputs)
    assert.is_nil(event.request and event.request.id)
  end)

  it("refuses steps that a session can't take", function()
    submit "processing"
    assert.is_nil((submit "processing"))
    submit "verified"
    for _, outcome in ipairs { "processing", "verified", "requires_input" } do
      local done, err = submit(outcome)
      assert.is_nil(done)
      assert.equal("status_transition_invalid", err.code)
    end
    assert.equal("verified", now().status)
  end)

  it("takes them with force", function()
    submit "verified"
    assert(submit("requires_input", { force = true }))
    assert.equal("requires_input", now().status)
    assert.is_nil(now("expand[]=verified_outputs").verified_outputs)
  end)

  it("refuses an unknown outcome, an unknown session and data that no report holds", function()
    local _, err = submit "maybe"
    assert.equal("outcome", err.param)
    _, err = sim.identity:submit("vs_x", { outcome = "verified" })
    assert.equal(404, err.status)
    _, err = submit("verified", { data = { first = "Ada" } })
    assert.equal("data[first]", err.param)
    _, err = submit("verified", { data = { dob = { day = 1, month = "May" } } })
    assert.equal("data[dob][month]", err.param)
    _, err = submit("verified", { data = { id_number_type = "de_id" } })
    assert.equal("data[id_number_type]", err.param)
    assert.equal("requires_input", now().status)
  end)

  it("remembers the data of processing for the outcome", function()
    submit("processing", { data = { first_name = "Ada", last_name = "Byron" } })
    submit("verified", { data = { first_name = "Augusta" } })
    local outputs = now("expand[]=verified_outputs").verified_outputs
    assert.same({ "Augusta", "Byron" }, { outputs.first_name, outputs.last_name })
  end)

  it("finds the same person for the same seed", function()
    local function outputs()
      local other = asking.open()
      local fresh = other.post(SESSIONS, "type=document")
      other.sim.identity:submit(fresh.id, { outcome = "verified" })
      return other.get(SESSIONS .. "/" .. fresh.id, "expand[]=verified_outputs.dob")
        .verified_outputs
    end
    local first = outputs()
    assert.truthy(first.first_name and first.address.line1 and first.dob.year)
    assert.same(first, outputs())
  end)

  it("has an HTTP route", function()
    local answer, status = a.post("/_sim/identity/verification_sessions/" .. session.id
      .. "/submit", '{"outcome":"verified","data":{"first_name":"Ada"}}')
    assert.equal(200, status)
    assert.equal("verified", answer.status)
  end)

  it("completes a session that was loaded", function()
    assert(sim:load { { object = "identity.verification_session", id = "vs_loaded",
      status = "requires_input", type = "document", metadata = {} } })
    local loaded = a.get(SESSIONS .. "/vs_loaded")
    assert.truthy(loaded.client_secret)
    assert(sim.identity:submit("vs_loaded", { outcome = "verified" }))
  end)
end)
