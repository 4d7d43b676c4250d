local scripted = require "spec.support.scripted_client"
local stripe = require "stripe"

local function refused(given, pattern)
  local ok, message = pcall(function()
    local made = stripe.new(given)
    return made
  end)
  assert.is_false(ok)
  assert.matches(pattern, message)
  assert.matches("client_spec", message) -- points at the caller
end

describe("stripe.new", function()
  it("takes a key, or a table of options", function()
    assert.equal("stripe.client (test, ...7890)", tostring(stripe.new("sk_test_1234567890")))
    assert.equal("stripe.client (live, ...7890)",
      tostring(stripe.new { api_key = "rk_live_1234567890" }))
  end)

  it("points at its caller when it is misused", function()
    refused(nil, "not a nil")
    refused(17, "not a number")
    refused({}, "api_key")
    refused("pk_test_1", "publishable")
    refused("sk_test_1\n", "white space")
    refused({ api_key = "sk_test_1", timout = 3 }, 'did you mean "timeout"')
    refused({ api_key = "sk_live_1", livemode = false }, "live key")
    refused({ api_key = "sk_test_1", base_url = "http://example.com" }, "clear text")
    refused({ api_key = "sk_test_1", driver = "fibers" }, 'no driver "fibers"')
  end)

  it("does not change the table that it was given", function()
    local given = { api_key = "sk_test_1", base_url = "http://localhost:1/" }
    stripe.new(given)
    assert.same({ api_key = "sk_test_1", base_url = "http://localhost:1/" }, given)
  end)

  it("needs no transport until the first call, which then says what is missing", function()
    local loaded = package.loaded["stripe.transport.engine"]
    package.loaded["stripe.transport.engine"] = nil
    package.preload["stripe.transport.engine"] = function() error("not built") end
    local order, err, response = stripe.new("sk_test_1").climate.orders:retrieve("climorder_1")
    package.preload["stripe.transport.engine"] = nil
    package.loaded["stripe.transport.engine"] = loaded
    assert.is_nil(order)
    assert.is_nil(response)
    assert.equal("connection_error", err.type)
    assert.equal("no", err.sent)
    assert.matches("stripe.engine", err.message)
    assert.matches("stripe.simulator.new", err.message)
  end)
end)

