local core = require "stripe.core"
local memory = require "spec.support.memory"
local stripe = require "stripe"
local wire_support = require "spec.support.wire"

local path = wire_support.path

--- Whatever goes wrong on the wire ends in an error that says what, or in another attempt; and the
-- server has counted as many requests as the error has attempts.
describe("On a wire where", function()
  local wire

  setup(function() wire = wire_support.start() end)
  teardown(function() wire:stop() stripe.close() end)

  -- Posts to a server that behaves so: the error, after as many attempts as the server has seen.
  local function post(act, options)
    local asked = path(act)
    local object, err = wire:client(options):request("POST", asked, { a = 1 })
    assert.is_nil(object)
    wire:until_asked(asked, #err.attempts) -- it may read later than the client gives up
    assert.equal(#err.attempts, wire:requests(asked))
    return err
  end

  local function is(err, code, sent, retryable)
    assert.equal("connection_error", err.type)
    assert.equal(code, err.code)
    assert.equal(sent, err.sent)
    assert.equal(retryable, err.retryable)
    assert.is_string(err.idempotency_key)
    assert.is_nil(tostring(err):find("sk_test_wire0000abcd", 1, true))
  end

  local function elsewhere(url, options)
    options = options or {}
    options.base_url = url
    local object, err = wire:client(options):request("POST", "/v1/x")
    assert.is_nil(object)
    return err
  end

  it("nobody listens, the call is tried again and ends as not sent", function()
    local err = elsewhere("https://127.0.0.1:1", { max_retries = 1 })
    is(err, "connect", "no", true)
    assert.equal(2, #err.attempts)
  end)

  it("the host has no address, neither", function()
    is(elsewhere "https://nobody.invalid", "resolve", "no", true)
  end)

  it("the certificate is not to be trusted, the call ends at once", function()
    local options = { tls = "tls", ca_file = wire:file "stranger.pem", max_retries = 2 }
    local object, err = wire:client(options):request("POST", path "ok")
    assert.is_nil(object)
    is(err, "tls", "no", false)
    assert.equal(1, #err.attempts)
  end)

  it("the certificate is another host's, too", function()
    local object, err = wire:client { tls = "wrong_host" }:request("POST", path "ok")
    assert.is_nil(object)
    is(err, "tls", "no", false)
  end)

  it("no TLS is spoken, the call ends as not sent", function()
    local err = elsewhere("https://127.0.0.1:" .. wire.ports.plain)
    assert.equal("tls", err.code)
    assert.equal("no", err.sent)
  end)

  it("the connection ends before the answer, the call may have been received", function()
    is(post "close", "reset", "maybe", true)
    is(post "reset", "reset", "maybe", true)
    assert.equal(2, #post("reset", { max_retries = 1 }).attempts)
  end)

  it("it ends within the answer, the call has been received", function()
    is(post "reset_in_headers", "reset", "yes", true)
    is(post "end_in_headers", "reset", "yes", true)
    is(post "end_after_interim", "reset", "maybe", true)
    is(post "reset_in_body", "reset", "yes", true)
    is(post "short", "reset", "yes", true)
  end)

  it("a body is longer than it says, the rest is not read as another answer", function()
    local client = wire:client()
    assert.equal("climorder_1", assert(client:request("GET", path "long")).id)
    assert.equal("climorder_1", assert(client:request("GET", path "ok")).id)
  end)

  it("a length makes no sense, or it is no HTTP, there is no other attempt", function()
    local err = post("negative", { max_retries = 2 })
    is(err, "protocol", "yes", false)
    assert.equal(1, #err.attempts)
    is(post("garbage", { max_retries = 2 }), "protocol", "maybe", false)
  end)

  it("nothing ever comes, every attempt has its time", function()
    local before = core.now()
    local err = post("never", { timeout = 0.5, max_retries = 1 })
    is(err, "timeout", "maybe", true)
    assert.equal(2, #err.attempts)
    assert.is_true(core.now() - before < 5)
  end)

  it("a byte comes now and then, no more", function()
    is(post("drip", { timeout = 1 }), "timeout", "yes", true)
  end)

  it("headers never end, in lines, in one line, in interim answers", function()
    for _, act in ipairs { "endless_headers", "endless_header", "endless_interim" } do
      local err = post(act, { max_retries = 2 })
      assert.equal("too_large", err.code)
      assert.equal("yes", err.sent)
      assert.matches("headers are too large", err.message)
    end
  end)

  it("a body never ends, and no more memory than a body may have", function()
    local before = memory.resident()
    is(post("endless_body", { max_retries = 2 }), "too_large", "yes", false)
    assert.is_true(memory.resident() - before < 200 * 1024 * 1024)
  end)

  it("a small body unpacks to a huge one", function()
    local bomb = wire:file "bomb"
    os.execute(("truncate -s 300M %s && gzip -1 -f %s"):format(bomb, bomb))
    is(post("packed", { max_retries = 2 }), "too_large", "yes", false)
  end)

  it("a packed body is unpacked", function()
    os.execute(("cp /dev/null %s && printf '{\"id\":\"packed\"}' | gzip > %s"):format(
      wire:file "bomb.gz", wire:file "bomb.gz"))
    assert.equal("packed", assert(wire:client():request("GET", path "packed")).id)
  end)

  it("interim answers come first, the answer counts", function()
    local object, _, response = wire:client():request("POST", path "interim")
    assert.equal("climorder_1", object.id)
    assert.is_nil(response.headers.link)
    assert.equal(1, #response.attempts)
  end)

  it("a proxy answers in HTML, or Stripe in an empty object", function()
    local err = post "html"
    assert.equal("api_error", err.type)
    assert.equal(502, err.status)
    assert.is_true(err.retryable)
    err = post("failing", { max_retries = 1 })
    assert.equal("api_error", err.type)
    assert.equal(500, err.status)
    assert.equal(2, #err.attempts)
  end)

  it("an answer leads elsewhere, nothing follows", function()
    local other = wire_support.start()
    local _, err = wire:client():request("GET", path "redirect" .. "?" .. other.ports.plain)
    assert.equal(307, err.status)
    assert.equal(0, other:connections())
    other:stop()
  end)

  it("idle connections are closed, the next call has another one and no failure", function()
    for _, way in ipairs { { "plain", "1.1" }, { "tls", "1.1" }, { "tls", "2" } } do
      local client = wire:client {
        tls = way[1] ~= "plain" and way[1] or nil, http_version = way[2],
      }
      for _ = 1, 3 do
        local asked = path "idle_close"
        local object, _, response = client:request("POST", asked)
        assert.equal("climorder_1", object.id)
        assert.equal(1, #response.attempts)
        assert.equal(1, wire:requests(asked))
        wire:until_logged("closed " .. asked)
      end
    end
  end)

  it("a server restarts between two calls", function()
    local first = wire_support.start()
    local url = first:url()
    assert(wire:client { base_url = url }:request("GET", path "ok"))
    first:stop()
    is(elsewhere(url), "connect", "no", true)
    local second = wire_support.start(url:match("%d+$"))
    assert(wire:client { base_url = url }:request("GET", path "ok"))
    second:stop()
  end)
end)
