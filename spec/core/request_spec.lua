local core = require "stripe.core"
local scripted = require "spec.support.scripted"

local function request(more)
  local call = scripted.call(more)
  call:next(0)
  return call:request(), call
end

local function order(more)
  local call = scripted.order(more)
  call:next(0)
  return call:request(), call
end

-- The headers as "Name: value", in the order in which they are sent.
local function lines(headers)
  local list = {}
  for i, header in ipairs(headers) do list[i] = header[1] .. ": " .. header[2] end
  return list
end

local function refused(more)
  local call, problem = core.call(scripted.options(more))
  assert.is_nil(call)
  assert.equal("text", problem.kind)
  return problem
end

describe("The request of a GET", function()
  it("has its parameters in the query, no body and no length", function()
    local got = request { operation = "climate.products.list", ids = {},
      params = { limit = 5, starting_after = "climsku_a" } }
    assert.equal("GET", got.method)
    assert.equal("https://api.stripe.com/v1/climate/products?limit=5&starting_after=climsku_a",
      got.url)
    assert.equal("", got.body)
    assert.is_nil(got.headers["content-length"])
  end)

  it("has the headers of the official library", function()
    assert.same({
      "Accept: application/json",
      "Content-Type: application/x-www-form-urlencoded",
      "User-Agent: Stripe/v1 LuaBindings/0.1.0",
      "Stripe-Version: " .. core.api_version,
      "Authorization: Bearer sk_test_123",
    }, lines(request().headers))
  end)

  it("adds to a query that the path has already", function()
    local got = request { method = "GET", path = "/v1/files?purpose=x", params = { limit = 2 } }
    assert.equal("https://api.stripe.com/v1/files?purpose=x&limit=2", got.url)
  end)

  it("goes to the other documented path of a quote when asked", function()
    local params = { destination_currencies = { "eth" } }
    local function url(quotes_path)
      return request { operation = "crypto.onramp_quotes.retrieve", ids = {}, params = params,
        quotes_path = quotes_path }.url:match("^[^?]+")
    end
    assert.are_not.equal(url(nil), url(true))
    assert.equal("https://api.stripe.com/v1/crypto/onramp/quotes", url(nil))
  end)
end)