describe("a client", function()
  local script

  local function client(answers, options)
    script = scripted.new(answers)
    return script:client(options)
  end

  local ok = scripted.json(200, { id = "x" })

  local function sent(name) return script.requests[#script.requests].headers[name] end

  it("sends its settings with every call", function()
    client({ ok }, { api_version = "2026-09-30.endive", account = "acct_1", timeout = 5,
      base_url = "http://localhost:12111", app_info = { name = "Trees" } }).events:list()
    assert.equal("2026-09-30.endive", sent "stripe-version")
    assert.equal("acct_1", sent "stripe-account")
    assert.equal("http://localhost:12111/v1/events", script.requests[1].url)
    assert.equal(5, script.requests[1].timeout)
    assert.matches(" Trees$", sent "user-agent")
  end)

  it("lets the options of a call come first", function()
    local c = client({ ok, ok, ok, ok }, { account = "acct_1", timeout = 5 })
    c.events:list({}, { api_key = "sk_test_other", account = "acct_2", timeout = 6,
      api_version = "2026-09-30.endive", oauth_token = "token", headers = { ["X-A"] = "b" } })
    assert.equal("Bearer sk_test_other", sent "authorization")
    assert.equal("acct_2", sent "stripe-account")
    assert.equal("2026-09-30.endive", sent "stripe-version")
    assert.equal("token", sent "stripe-oauth-token")
    assert.equal("b", sent "x-a")
    assert.equal(6, script.requests[1].timeout)
    c.events:list({}, { context = "ctx_1" })
    assert.equal("ctx_1", sent "stripe-context")
    assert.is_nil(sent "stripe-account")
    c.events:list({}, { account = false })
    assert.is_nil(sent "stripe-account")
    c.events:list()
    assert.equal("acct_1", sent "stripe-account")
  end)

  it("makes one request when max_retries is 0, on the client or the call", function()
    local failure = scripted.json(500, {})
    client({ failure }, { max_retries = 0 }).events:list()
    assert.equal(1, #script.requests)
    client({ failure }).events:list({}, { max_retries = 0 })
    assert.equal(1, #script.requests)
  end)

  it("gives another one that differs", function()
    local c = client({ ok, ok, ok }, { account = "acct_1", max_retries = 0 })
    local other = c:with { context = "ctx_1" }
    other.events:list()
    assert.equal("ctx_1", sent "stripe-context")
    assert.is_nil(sent "stripe-account")
    c.events:list()
    assert.equal("acct_1", sent "stripe-account")
    c:with({ account = false }).events:list()
    assert.is_nil(sent "stripe-account")
    assert.error_matches(function() c:with { acount = "x" } end, 'did you mean "account"')
    assert.error_matches(function() c:with() end, "table of options")
  end)

  it("has its own options, whatever becomes of the table that it was made of", function()
    script = scripted.new { scripted.json(200, { id = "x" }) }
    local options = { api_key = "sk_test_first", transport = script.transport }
    local made = stripe.new(options)
    options.api_key, options.account = "sk_test_second", "acct_2"
    assert(made:with { max_retries = 0 }.events:retrieve "evt_1")
    assert.equal("Bearer sk_test_first", script.requests[1].headers["authorization"])
    assert.is_nil(script.requests[1].headers["stripe-account"])
  end)

  it("refuses bad values of options without sending", function()
    local c = client({}, { livemode = false })
    for name, value in pairs {
      idempotency_key = ("k"):rep(256), account = "a b", api_key = "sk_live_1", timeout = -1,
      headers = { Authorization = "x" }, oauth_token = "a\nb",
    } do
      local none, err = c.events:list({}, { [name] = value })
      assert.is_nil(none)
      assert.equal("validation_error", err.type)
      assert.matches(name, err.param, 1, true)
      assert.equal("no", err.sent)
    end
    for _, headers in ipairs {
      { Host = "x" }, { ["content-length"] = "1" }, { ["Idempotency-Key"] = "x" },
      { ["X-A"] = "a\r\nX-B: b" }, { ["X-A"] = "a\0b" }, { ["X A"] = "b" },
    } do
      local none, err = c.events:list({}, { headers = headers })
      assert.is_nil(none)
      assert.equal("validation_error", err.type)
    end
    local _, err = c.events:list({}, { idempotency_key = "" })
    assert.equal("idempotency_key", err.param)
    assert.equal(0, #script.requests)
  end)

  it("drops the nulls of an answer, or keeps them", function()
    local answer = { status = 200, headers = {}, body = '{"id":"x","a":null,"b":[null,1]}' }
    local object = client({ answer }).events:retrieve("evt_1")
    assert.is_nil(object.a)
    assert.equal(stripe.null, object.b[1])
    object = client({ answer }, { null = stripe.null }).events:retrieve("evt_1")
    assert.equal(stripe.null, object.a)
  end)

  it("keeps fields that it does not know, and whole numbers whole", function()
    local answer = { status = 200, headers = {}, body = '{"id":"x","new":{"field":[1,2.5]}}' }
    local object = client({ answer }).events:retrieve("evt_1")
    assert.same({ field = { 1, 2.5 } }, object.new)
    assert.equal("1", tostring(object.new.field[1]))
  end)

  it("names what it does not have", function()
    local c = client {}
    assert.error_matches(function() return c.climat end, 'no "climat" %(did you mean "climate"')
    assert.error_matches(function() return c.customers end, "client:request")
    assert.error_matches(function() return c.climate.order end, 'did you mean "orders"')
    assert.error_matches(function() return c.climate.orders.creat end, 'did you mean "create"')
    assert.is_nil(c[1])
  end)

  describe("asked by path", function()
    it("sends what the catalogue lacks", function()
      local c = client { ok, ok }
      local object, err, response = c:request("post", "/v1/customers", { email = "a@b.c" },
        { idempotency_key = "k" })
      assert.equal("x", object.id)
      assert.is_nil(err)
      assert.equal(200, response.status)
      assert.equal("POST", script.requests[1].method)
      assert.equal("https://api.stripe.com/v1/customers", script.requests[1].url)
      assert.equal("email=a%40b.c", script.requests[1].body)
      assert.equal("k", sent "idempotency-key")
      c:request("GET", "/v1/things", nil, { host = "files" })
      assert.equal("https://files.stripe.com/v1/things", script.requests[2].url)
    end)

    it("refuses paths that lead elsewhere", function()
      local c = client {}
      for _, path in ipairs {
        "v1/x", "//evil.example/v1", "@evil", "http://evil", "/v1/../x", "",
      } do
        local none, err = c:request("GET", path)
        assert.is_nil(none, path)
        assert.equal("validation_error", err.type)
      end
      local _, err = c:request("TRACE", "/v1/x")
      assert.equal("validation_error", err.type)
      assert.equal(0, #script.requests)
    end)

    it("has the path and method in its errors", function()
      local _, err = client({ scripted.json(404, { error = { type = "invalid_request_error" } }) })
        :request("GET", "/v1/customers/cus_1")
      assert.equal("GET", err.method)
      assert.equal("/v1/customers/cus_1", err.path)
      assert.is_nil(err.operation)
      assert.matches("GET /v1/customers/cus_1", tostring(err), 1, true)
    end)

    it("is misused loudly", function()
      local c = client {}
      assert.error_matches(function() c.request("GET", "/v1/x") end, "client:request")
      assert.error_matches(function() c:request({}) end, "method and a path")
      assert.error_matches(function() c:request("GET", "/v1/x", "a=b") end, "argument 3")
      assert.error_matches(function() c:request("GET", "/v1/x", {}, "x") end, "argument 4")
      assert.error_matches(function() c:request("GET", "/v1/x", {}, { hots = "x" }) end, '"host"')
      assert.error_matches(function() c.with({}) end, "client:with")
    end)
  end)
end)
