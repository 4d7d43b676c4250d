--- What a store in memory does beyond what every store promises.

local Memory = require "stripe.webhook.store.memory"

local function new(options)
  local time = 1000
  options = options or {}
  options.now = function() return time end
  return Memory.new(options), function(seconds) time = time + seconds end
end

describe("a memory store", function()
  it("forgets what is too old, and nothing sooner", function()
    local store, advance = new { keep = 100 }
    store:commit(store:claim("evt_1", 10), "key", "1")
    store:release(store:claim("evt_2", 10))
    advance(99)
    assert.same({ nil, "committed" }, { store:claim("evt_1", 10) })
    assert.equal("1", store:newest("key"))
    advance(1)
    assert.is_nil(store:newest("key"))
    assert.equal(1, store:claim("evt_1", 10).attempt)
    assert.equal(1, store:claim("evt_2", 10).attempt)
  end)

  it("keeps a live claim that is older than what it keeps", function()
    local store, advance = new { keep = 100 }
    store:claim("evt_1", 500)
    advance(200)
    assert.same({ nil, "claimed", 300 }, { store:claim("evt_1", 500) })
  end)

  it("is bounded: the oldest committed ids make room", function()
    local store = new { max = 3 }
    for i = 1, 10 do store:commit(store:claim("evt_" .. i, 60), "key_" .. i, "1") end
    local ids, keys = 0, 0
    for _ in pairs(store.entries) do ids = ids + 1 end
    for _ in pairs(store.orders) do keys = keys + 1 end
    assert.equal(3, ids)
    assert.equal(3, keys)
    assert.same({ nil, "committed" }, { store:claim("evt_10", 60) })
    assert.is_table(store:claim("evt_1", 60))
  end)

  it("never forgets a live claim to make room", function()
    local store, advance = new { max = 2 }
    store:claim("evt_1", 60)
    store:claim("evt_2", 60)
    local claim, why, message = store:claim("evt_3", 60)
    assert.is_nil(claim)
    assert.equal("failed", why)
    assert.matches("all 2 ids", message, 1, true)
    advance(60)
    assert.is_table(store:claim("evt_3", 60))
  end)

  it("costs the same however much it remembers", function()
    local store, advance = new { keep = 1000, max = 5000 }
    local steps = 0
    local jit = rawget(_G, "jit") -- compiled code calls no hooks
    local function work(n)
      steps = 0
      if jit then jit.off() end
      debug.sethook(function() steps = steps + 1 end, "", 100)
      for i = 1, 500 do
        advance(0.1)
        store:commit(store:claim(("evt_%d_%d"):format(n, i), 60), "key" .. n .. i, "1")
      end
      debug.sethook()
      if jit then jit.on() end
      return steps
    end
    local few = work(0)
    for n = 1, 30 do work(n) end
    assert.is_true(work(31) < few * 2)
  end)

  it("refuses options that it doesn't know", function()
    assert.error_matches(function() Memory.new { keeps = 1 } end, 'did you mean "keep"', 1, true)
    assert.error_matches(function() Memory.new { keep = 0 } end, '"keep" must be', 1, true)
    for _, max in ipairs { 0, 1.5, "9" } do
      assert.error_matches(function() Memory.new { max = max } end, '"max" must be', 1, true)
    end
    assert.error_matches(function() Memory.new { now = 1 } end, '"now" must be', 1, true)
  end)

  it("tells how much it holds, and of nothing else", function()
    local store = new()
    store:commit(store:claim("evt_1", 60))
    store:claim("evt_2", 60)
    assert.equal("stripe.webhook.store.memory (1 committed, 1 not)", tostring(store))
  end)
end)
