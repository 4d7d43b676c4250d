--- Bytes that should be UTF-8: stripe.simulator.utf8_text.

local utf8_text = require "stripe.simulator.utf8_text"

describe("text", function()
  it("is well-formed UTF-8", function()
    for _, good in ipairs { "", "abc", "caf\195\169", "\224\160\128", "\239\191\191",
      "\240\159\152\128", "\244\143\191\191" } do
      assert.is_true(utf8_text.is(good))
    end
    for _, bad in ipairs { "\233", "\195", "\192\128", "\224\159\128", "\237\160\128",
      "\240\143\128\128", "\244\144\128\128", "\248\136\128\128\128", "a\128", "\255" } do
      assert.is_false(utf8_text.is(bad))
    end
  end)

  it("has U+FFFD in the place of each byte that is none", function()
    assert.equal("caf\195\169 \239\191\189 \240\159\152\128\239\191\189\239\191\189",
      utf8_text.repaired "caf\195\169 \233 \240\159\152\128\237\160")
  end)
end)
