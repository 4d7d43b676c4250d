local Proxy = require "spec.support.redis_proxy"
local Redis = require "stripe.webhook.redis"
local Server = require "spec.support.redis_server"

describe("a connection to Redis", function()
  local server, connection

  setup(function() server = Server.start() end)
  teardown(function() server:stop() end)
  before_each(function() connection = Redis.connect { url = server.url, timeout = 5 } end)
  after_each(function()
    connection:command("FLUSHALL")
    connection:close()
  end)

  it("gives answers of every kind", function()
    assert.equal("PONG", connection:command("PING"))
    assert.equal("OK", connection:command("SET", "a", "1\0\r\n2"))
    assert.equal("1\0\r\n2", connection:command("GET", "a"))
    assert.equal(1, connection:command("DEL", "a"))
    assert.same({ n = 1 }, { n = select("#", connection:command("GET", "a")) })
    assert.same({ false, "1", false }, { (function()
      connection:command("SET", "b", 1)
      return (table.unpack or unpack)(connection:command("MGET", "a", "b", "a"))
    end)() })
    assert.same({}, connection:command("KEYS", "nothing*"))
  end)

  it("knows the commands of streams, which the library has never heard of", function()
    local id = connection:command("XADD", "s", "*", "payload", "bytes")
    assert.matches("^%d+%-%d+$", id)
    assert.same({ { id, { "payload", "bytes" } } }, connection:command("XRANGE", "s", "-", "+"))
    assert.equal("OK", connection:command("XGROUP", "CREATE", "s", "g", "0"))
    local read = connection:waiting(1, "XREADGROUP", "GROUP", "g", "me", "STREAMS", "s", ">")
    assert.equal(id, read[1][2][1][1])
  end)

  it("waits longer than its timeout when told to", function()
    local impatient = Redis.connect { url = server.url, timeout = 0.02 }
    connection:command("XGROUP", "CREATE", "s", "g", "0", "MKSTREAM")
    assert.same({ n = 1 }, { n = select("#", impatient:waiting(5, "XREADGROUP", "GROUP", "g", "me",
      "BLOCK", "60", "STREAMS", "s", ">")) })
    impatient:close()
  end)

  it("writes whole numbers without a fraction, whatever Lua makes of them", function()
    assert.equal("OK", connection:command("SET", "n", 2 ^ 50))
    assert.equal("1125899906842624", connection:command("GET", "n"))
    connection:command("SET", "n", 0.5)
    assert.equal("0.5", connection:command("GET", "n"))
  end)

  it("returns what the server refuses, and goes on", function()
    local reply, message, kind = connection:command("NOSUCH", "x")
    assert.is_nil(reply)
    assert.matches("^ERR unknown command", message)
    assert.equal("reply", kind)
    assert.equal("PONG", connection:command("PING"))
  end)

  it("is in step again after an error inside of an answer", function()
    local _, message, kind = connection:eval(
      "return { 'a', redis.error_reply('ERR inner'), 'b' }", {}, {})
    assert.matches("ERR inner", message, 1, true)
    assert.equal("reply", kind)
    assert.equal("PONG", connection:command("PING"))
  end)

  it("says that nobody is there", function()
    local nobody = Redis.connect { host = "127.0.0.1", port = 1 }
    local reply, message, kind = nobody:command("PING")
    assert.is_nil(reply)
    assert.equal("Redis at 127.0.0.1:1: connection refused", message)
    assert.equal("connect", kind)
  end)

  it("speaks through a unix socket", function()
    local unix = Redis.connect { unix_socket = server.unix_socket }
    assert.equal("PONG", unix:command("PING"))
    unix:close()
    unix = Redis.connect { url = "unix://" .. server.unix_socket .. "?db=2" }
    unix:command("SET", "here", "1")
    assert.is_nil(connection:command("GET", "here"))
    connection:command("SELECT", 2)
    assert.equal("1", connection:command("GET", "here"))
    unix:close()
  end)

  it("finds a restarted server again before it sends anything", function()
    connection:command("SET", "a", "1")
    server:restart()
    assert.matches("^%d+%-", connection:command("XADD", "s", "*", "a", "b"))
    assert.equal("1", connection:command("GET", "a"))
  end)

  it("gives up a server that is silent, and does not take its late answer for another", function()
    local impatient = Redis.connect { url = server.url, timeout = 0.05 }
    impatient:command("SET", "a", "of before")
    server:pause()
    local reply, message, kind = impatient:command("INCR", "n")
    server:continue()
    assert.is_nil(reply)
    assert.matches("timeout$", message)
    assert.equal("lost", kind)
    local patient = Redis.connect { url = server.url }
    assert.equal("of before", patient:command("GET", "a"))
    patient:close()
    impatient:close()
  end)

  it("runs scripts by their digest, also when the server forgot them", function()
    local script = "return { KEYS[1], ARGV[1], ARGV[2] }"
    assert.same({ "k", "a", "2" }, connection:eval(script, { "k" }, { "a", 2 }))
    connection:command("SCRIPT", "FLUSH")
    assert.same({ "k", "a", "3" }, connection:eval(script, { "k" }, { "a", 3 }))
    local calls = connection:command("INFO", "commandstats")
    assert.matches("cmdstat_evalsha:calls=%d", calls)
  end)

  it("tells an error of a script", function()
    local reply, message, kind = connection:eval("return redis.call('NOSUCH')", {}, {})
    assert.is_nil(reply)
    assert.is_string(message)
    assert.equal("reply", kind)
  end)

  describe("whose answer got lost", function()
    local proxy, through

    before_each(function()
      proxy = Proxy.start(server.port)
      through = Redis.connect { url = proxy.url, timeout = 5 }
    end)
    after_each(function()
      through:close()
      proxy:stop()
    end)

    it("does not repeat what may not be done twice", function()
      proxy:lose("INCR")
      local reply, message, kind = through:command("INCR", "n")
      assert.is_nil(reply)
      assert.matches("closed$", message)
      assert.equal("lost", kind)
      assert.is_true(proxy:lost())
      assert.equal("1", connection:command("GET", "n"))
      assert.equal(2, through:command("INCR", "n"))
    end)

    it("repeats what only looks, and what the caller says so of", function()
      connection:command("SET", "a", "1")
      proxy:lose("GET")
      assert.equal("1", through:command("GET", "a"))
      assert.is_true(proxy:lost())
      proxy:lose("INCR")
      assert.equal(2, through:repeatable("INCR", "n"))
    end)

    it("repeats a script once", function()
      local script = "return redis.call('INCR', KEYS[1])"
      through:eval(script, { "n" }, {})
      proxy:lose("EVALSHA")
      assert.equal(3, through:eval(script, { "n" }, {}))
    end)
  end)

  it("logs in, and keeps the password to itself", function()
    local locked = Server.start { password = "hush-7Qx" }
    local inside = Redis.connect {
      url = ("redis://:hush%%2D7Qx@127.0.0.1:%d/1"):format(locked.port),
    }
    assert.equal("PONG", inside:command("PING"))
    assert.equal("stripe.webhook.redis (127.0.0.1:" .. locked.port .. ")", tostring(inside))
    for _, value in pairs(inside) do assert.not_matches("hush", tostring(value)) end
    inside:close()
    local wrong = Redis.connect { host = "127.0.0.1", port = locked.port, password = "wrong-7Qx" }
    local reply, message, kind = wrong:command("PING")
    assert.is_nil(reply)
    assert.equal("connect", kind)
    assert.matches("WRONGPASS", message)
    assert.not_matches("7Qx", message)
    locked:stop()
  end)

  it("takes a client of lua-redis that is there already, and leaves it as it was", function()
    local found, library = pcall(require, "redis")
    if not found then -- this Lua has no lua-redis of its own; the file is the same
      local paths = package.path:gsub("/5%.%d/", "/5.3/")
      library = assert(loadfile(rawget(package, "searchpath")("redis", paths)))("redis")
    end
    local client = library.connect { host = "127.0.0.1", port = server.port }
    local given = Redis.connect { client = client }
    assert.equal("PONG", given:command("PING"))
    assert.matches("^ERR", select(2, given:command("NOSUCH")))
    assert.error_matches(function() client:set("a") end, "redis error: ERR")
    given:close()
    assert.is_true(client:ping())
    client:quit()
  end)

  it("says what to install when a library is not there", function()
    for _, name in ipairs { "redis", "socket" } do
      local loaded, searchpath = package.loaded[name], rawget(package, "searchpath")
      package.loaded[name] = nil
      package.preload[name] = function() error("there is no " .. name) end
      rawset(package, "searchpath", searchpath and function() return nil end)
      local reply, message, kind = Redis.connect({ url = server.url }):command("PING")
      package.loaded[name], package.preload[name] = loaded, nil
      rawset(package, "searchpath", searchpath)
      assert.is_nil(reply)
      assert.equal("connect", kind)
      assert.matches("apt install lua-redis lua-socket", message, 1, true)
    end
  end)

  it("refuses words that are neither text nor numbers", function()
    assert.error_matches(function() connection:command("SET", "a", true) end,
      "word 3 of a Redis command must be a string or a number, not a boolean", 1, true)
    assert.error_matches(function() connection:command("GET", nil) end, "not a nil", 1, true)
    assert.error_matches(function() connection:command() end, "needs its name", 1, true)
  end)
end)
