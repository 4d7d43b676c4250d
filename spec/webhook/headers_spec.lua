local find = require "stripe.webhook.headers"

local name, value = "stripe-signature", "t=1,v1=a"

describe("a header", function()
  for _, spelling in ipairs { "Stripe-Signature", "stripe-signature", "STRIPE-SIGNATURE",
    "HTTP_STRIPE_SIGNATURE", "stripe_signature" } do
    it("is found as " .. spelling, function()
      assert.equal(value, find({ Host = "x", [spelling] = value }, name))
    end)
  end

  it("is found in a list of pairs, as names in any case", function()
    assert.equal(value, find({ { "Host", "x" }, { "Stripe-Signature", value } }, name))
  end)

  it("is found in an object that has a method get", function()
    local headers = { get = function(_, key)
      if key == name then return value end
    end }
    assert.equal(value, find(headers, name))
    assert.is_nil(find(headers, "host"))
  end)

  it("is found in the headers of lua-http", function()
    local path = package.path
    package.path = path .. ";/usr/share/lua/5.3/?.lua" -- plain Lua, packaged for up to 5.3
    local headers = require("http.headers").new()
    package.path = path
    headers:append(":method", "POST")
    headers:append(name, value)
    assert.equal(value, find(headers, name))
    assert.is_nil(find(headers, "other"))
  end)

  it("may be all that there is", function()
    assert.equal(value, find(value, name))
  end)

  it("that comes several times is a list: nobody knows which one counts", function()
    local both = { "a", "b" }
    assert.same(both, find({ { "Stripe-Signature", "a" }, { "stripe-signature", "b" } }, name))
    assert.same(both, find({ ["stripe-signature"] = { "a", "b" } }, name))
    assert.same(both, find({ get = function() return "a", "b" end }, name))
    assert.equal("a", find({ ["stripe-signature"] = { "a" } }, name))
  end)

  it("that isn't there is nil", function()
    assert.is_nil(find({}, name))
    assert.is_nil(find({ ["Stripe-Signature2"] = "x", [1] = "y", [true] = "z" }, name))
    assert.is_nil(find(nil, name))
    assert.is_nil(find(17, name))
  end)
end)
