--- `expand`.

local exchange = require "spec.support.exchange"

describe("expand", function()
  local x, account

  before_each(function()
    x = exchange.open()
    account = x.sim:account(x.key)
    account.store:insert("identity.verification_report", {
      id = "vr_1", object = "identity.verification_report", created = 1, livemode = false,
      type = "document", options = {}, verification_session = "vs_1",
      document = { status = "verified", files = {}, number = "D123",
        dob = { day = 1, month = 2, year = 1990 } },
    })
    account.store:insert("identity.verification_session", {
      id = "vs_1", object = "identity.verification_session", created = 1, livemode = false,
      metadata = {}, options = {}, status = "verified", type = "document",
      last_verification_report = "vr_1",
      verified_outputs = { first_name = "Jenny", dob = { day = 1, month = 2, year = 1990 } },
    })
  end)

  local function get(...)
    local query = {}
    for i = 2, select("#", ...) do query[i - 1] = "expand[]=" .. select(i, ...) end
    return x.get("/v1/identity/" .. (...) .. "?" .. table.concat(query, "&"))
  end

  local function session(...) return get("verification_sessions/vs_1", ...) end

  local function refused(response, path)
    assert.equal(400, response.status)
    local err = response.object.error
    assert.equal("This property cannot be expanded (" .. path .. ").", err.message)
    assert.is_nil(err.code)
    assert.is_nil(err.param)
  end

  it("1.7 turns an id into the object", function()
    assert.equal("vr_1", session().object.last_verification_report)
    local report = session("last_verification_report").object.last_verification_report
    assert.same({ "vr_1", "identity.verification_report" }, { report.id, report.object })
    assert.equal("vr_1", account.store:get("identity.verification_session", "vs_1")
      .last_verification_report)
  end)

  it("1.7 shows a hidden field only when asked", function()
    assert.is_nil(session().object.verified_outputs)
    local outputs = session("verified_outputs").object.verified_outputs
    assert.equal("Jenny", outputs.first_name)
    assert.is_nil(outputs.dob)
  end)

  it("1.7 shows a hidden field inside a hidden one with the path of both", function()
    assert.equal(1990, session("verified_outputs.dob").object.verified_outputs.dob.year)
  end)

  it("1.7 goes through what is always there to what is hidden in it", function()
    assert.is_nil(get("verification_reports/vr_1").object.document.number)
    assert.equal("D123", get("verification_reports/vr_1", "document.number").object.document.number)
  end)

  it("1.7 goes on inside an object that it put in, four levels deep", function()
    local report = session("last_verification_report.document.number").object
      .last_verification_report
    assert.equal("D123", report.document.number)
    assert.is_nil(report.document.dob)
    local list = get("verification_sessions", "data.last_verification_report.document.dob").object
    assert.equal(1990, list.data[1].last_verification_report.document.dob.year)
  end)

  it("1.7 takes several paths", function()
    local object = session("verified_outputs.dob", "last_verification_report").object
    assert.equal(1990, object.verified_outputs.dob.year)
    assert.equal("vr_1", object.last_verification_report.id)
  end)

  it("1.7 on lists begins with data.", function()
    local list = get("verification_sessions", "data.last_verification_report").object
    assert.equal("vr_1", list.data[1].last_verification_report.id)
    refused(get("verification_sessions", "last_verification_report"), "last_verification_report")
    refused(get("verification_sessions", "data"), "data")
  end)

  it("1.7 goes into the list that an object has by its data", function()
    account.store:insert("file", { id = "file_1", object = "file", created = 1, purpose = "selfie",
      size = 1 })
    local form = "file=file_1&expand[]=file.links.data.file"
    account.store:private("file_1").uploaded = true
    local link = x.post("/v1/file_links", form).object
    assert.equal("file_1", link.file.links.data[1].file.id)
    local file = x.get("/v1/files/file_1?expand[]=links").object
    assert.equal("file_1", file.links.data[1].file)
    refused(x.get("/v1/files/file_1?expand[]=links.file"), "links.file")
  end)

  it("1.7 allows at most 4 levels", function()
    local response = session "a.b.c.d.e"
    assert.equal(400, response.status)
    assert.matches("more than 4 levels", response.object.error.message)
  end)

  it("observed 3: refuses what cannot be expanded, without code and param", function()
    for _, path in ipairs { "status", "nothing", "options", "last_verification_report.nothing",
      ".last_verification_report", "last_verification_report.", "verified_outputs..dob" } do
      refused(session(path), path)
    end
  end)

  it("1.7 serves the answer of a POST as well, and its replay", function()
    local headers = { ["Idempotency-Key"] = "k" }
    local body = "product=climsku_frontier_offtake_portfolio_2027&metric_tons=1&expand[]=product"
    for _ = 1, 2 do
      local response = x.post("/v1/climate/orders", body, headers)
      assert.equal("climate.product", response.object.product.object)
    end
  end)

  it("leaves an id whose object is gone as it is", function()
    account.store:remove("identity.verification_report", "vr_1")
    assert.equal("vr_1", session("last_verification_report").object.last_verification_report)
  end)
end)
