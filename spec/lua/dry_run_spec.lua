local scripted = require "spec.support.scripted_client"

describe("a dry run", function()
  local script, client

  before_each(function()
    script = scripted.new {}
    client = script:client { api_key = "sk_test_51HxTravelersSecretKey99" }
  end)

  local function dry(resource, method, ...)
    local plan, err = resource[method](resource, ...)
    assert.is_nil(err)
    assert.equal(0, #script.requests)
    return plan
  end

  it("shows the request and sends nothing", function()
    local plan = dry(client.climate.orders, "create",
      { product = "climsku_1", metric_tons = "0.5" }, { dry_run = true, idempotency_key = "k1" })
    assert.equal("POST", plan.method)
    assert.equal("https://api.stripe.com/v1/climate/orders", plan.url)
    assert.equal("metric_tons=0.5&product=climsku_1", plan.body)
    assert.equal("k1", plan.headers["idempotency-key"])
    assert.not_matches("Travelers", plan.headers["authorization"])
  end)

  it("gives a curl line that takes the key from the shell", function()
    local plan = dry(client.climate.orders, "create",
      { product = "it's", metric_tons = "0.5", metadata = { a = "$HOME" } },
      { dry_run = true, idempotency_key = "k1" })
    assert.matches("^curl %-g %-X POST 'https://api.stripe.com/v1/climate/orders'", plan.curl)
    assert.matches('-H "Authorization: Bearer $STRIPE_SECRET_KEY"', plan.curl, 1, true)
    assert.matches("-H 'Idempotency-Key: k1'", plan.curl, 1, true)
    assert.matches("product=it%27s'", plan.curl, 1, true)
    assert.matches("metadata[a]=%24HOME", plan.curl, 1, true)
    assert.not_matches("Content-Length", plan.curl, 1, true)
  end)

  it("gives a curl line that sends a header without a value, too", function()
    local plan = dry(client.events, "list", nil, { dry_run = true, headers = { ["X-A"] = "" } })
    assert.matches("-H 'X-A;'", plan.curl, 1, true)
  end)

  it("has the parameters of a GET in its address and no body to send", function()
    local plan = dry(client.climate.orders, "list", { limit = 3 }, { dry_run = true })
    assert.equal("https://api.stripe.com/v1/climate/orders?limit=3", plan.url)
    assert.not_matches("--data", plan.curl, 1, true)
  end)

  it("gives a curl line that leaves the brackets of an address alone", function()
    local plan = dry(client.events, "list", { created = { gte = 1 } }, { dry_run = true })
    local address = "'https://api.stripe.com/v1/events?created[gte]=1'"
    assert.matches("curl -g -X GET " .. address, plan.curl, 1, true)
  end)

  it("redacts what is sensitive", function()
    local plan = dry(client.crypto.onramp_sessions, "create",
      { customer_information = { first_name = "Ada" } }, { dry_run = true })
    assert.not_matches("Ada", plan.body)
    assert.not_matches("Ada", plan.curl)
  end)

  it("redacts it in a request by path, too", function()
    local plan = client:request("POST", "/v1/forwarding/requests", {
      request = { body = "4242", headers = { { name = "Authorization", value = "hidden" } } },
    }, { dry_run = true })
    assert.equal("request[body]=[redacted]&request[headers][0][name]=Authorization"
      .. "&request[headers][0][value]=[redacted]", plan.body)
  end)

  it("redacts what is sensitive in JSON, too, and gives a curl line for it", function()
    local plan = client:request("POST", "/v2/core/things", {
      name = "it's", credentials = { password = "hidden" },
    }, { dry_run = true })
    assert.equal('{"credentials":{"password":"[redacted]"},"name":"it\'s"}', plan.body)
    assert.matches("-H 'Content-Type: application/json'", plan.curl, 1, true)
    assert.matches([['{"credentials":{"password":"[redacted]"},"name":"it'\''s"}']], plan.curl, 1,
      true)
  end)

  it("describes an upload instead of showing it", function()
    local plan = dry(client.files, "create", {
      purpose = "dispute_evidence", file = { name = "a.txt", content = "private" },
    }, { dry_run = true })
    assert.matches("^%[%d+ bytes of multipart/form%-data%]$", plan.body)
    assert.equal("https://files.stripe.com/v1/files", plan.url)
  end)

  it("describes one from a file on disk as well", function()
    local plan = dry(client.files, "create", {
      purpose = "dispute_evidence", file = { path = "LICENSE" },
    }, { dry_run = true })
    local length = plan.headers["content-length"]
    assert.equal(("[%s bytes of multipart/form-data]"):format(length), plan.body)
  end)

  it("checks the parameters like the call itself", function()
    local plan, err = client.climate.orders:create({ product = "x", metric_tonns = 1 },
      { dry_run = true })
    assert.is_nil(plan)
    assert.equal("validation_error", err.type)
  end)
end)
