local Address = require "stripe.webhook.redis.address"

local function read(options)
  local address, problem = Address.read(options)
  if not address then return nil, problem end
  return { address.host, address.port, address.db, address.username or "", address.password or "" }
end

describe("the address of a Redis server", function()
  it("is loopback unless told otherwise", function()
    assert.same({ "127.0.0.1", 6379, 0, "", "" }, read {})
    assert.equal(5, Address.read({}).timeout)
  end)

  it("is read from a URL", function()
    assert.same({ "db.example", 7000, 3, "", "" }, read { url = "redis://db.example:7000/3" })
    assert.same({ "db.example", 6379, 0, "me", "a:b@c/d" },
      read { url = "redis://me:a%3Ab%40c%2fd@db.example" })
    assert.same({ "::1", 6380, 0, "", "" }, read { url = "redis://[::1]:6380/" })
    assert.same({ "127.0.0.1", 6379, 0, "", "p@ss" }, read { url = "redis://:p@ss@/" })
    assert.equal("/run/redis.sock", Address.read({ url = "unix:///run/redis.sock" }).unix_socket)
    assert.equal(4, Address.read({ url = "unix:///run/redis.sock?db=4" }).db)
  end)

  it("takes options over what the URL says", function()
    assert.same({ "db.example", 6379, 5, "", "other" },
      read { url = "redis://:one@db.example/3", db = 5, password = "other" })
  end)

  it("never repeats a URL, which may have a password in it", function()
    for url, hint in pairs {
      ["http://:hush@x"] = "must start with", ["rediss://:hush@x"] = "TLS",
      ["redis://:hush@x:y:z"] = "must look like", ["hush"] = "must start with",
      ["redis://:hush@x/1/2"] = "must look like",
    } do
      local address, problem = read { url = url }
      assert.is_nil(address)
      assert.matches(hint, problem, 1, true)
      assert.not_matches("hush", problem)
    end
  end)

  it("refuses what makes no sense", function()
    for _, case in ipairs {
      { { hots = "x" }, 'did you mean "host"' },
      { { port = "6379" }, '"port" must be a number, not a string' },
      { { port = 0 }, '"port" must be 1 to 65535' },
      { { db = -1 }, '"db" must be' },
      { { timeout = 0 }, '"timeout" must be' },
      { { username = "me" }, 'needs a "password"' },
      { { url = "redis://x", host = "y" }, "not both" },
    } do
      assert.matches(case[2], select(2, read(case[1])), 1, true)
    end
    assert.matches("takes a table", select(2, Address.read("x")), 1, true)
  end)
end)
