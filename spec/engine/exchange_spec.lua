local memory = require "spec.support.memory"
local stripe = require "stripe"
local wire_support = require "spec.support.wire"

local path = wire_support.path

describe("A call over the wire", function()
  local wire

  setup(function() wire = wire_support.start() end)
  teardown(function() wire:stop() stripe.close() end)

  it("sends what the core built, and nothing of libcurl's own but what HTTP needs", function()
    local seen = assert(wire:client():request("POST", path "echo", { metadata = { a = "b c" } },
      { idempotency_key = "key-1" }))
    assert.equal("POST", seen.method)
    assert.equal("metadata[a]=b%20c", seen.body)
    local names = {}
    for name in pairs(seen.headers) do names[#names + 1] = name end
    table.sort(names)
    assert.same({ "accept", "accept-encoding", "authorization", "content-length", "content-type",
      "host", "idempotency-key", "stripe-version", "user-agent" }, names)
    assert.equal("Bearer sk_test_wire0000abcd", seen.headers.authorization)
    assert.equal("key-1", seen.headers["idempotency-key"])
    assert.equal("17", seen.headers["content-length"])
  end)

  it("sends the parameters of a GET in its query, and its path as it is", function()
    local seen = assert(wire:client():request("GET", "/v1/a/echo/b%2Fc%2E%2E", { limit = 3 }))
    assert.equal("/v1/a/echo/b%2Fc%2E%2E", seen.path)
    assert.equal("limit=3", seen.query)
    assert.is_nil(seen.headers["content-length"])
  end)

  it("goes to its own host after another's that libcurl could not read", function()
    local outbound = require "stripe.simulator.outbound"
    local function send(host, last)
      return outbound { method = "GET", url = ("http://%s:%d%s"):format(host, wire.ports.plain,
        path("echo", last)) }
    end
    assert.equal(200, send("127.0.0.1", "x").status)
    assert.equal("protocol", send("localhost", "a b").failure)
    assert.truthy(send("localhost", "x").body:find('"host":"localhost:', 1, true))
  end)

  it("sends one method after another on the same handle", function()
    local client = wire:client()
    for _, method in ipairs { "POST", "DELETE", "GET", "POST", "GET", "DELETE" } do
      local params = method == "POST" and { a = 1 } or nil
      local seen = assert(client:request(method, path "echo", params))
      assert.equal(method, seen.method)
      assert.equal(method == "POST" and "a=1" or "", seen.body)
    end
  end)

  it("sends an empty POST, and a header without a value", function()
    local seen = assert(wire:client():request("POST", path "echo", nil,
      { headers = { ["X-Empty"] = "" } }))
    assert.equal(0, seen.size)
    assert.equal("0", seen.headers["content-length"])
    assert.equal("", seen.headers["x-empty"])
  end)

  it("brings an answer without the nulls of its objects, or with them all", function()
    local function check(order, null)
      assert.equal(null, order.gone)
      assert.equal("a  b", order.name)
      assert.same({ stripe.null, { gone = null } }, order.all)
    end
    local client = wire:client()
    check(assert(client.climate.orders:retrieve("plain_nulls")))
    check(assert(client:with { null = stripe.null }.climate.orders:retrieve("plain_nulls")),
      stripe.null)
    local order = assert(client.climate.orders:retrieve("nulls"))
    check(order)
    assert.equal("a", order.text)
    assert.same({}, order.more:collect())
  end)

  it("uses a connection again", function()
    local client = wire:client()
    local first = assert(client:request("GET", path "echo"))
    assert.equal(first.connection, assert(client:request("GET", path "echo")).connection)
    assert.equal(first.connection,
      assert(client:with { api_key = "sk_test_other0000" }:request("GET", path "echo")).connection)
  end)

  it("brings status, headers and request id", function()
    local object, err, response = wire:client():request("GET", path "ok")
    assert.equal("climorder_1", object.id)
    assert.is_nil(err)
    assert.equal(200, response.status)
    assert.equal("application/json", response.headers["content-type"])
    assert.matches("^req_", response.request_id)
    assert.equal(1, #response.attempts)
    assert.is_true(response.attempts[1].duration < 10)
  end)

  it("makes an error of an error's status", function()
    local object, err, response = wire:client():request("GET", path("status", "404"))
    assert.is_nil(object)
    assert.equal("status 404", err.message)
    assert.equal("yes", err.sent)
    assert.equal(404, response.status)
  end)

  it("tries again after a failure and after a status, each attempt counted", function()
    local client = wire:client { max_retries = 2 }
    for _, act in ipairs { "reset_first", "failing_first", "lock_timeout" } do
      local asked = path(act)
      local object, _, response = client:request("POST", asked)
      assert.equal("climorder_1", object.id)
      assert.equal(2, #response.attempts)
      assert.equal(2, wire:requests(asked))
    end
  end)

  it("never sends again by itself what a used connection lost", function()
    local client = wire:client()
    local asked = path "dies_when_reused"
    assert(wire:client():request("GET", path "ok"))
    local object, err = client:request("POST", asked)
    assert.is_nil(object)
    assert.equal("reset", err.code)
    assert.equal("maybe", err.sent)
    assert.is_true(err.retryable)
    assert.equal(1, #err.attempts)
    assert.equal(1, wire:requests(asked))
    local again, _, response = wire:client { max_retries = 1 }:request("GET", path "ok")
    assert.equal("climorder_1", again.id)
    assert.equal(1, #response.attempts)
  end)

  it("lets an observer see each attempt", function()
    local seen = {}
    local client = wire:client {
      max_retries = 1,
      on_request = function(request) seen[#seen + 1] = request.attempt end,
      on_response = function(response)
        seen[#seen + 1] = response.status or response.failure
        seen[#seen + 1] = response.headers and response.headers["content-type"]
      end,
    }
    assert(client:request("POST", path "reset_first", { a = 1 }))
    assert.same({ 1, "reset", 2, 200, "application/json" }, seen)
  end)

  it("measures in the clock that it was given", function()
    local _, _, response = wire:client { clock = function() return 1e6 end }
      :request("GET", path "ok")
    assert.equal(1e6, response.attempts[1].started)
    local _, err = wire:client { clock = function() return 1e6 end }:request("GET", path "reset")
    local duration = err.attempts[1].duration
    assert.is_true(duration >= 0 and duration < 10)
  end)

  it("lets no SIGPIPE of a broken connection end the program, and takes no other", function()
    if memory.watched then return pending "what watches memory is preloaded itself" end
    local library = wire_support.compile(wire, "pipe", [[
      #include <signal.h>
      #include <sys/socket.h>
      #include <sys/syscall.h>
      #include <unistd.h>
      ssize_t send(int fd, const void *bytes, size_t n, int flags)
      {
          raise(SIGPIPE);
          return syscall(SYS_sendto, fd, bytes, n, flags, NULL, 0);
      }
    ]])
    local script = wire:write("pipe.lua", [[
      local stripe = require "stripe"
      local client = stripe.new { api_key = "sk_test_1", base_url = arg[1], max_retries = 0 }
      assert(client:request("GET", "/v1/1/ok/x"))
      io.stdout:write("still here ")
      io.stdout:flush()
      os.execute("kill -PIPE $PPID")
      io.stdout:write("never here")
    ]])
    -- LuaSocket, which other specs load, lets the process and all its children ignore the signal.
    local ok, output = wire_support.run(script, wire:url(),
      "env --default-signal=PIPE LD_PRELOAD=" .. library)
    assert.equal("still here ", (output:gsub("Broken pipe.*", "")))
    assert.is_false(ok)
  end)

  it("loads libcurl no earlier than the first call needs it", function()
    local script = wire:write("lazy.lua", [[
      local stripe = require "stripe"
      local client = stripe.new { api_key = "sk_test_1", transport = stripe.simulator.new() }
      assert(client.climate.products:list())
      assert(not package.loaded["stripe.engine"])
    ]])
    local ok, output = wire_support.run(script)
    assert.equal("", output)
    assert.is_true(ok)
  end)
end)
