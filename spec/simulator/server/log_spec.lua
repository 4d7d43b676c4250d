--- What the server logs.

local new_log = require "stripe.simulator.server.log"

describe("the server's log", function()
  local lines

  before_each(function() lines = "" end)

  local function log(level)
    return new_log(level, { write = function(_, ...) lines = lines .. table.concat { ... } end })
  end

  local REQUEST = {
    method = "POST", url = "/v1/crypto/onramp_sessions?a=1",
    body = "wallet_addresses[ethereum]=0xabc",
    headers = { { "content-type", "application/x-www-form-urlencoded" } },
  }
  local OK = { status = 200, headers = { { "Request-Id", "req_1" } }, body = "secret body" }

  it("has a line for each exchange, without parameters", function()
    log("normal").exchange(REQUEST, OK, 0.0012)
    assert.matches("^%d%d:%d%d:%d%d POST /v1/crypto/onramp_sessions 200 req_1 1%.2 ms\n$", lines)
  end)

  it("says what became of an exchange without an answer", function()
    log("normal").exchange({ method = "GET", url = "/v1/events", headers = {}, outcome = "reset" },
      nil, 0)
    assert.matches("GET /v1/events reset %- 0%.0 ms", lines)
  end)

  it("has parameters and the bodies of errors when it is verbose, sensitive ones redacted",
    function()
      local verbose = log "verbose"
      verbose.exchange(REQUEST, OK, 0)
      assert.matches("a=1&wallet_addresses", lines)
      assert.is_nil(lines:find("0xabc", 1, true))
      assert.is_nil(lines:find("secret body", 1, true))
      verbose.exchange(REQUEST, { status = 400, headers = {},
        body = '{"error":{"message":"no such key sk_test_0123456789abcdef"}}' }, 0)
      assert.matches("no such key", lines)
      assert.is_nil(lines:find("0123456789abcdef", 1, true))
    end)

  it("keeps the address of a link to itself", function()
    log("normal").exchange({ method = "GET", url = "/links/secret", headers = {} }, OK, 0)
    assert.is_nil(lines:find("secret", 1, true))
  end)

  it("tells only of its own failures when it is quiet", function()
    local quiet = log "quiet"
    quiet.exchange(REQUEST, OK, 0)
    quiet.trouble "gone"
    assert.equal("", lines)
    quiet.failure "traceback"
    assert.matches("failure: traceback", lines)
  end)
end)
