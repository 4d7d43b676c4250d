--- The shapes of what controls are given: stripe.simulator.shape.

local shape = require "stripe.simulator.shape"
local exchange = require "spec.support.exchange"

describe("a shape", function()
  local function problem(value, wanted, path)
    local err = shape.check(value, wanted, path)
    return err and err.message
  end

  it("is a type", function()
    for name, rows in pairs {
      string = { good = { "", "\195\188" }, bad = { 1, false, {}, "\255" } },
      bytes = { good = { "", "\255" }, bad = { 1, {} } },
      boolean = { good = { true, false }, bad = { "true", 0 } },
      number = { good = { 1, -0.5 }, bad = { "1", 1 / 0, -1 / 0, 0 / 0 } },
      integer = { good = { 0, -3, 2 ^ 52 }, bad = { 1.5, 1e300, 1 / 0, 0 / 0, "1" } },
      scalar = { good = { "a", 1.5 }, bad = { true, {}, "\255", 1 / 0 } },
      digits = { good = { 3, "03" }, bad = { "3a", 1.5, "" } },
      table = { good = { {}, { a = { 1 } } }, bad = { "x", { 1 / 0 }, { a = "\255" } } },
    } do
      for _, value in ipairs(rows.good) do assert.is_nil(problem(value, name, "a")) end
      for _, value in ipairs(rows.bad) do
        assert.matches("^Invalid a: .* expected$", problem(value, name, "a"))
      end
    end
  end)

  it("of an object names the member that is wrong", function()
    local wanted = { day = "integer", where = { city = "string" } }
    assert.is_nil(problem({ day = 1, where = {} }, wanted))
    assert.equal("Invalid day: an integer expected", problem({ day = "1" }, wanted))
    assert.equal("Invalid data[where][city]: text expected",
      problem({ where = { city = 1 } }, wanted, "data"))
    assert.equal("Received unknown parameter: where[town]",
      problem({ where = { town = 1 } }, wanted))
    assert.equal("Invalid options: an object expected", problem("x", wanted))
  end)

  it("may be a list, a map, one of some texts, or either of two", function()
    assert.is_nil(problem({ "a" }, shape.list "string", "l"))
    assert.equal("Invalid l[1]: text expected", problem({ 1 }, shape.list "string", "l"))
    assert.equal("Invalid l: a list expected", problem({ a = "b" }, shape.list "string", "l"))
    assert.is_nil(problem({ usd = 1 }, shape.map "integer"))
    assert.equal("Invalid usd: an integer expected", problem({ usd = "1" }, shape.map "integer"))
    assert.equal("Invalid options: an object expected", problem({ 1 }, shape.map "integer"))
    assert.equal("Invalid s: must be one of a or b", problem("c", shape.one_of { "a", "b" }, "s"))
    local either = shape.either("string", { a = "integer" })
    assert.is_nil(problem("x", either, "e") or problem({ a = 1 }, either, "e"))
    assert.equal("Invalid e: text expected", problem(1, either, "e"))
  end)

  it("may be that of HTTP headers", function()
    assert.is_nil(problem({ A = "b" }, shape.headers, "h"))
    assert.is_nil(problem({ { "A", "b" }, { "C", 1 } }, shape.headers, "h"))
    for _, headers in ipairs { "x", { "x" }, { { "a" } }, { { 1, "b" } }, { A = {} } } do
      assert.matches("^Invalid h", problem(headers, shape.headers, "h"))
    end
  end)

  it("keeps out of a control what no answer could show", function()
    local x = exchange.open()
    local id = x.post("/v1/climate/orders",
      "product=climsku_frontier_offtake_portfolio_2027&metric_tons=1").object.id
    local object, err = x.sim.climate:deliver(id, { delivered_at = "now" })
    assert.is_nil(object)
    assert.equal("Invalid delivered_at: an integer expected", tostring(err))
    assert.equal("Received unknown parameter: at",
      tostring(select(2, x.sim.climate:deliver(id, { at = 1 }))))
    assert.equal("Invalid id: text expected", tostring(select(2, x.sim.climate:deliver(1))))
    local answer = x.post("/_sim/climate/orders/" .. id .. "/deliver", "[1]")
    assert.same({ 400, "Received unknown parameter: 1" },
      { answer.status, answer.object.error.message })
    assert.equal("confirmed", x.get("/v1/climate/orders/" .. id).object.status)
  end)

  it("is known for every control", function()
    for _, family in ipairs(require("stripe.simulator.families").list) do
      for name in pairs(family.controls or {}) do assert.is_table(family.takes[name], name) end
      for name in pairs(family.takes or {}) do assert.is_function(family.controls[name], name) end
    end
  end)
end)
