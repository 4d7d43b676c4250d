local is_ip_address = require "stripe.ip_address"

describe("an IP address", function()
  it("is four bytes", function()
    for _, text in ipairs { "0.0.0.0", "192.0.2.36", "255.255.255.255" } do
      assert.is_true(is_ip_address(text), text)
    end
  end)

  it("is eight groups of four digits, or fewer around ::", function()
    for _, text in ipairs {
      "2001:db8:0:0:0:0:0:1", "2001:DB8::1", "::", "::1", "1::", "1:2:3:4:5:6:7::",
    } do
      assert.is_true(is_ip_address(text), text)
    end
  end)

  it("is nothing else", function()
    for _, text in ipairs {
      "", "x", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.0004", "1.2.3.4 ", "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9", "1:2:3:4::5:6:7:8", "1::2::3", ":::", "12345::", "g::", "::1.2.3.4",
    } do
      assert.is_false(is_ip_address(text), text)
    end
  end)
end)
