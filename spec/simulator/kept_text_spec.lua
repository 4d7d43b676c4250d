--- The texts of objects that the store keeps are those that would be written now.

local core = require "stripe.core"
local simulator = require "stripe.simulator"

local PRODUCT = "climsku_frontier_offtake_portfolio_2027"
local SPOT = "climsku_frontier_spot_biomass_2024"
local KEY, START, DAY = "sk_test_1", 1800000000, 86400

local lists = {}
for _, operation in ipairs(core.operations()) do
  if operation.list then lists[#lists + 1] = operation.path end
end

describe("every object", function()
  local keeping, writing

  local function send(sim, method, path, form)
    local answer = sim:handle {
      method = method, url = path, body = form,
      headers = { Authorization = "Bearer " .. KEY,
        ["Content-Type"] = "application/x-www-form-urlencoded" },
    }
    if answer.resume then answer = answer.resume { status = 200, body = "{}", headers = {} } end
    return answer
  end

  -- One that writes each text anew.
  before_each(function()
    keeping, writing = simulator.new { clock = START }, simulator.new { clock = START }
    writing:account(KEY).store.text = function(_, object) return core.render(object) end
    keeping:account(KEY)
  end)

  -- Reads all that can be read, twice, so that texts are kept and used.
  local function compare(place)
    local seen = 0
    for _ = 1, 2 do
      for _, path in ipairs(lists) do
        local ours = send(keeping, "GET", path .. "?limit=100").body
        assert.equal(send(writing, "GET", path .. "?limit=100").body, ours, place)
        for _, item in ipairs(core.decode(ours).data) do
          local one = path .. "/" .. item.id
          local text = send(keeping, "GET", one).body
          assert.equal(send(writing, "GET", one).body, text, place)
          seen = seen + 1
        end
      end
    end
    return seen
  end

  local function step(place, f)
    local value
    for _, sim in ipairs { writing, keeping } do value = f(sim) end
    compare(place)
    return value
  end

  local function post(path, form, method)
    return step(path, function(sim)
      local answer = send(sim, method or "POST", path, form)
      assert.equal(200, answer.status, answer.body)
      return core.decode(answer.body)
    end)
  end

  local function order(form)
    return post("/v1/climate/orders", "metric_tons=2&product=" .. (form or PRODUCT)).id
  end

  it("of climate", function()
    assert.is_true(compare() > 10)
    local id = order()
    post("/v1/climate/orders/" .. id, "metadata[a]=1&beneficiary[public_name]=B")
    step("delay", function(sim) return assert(sim.climate:delay(id, { force = true })) end)
    step("deliver", function(sim) return assert(sim.climate:deliver(id)) end)
    post("/v1/climate/orders/" .. order() .. "/cancel")
    local other = order()
    step("substitute", function(sim)
      return assert(sim.climate:substitute(other, { product = "climsku_marine_removal_2029" }))
    end)
    step("await_funds", function(sim) return assert(sim.climate:await_funds(other)) end)
    step("confirm", function(sim) return assert(sim.climate:confirm(other)) end)
    step("cancel", function(sim) return assert(sim.climate:cancel(other)) end)
    step("price", function(sim) return assert(sim.climate:price(PRODUCT, { usd = 1000 })) end)
    step("stock", function(sim) return assert(sim.climate:stock(PRODUCT, "7")) end)
    step("product", function(sim)
      return assert(sim.climate:product("climsku_new", { prices = { usd = 5 } }))
    end)
    order(SPOT)
    step("timers", function(sim)
      sim:advance(31 * DAY)
      return true
    end)
  end)

  it("of identity, whose retrieval changes it", function()
    local path = "/v1/identity/verification_sessions"
    local id = post(path, "type=document&metadata[a]=b").id
    post(path .. "/" .. id, "metadata[a]=c")
    for _, outcome in ipairs { "requires_input", "processing", "verified" } do
      step(outcome, function(sim)
        return assert(sim.identity:submit(id, { outcome = outcome, force = true }))
      end)
    end
    post(path .. "/" .. id .. "/redact")
    step("redacted", function(sim)
      sim:advance(2 * DAY)
      return true
    end)
    post(path .. "/" .. post(path, "type=document").id .. "/cancel")
  end)

  it("of crypto, forwarding, webhooks and files", function()
    local id = post("/v1/crypto/onramp_sessions", "source_amount=100&source_currency=usd").id
    step("price", function(sim) return assert(sim.crypto:price("eth", "1234.5")) end)
    step("move", function(sim)
      return assert(sim.crypto:move(id, { status = "rejected", force = true }))
    end)
    step("allow", function(sim) return assert(sim.forwarding:allow("https://pay.example/x")) end)
    post("/v1/forwarding/requests", core.encode(nil, {
      payment_method = "pm_card_visa", url = "https://pay.example/x",
      replacements = { "card_number" },
      request = { body = '{"paymentMethod":{"number":""},"amount":{}}' },
    }))
    local endpoint = post("/v1/webhook_endpoints", "url=https://x.example&enabled_events[0]=*").id
    order()
    post("/v1/webhook_endpoints/" .. endpoint, "disabled=true")
    post("/v1/webhook_endpoints/" .. endpoint, nil, "DELETE")
    step("trigger", function(sim) return assert(sim.events:trigger("file.created")) end)
    local file = step("load", function(sim)
      assert(sim:account(KEY):load {
        { object = "file", purpose = "dispute_evidence", id = "file_1", size = 1, type = "png" },
        { object = "climate.order", id = "climorder_1", product = PRODUCT, status = "open",
          amount_fees = 1, amount_subtotal = 2, amount_total = 3, currency = "usd",
          metric_tons = "1", expected_delivery_year = 2030, delivery_details = {}, metadata = {} },
      })
      return "file_1"
    end)
    local link = post("/v1/file_links", "file=" .. file).id
    post("/v1/file_links/" .. link, "expires_at=" .. START + 5)
    step("expired", function(sim)
      sim:advance(10)
      return true
    end)
  end)

  it("after a snapshot is taken back, and after a reset", function()
    local id = order()
    local snapshots = {}
    for _, sim in ipairs { writing, keeping } do snapshots[sim] = sim:snapshot() end
    post("/v1/climate/orders/" .. id, "metadata[a]=1")
    step("restore", function(sim) return assert(sim:restore(snapshots[sim])) end)
    local path = "/v1/climate/orders/" .. id
    assert.same({}, core.decode(send(keeping, "GET", path).body).metadata)
    step("reset", function(sim)
      sim:reset()
      return true
    end)
    assert.equal(404, send(keeping, "GET", path).status)
  end)
end)
