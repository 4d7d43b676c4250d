-- What every store promises: one list of sentences over all of them.
local stores = require "spec.support.stores"

for _, kind in ipairs(stores.kinds) do
  describe("a store in " .. kind, function()
    local store, advance, remove

    local function new(options)
      store, advance, remove = stores[kind](options)
    end

    before_each(function() new() end)
    after_each(function() remove() end)
    teardown(stores.stop)

    local function seconds(expected, given)
      assert.is_true(math.abs(expected - given) < 0.01, tostring(given))
    end

    it("gives a claim to one only", function()
      local claim = store:claim("evt_1", 60)
      assert.equal("evt_1", claim.id)
      assert.equal(1, claim.attempt)
      assert.is_true(claim.token % 1 == 0)
      advance(20)
      local second, why, left = store:claim("evt_1", 60)
      assert.is_nil(second)
      assert.equal("claimed", why)
      seconds(40, left)
      assert.is_table(store:claim("evt_2", 60))
    end)

    it("gives tokens that grow with every claim of any id", function()
      local last = 0
      for i = 1, 20 do
        local claim = store:claim("evt_" .. i % 7, 60)
        assert.is_true(claim.token > last)
        last = claim.token
        store:release(claim, i % 3 == 0)
      end
    end)

    it("remembers what was committed", function()
      assert.is_true(store:commit(store:claim("evt_1", 60)))
      advance(34 * 86400)
      assert.same({ nil, "committed" }, { store:claim("evt_1", 60) })
    end)

    it("gives an expired claim to the next, who is told; who had it can do nothing more", function()
      local first = store:claim("evt_1", 60)
      advance(61)
      local second = store:claim("evt_1", 60)
      assert.equal(2, second.attempt)
      assert.is_true(second.token > first.token)
      assert.same({ nil, "lost" }, { store:commit(first, "key", "9") })
      assert.same({ nil, "lost" }, { store:renew(first, 60) })
      assert.same({ nil, "lost" }, { store:release(first) })
      assert.same({ nil, "lost" }, { store:release(first, true) })
      assert.is_nil(store:newest("key"))
      assert.equal("claimed", (select(2, store:claim("evt_1", 60))))
      assert.is_true(store:commit(second))
    end)

    it("commits, renews and releases an expired claim that nobody took over", function()
      local claims = {}
      for i = 1, 3 do claims[i] = store:claim("evt_" .. i, 60) end
      advance(3600)
      assert.is_true(store:commit(claims[1]))
      assert.is_true(store:renew(claims[2], 60))
      assert.equal("claimed", (select(2, store:claim("evt_2", 60))))
      assert.is_true(store:release(claims[3]))
    end)

    it("commits a claim twice, as when the first answer got lost", function()
      local claim = store:claim("evt_1", 60)
      assert.is_true(store:commit(claim))
      assert.is_true(store:commit(claim))
      assert.same({ nil, "lost" }, { store:release(claim) })
      assert.same({ nil, "lost" }, { store:renew(claim, 60) })
      assert.same({ nil, "committed" }, { store:claim("evt_1", 60) })
    end)

    it("makes a claim last longer", function()
      local claim = store:claim("evt_1", 60)
      local expires = claim.expires
      advance(50)
      assert.is_true(store:renew(claim, 60))
      seconds(expires + 50, claim.expires)
      advance(50)
      local _, why, left = store:claim("evt_1", 60)
      assert.equal("claimed", why)
      seconds(10, left)
      advance(20)
      assert.is_true(store:renew(claim, 30))
      seconds(30, (select(3, store:claim("evt_1", 60))))
    end)

    it("takes a claim back and counts on", function()
      local claim = store:claim("evt_1", 60)
      assert.is_true(store:release(claim))
      assert.same({ nil, "lost" }, { store:release(claim) })
      assert.same({ nil, "lost" }, { store:commit(claim, "key", "1") })
      assert.same({ nil, "lost" }, { store:renew(claim, 60) })
      assert.is_nil(store:newest("key"))
      assert.equal(2, store:claim("evt_1", 60).attempt)
    end)

    it("forgets a claim when told to, but never gives a token twice", function()
      local claim = store:claim("lock", 60)
      assert.is_true(store:release(claim, true))
      assert.same({ nil, "lost" }, { store:release(claim, true) })
      assert.same({ nil, "lost" }, { store:commit(claim) })
      local again = store:claim("lock", 60)
      assert.equal(1, again.attempt)
      assert.is_true(again.token > claim.token)
      assert.same({ nil, "lost" }, { store:commit(claim) })
      assert.is_true(store:commit(again))
    end)

    it("records the highest order of an object, with the commit", function()
      assert.is_nil(store:newest("key"))
      assert.is_true(store:commit(store:claim("evt_1", 60), "key", "005"))
      assert.equal("005", store:newest("key"))
      assert.is_true(store:commit(store:claim("evt_2", 60), "key", "003"))
      assert.equal("005", store:newest("key"))
      assert.is_true(store:commit(store:claim("evt_3", 60), "key", "007"))
      assert.equal("007", store:newest("key"))
      assert.is_nil(store:newest("other"))
    end)

    it("compares orders by their bytes", function()
      for i, order in ipairs { "Z", "a", "a!", "aB", "ab", "ab0" } do
        store:commit(store:claim("evt_" .. i, 60), "key", order)
        assert.equal(order, store:newest("key"))
      end
    end)

    it("records no order a second time for a claim that is committed", function()
      local claim = store:claim("evt_1", 60)
      store:commit(claim, "key", "1")
      assert.is_true(store:commit(claim, "key", "2"))
      assert.equal("1", store:newest("key"))
    end)

    it("takes ids and keys of any bytes", function()
      local names = { "it's", 'x"y', "a b\r\n", "nul\0nul", "\255\254", "%s %d", "{tag}", "é",
        ("x"):rep(300) }
      for i, name in ipairs(names) do
        local claim = store:claim(name, 60)
        assert.equal(1, claim.attempt)
        assert.is_true(store:commit(claim, name, "order " .. i))
      end
      for i, name in ipairs(names) do
        assert.same({ nil, "committed" }, { store:claim(name, 60) })
        assert.equal("order " .. i, store:newest(name))
      end
      assert.is_table(store:claim("nul", 60))
    end)

    it("forgets what is too old, and nothing sooner", function()
      remove()
      new { keep = 100 }
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
      remove()
      new { keep = 100 }
      local claim = store:claim("evt_1", 500)
      advance(200)
      assert.equal("claimed", (select(2, store:claim("evt_1", 500))))
      assert.is_true(store:commit(claim))
    end)

    it("keeps 35 days unless told otherwise, as events reach back 30", function()
      assert.equal(35 * 24 * 3600, store.keep)
    end)

    it("refuses options that it doesn't know", function()
      local function making(name, value)
        local options = { path = kind == "sqlite" and "x" or nil, [name] = value }
        return function() require("stripe.webhook.store." .. kind).new(options) end
      end
      assert.error_matches(making("keeps", 1), 'unknown option "keeps"', 1, true)
      assert.error_matches(making("keep", 0), '"keep" must be', 1, true)
      assert.error_matches(making("now", 1), '"now" must be', 1, true)
    end)
  end)
end
