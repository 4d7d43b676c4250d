local stripe = require "stripe"
local vectors = require "spec.vectors.webhook"

local webhook = stripe.webhook

local BODY = '{\n  "id": "evt_1",\n  "object": "event",\n  "path": "a/b",\n  "list": []\n}'
local SECRET = "whsec_verify_spec_1"
local TIME = 1767225600

local function header(body, secret)
  return webhook.sign(body or BODY, secret or SECRET, { timestamp = TIME })
end

local function options(more)
  local given = { now = TIME }
  for name, value in pairs(more or {}) do given[name] = value end
  return given
end

local function misuse(pattern, ...)
  local ok, message = pcall(webhook.verify, ...)
  assert.is_false(ok)
  assert.is_truthy(message:find(pattern), message)
  assert.is_nil(message:find("verify_spec_1", 1, true))
end

describe("verify", function()
  it("has the cases where official libraries disagree, and those where they agree", function()
    assert.equal(68, #vectors.cases)
  end)

  for _, case in ipairs(vectors.cases) do
    it(("comes to %s: %s"):format(case[2], case[1]), function()
      local f = case.construct and webhook.construct_event or webhook.verify
      local ok, value, err = pcall(f, case.payload, case.header, case.secret,
        { tolerance = case.tolerance, now = case.now })
      if case[2] == "misuse" then
        assert.is_false(ok)
      elseif case[2] == "accept" then
        assert.is_true(ok)
        assert.is_table(value, tostring(err))
      else
        assert.is_true(ok)
        assert.is_nil(value)
        assert.equal(case[2], err.code)
      end
    end)
  end

  it("says when it was signed and how long ago", function()
    assert.same({ timestamp = TIME, age = 12, index = 1 },
      webhook.verify(BODY, header(), SECRET, { now = TIME + 12.9 }))
    assert.equal(-12, webhook.verify(BODY, header(), SECRET, { now = TIME - 12 }).age)
  end)

  it("says which of several secrets fitted", function()
    local function which(secret)
      local verification = assert(webhook.verify(BODY, header(), secret, options()))
      return verification.secret, verification.index
    end
    assert.same({ nil, 2 }, { which { "whsec_a", SECRET } })
    assert.same({ "new", 2 }, { which { "whsec_a", { name = "new", secret = SECRET } } })
    assert.same({ "new" }, { (which { old = "whsec_a", new = SECRET, other = "whsec_b" }) })
    assert.same({ "only", 1 }, { which { name = "only", secret = SECRET } })
    assert.same({ nil, 1 }, { which { secret = SECRET } })
  end)

  it("takes one signature of several", function()
    assert.is_table(webhook.verify(BODY, header(BODY, { "whsec_old", SECRET }), SECRET, options()))
    assert.is_table(webhook.verify(BODY, header(BODY, { SECRET, "whsec_new" }), SECRET, options()))
  end)

  it("allows 300 seconds to both sides, or what it is told", function()
    local function verdict(seconds, more)
      local given = options(more)
      given.now = TIME + seconds
      local verification, err = webhook.verify(BODY, header(), SECRET, given)
      return verification and "accept" or err.code
    end
    assert.equal("accept", verdict(300))
    assert.equal("timestamp_too_old", verdict(301))
    assert.equal("accept", verdict(-300))
    assert.equal("timestamp_in_future", verdict(-301))
    assert.equal("accept", verdict(0, { tolerance = 0 }))
    assert.equal("timestamp_too_old", verdict(1, { tolerance = 0 }))
    assert.equal("timestamp_in_future", verdict(-1, { tolerance = 0 }))
    assert.equal("accept", verdict(-20, { tolerance = 0, future_tolerance = 20 }))
    assert.equal("timestamp_in_future", verdict(-1, { future_tolerance = 0 }))
    assert.equal("accept", verdict(1e6, { tolerance = false }))
    assert.equal("accept", verdict(-1e6, { tolerance = false }))
    assert.equal("timestamp_in_future",
      verdict(-301, { tolerance = false, future_tolerance = 300 }))
    assert.equal("accept", verdict(-1e6, { future_tolerance = false }))
  end)

  it("has the time of this machine", function()
    local now = webhook.sign(BODY, SECRET)
    assert.is_table(webhook.verify(BODY, now, SECRET))
    local _, err = webhook.verify(BODY, header(), SECRET)
    assert.equal("timestamp_too_old", err.code)
  end)

  it("refuses a request without the header, and one with two", function()
    local _, err = webhook.verify(BODY, nil, SECRET)
    assert.equal("header_missing", err.code)
    _, err = webhook.verify(BODY, { header(), header() }, SECRET)
    assert.equal("header_repeated", err.code)
  end)

  it("is an error when it is called wrongly, which shows no secret", function()
    misuse("payload is a table: .*raw bytes.*not what they were decoded to", {}, header(), SECRET)
    misuse("payload is a nil: give the raw bytes", nil, header(), SECRET)
    misuse("header must be the text", BODY, 7, SECRET)
    misuse("secret must be a string, or a table of them, not a nil", BODY, header())
    misuse("secret is blank", BODY, header(), "")
    misuse("secret is blank", BODY, header(), " \t\r\n")
    misuse("secret 2 is blank", BODY, header(), { SECRET, "" })
    misuse("secret 2 must be a string, not a number", BODY, header(), { SECRET, 5 })
    misuse('secret "new" is blank', BODY, header(), { old = SECRET, new = "" })
    misuse("there is no secret", BODY, header(), {})
    misuse("neither a list nor a map", BODY, header(), { SECRET, name = SECRET })
    misuse("neither a list nor a map", BODY, header(), { SECRET, nil, SECRET })
    misuse("neither a list nor a map", BODY, header(), { [true] = SECRET })
    misuse("name that is no string", BODY, header(), { { name = 5, secret = SECRET } })
    misuse("options must be a table", BODY, header(), SECRET, 300)
    misuse('unknown option "tolerence" %(did you mean "tolerance"%?%)', BODY, header(), SECRET,
      { tolerence = 5 })
    for _, value in ipairs { -1, 0 / 0, "300", true } do
      misuse('"tolerance" must be a number', BODY, header(), SECRET, { tolerance = value })
      misuse('"future_tolerance" must be', BODY, header(), SECRET, { future_tolerance = value })
    end
    for _, value in ipairs { -1, 0 / 0, 1 / 0, "now", false } do
      misuse('"now" must be Unix seconds', BODY, header(), SECRET, { now = value })
    end
    misuse('"other_secrets": the secret is blank', BODY, header(), SECRET, { other_secrets = " " })
  end)
end)
