local Durability = require "stripe.webhook.store.durability"

-- A server whose settings are these.
local function server(settings)
  return { command = function(_, _, _, pattern)
    if not settings then return nil, "ERR unknown command 'CONFIG'" end
    local reply = {}
    for name, value in pairs(settings) do
      if name:find("^" .. pattern:gsub("%*", ".*") .. "$") then
        reply[#reply + 1], reply[#reply + 2] = name, value
      end
    end
    return reply
  end }
end

local function of(settings) return Durability.of(server(settings)) end

describe("the durability of a Redis server", function()
  it("is what its settings say", function()
    for level, settings in pairs {
      always = { appendonly = "yes", appendfsync = "always" },
      everysec = { appendonly = "yes", appendfsync = "everysec" },
      no = { appendonly = "yes", appendfsync = "no" },
      snapshots = { appendonly = "no", appendfsync = "always", save = "3600 1" },
      memory = { appendonly = "no", appendfsync = "always", save = "" },
    } do
      local durability = of(settings)
      assert.equal(level, durability.level)
      assert.equal(level ~= "always", durability.loses ~= nil)
      assert.is_false(durability.evicts)
    end
  end)

  it("is less when a full memory makes it drop what was committed", function()
    local durability = of {
      appendonly = "yes", appendfsync = "always", maxmemory = "1000",
      ["maxmemory-policy"] = "volatile-lru",
    }
    assert.equal("always", durability.level)
    assert.is_true(durability.evicts)
    assert.matches("maxmemory-policy volatile-lru", durability.loses, 1, true)
    assert.is_false(of({
      appendonly = "yes", appendfsync = "always", maxmemory = "1000",
      ["maxmemory-policy"] = "noeviction",
    }).evicts)
  end)

  it("is unknown where the server doesn't tell", function()
    local durability = of(nil)
    assert.equal("unknown", durability.level)
    assert.matches("doesn't tell", durability.loses, 1, true)
  end)

  it("is unknown while nobody can be asked, which is no reason to warn of the server", function()
    local away = { command = function() return nil, "connection refused", "connect" end }
    assert.same({ level = "unknown", evicts = false }, Durability.of(away))
  end)
end)
