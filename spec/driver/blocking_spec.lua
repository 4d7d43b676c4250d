local Blocking = require "stripe.driver.blocking"
local scripted = require "spec.support.scripted_client"
local stripe = require "stripe"

describe("the blocking driver", function()
  local driver, log

  before_each(function()
    driver, log = scripted.driver(), {}
  end)

  local function note(text) log[#log + 1] = text end

  local function sleeper(name, seconds)
    return function()
      driver.sleep(seconds)
      note(name)
      return name
    end
  end

  it("has the five verbs, on the real clock too", function()
    for _, verb in ipairs { "now", "sleep", "start", "await", "spawn" } do
      assert.is_function(Blocking[verb])
      assert.is_function(driver[verb])
    end
    local before = Blocking.now()
    Blocking.sleep(0)
    assert.is_true(Blocking.now() >= before)
  end)

  it("sleeps in the main program", function()
    local before = driver.now()
    driver.sleep(1.5)
    assert.equal(1.5, driver.now() - before)
  end)

  it("runs a task at once, until it first waits", function()
    driver.spawn(function() note("in") driver.sleep(1) note("later") end)
    note("out")
    assert.same({ "in", "out" }, log)
  end)

  it("lets tasks sleep together: the process sleeps until the first is due", function()
    local a, b = driver.spawn(sleeper("a", 3)), driver.spawn(sleeper("b", 1))
    driver.await(a)
    driver.await(b)
    assert.same({ "b", "a" }, log)
    assert.same({ 1, 2 }, driver.slept)
  end)

  it("runs tasks while the main program sleeps, and no longer", function()
    driver.spawn(sleeper("a", 1))
    driver.spawn(sleeper("b", 3))
    driver.sleep(2)
    assert.same({ "a" }, log)
    assert.same({ 1, 1 }, driver.slept)
  end)

  it("wakes those of the same time in the order in which they came", function()
    for i = 1, 4 do driver.spawn(sleeper(i, 1)) end
    driver.sleep(1.5)
    assert.same({ 1, 2, 3, 4 }, log)
  end)

  it("gives what a task returned, nils included", function()
    local task = driver.spawn(function() driver.sleep(1) return nil, "b", nil end)
    assert.equal(4, select("#", driver.await(task)))
    local ok, a, b = driver.await(task)
    assert.is_true(ok)
    assert.is_nil(a)
    assert.equal("b", b)
  end)

  it("gives what a task threw, with its traceback", function()
    local thrown = {}
    local task = driver.spawn(function() driver.sleep(1) error(thrown) end)
    local ok, value, trace = driver.await(task)
    assert.is_false(ok)
    assert.equal(thrown, value)
    assert.matches("blocking_spec", trace)
  end)

  it("lets a task await another, and several the same", function()
    local one = driver.spawn(sleeper("one", 2))
    local function follow() note(select(2, driver.await(one)) .. " seen") end
    local two, three = driver.spawn(follow), driver.spawn(follow)
    driver.await(two)
    driver.await(three)
    assert.same({ "one", "one seen", "one seen" }, log)
  end)

  it("waits in place in a coroutine of somebody else", function()
    driver.spawn(sleeper("task", 1))
    local co = coroutine.wrap(function()
      driver.sleep(2)
      coroutine.yield("mine")
      return "end"
    end)
    assert.equal("mine", co())
    assert.equal("end", co())
    assert.same({ "task" }, log)
  end)

  it("waits inside pcall and iterators in a task, on every Lua", function()
    local task = driver.spawn(function()
      note(tostring((pcall(driver.sleep, 1))))
      for _ in function() driver.sleep(1) note("iterated") end do note("never") end
      return "done"
    end)
    assert.equal("done", select(2, driver.await(task)))
    assert.same({ "true", "iterated" }, log)
  end)

  it("is woken by a canceller, in a task and in the main program", function()
    local canceller = stripe.canceller()
    local task = driver.spawn(function() driver.sleep(60, canceller) note("task") end)
    driver.spawn(function() driver.sleep(1) canceller:cancel() end)
    driver.sleep(60, canceller)
    driver.await(task)
    assert.same({ "task" }, log)
    assert.same({ 1 }, driver.slept)
  end)

  it("does not sleep at all for a canceller that has fired", function()
    local canceller = stripe.canceller()
    canceller:cancel()
    driver.sleep(60, canceller)
    driver.await(driver.spawn(function() driver.sleep(60, canceller) end))
    assert.same({}, driver.slept)
  end)

  it("says so when tasks can only wait for each other", function()
    local task
    task = driver.spawn(function()
      driver.sleep(1)
      driver.await(task)
    end)
    assert.has_error(function() driver.await(task) end, "every task waits for another one")
  end)

  it("runs an exchange where it is awaited", function()
    local transport = { exchange = function(_, call) return call .. " answered" end }
    local handle = driver.start(transport, "call")
    assert.equal("call answered", driver.await(handle))
  end)
end)
