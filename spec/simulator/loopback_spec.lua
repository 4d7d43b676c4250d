--- Which URLs lead to this machine.

local loopback = require "stripe.simulator.loopback"

describe("this machine", function()
  it("is where these URLs lead", function()
    for _, url in ipairs {
      "http://127.0.0.1", "https://127.9.9.9:8443/a?b", "HTTP://LOCALHOST:1/", "http://[::1]:80/a",
      "https://localhost?x", "http://localhost#a",
    } do
      assert.is_true(loopback.is(url), url)
    end
  end)

  it("is not where these lead, nor those that could be read in two ways", function()
    for _, url in ipairs {
      "http://example.com", "http://127.0.0.1.example.com/", "http://localhost.example.com",
      "http://127.0.0.1:80@example.com/", "http://localhost@example.com",
      "http://127.0.0.1\\@example.com/", "http://localhost%2eexample.com", "http://127.1",
      "http://localhost:80:90/", "http://[::1]example.com", "http://[::1].example.com:80",
      "ftp://localhost/", "localhost", "", "http://",
    } do
      assert.is_false(loopback.is(url), url)
    end
  end)
end)
