local Timers = require "stripe.driver.timers"

describe("timers", function()
  local timers

  before_each(function() timers = Timers.new() end)

  local function drain(now)
    local list = {}
    local value = timers:pop(now)
    while value do
      list[#list + 1] = value
      value = timers:pop(now)
    end
    return list
  end

  it("give the next one first, whatever order they came in", function()
    local state, expected = 7, {}
    for i = 1, 200 do
      state = state * 16807 % 2147483647
      timers:push(state % 50, state % 50)
      expected[i] = state % 50
    end
    table.sort(expected)
    assert.same(expected, drain(50))
    assert.equal(math.huge, timers:next())
  end)

  it("give those of one time in the order in which they came", function()
    for i = 1, 20 do timers:push(1, i) end
    local list = drain(1)
    for i = 1, 20 do assert.equal(i, list[i]) end
  end)

  it("give nothing before its time", function()
    timers:push(3, "x")
    assert.equal(3, timers:next())
    assert.is_nil(timers:pop(2.9))
    assert.equal("x", timers:pop(3))
    assert.is_nil(timers:pop(3))
  end)

  it("forget one that is taken back", function()
    local first = timers:push(1, "a")
    timers:push(2, "b")
    first.value = nil
    assert.equal(2, timers:next())
    assert.same({ "b" }, drain(5))
  end)
end)
