--- Errors as the server words them.

local core = require "stripe.core"
local errors = require "stripe.simulator.errors"

describe("an error", function()
  it("of a missing object name it as the server does", function()
    local err = errors.not_found("identity.verification_report", "vr_x")
    assert.equal("No such VerificationReport: 'vr_x'", tostring(err))
    assert.same({ 404, "resource_missing", "id" }, { err.status, err.code, err.param })
    assert.equal("No such file link: 'l'", errors.not_found("file_link", "l").message)
    assert.equal("file", errors.not_found("file", "f", "file").param)
  end)

  it("is a 400 invalid_request_error unless it says otherwise", function()
    local err = errors.invalid("No.", "amount", "balance_insufficient")
    assert.same({ 400, "invalid_request_error", "amount" }, { err.status, err.type, err.param })
    assert.equal("No.", tostring(err))
    assert.equal("https://docs.stripe.com/error-codes/balance-insufficient", err.doc_url)
    assert.is_nil(errors.invalid("No.").doc_url)
  end)

  it("becomes the error member of a body, extra members included", function()
    local err = errors.new { status = 500, type = "api_error", message = "Off.", updated = 7,
      headers = { ["Stripe-Should-Retry"] = "false" } }
    assert.same({ error = { type = "api_error", message = "Off.", updated = 7 } },
      core.decode(errors.body(err)))
  end)

  it("may quote any bytes: those that are no text become U+FFFD", function()
    local err = errors.not_found("climate.order", "a\255b")
    assert.equal("No such climate order: 'a\239\191\189b'",
      core.decode(errors.body(err)).error.message)
  end)

  it("names a missing child parameter in full", function()
    assert.equal("Missing required param: related_person[account].",
      errors.missing_param("related_person[account]").message)
  end)

  local rows = {
    { { kind = "missing", param = "a[b]" }, "Missing required param: a[b].", "parameter_missing" },
    { { kind = "unknown", param = "x" }, "Received unknown parameter: x", "parameter_unknown" },
    { { kind = "unknown", param = "x", names = { "x", "y" } },
      "Received unknown parameters: x, y", "parameter_unknown" },
    { { kind = "unknown", param = "x", suggestion = "z" },
      "Received unknown parameter: x. Did you mean z?", "parameter_unknown" },
    { { kind = "enum", param = "x", values = { "a", "b", "c" } },
      "Invalid x: must be one of a, b or c" },
    { { kind = "enum", param = "x", values = { "a" } }, "Invalid x: must be one of a" },
    { { kind = "type", param = "x", expected = "integer", value = "ten" }, "Invalid integer: ten",
      "parameter_invalid_integer" },
    { { kind = "type", param = "x", expected = "boolean", value = "yes" }, "Invalid boolean: yes" },
    { { kind = "type", param = "x", expected = "object", message = "x: own words." },
      "x: own words." },
    { { kind = "too_long", param = "x", message = "x: own words." }, "x: own words." },
    { { kind = "not_clearable", param = "x", message = "x: own words." }, "x: own words.",
      "parameter_invalid_empty" },
  }
  for _, row in ipairs(rows) do
    local problem, message, code = row[1], row[2], row[3]
    it(("words a problem of kind %s: %s"):format(problem.kind, message), function()
      local err = errors.from_problem(problem)
      assert.same({ message, code, problem.param, 400 },
        { err.message, err.code, err.param, err.status })
    end)
  end

  it("quotes 500 bytes at most of a name", function()
    local name = ("n"):rep(501)
    local quoted = ("n"):rep(500) .. "..."
    local err = errors.from_problem { kind = "unknown", param = name }
    assert.same({ "Received unknown parameter: " .. quoted, quoted }, { err.message, err.param })
    err = errors.from_problem { kind = "unknown", param = "n", names = { "n", name } }
    assert.equal("Received unknown parameters: n, " .. quoted:sub(4), err.message)
    err = errors.from_problem { kind = "text", param = name, message = name .. ": own words." }
    assert.same({ quoted .. ": own words.", quoted }, { err.message, err.param })
    name = name:sub(2)
    assert.equal(name, errors.from_problem({ kind = "unknown", param = name }).param)
  end)

  it("uses codes that the API knows", function()
    local known = {}
    for _, code in ipairs(core.names().error_codes) do known[code] = true end
    for _, row in ipairs(rows) do
      assert.is_true(row[3] == nil or known[row[3]] == true, row[3])
    end
  end)
end)
