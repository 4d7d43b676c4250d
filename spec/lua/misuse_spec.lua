describe("stripe.misuse", function()
  local Misuse = require "stripe.misuse"

  local KNOWN = { timeout = "number", path = "string table", limit = "number false" }

  it("is silent about what is right", function()
    assert.is_nil(Misuse.names({}, KNOWN))
    assert.is_nil(Misuse.types({ timeout = 1, path = {}, limit = false }, KNOWN))
    assert.is_nil(Misuse.types({ path = "p", limit = 5 }, KNOWN))
  end)

  it("names an option that there isn't, and the one that was meant", function()
    local message = 'unknown option "timout" (did you mean "timeout"?)'
    assert.equal(message, Misuse.names({ timout = 1 }, KNOWN))
    assert.equal(message, Misuse.types({ timout = 1 }, KNOWN))
    assert.equal('unknown option "1"', Misuse.names({ "x" }, KNOWN))
  end)

  it("says which types an option takes", function()
    assert.equal('option "path" must be a string or table, not a number',
      Misuse.types({ path = 5 }, KNOWN))
    assert.equal('option "limit" must be a number or false, not a boolean',
      Misuse.types({ limit = true }, KNOWN))
  end)

  it("always names the same of several", function()
    assert.equal('unknown option "a"', Misuse.names({ c = 1, b = 1, a = 1 }, KNOWN))
    assert.equal('unknown option "a"', Misuse.types({ timeout = "x", path = 1, a = 1 }, KNOWN))
  end)

  it("shows no secret that stands where a name should", function()
    local message = Misuse.names({ ["sk_live_" .. ("a"):rep(24)] = true }, KNOWN)
    assert.is_nil(message:find(("a"):rep(20), 1, true))
    assert.matches("unknown option", message)
  end)
end)
