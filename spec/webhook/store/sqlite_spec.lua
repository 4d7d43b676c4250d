local Sqlite = require "stripe.webhook.store.sqlite"
local stripe = require "stripe"

describe("a store in an SQLite file", function()
  local path, store, time, others

  local function open(options)
    local given = { path = path, now = function() return time end }
    for name, value in pairs(options or {}) do given[name] = value end
    local opened = assert(Sqlite.new(given))
    others[#others + 1] = opened
    return opened
  end

  before_each(function()
    path, time, others = os.tmpname(), 1767225600, {}
    store = open()
  end)
  after_each(function()
    for _, one in ipairs(others) do one:close() end
    for _, suffix in ipairs { "", "-wal", "-shm" } do os.remove(path .. suffix) end
  end)

  local function rows(sql)
    return assert(store.file:run(sql))
  end

  it("is one store, however many have opened the file", function()
    local other = open()
    local claim = store:claim("evt_1", 60)
    assert.equal("claimed", (select(2, other:claim("evt_1", 60))))
    time = time + 60
    local taken = other:claim("evt_1", 60)
    assert.equal(2, taken.attempt)
    assert.same({ nil, "lost" }, { store:commit(claim) })
    assert.is_true(other:commit(taken))
    assert.same({ nil, "committed" }, { store:claim("evt_1", 60) })
  end)

  it("is there again after everybody has closed it", function()
    store:commit(store:claim("evt_1", 60), "key", "1")
    local token = store:claim("evt_2", 60).token
    store:close()
    store = open()
    assert.same({ nil, "committed" }, { store:claim("evt_1", 60) })
    assert.equal("1", store:newest("key"))
    assert.is_true(store:claim("evt_3", 60).token > token)
  end)

  it("lives in a database that has tables of its own", function()
    rows "CREATE TABLE orders (id TEXT)"
    for _, row in ipairs(rows "SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'") do
      assert.is_true(row.name == "orders" or row.name:find("^stripe_webhook_") ~= nil, row.name)
    end
    assert.equal(0, rows("PRAGMA user_version")[1].user_version)
  end)

  it("is durable: write-ahead log, everything on disk before it is said", function()
    assert.equal("wal", rows("PRAGMA journal_mode")[1].journal_mode)
    assert.equal(2, rows("PRAGMA synchronous")[1].synchronous)
  end)

  it("refuses a file that a newer version made", function()
    rows "UPDATE stripe_webhook_meta SET value = 99 WHERE name = 'version'"
    local opened, message = Sqlite.new { path = path }
    assert.is_nil(opened)
    assert.matches("its webhook tables have version 99; this library writes version 1", message,
      1, true)
  end)

  it("says why a file can't be opened", function()
    local opened, message = Sqlite.new { path = "/nonexistent/store.db" }
    assert.is_nil(opened)
    assert.equal("/nonexistent/store.db: unable to open database file", message)
    local file = assert(io.open(path .. "-text", "w"))
    file:write(("no database "):rep(1000))
    file:close()
    opened, message = Sqlite.new { path = path .. "-text" }
    os.remove(path .. "-text")
    assert.is_nil(opened)
    assert.matches("not a database", message, 1, true)
  end)

  it("fails with words when the file is locked or the store is closed", function()
    local impatient = open { timeout = 0.01 }
    rows "BEGIN IMMEDIATE"
    assert.same({ nil, "failed", "database is locked" }, { impatient:claim("evt_1", 60) })
    rows "ROLLBACK"
    assert.is_table(impatient:claim("evt_1", 60))
    impatient:close()
    assert.same({ nil, "failed", "the store is closed" }, { impatient:claim("evt_2", 60) })
  end)

  it("knows a committed id without waiting for who writes", function()
    store:commit(store:claim("evt_1", 60))
    local impatient = open { timeout = 0.01 }
    rows "BEGIN IMMEDIATE"
    assert.same({ nil, "committed" }, { impatient:claim("evt_1", 60) })
    rows "ROLLBACK"
  end)

  it("drops old rows while it works, a bounded number at a time", function()
    store:close()
    store = open { keep = 1000 }
    for i = 1, 100 do store:commit(store:claim("old_" .. i, 60), "key_" .. i, "1") end
    time = time + 1000
    for i = 1, 64 do store:commit(store:claim("new_" .. i, 60)) end
    assert.equal(64, rows("SELECT count(*) AS n FROM stripe_webhook_events")[1].n)
    assert.equal(0, rows("SELECT count(*) AS n FROM stripe_webhook_orders")[1].n)
  end)

  it("finds old rows by an index", function()
    local plan = rows("EXPLAIN QUERY PLAN SELECT id FROM stripe_webhook_events "
      .. "WHERE touched <= 1 ORDER BY touched LIMIT 5")
    assert.matches("USING COVERING INDEX stripe_webhook_events_touched", plan[1].detail, 1, true)
  end)

  it("refuses a path that makes no sense", function()
    assert.error_matches(function() Sqlite.new {} end, 'needs the option "path"', 1, true)
    assert.error_matches(function() Sqlite.new { path = "" } end, 'needs the option "path"')
    assert.error_matches(function() Sqlite.new { path = "a\0b" } end, "NUL", 1, true)
    assert.error_matches(function() Sqlite.new() end, "takes a table", 1, true)
  end)

  describe("and a handler's transaction", function()
    local claim

    before_each(function()
      rows "CREATE TABLE effects (id TEXT, n)"
      claim = store:claim("evt_1", 60)
    end)

    local function effects() return rows("SELECT count(*) AS n FROM effects")[1].n end

    it("commits what was written with the event", function()
      local transaction = store:begin(claim)
      assert.equal(1, transaction:execute("INSERT INTO effects VALUES ('evt_1', 1)"))
      assert.is_true(transaction:commit("key", "5"))
      assert.equal(1, effects())
      assert.equal("5", store:newest("key"))
      assert.same({ nil, "committed" }, { store:claim("evt_1", 60) })
    end)

    it("shows nothing of it before that", function()
      local transaction = store:begin(claim)
      transaction:execute("INSERT INTO effects VALUES ('evt_1', 1)")
      local other = open()
      assert.equal(0, other.file:run("SELECT count(*) AS n FROM effects")[1].n)
      transaction:rollback()
    end)

    it("undoes it, and the claim is still there", function()
      local transaction = store:begin(claim)
      transaction:execute("INSERT INTO effects VALUES ('evt_1', 1)")
      assert.is_true(transaction:rollback())
      assert.is_true(transaction:rollback())
      assert.equal(0, effects())
      assert.is_true(store:release(claim))
      assert.equal(2, store:claim("evt_1", 60).attempt)
    end)

    it("doesn't begin when the claim was taken over", function()
      time = time + 60
      local taken = open():claim("evt_1", 60)
      assert.same({ nil, "lost" }, { store:begin(claim) })
      assert.is_table(store:begin(taken))
    end)

    it("keeps everybody else out until it ends, so that nobody can take its claim", function()
      local impatient = open { timeout = 0.01 }
      local transaction = store:begin(claim)
      time = time + 61
      assert.equal("failed", (select(2, impatient:claim("evt_1", 60))))
      assert.is_true(transaction:commit())
      assert.same({ nil, "committed" }, { impatient:claim("evt_1", 60) })
    end)

    it("renews its claim from inside", function()
      local transaction = store:begin(claim)
      time = time + 50
      assert.is_true(store:renew(claim, 60))
      assert.equal(time + 60, claim.expires)
      assert.is_true(transaction:commit())
    end)

    it("is not for claiming something else", function()
      local transaction = store:begin(claim)
      assert.same({ nil, "failed", "the handler's own transaction is open" },
        { store:claim("evt_2", 60) })
      transaction:rollback()
      assert.is_table(store:claim("evt_2", 60))
    end)

    it("makes the other tasks of the process wait", function()
      local order = {}
      local second = store:claim("evt_2", 60)
      local function work(name, of)
        return function()
          local transaction = assert(store:begin(of))
          order[#order + 1] = name .. " begins"
          require("stripe.driver").current().sleep(0.02)
          assert(transaction:execute("INSERT INTO effects VALUES ('" .. name .. "', 1)"))
          order[#order + 1] = name .. " ends"
          return transaction:commit()
        end
      end
      local function claim_third() return store:claim("evt_3", 60) end
      local results, errors = stripe.gather { work("one", claim), work("two", second), claim_third }
      assert.is_nil(errors)
      assert.is_true(results[1] and results[2])
      assert.is_table(results[3])
      assert.same({ "one begins", "one ends", "two begins", "two ends" }, order)
      assert.equal(2, effects())
    end)

    it("is ended when its lease ran out and somebody waits: its handler may be gone", function()
      local abandoned
      coroutine.wrap(function()
        abandoned = store:begin(claim)
        abandoned:execute("INSERT INTO effects VALUES ('evt_1', 1)")
        coroutine.yield()
      end)()
      time = time + 61
      assert.is_table(store:claim("evt_2", 60))
      assert.equal(0, effects())
      assert.same({ nil, "failed", "the transaction has ended: its lease ran out" },
        { abandoned:commit() })
      assert.same({ nil, "the transaction has ended: its lease ran out" },
        { abandoned:execute("INSERT INTO effects VALUES ('evt_1', 1)") })
    end)

    it("is undone when the store is closed", function()
      local transaction = store:begin(claim)
      transaction:execute("INSERT INTO effects VALUES ('evt_1', 1)")
      store:close()
      store = open()
      assert.equal(0, effects())
    end)
  end)
end)
