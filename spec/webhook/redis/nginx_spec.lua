-- lua-resty-redis as it is, over sockets that wait in place: what nginx itself does with them is
-- for the specs that start nginx.
local socket = require "socket"
local Server = require "spec.support.redis_server"

local function load_fresh(name)
  package.loaded[name] = nil
  return require(name)
end

describe("a connection to Redis inside nginx", function()
  local server, Redis, phase, made, pooled
  local kept = {}

  -- As cosockets go: connections end up in a pool by name, and come back from there.
  local function tcp()
    local cosocket, pool = { reused = 0 }, nil
    function cosocket.settimeout(_, milliseconds) cosocket.timeout = milliseconds / 1000 end
    function cosocket.connect(_, ...)
      local words = { ... }
      pool = words[#words].pool
      local waiting = table.remove(pooled[pool] or {})
      if waiting then
        cosocket.socket, cosocket.reused = waiting.socket, waiting.reused + 1
        return 1
      end
      made = made + 1
      if words[1]:find("^unix:") then
        local unix = require "socket.unix"
        cosocket.socket = (type(unix) == "table" and unix.stream or unix)()
        return cosocket.socket:connect((words[1]:gsub("^unix:", "")))
      end
      cosocket.socket = socket.tcp()
      return cosocket.socket:connect(words[1], words[2])
    end
    function cosocket.getreusedtimes() return cosocket.reused end
    function cosocket.setkeepalive()
      pooled[pool] = pooled[pool] or {}
      table.insert(pooled[pool], { socket = cosocket.socket, reused = cosocket.reused })
      cosocket.socket = nil
      return 1
    end
    function cosocket.close() return cosocket.socket:close() end
    local function flat(value)
      if type(value) ~= "table" then return tostring(value) end
      for i, part in ipairs(value) do value[i] = flat(part) end
      return table.concat(value)
    end
    function cosocket.send(_, bytes)
      cosocket.socket:settimeout(cosocket.timeout)
      return cosocket.socket:send(flat(bytes))
    end
    function cosocket.receive(_, what)
      cosocket.socket:settimeout(cosocket.timeout)
      return cosocket.socket:receive(what)
    end
    return cosocket
  end

  setup(function()
    server = Server.start { password = "hush-7Qx" }
    kept.ngx = rawget(_G, "ngx")
    kept.path = package.path
    if not package.path:find("/usr/share/lua/5.1/", 1, true) then
      package.path = package.path .. ";/usr/share/lua/5.1/?.lua"
    end
    rawset(_G, "ngx", {
      null = setmetatable({}, { __tostring = function() return "null" end }),
      socket = { tcp = tcp }, get_phase = function() return phase end,
    })
    package.loaded["nginx.redis"] = nil
    rawset(_G, "unpack", rawget(_G, "unpack") or table.unpack) -- it is written for LuaJIT
    load_fresh "stripe.webhook.redis.nginx"
    Redis = load_fresh "stripe.webhook.redis"
  end)

  teardown(function()
    server:stop()
    rawset(_G, "ngx", kept.ngx)
    package.path = kept.path
    package.loaded["nginx.redis"] = nil
    package.loaded["stripe.webhook.redis.nginx"] = nil
    package.loaded["stripe.webhook.redis"] = nil
  end)

  before_each(function() phase, made, pooled = "content", 0, {} end)

  local function connect(options)
    local given = { url = server.url, password = "hush-7Qx", db = 1 }
    for name, value in pairs(options or {}) do given[name] = value end
    return Redis.connect(given)
  end

  it("gives the same answers as in a script", function()
    local connection = connect()
    assert.equal("OK", connection:command("SET", "a", "1\0\r\n2"))
    assert.equal("1\0\r\n2", connection:command("GET", "a"))
    assert.same({ n = 1 }, { n = select("#", connection:command("GET", "none")) })
    assert.same({ "1\0\r\n2", false }, connection:command("MGET", "a", "none"))
    local reply, message, kind = connection:command("NOSUCH")
    assert.is_nil(reply)
    assert.matches("^ERR unknown command", message)
    assert.equal("reply", kind)
    assert.same({ "k", 2 }, connection:eval("return { KEYS[1], 2 }", { "k" }, {}))
  end)

  it("holds no connection, and logs in once on each that the pool has", function()
    local connection = connect()
    for _ = 1, 5 do assert.equal("PONG", connection:command("PING")) end
    assert.equal(1, made)
    local name = next(pooled)
    assert.matches("127.0.0.1", name, 1, true)
    assert.not_matches("hush", name)
    connect({ db = 2 }):command("PING")
    assert.equal(2, made)
  end)

  it("speaks through a unix socket", function()
    local connection = Redis.connect { unix_socket = server.unix_socket, password = "hush-7Qx" }
    assert.equal("PONG", connection:command("PING"))
  end)

  it("repeats a script on a new connection when one from the pool turns out dead", function()
    local connection = connect()
    connection:command("PING")
    phase = "init" -- the server's own support asks it whether it is up
    server:restart()
    phase = "content"
    assert.equal(1, connection:eval("return redis.call('INCR', KEYS[1])", { "n" }, {}))
    assert.equal(2, made)
  end)

  it("says why it could not log in", function()
    local reply, message, kind = connect({ password = "wrong-7Qx" }):command("PING")
    assert.is_nil(reply)
    assert.matches("WRONGPASS", message)
    assert.not_matches("7Qx", message)
    assert.equal("connect", kind)
  end)

  it("is the script's where nginx has no cosockets", function()
    phase = "init"
    local connection = connect()
    assert.equal("PONG", connection:command("PING"))
    assert.equal(0, made)
    connection:close()
  end)
end)
