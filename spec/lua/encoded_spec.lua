describe("stripe.encoded", function()
  local encoded = require "stripe.encoded"

  it("decodes percent-encoded text", function()
    assert.equal("a b/ü", encoded.percent "a%20b%2f%C3%BC")
    assert.equal("a+b", encoded.percent "a+b")
    assert.equal("%", encoded.percent "%25")
    assert.equal("%20", encoded.percent "%2520")
  end)

  it("leaves what is no escape", function()
    assert.equal("100%, %zz", encoded.percent "100%, %zz")
  end)

  it("takes a plus in a form for a space", function()
    assert.equal("a b+c", encoded.form "a+b%2Bc")
  end)

  it("decodes base64, padded or not", function()
    for text, base64 in pairs {
      [""] = "", f = "Zg==", fo = "Zm8=", foo = "Zm9v", foob = "Zm9vYg", ["\0\255\254"] = "AP/+",
    } do
      assert.equal(text, encoded.base64(base64))
    end
  end)

  it("passes white space in base64 over", function()
    assert.equal("foobar", encoded.base64 "Zm9v\r\nYm Fy\n")
  end)

  it("decodes a digit of base64 that is left over to nothing", function()
    assert.equal("foo", encoded.base64 "Zm9vY")
  end)
end)
