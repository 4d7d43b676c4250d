local readable = require "stripe.simulator.readable"

describe("headers that can be read", function()
  it("are a list, and have names in any case", function()
    local list = { { "Content-Type", "text/plain" }, { "X-A", "1" }, { "x-a", "2" } }
    local headers = readable(list)
    assert.equal(list, headers)
    assert.equal(3, #headers)
    assert.same({ "X-A", "1" }, headers[2])
    assert.equal("text/plain", headers["content-type"])
    assert.equal("text/plain", headers["CONTENT-TYPE"])
    assert.equal("2", headers["X-A"])
    assert.is_nil(headers["x-b"])
    assert.is_nil(headers[4])
  end)
end)
