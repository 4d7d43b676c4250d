-- Where each kind of answer ends.

local scripted = require "spec.support.scripted"

local function ended(step, more)
  local options = { max_retries = 0 }
  for name, value in pairs(more or {}) do options[name] = value end
  local call = scripted.call(options)
  scripted.run(call, { step })
  return call
end

describe("A call succeeds", function()
  it("with a 200 and a JSON object", function()
    local call = ended { status = 200, body = ' {"id":"climorder_1","amount":5,"x":null}' }
    assert.is_true(call:ok())
    assert.same({ id = "climorder_1", amount = 5 }, (call:object()))
  end)

  it("with a 202, and with any other 2xx", function()
    assert.is_true(ended { status = 202, body = "{}" }:ok())
    assert.is_true(ended { status = 299, body = "{}" }:ok())
  end)

  it("with a deleted envelope", function()
    local call = ended { status = 200, body = '{"id":"we_1","deleted":true}' }
    assert.is_true(call:ok())
    assert.is_true(call:object().deleted)
  end)

  it("with an object that has a member error: the status decides", function()
    local call = ended { status = 200, body = '{"id":"x","error":{"code":"document_expired"}}' }
    assert.is_true(call:ok())
    assert.equal("document_expired", call:object().error.code)
  end)

  it("with whatever bytes a file has", function()
    assert.is_true(ended({ status = 200, body = "not JSON" },
      { operation = "files.contents", ids = { "file_1" } }):ok())
  end)
end)

describe("A call does not succeed", function()
  -- The answer, and the message of call:object().
  local rows = {
    { "with a 200 and broken JSON", { status = 200, body = '{"id":' } },
    { "with a 200 and an array", { status = 200, body = "[1]" }, "the body is no JSON object" },
    { "with a 200 and an empty array", { status = 200, body = "[]" },
      "the body is no JSON object" },
    { "with a 200 and null", { status = 200, body = "null" }, "the body is no JSON object" },
    { "with a 200 and a text", { status = 200, body = '"{}"' }, "the body is no JSON object" },
    { "with a 200 and HTML", { status = 200, body = "<p>hi" }, "the body is no JSON object" },
    { "with a 200 and a blank body", { status = 200, body = " \n" }, "the body is empty" },
    { "with a 200 and no body", { status = 200 }, "the body is empty" },
    { "with a 200 and something behind the object", { status = 200, body = "{}\0{}" } },
  }
  for _, row in ipairs(rows) do
    it(row[1], function()
      local call = ended(row[2])
      assert.is_false(call:ok())
      assert.equal(200, call:status())
      assert.is_nil((call:problem()))
      local value, message = call:object()
      assert.is_nil(value)
      assert.equal(row[3] or message, message)
      assert.equal("string", type(message))
      assert.is_nil(call:error_body())
    end)
  end

  it("with a 500 and {}", function()
    local call = ended { status = 500, body = "{}" }
    assert.is_false(call:ok())
    assert.same({}, call:error_body())
  end)

  it("with a 502 in HTML, which can still be read", function()
    local call = ended { status = 502, body = "<html>" }
    assert.is_false(call:ok())
    assert.is_nil(call:error_body())
    assert.equal("<html>", call:body())
  end)

  it("with a 404 and no body", function()
    local call = ended { status = 404 }
    assert.is_false(call:ok())
    assert.is_nil(call:error_body())
    assert.equal("", call:body())
  end)

  it("with a 400, whose error is decoded", function()
    local call = ended {
      status = 400, body = '{"error":{"type":"invalid_request_error","param":null}}' }
    assert.is_false(call:ok())
    assert.same({ error = { type = "invalid_request_error" } }, call:error_body())
    assert.is_userdata(call:error_body(true).error.param)
  end)

  it("with a redirect", function()
    assert.is_false(ended { status = 302, body = "{}" }:ok())
  end)
end)

describe("The object of an answer", function()
  local body = '{"object":"list","data":[{"id":"a","gone":null}]}'

  it("comes with its lists", function()
    local call = ended { status = 200, body = body }
    local value, lists = call:object()
    assert.equal(value, lists[1])
  end)

  it("keeps null when told to", function()
    local call = ended { status = 200, body = body }
    assert.is_true(call:ok())
    assert.is_userdata(call:object(true).data[1].gone)
  end)

  it("is a fresh one each time", function()
    local call = ended { status = 200, body = body }
    assert.is_true(call:ok())
    local first = call:object()
    first.data = nil
    assert.equal("a", call:object().data[1].id)
  end)
end)

describe("The answer", function()
  it("says when it is a replay, and which request it was", function()
    local call = ended { status = 200, body = "{}",
      headers = { ["Idempotent-Replayed"] = "true", ["Request-Id"] = "req_1" } }
    assert.is_true(call:replayed())
    assert.equal("req_1", call:request_id())
    assert.is_false(ended { status = 200, body = "{}" }:replayed())
  end)

  it("is nothing before there is one", function()
    local call = scripted.call()
    assert.is_nil(call:status())
    assert.is_nil(call:request_id())
    assert.is_nil(call:body())
    assert.is_false(call:ok())
    assert.same({}, call:attempts())
    assert.equal("climate.orders", require("stripe.core").operations()[call:operation()].resource)
    assert.equal("/v1/climate/orders/climorder_1", call:path())
  end)
end)
