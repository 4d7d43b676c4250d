local Patterns = require "stripe.webhook.patterns"

local function match(given, kind)
  return (assert(Patterns.new(given, true)):match(kind))
end

describe("a pattern", function()
  it("fits the type that it is", function()
    local given = { ["climate.order.delivered"] = "x" }
    assert.equal("x", match(given, "climate.order.delivered"))
    assert.is_nil(match(given, "climate.order.created"))
    assert.is_nil(match(given, "climate.order"))
  end)

  it("fits a whole group, at any depth", function()
    local given = { ["climate.*"] = "x" }
    assert.equal("x", match(given, "climate.order.delivered"))
    assert.equal("x", match(given, "climate.product.created"))
    assert.is_nil(match(given, "climate"))
    assert.is_nil(match(given, "climates.order.delivered"))
    assert.is_nil(match(given, "v1.climate.order.delivered"))
  end)

  it("loses to one that is more specific", function()
    local given = {
      ["*"] = "any", ["climate.*"] = "climate", ["climate.order.*"] = "order",
      ["climate.order.delivered"] = "delivered",
    }
    assert.equal("delivered", match(given, "climate.order.delivered"))
    assert.equal("order", match(given, "climate.order.created"))
    assert.equal("climate", match(given, "climate.product.created"))
    assert.equal("any", match(given, "file.created"))
    assert.equal("any", match(given, "x"))
  end)

  it("comes back as it was given", function()
    local patterns = assert(Patterns.new({ ["crypto.onramp_session_updated"] = 1 }, true))
    assert.same({ 1, "crypto.onramp_session_updated" },
      { patterns:match("crypto.onramp_session.updated") })
  end)

  it("is a table key like any other: no name of a method fits", function()
    for _, kind in ipairs { "match", "new", "__index", "toString", "values" } do
      assert.is_nil(match({ ["climate.*"] = 1 }, kind))
    end
  end)

  for _, wanted in ipairs { "crypto.onramp_session.updated", "crypto.onramp_session_updated",
    "crypto.onramp_session.*", "crypto.*", "*" } do
    it(wanted .. " fits both spellings of the onramp's event", function()
      assert.equal("x", match({ [wanted] = "x" }, "crypto.onramp_session.updated"))
      assert.equal("x", match({ [wanted] = "x" }, "crypto.onramp_session_updated"))
    end)
  end

  it("can't be there in both spellings", function()
    local _, why = Patterns.new({
      ["crypto.onramp_session.updated"] = 1, ["crypto.onramp_session_updated"] = 2,
    }, true)
    assert.matches("both of its spellings", why, 1, true)
  end)

  for _, bad in ipairs { "", ".", "a..b", ".a", "a.", "*.created", "climate.*.created", "climate*",
    "a b", "climate.order.**", "**" } do
    it(("%q is none"):format(bad), function()
      local patterns, why = Patterns.new({ [bad] = 1 }, false)
      assert.is_nil(patterns)
      assert.matches("must be a type of event", why, 1, true)
    end)
  end

  it("that is a slip of the pen is refused, with what was meant", function()
    local _, why = Patterns.new({ ["climate.order.delivred"] = 1 }, true)
    assert.matches('did you mean "climate.order.delivered"', why, 1, true)
    _, why = Patterns.new({ ["climate.orders.*"] = 1 }, true)
    assert.matches('did you mean "climate.order.*"', why, 1, true)
    _, why = Patterns.new({ ["climates.*"] = 1 }, true)
    assert.matches('did you mean "climate.*"', why, 1, true)
    _, why = Patterns.new({ ["v1.climate.order.delivred"] = 1 }, true)
    assert.matches('did you mean "v1.climate.order.delivered"', why, 1, true)
  end)

  it("is text", function()
    for _, bad in ipairs { true, 1.5 } do
      assert.matches("is no text", select(2, Patterns.new({ [bad] = 1 }, false)))
    end
  end)

  it("may be newer than the library, and a slip may be meant", function()
    assert.equal(1, match({ ["teleport.session.arrived"] = 1 }, "teleport.session.arrived"))
    assert.equal(1, match({ ["teleport.*"] = 1 }, "teleport.session.arrived"))
    assert.is_table(Patterns.new({ ["climate.order.delivred"] = 1 }, false))
  end)

  it("of a thin event has its version in front", function()
    assert.equal(1, match({ ["v1.climate.order.*"] = 1 }, "v1.climate.order.delivered"))
    assert.equal(1, match({ ["v1.*"] = 1 }, "v1.climate.order.delivered"))
    assert.equal(1, match({ ["v1.crypto.onramp_session.updated"] = 1 },
      "v1.crypto.onramp_session_updated"))
  end)
end)

describe("the catalogue's event types", function()
  it("are known, thin ones and the onramp's among them", function()
    for _, kind in ipairs { "climate.order.delivered", "crypto.onramp_session.updated",
      "crypto.onramp_session_updated", "v1.climate.order.delivered" } do
      assert.is_true(Patterns.known(kind))
    end
    assert.is_false(Patterns.known("teleport.session.arrived"))
  end)
end)
