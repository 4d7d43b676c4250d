local money = require "stripe.money"

describe("money", function()
  it("knows how many digits each currency has", function()
    local digits = {
      [0] = "bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf",
      [2] = "usd eur gbp chf huf twd isk ugx",
      [3] = "bhd jod kwd omr tnd",
    }
    for count, codes in pairs(digits) do
      for code in codes:gmatch("%a+") do
        assert.equal(count, money.exponent(code), code)
        assert.equal(count, money.exponent(code:upper()), code)
      end
    end
  end)

  it("turns amounts into minor units, exactly", function()
    local cases = {
      { "12.34", "usd", 1234 }, { "0.1", "usd", 10 }, { "-0.01", "eur", -1 }, { 12, "gbp", 1200 },
      { 0.07, "usd", 7 }, { "500", "jpy", 500 }, { "500.00", "jpy", 500 }, { "1.23", "kwd", 1230 },
      { "1.230", "KWD", 1230 }, { "5", "isk", 500 }, { "5", "ugx", 500 },
      { "10.000000", "usd", 1000 }, { "90071992547409.91", "usd", 9007199254740991 },
    }
    for _, case in ipairs(cases) do
      assert.equal(case[3], money.to_minor(case[1], case[2]), case[1] .. " " .. case[2])
    end
  end)

  it("refuses digits that the currency cannot hold", function()
    local value, message = money.to_minor("12.345", "usd")
    assert.is_nil(value)
    assert.equal("amount: 12.345 has more than the 2 digits behind the point that USD takes; "
      .. "round it, or name a rounding mode", message)
    for _, case in ipairs { { "0.5", "jpy" }, { "1.234", "kwd" }, { "5.5", "isk" },
      { "5.01", "ugx" } } do
      assert.is_nil((money.to_minor(case[1], case[2])))
    end
  end)

  it("rounds when told how", function()
    assert.equal(1234, money.to_minor("12.345", "usd", "half_even"))
    assert.equal(1235, money.to_minor("12.345", "usd", "half_up"))
    assert.equal(1230, money.to_minor("1.2349", "kwd", "down"))
    assert.equal(1240, money.to_minor("1.2349", "kwd", "up"))
    assert.equal(600, money.to_minor("5.5", "isk", "half_up"))
    assert.equal(-1, money.to_minor("-0.001", "usd", "floor"))
  end)

  it("refuses what is no amount, with a message", function()
    for _, amount in ipairs { "abc", "1e3", "", 0.1 + 0.2, 1 / 0, ("9"):rep(200),
      "123456789012345678901" } do
      local value, message = money.to_minor(amount, "usd")
      assert.is_nil(value)
      assert.matches("^amount: ", message)
      assert.is_nil((money.from_minor(amount, "usd")))
    end
    assert.is_nil((money.from_minor("1.5", "usd")))
    assert.is_nil((money.format(1.5, "usd")))
  end)

  it("reads minor units back", function()
    assert.equal("12.34", money.from_minor(1234, "usd"):tostring())
    assert.equal("-0.05", money.from_minor(-5, "usd"):tostring())
    assert.equal("500", money.from_minor(500, "jpy"):tostring())
    assert.equal("1.230", money.from_minor(1230, "kwd"):tostring())
    assert.equal("5.00", money.from_minor(500, "isk"):tostring())
    for minor = -250, 250 do
      for _, currency in ipairs { "usd", "jpy" } do
        assert.equal(minor, money.to_minor(money.from_minor(minor, currency), currency))
      end
    end
  end)

  it("writes amounts for people", function()
    assert.equal("12.34 USD", money.format(1234, "usd"))
    assert.equal("-1000.00 EUR", money.format(-100000, "Eur"))
    assert.equal("500 JPY", money.format(500, "jpy"))
    assert.equal("0.000 BHD", money.format(0, "bhd"))
  end)

  it("throws where it is called wrongly", function()
    assert.has_error(function() money.exponent("us") end,
      'a currency is a three-letter code such as "usd"')
    assert.has_error(function() money.exponent("eth ") end)
    assert.has_error(function() money.to_minor("1", nil) end)
    assert.has_error(function() money.to_minor({}, "usd") end,
      "an amount is text, a number or a decimal, not a table")
    assert.has_error(function() money.to_minor(nil, "usd") end)
    local _, message = pcall(function()
      local minor = money.to_minor("1.234", "usd", "nearest")
      return minor
    end)
    assert.matches('money_spec.*"nearest" is no way to round', message)
    assert.has_error(function() money.from_minor(nil, "usd") end)
    assert.has_error(function() money.format({}, "usd") end)
  end)
end)
