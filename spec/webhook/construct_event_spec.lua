local stripe = require "stripe"

local webhook = stripe.webhook
local SECRET, TIME = "whsec_construct_spec", 1767225600

local function construct(payload, more)
  local options = { now = TIME }
  for name, value in pairs(more or {}) do options[name] = value end
  return webhook.construct_event(payload,
    webhook.sign(payload, SECRET, { timestamp = TIME - 3 }), { main = SECRET }, options)
end

describe("construct_event", function()
  it("returns the event, and what is known of its signature", function()
    local event, err, verification = construct('{"id":"evt_1","object":"event","created":5}')
    assert.same({ id = "evt_1", object = "event", created = 5 }, event)
    assert.is_nil(err)
    assert.same({ timestamp = TIME - 3, age = 3, secret = "main", index = 1 }, verification)
  end)

  it("reads nulls and numbers as calls do", function()
    local text = '{"object":"event","a":null,"list":[null],"n":1767225600,"x":1.5}'
    local event = construct(text)
    assert.is_nil(event.a)
    assert.equal(stripe.null, event.list[1])
    assert.equal("1767225600", tostring(event.n))
    assert.equal(1.5, event.x)
    assert.equal(stripe.null, construct(text, { null = stripe.null }).a)
  end)

  it("leaves lists in it as plain tables", function()
    local event = construct('{"object":"event","data":{"object":{"object":"list","data":[]}}}')
    assert.is_nil(getmetatable(event.data.object))
  end)

  it("refuses what isn't signed before it looks at it", function()
    local event, err = webhook.construct_event("no JSON",
      "t=1767225600,v1=" .. ("0"):rep(64), SECRET, { now = TIME })
    assert.is_nil(event)
    assert.equal("signature_mismatch", err.code)
  end)

  it("refuses what is signed and is no event, with an error of another type", function()
    for payload, code in pairs {
      [""] = "payload_not_json", ["{"] = "payload_not_json",
      ["\239\187\191{}"] = "payload_not_json",
      ['{"object":"event"}\0'] = "payload_not_json", ["{}"] = "payload_not_event",
      ["5"] = "payload_not_event", ["null"] = "payload_not_event", ["[]"] = "payload_not_event",
      ['"event"'] = "payload_not_event", ['{"object":"list","data":[]}'] = "payload_not_event",
      ['{"object":"v2.core.event"}'] = "payload_thin",
      [("["):rep(200) .. ("]"):rep(200)] = "payload_not_json",
    } do
      local event, err = construct(payload)
      assert.is_nil(event)
      assert.equal("validation_error", err.type)
      assert.equal(code, err.code)
    end
  end)

  it("is an error when it is called wrongly", function()
    local header = webhook.sign("{}", SECRET)
    assert.error_matches(function() webhook.construct_event({}, header, SECRET) end, "raw bytes")
    assert.error_matches(function() webhook.construct_event("{}", header, "") end, "blank")
    for _, value in ipairs { false, 1, "null" } do
      assert.error_matches(function()
        webhook.construct_event("{}", header, SECRET, { null = value })
      end, '"null" must be stripe.null')
    end
    assert.error_matches(function()
      webhook.construct_event("{}", header, SECRET, { nul = stripe.null })
    end, 'did you mean "null"')
  end)
end)
