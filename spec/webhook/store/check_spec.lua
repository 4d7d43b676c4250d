local Memory = require "stripe.webhook.store.memory"
local Sqlite = require "stripe.webhook.store.sqlite"

describe("what the stores ask of their arguments", function()
  local store, claim

  setup(function()
    store = assert(Sqlite.new { path = ":memory:" })
    claim = store:claim("evt_1", 60)
  end)
  teardown(function() store:close() end)

  local function refused(message, verb, ...)
    local arguments, n = { ... }, select("#", ...)
    local ok, problem = pcall(function()
      local result = store[verb](store, (table.unpack or unpack)(arguments, 1, n))
      return result
    end)
    assert.is_false(ok)
    assert.matches("check_spec.lua:%d+: ", problem)
    assert.matches(message, problem, 1, true)
  end

  it("is an id and a lease", function()
    refused("an id, a string", "claim", nil, 60)
    refused("an id, a string", "claim", "", 60)
    refused("a lease, a number of seconds above 0", "claim", "evt_1", 0)
    refused("a lease", "claim", "evt_1", "60")
    refused("a lease", "claim", "evt_1", 0 / 0)
    refused("a lease", "renew", claim, nil)
  end)

  it("is the claim that was given", function()
    for _, verb in ipairs { "renew", "commit", "release", "begin" } do
      refused(("store:%s takes the claim"):format(verb), verb, "evt_1", 60)
      refused(("store:%s takes the claim"):format(verb), verb, { id = "evt_1" }, 60)
    end
  end)

  it("is a key and an order of text", function()
    refused("strings", "commit", claim, "key")
    refused("strings", "commit", claim, "key", 5)
    refused("takes a key, a string", "newest", 5)
    refused("takes a key, a string", "newest")
  end)

  it("is options that exist, of the right type", function()
    assert.error_matches(function() Sqlite.new { path = "x", timeuot = 1 } end,
      'did you mean "timeout"', 1, true)
    assert.error_matches(function() Sqlite.new { path = "x", timeout = "1" } end,
      '"timeout" must be a number, not a string', 1, true)
    assert.is_table(Memory.new())
  end)
end)
