local core = require "stripe.core"
local memory = require "spec.support.memory"
local stripe = require "stripe"
local wire_support = require "spec.support.wire"

local path = wire_support.path

describe("A client's way to its host", function()
  local wire

  setup(function() wire = wire_support.start() end)
  teardown(function() wire:stop() stripe.close() end)

  local function get(options, act)
    return wire:client(options):request("GET", path(act or "echo"))
  end

  local function fails(code, options)
    local object, err = get(options)
    assert.is_nil(object)
    assert.equal("connection_error", err.type)
    assert.equal(code, err.code)
    assert.equal("no", err.sent)
    return err
  end

  describe("by TLS", function()
    it("trusts the authority in ca_file, by name and by address", function()
      assert(get { tls = "tls" })
      assert(get { base_url = "https://127.0.0.1:" .. wire.ports.tls })
    end)

    it("trusts nobody else, and does not try again", function()
      local err = fails("tls", { tls = "tls", ca_file = wire:file "stranger.pem", max_retries = 2 })
      assert.is_false(err.retryable)
      assert.equal(1, #err.attempts)
      fails("tls", { tls = "tls", ca_file = false })
      fails("tls", { tls = "tls", ca_file = wire:file "there-is-none.pem" })
    end)

    it("trusts no certificate of another host", function()
      assert.matches("localhost", fails("tls", { tls = "wrong_host" }).message)
    end)

    it("speaks nothing older than TLS 1.2", function()
      fails("tls", { tls = "old" })
    end)

    it("does not share a connection with a client that trusts others", function()
      assert(get { tls = "tls" })
      fails("tls", { tls = "tls", ca_file = wire:file "stranger.pem" })
      assert(get { tls = "tls" })
    end)

    it("shows its own certificate", function()
      local shown = assert(get {
        tls = "mutual", client_cert = wire:file "client.pem",
        client_key = wire:file "client-key.pem",
      })
      assert.equal("echo", shown.object)
      assert.is_nil((get { tls = "mutual" }))
    end)

    it("says so when the server wants a certificate, though it hears that late", function()
      local object, err = get { tls = "mutual" }
      assert.is_nil(object)
      assert.equal("tls", err.code)
      assert.equal("maybe", err.sent)
    end)

    it("refuses a key with a pass phrase, and asks for none at the terminal", function()
      local there = os.execute "command -v script >/dev/null"
      if there ~= true and there ~= 0 then return pending "needs script" end
      assert(os.execute(("LD_PRELOAD= openssl ec -aes256 -passout pass:word -in %s -out %s 2>%s")
        :format(wire:file "client-key.pem", wire:file "locked.pem", wire:file "openssl.log")))
      local script = wire:write("locked.lua", [[
        local directory = arg[2]
        local none, err = require "stripe".new {
          api_key = "sk_test_1", base_url = arg[1], ca_file = directory .. "/ca.pem",
          client_cert = directory .. "/client.pem", client_key = directory .. "/locked.pem",
        }:request("GET", "/v1/echo")
        assert(not none and err.code == "tls" and #err.attempts == 1, err)
        io.write "refused"
      ]])
      local at_terminal = [[at_terminal() {
        export "$1" "$2"
        shift 2
        script -qec "$*" /dev/null < /dev/null
      }
      at_terminal ]]
      local ok, output = wire_support.run(script, wire:url "mutual" .. " " .. wire.directory,
        at_terminal)
      assert.equal("refused", output)
      assert.is_true(ok)
    end)

    it("trusts a directory of authorities", function()
      os.execute(("mkdir -p %s && cp %s %s/"):format(wire:file "cas", wire:file "ca.pem",
        wire:file "cas"))
      assert.is_true(os.execute(("openssl rehash %s"):format(wire:file "cas")) ~= nil)
      assert(get { tls = "tls", ca_file = false, ca_path = wire:file "cas" })
    end)

    it("reads the authorities of the system once, not for every connection", function()
      local bundle = io.open "/etc/ssl/certs/ca-certificates.crt"
      if not bundle then return pending "this system keeps its authorities elsewhere" end
      if memory.watched then return pending "time says nothing here" end
      local all = wire:write("all.pem", bundle:read("*a") .. wire:read "ca.pem")
      bundle:close()
      local function spent(url)
        local before = os.clock()
        assert(get { base_url = url, ca_file = all })
        return os.clock() - before
      end
      local first = spent(wire:url "tls")
      local again = spent("https://127.0.0.1:" .. wire.ports.tls)
      assert.is_true(again < first / 2, ("%.1f ms, then %.1f ms"):format(first * 1e3, again * 1e3))
    end)
  end)

  it("sends a key in clear text to this machine alone", function()
    assert.has_error(function() wire:client { base_url = "http://elsewhere.test" } end)
  end)

  it("goes to a unix socket, whatever the host", function()
    local shown = assert(get { unix_socket = wire:file "socket", base_url = "http://api.test" })
    assert.equal("api.test", shown.headers.host)
    fails("connect", { unix_socket = wire:file "there-is-none" })
  end)

  it("goes to the address that it is told for a host, which no other client shares", function()
    local url = "https://localhost:1"
    fails("connect", { base_url = url })
    local resolve = { "localhost:1:127.0.0.1" }
    fails("connect", { base_url = url, resolve = resolve })
    local named = "https://elsewhere.test:" .. wire.ports.wrong_host
    assert(get { base_url = named, resolve = { ("elsewhere.test:%d:127.0.0.1")
      :format(wire.ports.wrong_host) } })
    fails("resolve", { base_url = named })
  end)

  it("goes to an address of IPv6, with brackets or without", function()
    for _, address in ipairs { "[::1]", "::1" } do
      local err = fails("connect",
        { base_url = "https://elsewhere.test:1", resolve = { "elsewhere.test:1:" .. address } })
      assert.matches("::1", err.message, 1, true)
    end
  end)

  it("refuses addresses that it can't read", function()
    for _, bad in ipairs {
      "localhost", "localhost:1", "localhost:x:127.0.0.1", "*:443:127.0.0.1", "+a:443:127.0.0.1",
      "a b:443:127.0.0.1", 5,
    } do
      assert.has_error(function() wire:client { resolve = { bad } } end,
        'option "resolve" must be a list of "host:port:address"')
    end
  end)

  it("goes through a proxy, in a tunnel to a TLS host", function()
    local proxy = ("http://user:word@127.0.0.1:%d"):format(wire.ports.proxy)
    local object, _, response = get { tls = "tls", proxy = proxy }
    assert.equal("echo", object.object)
    assert.equal(200, response.status)
    assert.is_nil(response.headers["x-proxy"])
    assert.matches("^proxy CONNECT localhost:%d+ Basic ", wire:log("proxy ")[1])
    assert.equal("/by/proxy", assert(get { proxy = proxy }).path)
  end)

  it("goes through a proxy that speaks TLS itself, by the authority in ca_file, ca_path", function()
    local proxy = "https://localhost:" .. wire.ports.tls_proxy
    assert.equal("echo", assert(get { tls = "tls", proxy = proxy }).object)
    assert.equal("/by/proxy", assert(get { proxy = proxy, ca_file = wire:file "ca.pem" }).path)
    os.execute(("mkdir -p %s && cp %s %s/"):format(wire:file "cas", wire:file "ca.pem",
      wire:file "cas"))
    assert.is_true(os.execute(("openssl rehash %s"):format(wire:file "cas")) ~= nil)
    assert(get { tls = "tls", proxy = proxy, ca_file = false, ca_path = wire:file "cas" })
  end)

  it("trusts no proxy that another authority signed, nor one of old TLS", function()
    local proxy = "https://localhost:" .. wire.ports.tls_proxy
    fails("tls", { proxy = proxy, ca_file = wire:file "stranger.pem" })
    fails("tls", { proxy = proxy, ca_file = false })
    fails("tls", { proxy = "https://localhost:" .. wire.ports.old_proxy,
      ca_file = wire:file "ca.pem" })
  end)

  it("does not know of a proxy when told so, or for hosts in no_proxy", function()
    local proxy = "http://127.0.0.1:1"
    fails("connect", { proxy = proxy })
    assert(get { proxy = proxy, no_proxy = "127.0.0.1" })
    local script = wire:write("proxy.lua", [[
      local stripe = require "stripe"
      local function ask(proxy)
        return stripe.new {
          api_key = "sk_test_1", base_url = arg[1], proxy = proxy, max_retries = 0,
        }:request("GET", "/v1/1/ok/x")
      end
      assert(ask(false))
      local none, err = ask(nil)
      assert(not none and err.code == "connect")
    ]])
    local ok, output = wire_support.run(script, wire:url(),
      "http_proxy=http://127.0.0.1:1 no_proxy= ")
    assert.equal("", output)
    assert.is_true(ok)
  end)

  it("makes no exception for hosts in the environment's no_proxy when told so", function()
    local script = wire:write("no_proxy.lua", [[
      local stripe = require "stripe"
      local function ask(no_proxy)
        return stripe.new {
          api_key = "sk_test_1", base_url = arg[1], no_proxy = no_proxy, max_retries = 0,
        }:request("GET", "/v1/1/ok/x")
      end
      assert(ask(nil))
      local none, err = ask(false)
      assert(not none and err.code == "connect")
    ]])
    local ok, output = wire_support.run(script, wire:url(),
      "http_proxy=http://127.0.0.1:1 no_proxy=127.0.0.1 ")
    assert.equal("", output)
    assert.is_true(ok)
  end)

  it("tells no password of a proxy in the environment that libcurl can't use", function()
    local script = wire:write("password.lua", [[
      local _, err = require("stripe").new {
        api_key = "sk_test_1", base_url = arg[1], max_retries = 0,
      }:request("GET", "/v1/1/ok/x")
      print(err.message)
    ]])
    for _, address in ipairs { "http://user:my secret@host", "odd://user:secret@host" } do
      local _, output = wire_support.run(script, wire:url(),
        ("http_proxy='%s' no_proxy= "):format(address))
      assert.equal("the address of the proxy is not one that libcurl can use\n", output)
    end
  end)

  it("uses no connection that is older than max_connection_age", function()
    local client = wire:client { max_connection_age = 1, base_url = wire:url() .. "/aged" }
    local first = assert(client:request("GET", path "echo")).connection
    assert.equal(first, assert(client:request("GET", path "echo")).connection)
    core.sleep(2.1)
    assert.is_true(assert(client:request("GET", path "echo")).connection > first)
  end)

  it("opens no more connections to a host than max_connections", function()
    stripe.close()
    local client, before = wire:client { max_connections = 2 }, wire:connections()
    local calls, asked = {}, path("crowd", 2) -- none is answered before both are in use
    for i = 1, 8 do calls[i] = function() return client:request("GET", asked) end end
    local results, errors = stripe.gather(calls)
    assert.is_nil(errors)
    assert.equal(8, #results)
    assert.equal(2, wire:connections() - before)
  end)

  it("asks for HTTP/2 when told so, and takes HTTP/1.1", function()
    assert(get { tls = "tls", http_version = "2" })
    assert(get { http_version = "2" })
  end)

  it("follows no redirect, and takes its key nowhere", function()
    local client = wire:client()
    local asked = path "redirect"
    local object, err = client:request("GET", asked .. "?" .. wire.ports.plain)
    assert.is_nil(object)
    assert.equal(307, err.status)
    assert.equal(0, wire:requests("/v1/echo/away"))
  end)
end)
