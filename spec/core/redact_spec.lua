local core = require "stripe.core"
local redact, redact_form, redact_object = core.redact, core.redact_form, core.redact_object

local operations = {}
for op, about in ipairs(core.operations()) do
  operations[about.resource .. "." .. about.name] = op
end

describe("redacting text", function()
  it("keeps the kind of a key, and its end where enough stays hidden", function()
    local cases = {
      ["sk_test_51Habcdefgh1234"] = "sk_test_***1234",
      ["rk_live_abcdefghijklmnop"] = "rk_live_***mnop",
      ["pk_test_abcdefghijklmnop"] = "pk_test_***mnop",
      ["sk_org_live_abcdefghijklmnop"] = "sk_org_live_***mnop",
      ["sk_test_short"] = "sk_test_***",
      ["Invalid API Key provided: sk_test_51Habcdefgh1234."] =
        "Invalid API Key provided: sk_test_***1234.",
      ["key=sk_live_aaaaaaaaaaaa,sk_live_bbbbbbbbbbbb"] = "key=sk_live_***aaaa,sk_live_***bbbb",
      ["a%3Dsk_live_aaaaaaaaaaaa"] = "a%3Dsk_live_***aaaa",
    }
    for text, expected in pairs(cases) do assert.equal(expected, redact(text)) end
  end)

  it("hides signing secrets and client secrets", function()
    local cases = {
      ["whsec_abcDEF0123+/="] = "whsec_***",
      ["(whsec_x)"] = "(whsec_***)",
      ["cos_1Lb6vr_secret_qwertyQWERTY"] = "cos_1Lb6vr_secret_***",
      ["vs_123_secret_test_YWJj"] = "vs_123_secret_***",
      ['{"client_secret": "anything at all", "id":"x"}'] =
        '{"client_secret": "***", "id":"x"}',
      ["client_secret=abc&id=x"] = "client_secret=***&id=x",
    }
    for text, expected in pairs(cases) do assert.equal(expected, redact(text)) end
  end)

  it("hides the numbers of cards, but for their end", function()
    local cases = {
      ["4242424242424242"] = "***4242",
      ["card 4242 4242 4242 4242 12/30"] = "card ***4242 12/30",
      ["4242-4242-4242-4242."] = "***4242.",
      ["card[number]=4242%204242+4242%204242&x=1"] = "card[number]=***4242&x=1",
      ['{"number":"378282246310005","n":"30569309025904"}'] =
        '{"number":"***0005","n":"***5904"}',
      ["2223003122003222,6205500000000000004"] = "***3222,***0004",
    }
    for text, expected in pairs(cases) do assert.equal(expected, redact(text)) end
  end)

  it("shows numbers that are no card's", function()
    for _, text in ipairs {
      "4242424242424241", "1767225600000000", "0.4242424242424242", "4242424242424242.5",
      "a4242424242424242", "4242424242424242a", "42424242424242424242", "0000000000000000",
      "1 2 3 4 5 6 7 8 9", "12345678901234567890",
    } do
      assert.equal(text, redact(text))
    end
  end)

  it("hides credentials in headers", function()
    local cases = {
      ["Authorization: Bearer sk_test_51Habcdefgh1234\r\nAccept: */*"] =
        "Authorization: Bearer sk_test_***1234\r\nAccept: */*",
      ["Authorization: Bearer opaque\r\n"] = "Authorization: Bearer ***\r\n",
      ["proxy-authorization: basic dXNlcjpwYXNz"] = "proxy-authorization: basic ***",
      ['{"Authorization":"Bearer abc.def"}'] = '{"Authorization":"Bearer ***"}',
      ["authorization=raw"] = "authorization=***",
      ["sent Bearer eyJhbGciOiJIUzI1NiJ9.x.y here"] = "sent Bearer *** here",
      ["Bearer%20abcDEF123&x=1"] = "Bearer%20***&x=1",
      ["Basic dTpw"] = "Basic ***",
      ["Stripe-OAuth-Token: liwltoken"] = "Stripe-OAuth-Token: ***",
    }
    for text, expected in pairs(cases) do assert.equal(expected, redact(text)) end
  end)

  it("hides the password in a URL", function()
    assert.equal("http://***@proxy:3128/x?a=b@c",
      redact("http://user:pa55@proxy:3128/x?a=b@c"))
    assert.equal("https://api.stripe.com/v1/x?to=a@b.c",
      redact("https://api.stripe.com/v1/x?to=a@b.c"))
  end)

  it("leaves alone what only resembles a secret", function()
    for _, text in ipairs {
      "", "sk_test_", "the disk_test_1 and task_live_2", "secret_key_required", "my_secret_santa",
      "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').", "a Basic plan",
      '{"client_secret":null}', "climorder_123", "100% sure", "a\0b", "é", "client_secret",
    } do
      assert.equal(text, redact(text))
    end
  end)

  it("does not change what it has redacted", function()
    for _, text in ipairs {
      "sk_test_51Habcdefgh1234 whsec_abc cos_1_secret_abc https://a:b@c/",
      "Authorization: Bearer sk_test_51Habcdefgh1234", "Authorization: Bearer opaque",
      "client_secret=abc", '"client_secret":"abc"', "Bearer abcDEF123", "4242424242424242",
    } do
      local once = redact(text)
      assert.not_equal(text, once)
      assert.equal(once, redact(once))
    end
  end)

  it("takes long texts that look like secrets all the way", function()
    for _, piece in ipairs { "Bearer ", "client_secret=", "sk_test_", "a_secret_", "://", "%2",
      "authorization ", "_", "4242 ", "4" } do
      local text = piece:rep(100000)
      assert.is_true(#redact(text) <= 4 * #text)
    end
  end)
end)

describe("redacting a form", function()
  it("hides the values of sensitive parameters and of all below them", function()
    assert.equal("wallet_addresses[ethereum]=[redacted]&source_amount=10"
      .. "&customer_information%5Bdob%5D%5Byear%5D=[redacted]&metadata[secret]=[redacted]",
      redact_form(operations["crypto.onramp_sessions.create"],
        "wallet_addresses[ethereum]=0xabc&source_amount=10"
        .. "&customer_information%5Bdob%5D%5Byear%5D=1990&metadata[secret]=kept"))
    assert.equal("request[headers][0][name]=X-A&request[headers][0][value]=[redacted]"
      .. "&request[headers][][value]=[redacted]&request[body]=[redacted]&url=https%3A%2F%2Fx.y",
      redact_form(operations["forwarding.requests.create"],
        "request[headers][0][name]=X-A&request[headers][0][value]=abc"
        .. "&request[headers][][value]=abc&request[body]=%7B%7D&url=https%3A%2F%2Fx.y"))
  end)

  it("hides every sensitive parameter of the catalogue", function()
    local found = 0
    local function walk(op, params, prefix)
      for _, param in ipairs(params) do
        local path = prefix and prefix .. "[" .. param.name .. "]" or param.name
        if param.sensitive then
          found = found + 1
          assert.equal(path .. "=[redacted]", redact_form(op, path .. "=value"))
          assert.equal(path .. "[x][0]=[redacted]", redact_form(op, path .. "[x][0]=value"))
        elseif param.params and param.type == "object" then
          walk(op, param.params, path)
        elseif param.item and param.item.params then
          walk(op, param.item.params, path .. "[0]")
        elseif param.type == "string" and not path:match("secret") then
          assert.equal(path .. "=value", redact_form(op, path .. "=value"))
        end
      end
    end
    for resource, about in pairs(core.catalogue()) do
      for name, operation in pairs(about.operations) do
        if not operation.multipart then
          walk(operations[resource .. "." .. name], operation.params or {})
        end
      end
    end
    assert.is_true(found >= 10)
  end)

  it("shows that a parameter was emptied", function()
    assert.equal("provided_details[email]=&type=document",
      redact_form(operations["identity.verification_sessions.create"],
        "provided_details[email]=&type=document"))
  end)

  it("goes by custom and by looks where the catalogue says nothing", function()
    assert.equal("client_secret=[redacted]&a[password]=[redacted]&b=sk_live_***&c&=d&",
      redact_form(nil, "client_secret=x&a[password]=y&b=sk_live_1&c&=d&"))
    assert.equal("", redact_form(nil, ""))
  end)

  it("judges the names that users give in metadata", function()
    assert.equal("metadata[order]=7&metadata[password]=[redacted]&metadata[secret]=[redacted]",
      redact_form(operations["climate.orders.create"],
        "metadata[order]=7&metadata[password]=x&metadata[secret]=y"))
    assert.same({ object = "climate.order", metadata = { order = "7", api_key = "[redacted]" } },
      redact_object({ object = "climate.order", metadata = { order = "7", api_key = "x" } }))
  end)

  it("hides the value of a name that is too long to judge", function()
    local name = ("a"):rep(300)
    assert.equal(name .. "=[redacted]", redact_form(nil, name .. "=x"))
  end)

  it("hides what goes by a secret's name in JSON, with all that is in it", function()
    local cases = {
      ['{"client_secret":"x","a":{"password":"y\\"z","b":"sk_live_1"},"c":7}'] =
        '{"client_secret":"[redacted]","a":{"password":"[redacted]","b":"sk_live_***"},"c":7}',
      ['{"kyc_details":{"a":["}",{"b":"]"}],"c":1},"d":[true,{"secret":[1,2]}]}'] =
        '{"kyc_details":"[redacted]","d":[true,{"secret":"[redacted]"}]}',
      ['{ "id_number" : 123456789 , "cvc" : 123 }'] =
        '{ "id_number" : "[redacted]", "cvc" : "[redacted]"}',
      ['{"secret":null,"password":"","a":"secret","n":{}}'] =
        '{"secret":null,"password":"","a":"secret","n":{}}',
      ['{"pass\\u0077ord":"x"}'] = '{"pass\\u0077ord":"[redacted]"}',
      ['{"a":"4242424242424242"}'] = '{"a":"***4242"}',
      ['{"secret":"cut'] = '{"secret":"[redacted]"',
      ['{"secret'] = '{"secret',
      ['{"'] = '{"',
      ["{"] = "{",
      ["{}"] = "{}",
    }
    for text, expected in pairs(cases) do assert.equal(expected, redact_form(nil, text)) end
  end)

  it("hides an upload as a whole", function()
    assert.equal("[redacted]", redact_form(operations["files.create"], "--boundary\r\n..."))
  end)

  it("throws for what is not an operation", function()
    assert.has_error(function() redact_form(0, "a=b") end)
    assert.has_error(function() redact_form(10000, "a=b") end)
    assert.has_error(function() redact_form("climate.orders.create", "a=b") end)
  end)
end)

describe("redacting an object", function()
  it("hides what the catalogue calls sensitive, and all below", function()
    local session = {
      object = "identity.verification_session", id = "vs_1", client_secret = "x",
      url = "https://verify.stripe.com/start/x", status = "verified",
      verified_outputs = { first_name = "Jenny", dob = { day = 1, month = core.null } },
      provided_details = core.null, metadata = { order = "6735" }, livemode = false,
    }
    assert.same({
      object = "identity.verification_session", id = "vs_1", client_secret = "[redacted]",
      url = "[redacted]", status = "verified",
      verified_outputs = { first_name = "[redacted]",
        dob = { day = "[redacted]", month = core.null } },
      provided_details = core.null, metadata = { order = "6735" }, livemode = false,
    }, redact_object(session))
    assert.equal("x", session.client_secret)
  end)

  it("finds objects inside lists, events and expansions", function()
    local endpoint = { object = "webhook_endpoint", secret = "s", url = "https://a.b" }
    local hidden = { object = "webhook_endpoint", secret = "[redacted]", url = "https://a.b" }
    assert.same({ object = "list", data = { hidden }, has_more = false },
      redact_object({ object = "list", data = { endpoint }, has_more = false }))
    assert.same({ object = "event", data = { object = hidden } },
      redact_object({ object = "event", data = { object = endpoint } }))
    local request = { object = "forwarding.request", request_details = { body = "b",
      headers = { { name = "A", value = "v" } }, http_method = "POST" } }
    assert.same({ body = "[redacted]", headers = { { name = "A", value = "[redacted]" } },
      http_method = "POST" }, redact_object(request).request_details)
  end)

  it("goes by custom where the catalogue says nothing", function()
    assert.same({ a = { client_secret = "[redacted]", password = { "[redacted]" } }, n = 1 },
      redact_object({ a = { client_secret = "x", password = { "y" } }, n = 1 }))
    assert.same({ object = "unknown.thing", secret = "[redacted]" },
      redact_object({ object = "unknown.thing", secret = "x" }))
    assert.same({ error = { message = "key sk_test_***" } },
      redact_object({ error = { message = "key sk_test_x" } }))
  end)

  it("copies every other kind of value", function()
    local copy = redact_object({ 1, 1.5, true, core.null, core.empty_array, print })
    assert.same({ 1, 1.5, true, core.null, core.empty_array, print }, copy)
    assert.equal("sk_test_***", redact_object("sk_test_x"))
    assert.equal(5, redact_object(5))
  end)

  it("ends in a table that holds itself, and far down", function()
    local loop = { name = "a" }
    loop.again = { back = loop }
    assert.same({ name = "a", again = { back = "[redacted]" } }, redact_object(loop))
    local deep = "bottom"
    for _ = 1, 100 do deep = { deep } end
    local copy, levels = redact_object(deep), 0
    while type(copy) == "table" do copy, levels = copy[1], levels + 1 end
    assert.equal(64, levels)
    assert.equal("[redacted]", copy)
  end)

  it("copies a table that is there twice", function()
    local shared = { a = 1 }
    assert.same({ { a = 1 }, { a = 1 } }, redact_object({ shared, shared }))
  end)
end)
