--- What the simulator reads of a call without HTTP in between is what it reads of its HTTP.

local core = require "stripe.core"
local request = require "stripe.simulator.request"
local simulator = require "stripe.simulator"
local stripe = require "stripe"

local START = 1800000000
local operations = core.operations()

local SETTINGS = {
  api_key = "sk_test_1", api_version = core.api_version, user_agent = "spec",
  base_url = "https://api.stripe.com", files_url = "https://files.stripe.com", timeout = 80,
  seed = 1, now = 0, max_retries = 0,
}

local function make(options)
  return (assert(core.call(options, SETTINGS)))
end

-- Reads a call in both ways.
local function same(options)
  local call = make(options)
  local read = request.of_call(call)
  assert.same(request.read(call:request()), read)
  return read
end

describe("a call", function()
  local IDS = {
    "climorder_1CmsdMRPhwpTLJhzVaAOLtHg", "plain", "contents", "quotes", "cancel", "a/b", "a%2Fb",
    "a b", "?x=1", "#", "%41", "\195\182",
  }
  for op, operation in ipairs(operations) do
    local name = operation.resource .. "." .. operation.name
    it("means by its operation what its path means: " .. name, function()
      for _, id in ipairs(operation.ids[1] and IDS or { false }) do
        local read = same { operation = op, ids = { id or nil }, validate = false,
          params = { limit = 3, metadata = { ["a b"] = "1&2" } } }
        assert.equal(name, read.operation.title)
        assert.equal(id or nil, read.ids[1])
        assert.equal(operation.method, read.method)
      end
    end)
  end

  it("goes to the other path of its operation, too", function()
    local read = same { operation = 14, quotes_path = true, params = {} }
    assert.equal("crypto.onramp_quotes.retrieve", read.operation.title)
    assert.equal("/v1/crypto/onramp_quotes", read.path)
  end)

  it("may have a path of its own", function()
    for _, path in ipairs { "/v1/customers", "/v1/climate/orders/x", "/v1/events/evt_1/retry",
      "/_sim/clock", "/links/abc", "/v1/climate/orders?limit=2" } do
      for _, method in ipairs { "GET", "POST", "DELETE" } do
        same { method = method, path = path, params = { a = 1 } }
        same { method = method, path = path }
      end
    end
    assert.is_true(same { method = "DELETE", path = "/v1/climate/orders" }.known)
    assert.is_false(same { method = "GET", path = "/v1/customers" }.known)
  end)

  it("is read with where it would go and who asks", function()
    for _, options in ipairs {
      { account = "acct_1" }, { context = "acct_1/acct_2" }, { oauth_token = "secret" },
      { api_version = "2026-10-28.endive;some_beta=v1" }, { idempotency_key = "another" },
      { base_url = "http://localhost:1234/prefix" }, { base_url = "https://[::1]:12" },
      { api_key = "sk_test_" .. ("long"):rep(30) }, { timeout = 3 }, { deadline = 2 },
      { headers = { { "Stripe-Account", "acct_3" }, { "X-Other", "x" } } },
      { timeout = 0 },
    } do
      for _, op in ipairs { 15, 18 } do
        local copied = { operation = op, params = { expand = { "a", "b" } }, validate = false }
        for name, value in pairs(options) do copied[name] = value end
        same(copied)
      end
    end
  end)

  it("whose body is a file is read from there", function()
    local path = os.tmpname()
    local file = assert(io.open(path, "wb"))
    file:write(("0123456789"):rep(5000))
    file:close()
    local read = request.of_call(make {
      operation = 34, params = { purpose = "pci_document", file = { path = path } },
    })
    os.remove(path)
    assert.equal("files.create", read.operation.title)
    assert.truthy(read.body:find(("0123456789"):rep(5000), 1, true))
    assert.matches("^multipart/form%-data", read.content_type)
  end)

  it("counts as sent from then on", function()
    local call = make { operation = 18 }
    assert.equal("send", call:next(0))
    request.of_call(call)
    assert.equal("maybe", call:sent())
  end)
end)

