describe("stripe.driver.traced", function()
  local traced = require "stripe.driver.traced"

  it("returns true and all that the function returns, nils included", function()
    local function count(...) return select("#", ...), ... end
    assert.same({ 4, true, 1, nil, nil }, { count(traced(function() return 1, nil, nil end)) })
  end)

  it("returns what was thrown as it is, and a traceback of the place", function()
    local thrown = {}
    local function thrower() error(thrown) end
    local ok, what, trace = traced(function() thrower() end)
    assert.is_false(ok)
    assert.equal(thrown, what)
    assert.matches("stack traceback", trace)
    assert.matches("traced_spec", trace)
  end)

  it("tells a nil that was thrown from a return", function()
    local ok, what, trace = traced(function() error(nil) end)
    assert.is_false(ok)
    assert.is_nil(what)
    assert.is_string(trace)
  end)

  it("tells of a stack without end in a text", function()
    local function deeper(n) return 1 + deeper(n + 1) end
    local ok, what = traced(function() return deeper(1) end)
    assert.is_false(ok)
    assert.is_string(what)
  end)
end)
