local name_of = require "stripe.journal.name"

describe("a name of parts", function()
  it("is readable", function()
    assert.equal("climate/2026-11/1", name_of("climate", "2026-11", "1"))
    assert.equal("batch/ü b", name_of("batch", "ü b"))
  end)

  it("is not that of other parts", function()
    assert.not_equal(name_of("climate", "2026", "1"), name_of("climate", "2026/1"))
    assert.not_equal(name_of("batch", "a/b", "c"), name_of("batch", "a", "b/c"))
    assert.not_equal(name_of("batch", "a%2Fb"), name_of("batch", "a/b"))
  end)

  it("is never too long", function()
    local long = name_of("batch", ("/"):rep(200), "x")
    assert.is_true(#long <= 255)
    assert.not_equal(long, name_of("batch", ("/"):rep(200), "y"))
    assert.equal(long, name_of("batch", ("/"):rep(200), "x"))
  end)
end)
