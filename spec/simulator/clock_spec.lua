--- Time in the simulator.

local clock = require "stripe.simulator.clock"
local simulator = require "stripe.simulator"

describe("a clock", function()
  local ran

  local function note(name, id, extra) ran[#ran + 1] = { name, id, extra } end

  before_each(function() ran = {} end)

  it("that is frozen stands until it is advanced", function()
    local frozen = clock.new { time = 1000 }
    assert.equal(1000, frozen:now())
    frozen:advance(5)
    assert.equal(1005, frozen:now())
  end)

  it("moves forward by a number of seconds that leaves times exact", function()
    local frozen = clock.new { time = 1000 }
    for _, seconds in ipairs { -1, 1e11, 1 / 0, 0 / 0, "5" } do
      assert.has_error(function() frozen:advance(seconds) end,
        "seconds: a number that is not negative and at most 10000000000 expected")
    end
    assert.equal(1000, frozen:now())
  end)

  it("follows its source and an offset, in whole seconds", function()
    local time = 1000.75
    local following = clock.new { source = function() return time end, offset = 10 }
    assert.equal(1010, following:now())
    time = 1002.5
    following:advance(100)
    assert.equal(1112, following:now())
  end)

  it("runs due work in order of time, each at its own time", function()
    local frozen
    frozen = clock.new { time = 0, run = function(name) ran[#ran + 1] = { name, frozen:now() } end }
    for _, time in ipairs { 30, 10, 20, 10, 99 } do frozen:at(time, "t" .. time, "id") end
    frozen:advance(50)
    assert.same({ { "t10", 10 }, { "t10", 10 }, { "t20", 20 }, { "t30", 30 } }, ran)
    assert.equal(50, frozen:now())
  end)

  it("runs work of the same time in the order in which it was set", function()
    local frozen = clock.new { time = 0, run = note }
    for i = 1, 20 do frozen:at(5, "same", "id", i) end
    frozen:advance(5)
    for i = 1, 20 do assert.equal(i, ran[i][3]) end
  end)

  it("runs work set by work when its time has come too", function()
    local frozen
    frozen = clock.new { time = 0, run = function(_, _, left)
      ran[#ran + 1] = frozen:now()
      if left > 0 then frozen:at(frozen:now() + 10, "again", "id", left - 1) end
    end }
    frozen:at(10, "again", "id", 5)
    frozen:advance(35)
    assert.same({ 10, 20, 30 }, ran)
    frozen:advance(100)
    assert.same({ 10, 20, 30, 40, 50, 60 }, ran)
  end)

  it("takes work for the past as work for now", function()
    local frozen
    frozen = clock.new { time = 100, run = function() ran[1] = frozen:now() end }
    frozen:at(50, "late", "id")
    frozen:run()
    assert.same({ 100 }, ran)
  end)

  it("keeps going after work that throws, and lets the error out", function()
    local frozen = clock.new { time = 0, run = function(name)
      if name == "bad" then error "broken" end
      note(name)
    end }
    frozen:at(1, "bad", "id")
    frozen:at(2, "good", "id")
    assert.error_matches(function() frozen:advance(5) end, "broken")
    assert.equal(5, frozen:now())
    frozen:run()
    assert.equal("good", ran[1][1])
  end)

  it("doesn't go backwards", function()
    local frozen = clock.new { time = 0 }
    assert.error_matches(function() frozen:advance(-1) end, "not negative")
    assert.error_matches(function() frozen:advance(0 / 0) end, "not negative")
    assert.error_matches(function() frozen:advance "1" end, "not negative")
  end)

  it("keeps its work in a snapshot", function()
    local frozen = clock.new { time = 0, run = note }
    frozen:at(10, "later", "id", { n = 1 })
    local state = frozen:snapshot()
    local other = clock.new { time = 7, run = note }
    other:restore(state)
    assert.equal(0, other:now())
    other:advance(10)
    assert.same({ { "later", "id", { n = 1 } } }, ran)
  end)
end)

describe("time in a simulator", function()
  it("stands where `clock` says, and moves for all accounts and those to come", function()
    local sim = simulator.new { clock = 1000 }
    local one = sim:account "sk_test_1"
    sim:advance(50)
    assert.equal(1050, one.clock:now())
    assert.equal(1050, sim:account("sk_test_2").clock:now())
  end)

  it("moves for one account alone through that account", function()
    local sim = simulator.new { clock = 1000 }
    local one, two = sim:account "sk_test_1", sim:account "sk_test_2"
    one:advance(50)
    assert.equal(1050, one.clock:now())
    assert.equal(1000, two.clock:now())
  end)

  it("follows a function plus an offset", function()
    local sim = simulator.new { clock = function() return 500 end, offset = 5 }
    assert.equal(505, sim:account("sk_test_1").clock:now())
    assert.error_matches(function() simulator.new { clock = 1, offset = 1 } end, "offset")
  end)

  it("brings due work also when a request comes", function()
    local time = 1750000000
    local sim = simulator.new { clock = function() return time end }
    local account = sim:account "sk_test_1"
    assert(sim:handle { method = "POST", url = "/v1/climate/orders",
      headers = { Authorization = "Bearer sk_test_1" },
      body = "product=climsku_frontier_spot_biomass_2024&metric_tons=1" }.status == 200)
    local order = account.store:each "climate.order"()
    assert.equal("confirmed", order.status)
    time = time + 31 * 24 * 3600
    sim:handle { method = "GET", url = "/v1/climate/orders",
      headers = { Authorization = "Bearer sk_test_1" } }
    assert.equal("delivered", order.status)
    assert.equal(1750000000 + 30 * 24 * 3600, order.delivered_at)
  end)
end)
