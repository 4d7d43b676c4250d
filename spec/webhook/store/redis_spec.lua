local Proxy = require "spec.support.redis_proxy"
local Redis = require "stripe.webhook.redis"
local Server = require "spec.support.redis_server"
local Store = require "stripe.webhook.store.redis"

describe("a store in Redis", function()
  local server, store

  setup(function() server = Server.start() end)
  teardown(function() server:stop() end)
  before_each(function() store = Store.new { url = server.url } end)
  after_each(function()
    store.connection:command("FLUSHALL")
    store:close()
  end)

  it("is one store for all that connect, by the server's clock", function()
    local other = Store.new { unix_socket = server.unix_socket }
    local claim = store:claim("evt_1", 60)
    local _, why, left = other:claim("evt_1", 60)
    assert.equal("claimed", why)
    assert.is_true(left > 50 and left <= 60)
    local time = store.connection:command("TIME")
    assert.is_true(math.abs(claim.expires - 60 - tonumber(time[1])) < 5)
    assert.is_true(other:commit(claim))
    assert.same({ nil, "committed" }, { store:claim("evt_1", 60) })
    other:close()
  end)

  it("keeps all keys in one slot of a cluster, under a prefix", function()
    local named = Store.new { url = server.url, prefix = "shop" }
    named:commit(named:claim("evt_1", 60), "order {1}", "5")
    local keys = named.connection:command("KEYS", "*")
    table.sort(keys)
    assert.same({ "{shop}:event:evt_1", "{shop}:order:order {1}", "{shop}:token" }, keys)
    for _, key in ipairs(keys) do assert.equal("shop", key:match("^{(.-)}")) end
    named:close()
    assert.equal("{mine}.x", Store.new({ prefix = "{mine}.x" }).prefix)
  end)

  it("lets keys end by themselves when they are too old", function()
    local short = Store.new { url = server.url, keep = 100 }
    short:commit(short:claim("evt_1", 60), "key", "1")
    short:claim("evt_2", 500)
    local function left(key) return short.connection:command("PTTL", short.prefix .. key) end
    assert.is_true(left ":event:evt_1" > 90000 and left ":event:evt_1" <= 100000)
    assert.is_true(left ":order:key" > 90000 and left ":order:key" <= 100000)
    assert.is_true(left ":event:evt_2" > 400000)
    assert.equal(-1, left ":token")
    short:close()
  end)

  it("gives growing tokens even when the server has forgotten everything", function()
    local before = store:claim("evt_1", 60)
    store.connection:command("FLUSHALL")
    local after = store:claim("evt_1", 60)
    assert.is_true(after.token > before.token)
    assert.same({ nil, "lost" }, { store:commit(before) })
    assert.is_true(store:commit(after))
  end)

  it("has everything that was answered when the server is killed and starts again", function()
    store:commit(store:claim("evt_1", 60), "key", "1")
    local claim = store:claim("evt_2", 60)
    server:restart()
    assert.same({ nil, "committed" }, { store:claim("evt_1", 60) })
    assert.equal("1", store:newest("key"))
    assert.equal("claimed", (select(2, store:claim("evt_2", 60))))
    assert.is_true(store:commit(claim))
  end)

  it("fails with words while the server is away, and works when it is back", function()
    local claim = store:claim("evt_1", 60)
    server:kill()
    for _, verb in ipairs { "commit", "release" } do
      local done, why, message = store[verb](store, claim)
      assert.is_nil(done)
      assert.equal("failed", why)
      assert.matches("^Redis at 127.0.0.1:%d+: ", message)
    end
    assert.equal("failed", (select(2, store:claim("evt_2", 60))))
    assert.equal("failed", (select(2, store:renew(claim, 60))))
    assert.equal("failed", (select(2, store:newest("key"))))
    server:restart()
    assert.is_true(store:commit(claim))
  end)

  it("takes its scripts to a server that does not know them", function()
    store:claim("evt_1", 60)
    store.connection:command("SCRIPT", "FLUSH")
    assert.is_table(store:claim("evt_2", 60))
  end)

  it("fails in time when the server is silent", function()
    local impatient = Store.new { url = server.url, timeout = 0.05 }
    impatient:claim("evt_1", 60)
    server:pause()
    local claim, why, message = impatient:claim("evt_2", 60)
    server:continue()
    assert.is_nil(claim)
    assert.equal("failed", why)
    assert.matches("timeout", message)
    impatient:close()
  end)

  describe("whose answer got lost", function()
    local proxy, through

    before_each(function()
      proxy = Proxy.start(server.port)
      through = Store.new { url = proxy.url }
      for _, id in ipairs { "warm_1", "warm_2" } do -- the scripts are known from here on
        local claim = through:claim(id, 60)
        through:renew(claim, 60)
        if id == "warm_1" then through:commit(claim) else through:release(claim) end
      end
    end)
    after_each(function()
      through:close()
      proxy:stop()
    end)

    it("finds its own claim again", function()
      proxy:lose("evt_1")
      local claim = through:claim("evt_1", 60)
      assert.is_true(proxy:lost())
      assert.equal(1, claim.attempt)
      assert.equal("claimed", (select(2, store:claim("evt_1", 60))))
      assert.is_true(through:commit(claim))
    end)

    it("says of a commit, a renewal and a release what came of them", function()
      local claim = through:claim("evt_1", 60)
      proxy:lose("evt_1")
      assert.is_true(through:renew(claim, 120))
      assert.is_true(proxy:lost())
      proxy:lose("evt_1")
      assert.is_true(through:commit(claim, "key", "1"))
      assert.is_true(proxy:lost())
      assert.equal("1", store:newest("key"))
      claim = through:claim("evt_2", 60)
      proxy:lose("evt_2")
      assert.is_true(through:release(claim))
      assert.is_true(proxy:lost())
      assert.equal(2, store:claim("evt_2", 60).attempt)
      claim = through:claim("evt_3", 60)
      proxy:lose("evt_3")
      assert.is_true(through:release(claim, true))
      assert.is_true(proxy:lost())
      assert.equal(1, store:claim("evt_3", 60).attempt)
    end)
  end)

  it("shares a connection that is there", function()
    local connection = Redis.connect { url = server.url }
    local sharing = Store.new { connection = connection }
    assert.is_table(sharing:claim("evt_1", 60))
    assert.error_matches(function() Store.new { connection = connection, url = "x" } end,
      "not both", 1, true)
    assert.error_matches(function() Store.new { connection = {} } end, "one of", 1, true)
    connection:close()
  end)

  it("tells of mistakes in the options where they were made", function()
    local _, message = pcall(function() Store.new { url = "http://:hush@x" } end)
    assert.matches("redis_spec.lua:%d+: option \"url\" must start", message)
    assert.not_matches("hush", message)
  end)

  it("warns once of a server that would forget events, and lives with what that throws", function()
    local said = {}
    local function on_warning(message)
      said[#said + 1] = message
      error "of the observer"
    end
    local warned = Store.new { url = server.url, on_warning = on_warning }
    warned:claim("evt_1", 60)
    assert.same({}, said)
    warned.connection:command("CONFIG", "SET", "appendfsync", "everysec")
    warned:claim("evt_2", 60)
    assert.same({}, said) -- it was asked once
    local later = Store.new { url = server.url, on_warning = on_warning }
    later:claim("evt_3", 60)
    later:claim("evt_4", 60)
    later.connection:command("CONFIG", "SET", "appendfsync", "always")
    assert.equal(1, #said)
    assert.matches("^Redis at 127.0.0.1:%d+ loses up to a second of events", said[1])
    warned:close()
    later:close()
  end)
end)
