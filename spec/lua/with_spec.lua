local with = require "stripe.with"

describe("stripe.with", function()
  it("gives a table the members of another one", function()
    local target, members = { a = 1, b = 1 }, { b = 2, c = 2 }
    assert.equal(target, with(target, members))
    assert.same({ a = 1, b = 2, c = 2 }, target)
    assert.same({ b = 2, c = 2 }, members)
  end)

  it("copies what is inside by reference", function()
    local inner = {}
    assert.equal(inner, with({}, { inner = inner }).inner)
  end)

  it("adds nothing of nothing", function()
    assert.same({ 1 }, with({ 1 }, nil))
  end)
end)
