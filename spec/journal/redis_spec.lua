--- A journal in a Redis that goes away and comes back.

local stripe = require "stripe"

describe("a journal whose Redis is lost in the middle", function()
  local server, sim, client, journal, at

  setup(function() server = require("spec.support.redis_server").start() end)
  teardown(function() server:stop() end)

  before_each(function()
    sim = stripe.simulator.new { clock = 1800000000 }
    client = stripe.new {
      api_key = "sk_test_1", transport = sim, max_retries = 0,
      on_request = function(request) if at == "before" and request then server:kill() end end,
      on_response = function() if at == "after" then server:kill() end end,
    }
    at = nil
    journal = assert(stripe.journal { redis = { url = server.url, timeout = 1 } })
  end)
  after_each(function() journal:close() end)

  local function order(call)
    return client.climate.orders:create({
      product = "climsku_marine_removal_2029", metric_tons = "1", currency = "usd",
    }, call)
  end

  local function orders() return #assert(client.climate.orders:list()).data end

  it("returns what was done, says that it isn't written down, and does it once", function()
    at = "after"
    local made, err, info = journal:once("after", order)
    assert.is_nil(err)
    assert.equal("storage", info.unrecorded.code)
    at = nil
    server:restart()
    local again, problem, later = journal:once("after", order)
    assert.is_nil(problem)
    assert.is_true(later.replayed)
    assert.equal(made.id, again.id)
    assert.equal(1, orders())
  end)

  it("goes on in the next run when neither the answer nor the journal was there", function()
    sim.faults:add { fault = "lost", match = { operation = "climate.orders.create" } }
    at = "before"
    local none, err = journal:once("both", order)
    assert.is_nil(none)
    assert.equal("maybe", err.sent)
    at = nil
    server:restart()
    assert.is_true(select(3, assert(journal:once("both", order))).replayed)
    assert.equal(1, orders())
  end)

  it("sends nothing while there is none", function()
    server:kill()
    local none, err = journal:once("none", order)
    assert.is_nil(none)
    assert.equal("storage", err.code)
    assert.is_true(err.retryable)
    assert.equal(0, orders())
    server:restart()
    assert.is_truthy(journal:once("none", order))
  end)
end)
