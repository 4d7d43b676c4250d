local scripted = require "spec.support.scripted_client"
local stripe = require "stripe"

describe("gather", function()
  local driver

  before_each(function() driver = scripted.driver() end)

  local function gather(functions, options)
    options = options or {}
    options.driver = driver
    return stripe.gather(functions, options)
  end

  local function after(seconds, value, err)
    return function()
      driver.sleep(seconds)
      return value, err
    end
  end

  it("gives the results in the order of the functions", function()
    local results, errors = gather { after(3, "a"), after(1, "b"), after(2, "c") }
    assert.same({ "a", "b", "c", n = 3 }, results)
    assert.is_nil(errors)
  end)

  it("runs them together", function()
    local before = driver.now()
    gather { after(3), after(1), after(2) }
    assert.equal(3, driver.now() - before)
  end)

  it("runs at most as many at once as it is told", function()
    local running, most = 0, 0
    local functions = {}
    for i = 1, 9 do
      functions[i] = function()
        running = running + 1
        most = math.max(most, running)
        driver.sleep(1)
        running = running - 1
        return i
      end
    end
    local results = gather(functions, { concurrency = 3 })
    assert.equal(3, most)
    assert.equal(9, results[9])
    most = 0
    gather(functions)
    assert.equal(9, most)
  end)

  it("gives the errors by index, and nil only when there is none", function()
    local results, errors = gather { after(1, "a"), after(1, nil, "broken"), after(1, "c") }
    assert.same({ "a", nil, "c", n = 3 }, results)
    assert.same({ [2] = "broken" }, errors)
  end)

  it("keeps false and nil as results", function()
    local results, errors = gather { after(0, false), after(0, nil) }
    assert.is_false(results[1])
    assert.is_nil(results[2])
    assert.equal(2, results.n)
    assert.is_nil(errors)
  end)

  it("catches what is thrown, with its traceback", function()
    local thrown = { some = "table" }
    local results, errors = gather {
      function() driver.sleep(1) error("oops") end, after(2, "b"), function() error(thrown) end,
    }
    assert.same({ nil, "b", n = 3 }, results)
    assert.equal("lua_error", errors[1].type)
    assert.matches("oops", errors[1].message)
    assert.matches("gather_spec", errors[1].traceback)
    assert.matches("^lua_error: ", tostring(errors[1]))
    assert.equal(thrown, errors[3].cause)
  end)

  it("does nothing with nothing", function()
    assert.same({ n = 0 }, (gather {}))
  end)

  it("can be nested", function()
    local results = gather {
      function() return gather({ after(1, "a"), after(2, "b") })[2] end, after(1, "c"),
    }
    assert.same({ "b", "c", n = 2 }, results)
  end)

  it("makes calls of a client side by side", function()
    local answers = {}
    for i = 1, 4 do
      answers[i] = scripted.after(1, scripted.json(200, { id = "climorder_" .. i }))
    end
    local script = scripted.new(answers)
    driver = script.driver
    local client, functions = script:client(), {}
    for i = 1, 4 do
      functions[i] = function() return client.climate.orders:retrieve("climorder_" .. i) end
    end
    local before = driver.now()
    local results, errors = gather(functions)
    assert.is_nil(errors)
    assert.equal("climorder_4", results[4].id)
    assert.equal(1, driver.now() - before)
  end)

  it("refuses what is no list of functions, and options it does not know", function()
    assert.has_error(function() stripe.gather("x") end, "stripe.gather takes a list of functions")
    assert.has_error(function() stripe.gather({}, 5) end, "options must be a table")
    assert.has_error(function() stripe.gather({ 1 }) end, "item 1 is a number, not a function")
    assert.has_error(function() stripe.gather({}, { concurrence = 1 }) end,
      'unknown option "concurrence" (did you mean "concurrency"?)')
    assert.error_matches(function() stripe.gather({}, { sk_live_51HxTravelers99 = 1 }) end,
      'unknown option "sk_live_%*%*%*')
    assert.has_error(function() stripe.gather({}, { concurrency = 0 }) end,
      'option "concurrency" must be an integer from 1')
    assert.has_error(function() stripe.gather({}, { driver = "fibers" }) end,
      'there is no driver "fibers"')
  end)
end)
