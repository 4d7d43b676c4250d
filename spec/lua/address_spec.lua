local address = require "stripe.address"

local function refused(url, local_socket)
  local ok, message = address.check(url, local_socket)
  assert.is_nil(ok, url)
  return message
end

describe("a base address", function()
  it("may be https anywhere, with a port and a path", function()
    assert.equal("https://api.stripe.com", address.check("https://api.stripe.com"))
    assert.equal("https://proxy.example:8443/stripe",
      address.check("HTTPS://Proxy.Example:8443/stripe/"))
    assert.equal("https://[2001:db8::1]:443", address.check("https://[2001:db8::1]:443"))
  end)

  it("may be plain http to this machine", function()
    for _, host in ipairs { "localhost", "127.0.0.1", "127.255.255.254", "[::1]" } do
      assert.equal("http://" .. host .. ":12111", address.check("http://" .. host .. ":12111/"))
    end
  end)

  it("may not be plain http to another machine, however it is spelled", function()
    for _, host in ipairs {
      "api.stripe.com", "localhost.evil.example", "127.0.0.1.evil.example", "127.evil.example",
      "127.1", "127.0.0.256", "0.0.0.0", "10.0.0.1", "[::2]", "[::ffff:127.0.0.1]", "localhost:1:2",
    } do
      refused("http://" .. host)
    end
    assert.matches("clear text", refused("http://api.stripe.com"))
  end)

  it("may be plain http to any name when the connection is a unix socket", function()
    assert.equal("http://stripe", address.check("http://stripe", true))
  end)

  it("carries no user, query, fragment, space or backslash", function()
    assert.matches("user name", refused("https://sk_test_1@api.stripe.com"))
    assert.matches("user name", refused("http://127.0.0.1@evil.example"))
    assert.matches("query", refused("https://api.stripe.com/?a=b"))
    assert.matches("query", refused("https://api.stripe.com#x"))
    assert.matches("character", refused("https://api.stripe.com/a b"))
    assert.matches("character", refused("https://api.stripe.com\\@evil.example"))
    assert.matches("character", refused("https://api.stripe.com\r\nX: y"))
  end)

  it("needs a scheme, a host and a port that exists", function()
    for _, url in ipairs {
      "api.stripe.com", "ftp://api.stripe.com", "https://", "https:///v1", "https://:443",
      "https://a:0", "https://a:65536", "https://a:x", "https://a:", "file:///etc/passwd",
    } do
      refused(url)
    end
  end)
end)
