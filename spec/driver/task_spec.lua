describe("stripe.driver.task", function()
  local Task = require "stripe.driver.task"

  it("is not done before something is kept", function()
    local task = Task.new()
    assert.is_false(task.done)
    assert.same({}, task.waiters)
    Task.keep(task, true)
    assert.is_true(task.done)
  end)

  it("gives back what was kept, nils included, as often as it is asked", function()
    local function count(...) return select("#", ...), ... end
    local task = Task.new()
    Task.keep(task, true, nil, "b", nil)
    for _ = 1, 2 do
      assert.same({ 4, true, nil, "b", nil }, { count(Task.outcome(task)) })
    end
  end)

  it("gives back what was thrown, and where", function()
    local task = Task.new()
    Task.keep(task, false, "thrown", "trace")
    assert.same({ false, "thrown", "trace" }, { Task.outcome(task) })
  end)
end)
