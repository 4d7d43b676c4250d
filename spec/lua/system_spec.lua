local core = require "stripe.core"

describe("the system", function()
  it("has a clock that never goes back", function()
    local last = core.now()
    for _ = 1, 1000 do
      local now = core.now()
      assert.is_true(now >= last)
      last = now
    end
  end)

  it("knows the time of day, with a fraction", function()
    local before, time, after = os.time(), core.time(), os.time()
    assert.is_true(time > before - 1 and time < after + 2) -- os.time reads a coarser clock
    local fractions = 0
    for _ = 1, 5 do fractions = fractions + core.time() % 1 end
    assert.is_true(fractions > 0)
  end)

  it("sleeps at least as long as it was asked to", function()
    local start = core.now()
    core.sleep(0.002)
    assert.is_true(core.now() - start >= 0.002)
  end)

  it("does not sleep for nothing or less", function()
    core.sleep(0)
    core.sleep(-100)
    assert.has_error(function() core.sleep(0 / 0) end)
    assert.has_error(function() core.sleep("soon") end)
  end)

  it("makes version 4 UUIDs, each another", function()
    local seen = {}
    for _ = 1, 200 do
      local id = core.uuid()
      assert.matches("^%x%x%x%x%x%x%x%x%-%x%x%x%x%-4%x%x%x%-[89ab]%x%x%x%-%x+$", id)
      assert.equal(36, #id)
      assert.equal(id:lower(), id)
      assert.is_nil(seen[id])
      seen[id] = true
    end
  end)

  it("gives as many random bytes as asked for", function()
    assert.equal("", core.random(0))
    assert.equal(65536, #core.random(65536))
    assert.not_equal(core.random(16), core.random(16))
    for _, n in ipairs { -1, 1.5, 65537, 0 / 0, "many" } do
      assert.has_error(function() core.random(n) end)
    end
  end)

  it("says which version this is", function()
    assert.matches("^%d+%.%d+%.%d+$", core._VERSION)
  end)
end)
