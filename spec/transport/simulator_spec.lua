local scripted = require "spec.support.scripted_client"
local stripe = require "stripe"

local new = { product = "climsku_1", metric_tons = "0.5" }

describe("the directives of a simulator", function()
  local driver

  local function call(answer, options)
    driver = scripted.driver()
    options = options or {}
    options.api_key, options.driver, options.max_retries = "sk_test_1", driver, 0
    options.transport = { handle = function() return answer end }
    return stripe.new(options).climate.orders:create(new)
  end

  local good = { status = 200, headers = {}, body = '{"id":"x"}' }

  it("let an answer take its time", function()
    local made = call { directive = "delay", seconds = 3, response = good }
    assert.equal("x", made.id)
    assert.same({ 3 }, driver.slept)
  end)

  it("let the attempt time out when it has less", function()
    local _, err = call({ directive = "delay", seconds = 30, response = good }, { timeout = 5 })
    assert.equal("timeout", err.code)
    assert.equal("maybe", err.sent)
    assert.same({ 5 }, driver.slept)
  end)

  it("let the deadline pass when that comes first", function()
    local _, err = call({ directive = "delay", seconds = 30, response = good },
      { timeout = 5, deadline = 2 })
    assert.equal("deadline", err.code)
    assert.same({ 2 }, driver.slept)
  end)

  it("break the connection before or within the answer", function()
    local _, err = call { directive = "reset" }
    assert.equal("reset", err.code)
    assert.equal("maybe", err.sent)
    _, err = call { directive = "truncate", bytes = 1, response = good }
    assert.equal("reset", err.code)
    assert.equal("yes", err.sent)
  end)

  it("can be one within another", function()
    local _, err = call {
      directive = "delay", seconds = 1, response = { directive = "reset" },
    }
    assert.equal("reset", err.code)
    assert.same({ 1 }, driver.slept)
  end)

  it("send a request out, and tell the simulator what came of it", function()
    local told
    local made = stripe.new({
      api_key = "sk_test_1", max_retries = 0,
      transport = { handle = function()
        return {
          outbound = { method = "POST", url = "http://127.0.0.1:1/", timeout = 5 },
          resume = function(answer)
            told = answer
            return good
          end,
        }
      end },
    }).climate.orders:create(new)
    assert.equal("x", made.id)
    assert.same({ "connect", "no" }, { told.failure, told.sent })
  end)

  it("that nobody knows are a protocol failure", function()
    local _, err = call { directive = "dance" }
    assert.equal("protocol", err.code)
  end)
end)
