local heap = require "stripe.heap"

describe("a heap", function()
  local function drain(list)
    local times = {}
    while list[1] do times[#times + 1] = heap.pop(list).time end
    return times
  end

  it("gives the earliest first, whatever order they came in", function()
    local list, state, expected = {}, 11, {}
    for i = 1, 300 do
      state = state * 16807 % 2147483647
      heap.push(list, { time = state % 97, order = i })
      expected[i] = state % 97
    end
    table.sort(expected)
    assert.same(expected, drain(list))
  end)

  it("gives those of one time by their order", function()
    local list = {}
    for _, order in ipairs { 3, 1, 4, 5, 2 } do heap.push(list, { time = 1, order = order }) end
    for order = 1, 5 do assert.equal(order, heap.pop(list).order) end
  end)

  it("is empty when all are taken", function()
    local list = {}
    heap.push(list, { time = 1, order = 1 })
    heap.pop(list)
    assert.same({}, list)
  end)
end)
