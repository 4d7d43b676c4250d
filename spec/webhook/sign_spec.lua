local stripe = require "stripe"
local vectors = require "spec.vectors.webhook"

local webhook = stripe.webhook

describe("sign", function()
  for i, case in ipairs(vectors.signed) do
    it("gives the bytes that official libraries give, " .. i, function()
      local payload, secret, timestamp, digits = case[1], case[2], case[3], case[4]
      local text = ("%d"):format(math.floor(timestamp))
      assert.equal("t=" .. text .. ",v1=" .. digits,
        webhook.sign(payload, secret, { timestamp = timestamp }))
      assert.equal("t=" .. text .. ",v0=" .. digits,
        webhook.sign(payload, secret, { timestamp = timestamp, scheme = "v0" }))
    end)
  end

  it("gives one signature for each secret", function()
    local function digits(secret)
      return webhook.sign("{}", secret, { timestamp = 7 }):match("^t=7,v1=(%x+)$")
    end
    assert.equal(("t=7,v1=%s,v1=%s"):format(digits "a", digits "b"),
      webhook.sign("{}", { { name = "new", secret = "a" }, "b" }, { timestamp = 7 }))
  end)

  it("gives what verifies now", function()
    assert.is_table(webhook.verify("{}", webhook.sign("{}", "a"), "a", { tolerance = 10 }))
  end)

  it("takes any bytes", function()
    local bytes = {}
    for i = 0, 255 do bytes[i + 1] = string.char(i) end
    local payload = table.concat(bytes):rep(1000)
    assert.is_table(webhook.verify(payload, webhook.sign(payload, payload), payload))
    assert.is_nil((webhook.verify(payload .. "\0", webhook.sign(payload, payload), payload)))
  end)

  it("is an error when it is called wrongly", function()
    local function misuse(pattern, ...)
      local ok, message = pcall(webhook.sign, ...)
      assert.is_false(ok)
      assert.is_truthy(message:find(pattern), message)
    end
    misuse("payload is a table", {}, "a")
    misuse("secret is blank", "{}", "")
    misuse("secret must be a string, or a table of them, not a nil", "{}")
    misuse("options must be a table", "{}", "a", 5)
    misuse('unknown option "time"', "{}", "a", { time = 5 })
    misuse('"scheme" must be a word', "{}", "a", { scheme = "v1=x,v1" })
    misuse('"timestamp" must be Unix seconds', "{}", "a", { timestamp = -1 })
    misuse('"timestamp" must be Unix seconds', "{}", "a", { timestamp = 1e12 })
    misuse('"timestamp" must be Unix seconds', "{}", "a", { timestamp = "now" })
  end)
end)

describe("stripe.webhook", function()
  it("loads when first touched, and what it leads to as well", function()
    for _, name in ipairs { "handler", "store" } do
      assert.is_not_nil(webhook[name], name)
    end
    assert.is_function(webhook.store.memory)
    assert.is_nil(webhook.nothing)
    assert.is_nil(webhook.store.nothing)
  end)
end)
