--- Ids and secrets of the simulator.

local ids = require "stripe.simulator.ids"
local families = require "stripe.simulator.families"

describe("ids", function()
  it("are the same for the same seed, under every Lua", function()
    local some = ids.new "seed"
    assert.equal("vs_1132So1zR7uGb1YXczRzTTIp", some:new "vs_")
    assert.not_equal("vs_1132So1zR7uGb1YXczRzTTIp", some:new "vs_")
    some:reset()
    assert.equal("vs_1132So1zR7uGb1YXczRzTTIp", some:new "vs_")
  end)

  it("of near seeds have nothing in common", function()
    local seen = {}
    for i = 1, 200 do
      local first = ids.new(i):secret(6)
      assert.is_nil(seen[first])
      seen[first] = true
    end
  end)

  it("don't repeat", function()
    local some, seen = ids.new(1), {}
    for _ = 1, 5000 do
      local id = some:new "x_"
      assert.is_nil(seen[id])
      seen[id] = true
    end
  end)

  it("have secrets and digits of the length asked for", function()
    local some = ids.new(1)
    assert.matches("^%w+$", some:secret(24))
    assert.equal(24, #some:secret(24))
    assert.matches("^%x+$", some:hex(64))
    assert.equal(64, #some:hex(64))
    for _ = 1, 100 do
      local n = some:below(3)
      assert.is_true(n == 0 or n == 1 or n == 2)
    end
  end)

  it("go on after a snapshot as they would have", function()
    local some = ids.new(1)
    some:secret(10)
    local state = some:snapshot()
    local expected = some:new "a_"
    local other = ids.new(2)
    other:restore(state)
    assert.equal(expected, other:new "a_")
  end)

  it("10 have the prefixes of the API", function()
    local expected = {
      ["identity.verification_session"] = "vs_", ["identity.verification_report"] = "vr_",
      ["crypto.onramp_session"] = "cos_", ["climate.order"] = "climorder_",
      ["climate.product"] = "climsku_", ["climate.supplier"] = "climsup_",
      ["forwarding.request"] = "fwdreq_", webhook_endpoint = "we_", event = "evt_",
      file = "file_", file_link = "link_",
    }
    assert.same(expected, families.kinds)
  end)
end)