describe("The request of a path of the second version", function()
  local function v2(method, path, params)
    return request { method = method, path = "/v2/core/" .. path, params = params }
  end

  it("has its parameters as JSON, each with its type", function()
    local got = v2("POST", "event_destinations", {
      name = "n", enabled_events = { "a", "b" }, webhook_endpoint = { url = "https://e.x/é\n" },
      description = core.null, metadata = {}, include = core.empty_array, tons = 1.5, count = 2.0,
      live = false, amount = core.decimal.new("1.10"), list = { { x = 1 }, {}, core.null },
    })
    assert.equal("https://api.stripe.com/v2/core/event_destinations", got.url)
    assert.equal('{"amount":"1.10","count":2,"description":null,"enabled_events":["a","b"],'
      .. '"include":[],"list":[{"x":1},{},null],"live":false,"metadata":{},"name":"n","tons":1.5,'
      .. '"webhook_endpoint":{"url":"https://e.x/é\\n"}}', got.body)
    assert.equal("application/json", got.headers["content-type"])
    assert.equal(tostring(#got.body), got.headers["content-length"])
    assert.matches("^%x+%-", got.headers["idempotency-key"])
  end)

  it("has an empty object where there are no parameters", function()
    assert.equal("{}", v2("POST", "event_destinations/ed_1/ping").body)
    assert.equal("{}", v2("POST", "event_destinations/ed_1/ping", {}).body)
  end)

  it("has the parameters of a GET in its query, and no key", function()
    local got = v2("GET", "event_destinations", { limit = 2, include = { "a", "b" } })
    assert.equal("https://api.stripe.com/v2/core/event_destinations"
      .. "?include[0]=a&include[1]=b&limit=2", got.url)
    assert.equal("", got.body)
    assert.equal("application/json", got.headers["content-type"])
    assert.is_nil(got.headers["idempotency-key"])
  end)

  it("has a key when it is a DELETE, unlike that of the first", function()
    local got = v2("DELETE", "event_destinations/ed_1")
    assert.equal("", got.body)
    assert.matches("^%x+%-", got.headers["idempotency-key"])
    assert.is_nil(request { method = "DELETE", path = "/v1/customers/cus_1" }
      .headers["idempotency-key"])
  end)

  it("is told by the beginning of the path that the caller gave", function()
    local got = request { method = "POST", path = "/v2/x", params = { a = 1 },
      base_url = "http://localhost:12111/v1/proxy" }
    assert.equal("http://localhost:12111/v1/proxy/v2/x", got.url)
    assert.equal('{"a":1}', got.body)
    for _, path in ipairs { "/v1/v2/x", "/v2", "/v22/x" } do
      assert.equal("a=1", request { method = "POST", path = path, params = { a = 1 } }.body)
    end
  end)

  it("refuses what has no form as JSON, by name", function()
    local loop = {}
    loop.loop = loop
    for name, params in pairs {
      ["a[b]"] = { a = { b = { 1, x = 2 } } }, ["c[0]"] = { c = { 0 / 0 } }, d = { d = "\255" },
      e = { e = print }, loop = loop,
    } do
      local call, problem = core.call(scripted.options { method = "POST", path = "/v2/x",
        params = params })
      assert.is_nil(call)
      assert.equal(name, problem.param)
    end
  end)
end)

describe("The request of a POST", function()
  it("has its parameters in the body, with their length", function()
    local got = order()
    assert.equal("POST", got.method)
    assert.equal("https://api.stripe.com/v1/climate/orders", got.url)
    assert.equal("metric_tons=1&product=climsku_1", got.body)
    assert.equal("31", got.headers["content-length"])
  end)

  it("has the headers of the official library", function()
    local got = order { account = "acct_1", context = "wksp_1/acct_2", oauth_token = "tok",
      idempotency_key = "key_1", headers = { { "x-custom-THING", "v" } } }
    assert.same({
      "Accept: application/json",
      "Content-Type: application/x-www-form-urlencoded",
      "User-Agent: Stripe/v1 LuaBindings/0.1.0",
      "Stripe-Version: " .. core.api_version,
      "Stripe-Account: acct_1",
      "Stripe-Context: wksp_1/acct_2",
      "Stripe-OAuth-Token: tok",
      "Idempotency-Key: key_1",
      "Content-Length: 31",
      "X-Custom-Thing: v",
      "Authorization: Bearer sk_test_123",
    }, lines(got.headers))
  end)

  it("says a length of 0 when there is nothing to send", function()
    local got = request { operation = "climate.orders.cancel" }
    assert.equal("https://api.stripe.com/v1/climate/orders/climorder_1/cancel", got.url)
    assert.equal("", got.body)
    assert.equal("0", got.headers["content-length"])
  end)

  it("is the same on every attempt", function()
    local log = scripted.run(scripted.order(), { scripted.refusal(500) })
    for i = 2, 3 do
      assert.equal(log.requests[1].body, log.requests[i].body)
      assert.equal(log.requests[1].url, log.requests[i].url)
      assert.same(lines(log.requests[1].headers), lines(log.requests[i].headers))
    end
  end)
end)

describe("The request of an upload", function()
  it("is multipart with a boundary of its own, and goes to the host of files", function()
    local got = request { operation = "files.create", ids = {},
      params = { purpose = "dispute_evidence", file = { filename = "a.pdf", content = "x" } } }
    assert.equal("https://files.stripe.com/v1/files", got.url)
    local boundary = got.headers["content-type"]:match("^multipart/form%-data; boundary=(.+)$")
    assert.equal(36, #boundary)
    assert.equal("--" .. boundary, got.body:sub(1, 38))
    assert.equal(tostring(#got.body), got.headers["content-length"])
  end)

  it("keeps its type, which names the boundary, whatever the caller's headers say", function()
    local got = request { operation = "files.create", ids = {},
      params = { purpose = "dispute_evidence", file = { content = "x" } },
      headers = { { "content-type", "text/plain" } } }
    assert.truthy(got.headers["content-type"]:find("^multipart/form%-data; boundary=%x+"))
  end)
end)

describe("The URL", function()
  it("starts with the base of the operation's host, without slashes at its end", function()
    assert.equal("http://127.0.0.1:80/x/v1/climate/orders/climorder_1",
      request { base_url = "http://127.0.0.1:80/x//" }.url)
    assert.equal("https://f/v1/files/file_1/contents",
      request { operation = "files.contents", ids = { "file_1" }, files_url = "https://f" }.url)
  end)

  it("starts with the base of the host that the caller names", function()
    assert.equal("https://files.stripe.com/v1/x",
      request { method = "GET", path = "/v1/x", host = "files" }.url)
  end)

  it("has a path that a message may show", function()
    local _, call = request { method = "GET", path = "/v1/x?secret=1" }
    assert.equal("/v1/x", call:path())
    assert.equal("GET", call:method())
    assert.is_nil(call:operation())
  end)

  it("is refused for an id or a path that leads elsewhere", function()
    local call, problem = core.call(scripted.options { ids = { ".." } })
    assert.is_nil(call)
    assert.equal("path", problem.kind)
    call, problem = core.call(scripted.options { method = "GET", path = "//evil.example/v1" })
    assert.is_nil(call)
    assert.equal("path", problem.kind)
  end)

  it("is refused for a method that Stripe does not have", function()
    local call, problem = core.call(scripted.options { method = "PATCH", path = "/v1/x" })
    assert.is_nil(call)
    assert.equal("method", problem.param)
  end)
end)

describe("The API version", function()
  local function version(more) return request(more).headers["stripe-version"] end
  local quote = { operation = "crypto.onramp_sessions.quote", ids = { "cos_1" } }

  it("is the caller's, else that of the catalogue", function()
    assert.equal(core.api_version, version())
    assert.equal("2020-08-27", version { api_version = "2020-08-27" })
  end)

  it("gets the flag of an operation that is in private preview", function()
    assert.equal(core.api_version .. ";crypto_onramp_beta=v2", version(quote))
  end)

  it("keeps a flag that the caller has written", function()
    local written = "2026-10-28.endive;crypto_onramp_beta=v1"
    assert.equal(written, version {
      operation = quote.operation, ids = quote.ids, api_version = written,
    })
  end)
end)

describe("A header of the caller's", function()
  it("takes the place of ours of that name", function()
    local headers = request { headers = { { "user-agent", "mine" }, { "USER-AGENT", "again" } } }
      .headers
    local found = {}
    for _, header in ipairs(headers) do
      if header[1]:lower() == "user-agent" then found[#found + 1] = header[1] .. header[2] end
    end
    assert.same({ "User-Agentagain" }, found)
  end)

  it("may be empty, and may hold what is not ASCII", function()
    assert.equal("", request { headers = { { "X-A", "" } } }.headers["x-a"])
    assert.equal("\195\169", request { headers = { { "X-A", "\195\169" } } }.headers["x-a"])
  end)

  it("is refused by name when it is the library's own", function()
    for _, name in ipairs { "authorization", "Idempotency-Key", "HOST", "Content-Length",
                            "transfer-encoding" } do
      local problem = refused { headers = { { name, "hidden" } } }
      assert.equal("headers[" .. name .. "]", problem.param)
      assert.is_nil(problem.message:find("hidden", 1, true))
    end
  end)

  it("is refused when it would break the request", function()
    for _, value in ipairs { "a\r\nX: b", "a\nb", "a\rb", "a\0b", "a\127" } do
      local problem = refused { headers = { { "X-A", value } } }
      assert.equal("headers[X-A]", problem.param)
    end
    for _, name in ipairs { "", "a b", "a:", "a\n" } do
      refused { headers = { { name, "v" } } }
    end
  end)
end)

describe("A setting that no header can carry", function()
  it("is refused by name, its value unseen", function()
    for _, name in ipairs { "api_key", "api_version", "account", "context", "oauth_token" } do
      for _, value in ipairs { "", "sk_live_x y", "sk_live_x\n", "sk_live_\0", "\195\169" } do
        local problem = refused { [name] = value }
        assert.equal(name, problem.param)
        assert.truthy(problem.message:find(name, 1, true))
        assert.is_nil(problem.message:find("sk_live", 1, true))
      end
    end
  end)

  it("may be a user agent only when it would break the request", function()
    assert.equal("user_agent", refused { user_agent = "a\nb" }.param)
    assert.equal("a b (c)", request { user_agent = "a b (c)" }.headers["user-agent"])
  end)
end)

describe("A call without a key", function()
  it("has no Authorization", function()
    local options = scripted.options()
    options.api_key = nil
    local call = assert(core.call(options))
    call:next(0)
    assert.is_nil(call:request().headers["authorization"])
  end)
end)

describe("The text of a call", function()
  it("shows no key", function()
    local _, call = order { api_key = "sk_test_secret" }
    assert.is_nil(tostring(call):find("secret", 1, true))
  end)
end)
