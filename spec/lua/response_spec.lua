local scripted = require "spec.support.scripted_client"

local function respond(headers, status, value)
  local script = scripted.new { scripted.json(status or 200, value or { id = "x" }, headers) }
  local _, _, response = script:client { max_retries = 0 }.climate.orders:create {
    product = "climsku_1", metric_tons = 1,
  }
  return response, script
end

describe("a response", function()
  it("tells what came beside the object", function()
    local response, script = respond {
      ["Idempotent-Replayed"] = "true", ["Stripe-Notice"] = "This version is old.",
      ["X-Custom"] = "yes",
    }
    assert.equal(200, response.status)
    assert.equal("req_scripted", response.request_id)
    assert.equal(script.requests[1].headers["idempotency-key"], response.idempotency_key)
    assert.is_true(response.replayed)
    assert.equal("This version is old.", response.notice)
    assert.equal("yes", response.headers["x-custom"])
    assert.equal("Content-Type", response.headers[1][1])
    assert.equal(1, response.attempts[1].n)
    assert.equal(200, response.attempts[1].status)
    assert.equal("req_scripted", response.attempts[1].request_id)
    assert.is_nil(response.anything_else)
  end)

  it("says false and nil for what did not come", function()
    local response = respond()
    assert.is_false(response.replayed)
    assert.is_nil(response.notice)
    assert.is_nil(response.observer_error)
  end)

  it("builds each part when it is first read, and keeps it", function()
    local response = respond()
    assert.is_nil(rawget(response, "headers"))
    assert.equal(response.headers, response.headers)
    assert.is_table(rawget(response, "headers"))
    assert.is_nil(rawget(response, "attempts"))
  end)

  it("comes with an error too", function()
    local response = respond({ ["Idempotent-Replayed"] = "true" }, 400, { error = { type = "x" } })
    assert.equal(400, response.status)
    assert.is_true(response.replayed)
  end)

  it("tells the error beside it, which LuaJIT's assert does not throw", function()
    local script = scripted.new {
      scripted.json(400, { error = { type = "invalid_request_error", message = "no" } }),
      scripted.failure "reset", scripted.json(200, { id = "x" }),
    }
    local events = script:client { max_retries = 0 }.events
    local _, err, response = events:retrieve "evt_1"
    assert.equal(err, response.error)
    assert.equal("stripe.response (400, req_scripted) with " .. tostring(err), tostring(response))
    assert.equal(2, select("#", events:retrieve "evt_1"))
    response = select(3, events:retrieve "evt_1")
    assert.is_nil(response.error)
    assert.equal("stripe.response (200, req_scripted)", tostring(response))
  end)

  it("is no third value of a failure where there is none", function()
    local failed = require("stripe.response").failed
    assert.equal(2, select("#", failed "err"))
    assert.same({ nil, "err", "response" }, { failed("err", "response") })
  end)
end)
