local Sqlite = require "stripe.webhook.store.sqlite"

describe("a transaction of the SQLite store", function()
  local path, store, claim, transaction

  before_each(function()
    path = os.tmpname()
    store = assert(Sqlite.new { path = path })
    assert(store.file:run("CREATE TABLE t (a UNIQUE, b TEXT)"))
    claim = store:claim("evt_1", 60)
    transaction = store:begin(claim)
  end)
  after_each(function()
    store:close()
    for _, suffix in ipairs { "", "-wal", "-shm" } do os.remove(path .. suffix) end
  end)

  local function left() return store.file:run("SELECT count(*) AS n FROM t")[1].n end

  it("tells how many rows changed, or gives the rows", function()
    assert.equal(2, transaction:execute("INSERT INTO t VALUES (1, 'x'), (2, NULL)"))
    assert.same({ { a = 1, b = "x" }, { a = 2 } }, transaction:execute("SELECT * FROM t"))
    assert.equal(1, transaction:execute("UPDATE t SET b = 'y' WHERE a = 1"))
    assert.same({}, transaction:execute("SELECT * FROM t WHERE a = 3"))
    if math.type then
      assert.equal("integer", math.type(transaction:execute("SELECT a FROM t")[1].a))
    end
  end)

  it("writes any value so that it comes back", function()
    local values = { "it's", "", "nul\0nul", "\255", "a;b--c", 0, -5, 2 ^ 40, 0.5, 1e300, -0.1 }
    for _, value in ipairs(values) do
      local row = transaction:execute("SELECT " .. transaction:quote(value) .. " AS v")[1]
      assert.equal(value, row.v)
    end
    assert.equal("NULL", transaction:quote(nil))
    assert.equal("1", transaction:quote(true))
    assert.equal("0", transaction:quote(false))
    assert.equal("it''s", transaction:escape("it's"))
  end)

  it("refuses values that SQL has no way to say", function()
    assert.error_matches(function() transaction:quote({}) end, "can't write a table", 1, true)
    assert.error_matches(function() transaction:quote(0 / 0) end, "can't write a %-?nan")
    assert.error_matches(function() transaction:escape("a\0b") end, "without NUL", 1, true)
    assert.error_matches(function() transaction:execute(5) end, "as a string", 1, true)
    assert.error_matches(function() transaction.execute("SELECT 1") end, "with a colon", 1, true)
    assert.error_matches(function() transaction:execute("COMMIT") end, "ends with the handler",
      1, true)
  end)

  it("goes on after a statement that failed", function()
    transaction:execute("INSERT INTO t VALUES (1, 'x')")
    local done, message = transaction:execute("INSERT INTO t VALUES (1, 'y')")
    assert.is_nil(done)
    assert.matches("UNIQUE constraint failed", message, 1, true)
    transaction:execute("INSERT INTO t VALUES (2, 'y')")
    assert.is_true(transaction:commit())
    assert.equal(2, left())
  end)

  it("takes savepoints of the handler", function()
    transaction:execute("SAVEPOINT mine")
    transaction:execute("INSERT INTO t VALUES (1, 'x')")
    transaction:execute("ROLLBACK TO mine")
    transaction:execute("INSERT INTO t VALUES (2, 'y')")
    assert.is_true(transaction:commit())
    assert.equal(1, left())
  end)

  it("commits neither rows nor event once SQLite has undone it", function()
    transaction:execute("INSERT INTO t VALUES (1, 'x')")
    assert.is_nil((transaction:execute("INSERT OR ROLLBACK INTO t VALUES (1, 'y')")))
    local done, message = transaction:execute("INSERT INTO t VALUES (2, 'z')")
    assert.is_nil(done)
    assert.matches("the transaction has ended: UNIQUE constraint failed", message, 1, true)
    assert.equal("failed", (select(2, transaction:commit())))
    assert.equal(0, left())
    assert.equal("claimed", (select(2, store:claim("evt_1", 60))))
  end)

  it("commits nothing when it is no more the one that began", function()
    transaction:execute("INSERT INTO t VALUES (1, 'x')")
    store.file:run("ROLLBACK")
    store.file:run("BEGIN")
    store.file:run("INSERT INTO t VALUES (2, 'y')")
    local done, why, message = transaction:commit()
    assert.is_nil(done)
    assert.equal("failed", why)
    assert.matches("no such savepoint", message, 1, true)
    assert.equal(0, left())
    assert.equal("claimed", (select(2, store:claim("evt_1", 60))))
  end)

  it("commits nothing when what it wrote breaks a deferred rule", function()
    transaction:rollback()
    store.file:run("PRAGMA foreign_keys = ON")
    store.file:run("CREATE TABLE child (a REFERENCES t (a) DEFERRABLE INITIALLY DEFERRED)")
    transaction = store:begin(claim)
    assert.equal(1, transaction:execute("INSERT INTO child VALUES (7)"))
    local done, why, message = transaction:commit()
    assert.is_nil(done)
    assert.equal("failed", why)
    assert.matches("FOREIGN KEY", message, 1, true)
    assert.equal("claimed", (select(2, store:claim("evt_1", 60))))
  end)

  it("commits nothing for a claim that is not there any more", function()
    transaction:execute("INSERT INTO t VALUES (1, 'x')")
    transaction:execute("UPDATE stripe_webhook_events SET token = token + 1")
    assert.same({ nil, "lost" }, { transaction:commit() })
    assert.equal(0, left())
  end)

  it("tells how it stands", function()
    assert.equal("stripe.webhook.store.transaction (open)", tostring(transaction))
    transaction:commit()
    assert.equal("stripe.webhook.store.transaction (committed)", tostring(transaction))
    assert.same({ nil, "failed", "the transaction has ended: committed" }, { transaction:commit() })
  end)
end)
