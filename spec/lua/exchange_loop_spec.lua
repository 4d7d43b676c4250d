local scripted = require "spec.support.scripted_client"
local stripe = require "stripe"

local order = { id = "climorder_1", object = "climate.order" }
local new = { product = "climsku_1", metric_tons = "0.5" }

describe("the exchange", function()
  it("sends once when the answer is good", function()
    local script = scripted.new { scripted.json(200, order) }
    local made, err, response = script:client().climate.orders:create(new)
    assert.equal("climorder_1", made.id)
    assert.is_nil(err)
    assert.equal(1, #response.attempts)
    assert.same({}, script.slept)
  end)

  it("sends again after waiting, with the same key and the same body", function()
    local script = scripted.new {
      scripted.failure("reset"), scripted.json(503, {}), scripted.json(200, order),
    }
    local made, _, response = script:client().climate.orders:create(new)
    assert.equal("climorder_1", made.id)
    assert.equal(3, #script.requests)
    for i = 2, 3 do
      assert.equal(script.requests[1].body, script.requests[i].body)
      assert.equal(script.requests[1].headers["idempotency-key"],
        script.requests[i].headers["idempotency-key"])
    end
    assert.equal(2, #script.slept)
    assert.equal("reset", response.attempts[1].failure)
    assert.equal(503, response.attempts[2].status)
    assert.equal(script.slept[2], response.attempts[3].slept)
  end)

  it("stops at the deadline, waits included", function()
    local script = scripted.new {
      scripted.after(2, scripted.json(500, {})), scripted.after(2, scripted.json(500, {})),
    }
    local started = script.driver.now()
    local none, err = script:client { deadline = 2.25 }.climate.orders:create(new)
    assert.is_nil(none)
    assert.equal("connection_error", err.type)
    assert.equal("deadline", err.code)
    assert.is_true(script.driver.now() - started <= 2.25)
  end)

  it("ends although the clock given stands still", function()
    local script = scripted.new { scripted.json(500, {}), scripted.json(200, order) }
    local client = script:client { clock = function() return 5 end }
    local made, _, response = client.climate.orders:create(new)
    assert.equal("climorder_1", made.id)
    assert.equal(5, response.attempts[1].started)
    assert.is_true(response.attempts[2].started >= 5.5)
  end)

  describe("with a limiter", function()
    local function limited(answers, acquire, options)
      local script = scripted.new(answers)
      options = options or {}
      options.limiter = { acquire = acquire }
      return script, script:client(options)
    end

    it("asks before every attempt and counts the wait in", function()
      local asked, script = {}, nil
      local function acquire(self, key, left)
        asked[#asked + 1] = { self = type(self), key = key, left = left }
        script.driver.advance(4)
        return 4
      end
      local client
      script, client = limited({ scripted.json(500, {}), scripted.json(200, order) }, acquire,
        { deadline = 20 })
      local _, _, response = client.climate.orders:create(new)
      assert.equal(2, #asked)
      assert.same({ self = "table", key = "sk_test_scripted0000abcd", left = 20 }, asked[1])
      assert.equal(20 - 4 - script.slept[1], asked[2].left)
      assert.equal(4, response.attempts[1].slept)
      assert.equal(4 + script.slept[1], response.attempts[2].slept)
    end)

    it("lets its wait run into the deadline", function()
      local script, client = limited({}, function() return 30 end, { deadline = 20 })
      local _, err = client.climate.orders:create(new)
      assert.equal("deadline", err.code)
      assert.equal("no", err.sent)
      assert.equal(0, #script.requests)
    end)

    it("takes true for leave", function()
      local _, client = limited({ scripted.json(200, order) }, function() return true end)
      local _, _, response = client.climate.orders:create(new)
      assert.equal(0, response.attempts[1].slept)
    end)

    it("ends when it refuses or throws, and says why", function()
      local script, client = limited({}, function() return nil, "budget spent" end)
      local none, err = client.climate.orders:create(new)
      assert.is_nil(none)
      assert.equal("rate_limit_error", err.type)
      assert.equal("no", err.sent)
      assert.is_true(err.retryable)
      assert.matches("budget spent", err.message)
      assert.equal(0, #script.requests)
      script, client = limited({}, function() error("no redis") end)
      none, err = client.climate.orders:create(new)
      assert.is_nil(none)
      assert.matches("no redis", err.message)
      assert.equal(0, #script.requests)
    end)

    it("ends with the canceller while it waits, which the limiter gets to know", function()
      for _, answer in ipairs { true, false } do
        local canceller, script = stripe.canceller(), nil
        local client
        script, client = limited({}, function(_, _, _, attempt, given)
          assert.equal(1, attempt)
          script.driver.spawn(function()
            script.driver.sleep(2)
            canceller:cancel("enough")
          end)
          script.driver.sleep(60, given)
          return answer or nil, "canceled"
        end)
        local none, err = client.climate.orders:create(new, { cancel = canceller })
        assert.is_nil(none)
        assert.equal("canceled", err.code)
        assert.equal("no", err.sent)
        assert.matches("enough", err.message)
        assert.same({ 2 }, script.slept)
      end
    end)

    it("keeps the attempts made before it refused", function()
      local turns = 0
      local _, client = limited({ scripted.failure("reset") }, function()
        turns = turns + 1
        return turns == 1 or nil
      end)
      local _, err = client.climate.orders:create(new)
      assert.equal("rate_limit_error", err.type)
      assert.equal("maybe", err.sent)
      assert.equal(1, #err.attempts)
    end)
  end)
end)
