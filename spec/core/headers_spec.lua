local scripted = require "spec.support.scripted"

local function answered(headers)
  local call = scripted.call { max_retries = 0 }
  scripted.run(call, { { status = 200, headers = headers, body = "{}" } })
  return call
end

describe("The headers of an answer", function()
  it("are a list in the order of the answer", function()
    local headers = answered({ { "B", "1" }, { "a", "2" }, { "B", "3" } }):headers()
    local list = {}
    for i, header in ipairs(headers) do list[i] = header[1] .. "=" .. header[2] end
    assert.same({ "B=1", "a=2", "B=3" }, list)
  end)

  it("are found by name without regard to case, the first of several", function()
    local headers = answered({ { "Request-Id", "req_1" }, { "request-id", "req_2" } }):headers()
    assert.equal("req_1", headers["request-id"])
    assert.equal("req_1", headers["REQUEST-ID"])
    assert.is_nil(headers["request"])
    assert.is_nil(headers[3])
  end)

  it("may come as a map, with several values in a list", function()
    local call = answered { ["Request-Id"] = "req_1", ["Content-Length"] = 2,
      ["X-Two"] = { "a", "b" } }
    assert.is_true(call:ok())
    assert.equal("req_1", call:request_id())
    assert.equal("2", call:headers()["content-length"])
    assert.equal("a", call:headers()["x-two"])
    assert.equal(4, #call:headers())
  end)

  it("fail the attempt when they are malformed", function()
    for _, headers in ipairs {
      { ["a b"] = "1" }, { [""] = "1" }, { a = "1\n" }, { a = "1\0" }, { a = true }, { { "a" } },
    } do
      local call = answered(headers)
      assert.equal("protocol", (call:problem()))
      assert.equal("yes", call:sent())
    end
  end)

  it("fail the attempt when they are too large", function()
    local call = answered { a = ("x"):rep(300000) }
    assert.equal("too_large", (call:problem()))
  end)
end)
