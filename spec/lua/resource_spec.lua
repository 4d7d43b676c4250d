local core = require "stripe.core"
local scripted = require "spec.support.scripted_client"

describe("the resources of a client", function()
  local script, client

  before_each(function()
    local answers = {}
    for i = 1, 100 do answers[i] = scripted.json(200, { id = "x" }) end
    script = scripted.new(answers)
    client = script:client()
  end)

  local function last()
    local request = script.requests[#script.requests]
    return request.method .. " " .. request.url:gsub("^https://", "")
  end

  local function throws(f, text)
    local ok, message = pcall(f)
    assert.is_false(ok)
    assert.matches(text, message, 1, true)
    assert.matches("resource_spec", message) -- points at the caller
  end

  it("are those of the contract", function()
    local methods = {
      ["identity.verification_sessions"] = "create retrieve update list cancel redact",
      ["identity.verification_reports"] = "retrieve list",
      ["crypto.onramp_sessions"] = "create retrieve list quote checkout",
      ["crypto.onramp_quotes"] = "retrieve",
      ["climate.orders"] = "create retrieve update list cancel",
      ["climate.products"] = "retrieve list", ["climate.suppliers"] = "retrieve list",
      ["forwarding.requests"] = "create retrieve list",
      ["webhook_endpoints"] = "create retrieve update list delete",
      ["events"] = "retrieve list", ["files"] = "create retrieve list contents",
      ["file_links"] = "create retrieve update list",
    }
    for path, names in pairs(methods) do
      local resource = client
      for part in path:gmatch("[^.]+") do resource = resource[part] end
      assert.equal("stripe.resource (client." .. path .. ")", tostring(resource))
      for name in names:gmatch("%S+") do assert.is_function(resource[name], path .. "." .. name) end
    end
  end)

  it("have every operation of the catalogue", function()
    for _, operation in ipairs(core.operations()) do
      local resource = client
      for part in operation.resource:gmatch("[^.]+") do resource = resource[part] end
      assert.is_function(resource[operation.name])
    end
  end)

  it("take ids, then params, then options", function()
    client.climate.orders:retrieve("climorder_1")
    assert.equal("GET api.stripe.com/v1/climate/orders/climorder_1", last())
    client.climate.orders:retrieve("climorder_1", { expand = { "product" } })
    assert.equal("GET api.stripe.com/v1/climate/orders/climorder_1?expand[0]=product", last())
    client.climate.orders:cancel("climorder_1", nil, { idempotency_key = "k" })
    assert.equal("POST api.stripe.com/v1/climate/orders/climorder_1/cancel", last())
    assert.equal("k", script.requests[3].headers["idempotency-key"])
    client.webhook_endpoints:delete("we_1")
    assert.equal("DELETE api.stripe.com/v1/webhook_endpoints/we_1", last())
    client.files:retrieve("file_1")
    assert.equal("GET api.stripe.com/v1/files/file_1", last())
  end)

  it("can be kept apart from their client", function()
    local orders = client.climate.orders
    local retrieve = orders.retrieve
    retrieve(orders, "climorder_1")
    assert.equal("GET api.stripe.com/v1/climate/orders/climorder_1", last())
    assert.equal(orders, client.climate.orders)
  end)

  it("explain a dot for a colon", function()
    throws(function() client.climate.orders.create({ product = "x" }) end,
      "use client.climate.orders:create(...)")
    throws(function() client.events.list() end, "use client.events:list(...)")
    throws(function() client.climate.orders.create(client.climate.products, {}) end,
      "use client.climate.orders:create(...)")
  end)

  it("refuse an option among the params, by name and place", function()
    throws(function() client.climate.orders:create { product = "x", idempotency_key = "k" } end,
      '"idempotency_key" is an option, not a parameter of climate.orders.create: '
      .. "pass it as argument 2")
    throws(function() client.climate.orders:retrieve("climorder_1", { timeout = 3 }) end,
      "pass it as argument 3")
  end)

  it("let a parameter have the name of an option where the operation has it", function()
    client.webhook_endpoints:create {
      url = "https://example.com", enabled_events = { "*" }, api_version = "2026-09-30.endive",
    }
    assert.matches("api_version=2026", script.requests[1].body)
  end)

  it("refuse options that they do not know", function()
    throws(function() client.climate.orders:list({}, { idempotency = "k" }) end,
      'unknown option "idempotency"')
    throws(function() client.climate.orders:list({}, { headers = "x" }) end, '"headers" must be')
  end)

  it("refuse arguments of wrong types", function()
    throws(function() client.climate.orders:create("x") end, "argument 1 (params) must be a table")
    throws(function() client.climate.orders:list({}, "x") end, "argument 2 (options)")
    throws(function() client.climate.orders:retrieve({ id = "x" }) end, "stripe.id(x)")
    throws(function() client.climate.orders:retrieve(17) end, "argument 1 (order) must be an id")
    throws(function() client.climate.orders:list({}, {}, {}) end, "too many arguments")
    throws(function() client.files:contents("file_1", { timeout = 3 }) end, "argument 2 (sink)")
  end)

  it("refuse an id that is missing or would change the path, without sending", function()
    for _, id in ipairs { "", ".", "..", "a\nb", ("x"):rep(256) } do
      local none, err = client.climate.orders:retrieve(id)
      assert.is_nil(none)
      assert.equal("validation_error", err.type)
    end
    local _, err = client.climate.orders:retrieve(nil)
    assert.equal("order", err.param)
    assert.equal(0, #script.requests)
    client.climate.orders:retrieve("a/b c")
    assert.equal("GET api.stripe.com/v1/climate/orders/a%2Fb%20c", last())
  end)

  it("do not change the tables that they are given", function()
    local params = { source_currency = "usd", source_amount = "100" }
    local options = { quotes_path = "/v1/crypto/onramp/quotes" }
    client.crypto.onramp_quotes:retrieve(params, options)
    assert.same({ source_currency = "usd", source_amount = "100" }, params)
    assert.same({ quotes_path = "/v1/crypto/onramp/quotes" }, options)
  end)

  it("reach the quotes by either path", function()
    local quotes = client.crypto.onramp_quotes
    for _, path in ipairs { false, "/v1/crypto/onramp/quotes" } do
      quotes:retrieve({}, { quotes_path = path })
      assert.equal("GET api.stripe.com/v1/crypto/onramp/quotes", last())
    end
    for _, path in ipairs { true, "/v1/crypto/onramp_quotes" } do
      quotes:retrieve({}, { quotes_path = path })
      assert.equal("GET api.stripe.com/v1/crypto/onramp_quotes", last())
    end
    throws(function() quotes:retrieve({}, { quotes_path = "/v1/x" }) end, "quotes_path")
    throws(function() client.events:list({}, { quotes_path = true }) end, "crypto.onramp_quotes")
  end)
end)
