local core = require "stripe.core"

describe("A sequence", function()
  it("is the same on every machine", function()
    local a, b, numbers = 12345, 67890, {}
    for i = 1, 4 do
      numbers[i], a, b = core.draw(a, b)
    end
    assert.same({ 2026359911, 1950599823, 315009702, 1105313978 }, numbers)
  end)

  it("gives four characters for each number that it takes", function()
    local text, a, b = core.drawn(1, 1, "x_", "ab", 6)
    assert.matches("^x_[ab][ab][ab][ab][ab][ab]$", text)
    local _, c, d = core.draw(1, 1)
    _, c, d = core.draw(c, d)
    assert.same({ c, d }, { a, b })
    assert.equal(text:sub(1, 5), (core.drawn(1, 1, "x_", "ab", 3)))
    assert.same({ "", 1, 1 }, { core.drawn(1, 1, "", "ab", 0) })
  end)

  it("refuses what is no state, and texts without measure", function()
    for _, state in ipairs { { 0, 1 }, { 1, 0 }, { 2147483563, 1 }, { 1, 2147483399 } } do
      assert.error_matches(function() core.draw(state[1], state[2]) end, "out of range")
    end
    assert.error_matches(function() core.drawn(1, 1, "", "ab", 513) end, "out of range")
    assert.error_matches(function() core.drawn(1, 1, "", "ab", -1) end, "out of range")
    assert.error_matches(function() core.drawn(1, 1, "x", "", 1) end, "1 to 128")
    assert.error_matches(function() core.drawn(1, 1, "x", ("a"):rep(129), 1) end, "1 to 128")
  end)
end)
