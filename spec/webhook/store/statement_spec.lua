local Statement = require "stripe.webhook.store.statement"

describe("a statement of a transaction", function()
  it("is one, whatever stands in its texts and comments", function()
    for _, sql in ipairs {
      "INSERT INTO t VALUES ('a; b')", "SELECT 1;", "SELECT 1 ; \n", "SELECT 'it''s; so'",
      'SELECT "a;b" FROM t', "SELECT `a;b`, [c;d] FROM t", "SELECT 1 -- one; two",
      "SELECT /* a; b */ 1", "SELECT 3 - 2 / 1", "UPDATE t SET returning_day = 1",
      "INSERT INTO t VALUES ('RETURNING')", "SAVEPOINT mine", "ROLLBACK TO mine", "RELEASE mine",
      "rollback transaction to mine", "CREATE TRIGGER a AFTER INSERT ON t BEGIN SELECT 1; END",
      "create temp trigger a AFTER INSERT ON t BEGIN SELECT 1; SELECT 2; END ; ",
      "CREATE TABLE t (trigger TEXT);", "SELECT 1;;", "SELECT 'open",
    } do
      assert.is_nil(Statement.problem(sql), sql)
    end
  end)

  it("is not several: the others would not run", function()
    for _, sql in ipairs {
      "SELECT 1; SELECT 2", "SELECT ';'; SELECT 2", "SELECT 1 /* ; */; DELETE FROM t",
      "SELECT 1 --\n; SELECT 2", "CREATE TABLE t (id TEXT); INSERT INTO t VALUES (1)",
      "CREATE TRIGGER a AFTER INSERT ON t BEGIN SELECT 1; END; INSERT INTO t VALUES (1)",
    } do
      assert.matches("one statement at a time", Statement.problem(sql), 1, true)
    end
  end)

  it("is one at least", function()
    for _, sql in ipairs { "", " ;", "-- nothing\n", "/* none */" } do
      assert.matches("no statement", Statement.problem(sql), 1, true)
    end
  end)

  it("doesn't end the transaction", function()
    for _, sql in ipairs {
      "COMMIT", " commit;", "END", "ROLLBACK", "-- x\nROLLBACK", "/* x */ BEGIN",
      "ROLLBACK TRANSACTION",
    } do
      assert.matches("ends with the handler", Statement.problem(sql), 1, true)
    end
  end)

  it("has no RETURNING, which LuaSQL would run twice", function()
    assert.matches("twice", Statement.problem("INSERT INTO t VALUES (1) returning id"), 1, true)
  end)

  it("has no NUL, which would be its end", function()
    assert.matches("NUL", Statement.problem("SELECT 'a\0b'"), 1, true)
  end)
end)
