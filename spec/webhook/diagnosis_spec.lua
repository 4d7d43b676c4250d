--- Why requests are refused, said to us alone.

local core = require "stripe.core"
local stripe = require "stripe"

local webhook = stripe.webhook

local BODY = '{\n  "id": "evt_1",\n  "object": "event",\n  "path": "a/b",\n  "list": []\n}'
local SECRET = "whsec_diagnosis_spec"
local TIME = 1767225600

local function header(body, secret)
  return webhook.sign(body or BODY, secret or SECRET, { timestamp = TIME })
end

local function options(more)
  local given = { now = TIME }
  for name, value in pairs(more or {}) do given[name] = value end
  return given
end

-- The error of a request that was signed as BODY and arrived as payload.
local function refusal(payload, secret, more)
  local verification, err = webhook.verify(payload, header(), secret or SECRET, options(more))
  assert.is_nil(verification)
  assert.equal("signature_error", err.type)
  return err
end

describe("the diagnosis", function()
  local function diagnosis(payload, secret, more)
    local err = refusal(payload, secret, more)
    assert.equal("signature_mismatch", err.code)
    if err.diagnosis then
      assert.equal("; " .. err.diagnosis, err.message:sub(-#err.diagnosis - 2))
    end
    assert.is_nil(tostring(err):find("diagnosis_spec", 1, true))
    assert.is_nil(tostring(err):find(header():match("v1=(%x+)"), 1, true))
    return err.diagnosis
  end

  local BASE64 = "ewogICJpZCI6ICJldnRfMSIsCiAgIm9iamVjdCI6ICJldmVudCIsCiAgInBhdGgiOiAiYS9iIiwKICAib"
    .. "GlzdCI6IFtdCn0="
  local COMPACT = '{"id":"evt_1","object":"event","path":"a/b","list":[]}'

  for what, payload in pairs {
    ["valid if the trailing newline is removed"] = BODY .. "\n",
    ["valid if the white space around it is removed"] = "  " .. BODY .. " \t",
    ["valid if the byte order mark is removed"] = "\239\187\191" .. BODY,
    ["valid if its CRLF line ends are made LF"] = BODY:gsub("\n", "\r\n"),
    ["valid if its CRLF line ends are made LF and the white space around it is removed"] =
      BODY:gsub("\n", "\r\n") .. "\r\n",
    ["valid if it is percent-decoded: it was read as a form"] =
      BODY:gsub("[^%w ]", function(c) return ("%%%02X"):format(c:byte()) end):gsub(" ", "+"),
    ["valid if it is base64-decoded: a gateway handed it on encoded"] = BASE64,
    ["valid if it is taken out of a JSON string: it was encoded once more"] = core.json(BODY),
    ["valid if indented as Stripe does it: the payload was re-encoded JSON"] = COMPACT,
    ["valid if indented as Stripe does it, with its slashes unescaped: the payload was re-encoded "
      .. "JSON"] = COMPACT:gsub("/", "\\/"),
  } do
    it("proves: " .. what, function()
      assert.equal(what, diagnosis(payload))
    end)
  end

  it("proves what was done to payloads of other makers", function()
    for what, pair in pairs {
      ["valid if a trailing newline is added"] = { BODY .. "\n", BODY },
      ["valid if a byte order mark is put before it"] = { "\239\187\191" .. BODY, BODY },
      ["valid if its LF line ends are made CRLF"] = { BODY:gsub("\n", "\r\n"), BODY },
      ["valid if its UTF-8 is undone once: it was read as Latin-1"] =
        { '{"a":"\195\169"}', '{"a":"\195\131\194\169"}' },
      ["valid without its white space: the payload was re-encoded JSON"] = { COMPACT, BODY },
      ["valid with other white space: the payload was re-encoded JSON"] =
        { '{"id": "evt_1", "a": [1, 2]}', '{"id":"evt_1","a":[1,2]}' },
    } do
      local _, err = webhook.verify(pair[2], header(pair[1]), SECRET, options())
      assert.equal(what, err.diagnosis)
    end
  end)

  it("names another secret that made the signature", function()
    assert.equal('signed with the secret named "test mode"',
      diagnosis(BODY, "whsec_live", { other_secrets = { ["test mode"] = SECRET, b = "whsec_b" } }))
    assert.equal("signed with the other secret 2",
      diagnosis(BODY, "whsec_live", { other_secrets = { "whsec_b", SECRET } }))
    assert.is_nil(diagnosis(BODY, "whsec_live", { other_secrets = "whsec_b" }))
  end)

  it("finds what is wrong with the secret", function()
    assert.equal("valid if the white space around the secret is removed",
      diagnosis(BODY, { "whsec_a", SECRET .. "\n" }))
    assert.equal("valid if the quotes around the secret are removed",
      diagnosis(BODY, '"' .. SECRET .. '"'))
    assert.equal("valid if the secret starts with whsec_", diagnosis(BODY, SECRET:sub(7)))
    assert.equal("secret 2 looks like an API key, not like a signing secret",
      diagnosis(BODY, { "whsec_a", "sk_test_diagnosis_spec" }))
  end)

  it("tells what the payload looks like when nothing can be proven", function()
    assert.is_truthy(diagnosis(""):find("^the payload is empty"))
    assert.is_truthy(diagnosis('{\n  "id": "evt_\239\191\189"\n}'):find("U%+FFFD"))
    assert.is_truthy(diagnosis("id=evt_1"):find("doesn't start as an event"))
    assert.is_truthy(diagnosis('{"object":"event","id":"evt_1"}')
      :find("^likely: the payload was re%-encoded JSON"))
    assert.is_nil(diagnosis((BODY:gsub("evt_1", "evt_2"))))
  end)

  it("counts the secrets", function()
    assert.is_truthy(refusal("x", "whsec_a").message:find("fits the payload and the secret;"))
    assert.is_truthy(refusal("x", { "whsec_a", "whsec_b" }).message:find("any of the 2 secrets;"))
  end)

  it("is left out on request", function()
    local err = refusal(BODY .. "\n", SECRET, { diagnose = false })
    assert.is_nil(err.diagnosis)
    assert.equal("no signature in the header fits the payload and the secret", err.message)
  end)

  it("tells how far the clock is off", function()
    local err = refusal(BODY, SECRET, { now = TIME + 412 })
    assert.equal(412, err.age)
    assert.equal(TIME, err.timestamp)
    assert.equal("the signature is 412 s old, and 300 s are allowed; the clock here is 412 s ahead"
      .. ", or the request was held up or repeated", err.message)
    err = refusal(BODY, SECRET, { now = TIME - 412, future_tolerance = 0.5 })
    assert.equal("the signature is made 412 s from now, and 0.5 s are allowed; the clock here is "
      .. "412 s behind", err.message)
  end)

  it("says what the header lacks", function()
    local digits = ("0"):rep(64)
    for text, expected in pairs {
      ["v1=" .. digits] = "the header lacks t",
      ["t=1"] = "the header lacks v1",
      ["t=1,v0=" .. digits] =
        "the header lacks v1: it only has signatures of other schemes, such as v0",
      x = "the header lacks t and v1: it is no Stripe-Signature",
    } do
      local _, err = webhook.verify(BODY, text, SECRET)
      assert.equal(expected, err.message)
    end
  end)

  -- What somebody may send to keep us busy. Were any of it quadratic, this would take minutes.
  it("does little for payloads that were made to be slow", function()
    for _, piece in ipairs {
      " ", "\n", "\r\n", "[", '"', "\\", '{"a":', "e30", "%7B", "+", "=", "\195", "\239\187\191",
      "ey ", "\\/",
    } do
      for _, ending in ipairs { "", "x", "}", '"' } do
        for _, beginning in ipairs { "", "{", "[", '"', "ey" } do
          local payload = beginning .. piece:rep(math.floor(65000 / #piece)) .. ending
          refusal(payload)
        end
      end
    end
  end)

  it("tries nothing on payloads longer than any event", function()
    local long = BODY:gsub("evt_1", ("x"):rep(70000))
    local _, err = webhook.verify(long .. "\n", header(long), SECRET, options())
    assert.equal("signature_mismatch", err.code)
    assert.is_nil(err.diagnosis)
    _, err = webhook.verify(long, header(long), "whsec_other",
      options { other_secrets = { SECRET } })
    assert.is_nil(err.diagnosis)
    _, err = webhook.verify(long, header(long), SECRET .. " ", options())
    assert.is_nil(err.diagnosis)
  end)
end)
