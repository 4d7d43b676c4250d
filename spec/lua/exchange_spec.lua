-- What a transport may answer: whatever it is, the call ends, since its request has been sent.

local scripted = require "spec.support.scripted"

local function answered(answer)
  local call = scripted.call()
  call:next(0)
  call:request()
  call:answer(1, answer)
  assert.equal("done", (call:next(1)))
  return call
end

describe("A transport's answer", function()
  for name, answer in pairs {
    ["that is no table"] = "200",
    ["without a status"] = { body = "{}" },
    ["whose status is no number"] = { status = "ok" },
    ["whose status is out of range"] = { status = 1e9 },
    ["whose body is no text"] = { status = 200, body = {} },
    ["whose headers hold no text"] = { status = 200, headers = { a = print } },
  } do
    it(name .. " is a failure of the protocol, perhaps done by Stripe", function()
      local call = answered(answer)
      local kind, message = call:problem()
      assert.equal("protocol", kind)
      assert.equal("string", type(message))
      assert.equal("yes", call:sent())
      assert.equal(1, #call:attempts())
    end)
  end

  it("needs neither headers nor a body", function()
    assert.equal(204, answered { status = 204 }:status())
  end)

  it("may be longer than its Content-Length says, and shorter when it was packed", function()
    local headers = { ["Content-Length"] = "4" }
    assert.is_true(answered { status = 200, headers = headers, body = '{"id":"x"}' }:ok())
    headers = { ["Content-Length"] = "400", ["Content-Encoding"] = "gzip" }
    assert.is_true(answered { status = 200, headers = headers, body = '{"id":"x"}' }:ok())
  end)
end)

describe("core.call", function()
  local core = require "stripe.core"

  it("throws for options of a wrong type, which no user gives", function()
    for name, value in pairs {
      api_key = 1, timeout = "1", max_body = -1, operation = 10000, headers = "a: b",
    } do
      assert.is_false(pcall(core.call, scripted.options { [name] = value }), name)
    end
    assert.is_false(pcall(core.call))
    assert.is_false(pcall(core.call, scripted.options { base_url = false }))
  end)

  it("returns a problem for parameters that are refused", function()
    local call, problem = core.call(scripted.options {
      operation = "climate.orders.create", ids = {}, params = { produkt = "x" } })
    assert.is_nil(call)
    assert.equal("unknown", problem.kind)
    assert.equal("produkt", problem.param)
  end)

  it("leaves a call that can be collected in any state", function()
    for i = 1, 50 do
      local call = scripted.order()
      if i > 10 then call:next(0) end
      if i > 20 then call:request() end
      if i > 30 then call:answer(0, scripted.refusal(500)) end
    end
    collectgarbage()
    collectgarbage()
  end)
end)