describe("a client", function()
  -- What each call gives, through two clients: one whose simulator is in this process, and one
  -- that sends HTTP to another of the same seed.
  local function both(options)
    local near, far = simulator.new { clock = START }, simulator.new { clock = START }
    local function http(sent) return far:handle(sent) end
    options = options or {}
    local clients = {}
    for i, transport in ipairs { near, http } do
      local mine = { api_key = "sk_test_1", transport = transport, max_retries = 0 }
      for name, value in pairs(options) do mine[name] = value end
      clients[i] = stripe.new(mine)
    end
    local function call(f)
      local seen = {}
      for i, client in ipairs(clients) do
        local value, err, response = f(client)
        seen[i] = {
          value = value, message = err and tostring(err), code = err and err.code,
          headers = response and response.headers, status = response and response.status,
        }
      end
      assert.same(seen[2], seen[1])
      assert.same(far:requests(), near:requests())
      return seen[1]
    end
    return call, near, far
  end

  local PARAMS = {
    ["climate.orders.create"] = { product = "climsku_frontier_offtake_portfolio_2027",
      metric_tons = "1.5" },
    ["identity.verification_sessions.create"] = { type = "document" },
    ["forwarding.requests.create"] = { payment_method = "pm_card_visa", url = "https://x.example",
      replacements = { "card_number" }, request = { body = "{}" } },
    ["webhook_endpoints.create"] = { url = "https://x.example", enabled_events = { "*" } },
    ["files.create"] = { purpose = "dispute_evidence", file = { name = "a.png",
      content = "\137PNG\r\n\26\n" .. ("x"):rep(50) } },
    ["file_links.create"] = { file = "file_1" },
  }

  it("gets the same answers in process as over HTTP, for every operation", function()
    local call = both()
    local made = {}
    for pass = 1, 2 do
      for op, operation in ipairs(operations) do
        local name = operation.resource .. "." .. operation.name
        local id = made[operation.resource] or "climsku_frontier_offtake_portfolio_2027"
        local result = call(function(client)
          local resource = client
          for part in operation.resource:gmatch "[^.]+" do resource = resource[part] end
          local options = operation.method == "POST" and { idempotency_key = op .. "/" .. pass }
            or nil
          if operation.binary then return resource[operation.name](resource, id, nil, options) end
          if operation.ids[1] then return resource[operation.name](resource, id, nil, options) end
          return resource[operation.name](resource, PARAMS[name], options)
        end)
        if operation.name == "create" and result.value then
          made[operation.resource] = result.value.id
        end
      end
    end
    assert.truthy(made["climate.orders"] and made.files and made.webhook_endpoints)
  end)

  it("gets the same repeated answers, expansions, pages and refusals", function()
    local call, near, far = both { account = "acct_1abc" }
    for _, id in ipairs { "k1", "k1", "k2" } do
      call(function(client)
        return client.climate.orders:create(PARAMS["climate.orders.create"],
          { idempotency_key = id })
      end)
    end
    call(function(client)
      return client.climate.orders:list { limit = 1, expand = { "data.product" } }
    end)
    call(function(client)
      local orders = assert(client.climate.orders:list { limit = 1 }):collect()
      return { #orders, orders[1].id, orders[2].id }
    end)
    call(function(client) return client.climate.orders:retrieve("climorder_none") end)
    call(function(client) return client:request("GET", "/v1/customers") end)
    call(function(client)
      return client.climate.orders:list({}, { api_version = "1999-01-01" })
    end)
    call(function(client) return client.climate.orders:list({}, { api_key = "sk_test_other" }) end)
    for _, fault in ipairs { "rate_limit", "lock_timeout", "conflict", "server_error", "html",
      { status = 418, body = { a = 1 }, headers = { ["X-A"] = "b" } } } do
      for _, sim in ipairs { near, far } do
        assert(sim.faults:add { fault = fault, match = { method = "GET" } })
      end
      call(function(client) return client.climate.orders:list() end)
    end
  end)
end)
