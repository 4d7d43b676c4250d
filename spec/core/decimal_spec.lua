local decimal = require("stripe.core").decimal

local MODES = { "half_even", "half_up", "half_down", "up", "down", "ceiling", "floor" }

-- A slow reference: whole numbers as lists of digits, the least significant first, and numbers as
-- { negative, digits, scale }. It shares nothing with the code that it judges.

local function trim(digits)
  while #digits > 0 and digits[#digits] == 0 do digits[#digits] = nil end
  return digits
end

local function shifted(digits, zeros)
  local result = {}
  for i = 1, zeros do result[i] = 0 end
  for i = 1, #digits do result[zeros + i] = digits[i] end
  return trim(result)
end

local function compared(a, b)
  if #a ~= #b then return #a < #b and -1 or 1 end
  for i = #a, 1, -1 do
    if a[i] ~= b[i] then return a[i] < b[i] and -1 or 1 end
  end
  return 0
end

local function added(a, b)
  local result, carry = {}, 0
  for i = 1, math.max(#a, #b) + 1 do
    local sum = (a[i] or 0) + (b[i] or 0) + carry
    carry = sum >= 10 and 1 or 0
    result[i] = sum - 10 * carry
  end
  return trim(result)
end

local function subtracted(a, b) -- a is not the smaller
  local result, borrow = {}, 0
  for i = 1, #a do
    local digit = a[i] - (b[i] or 0) - borrow
    borrow = digit < 0 and 1 or 0
    result[i] = digit + 10 * borrow
  end
  return trim(result)
end

local function multiplied(a, b)
  local result = {}
  for i = 1, #b do
    for _ = 1, b[i] do result = added(result, shifted(a, i - 1)) end
  end
  return result
end

local function parsed(text)
  local sign, whole, fraction = text:match("^(%-?)(%d+)%.?(%d*)$")
  local digits = {}
  for digit in (whole .. fraction):reverse():gmatch("%d") do
    digits[#digits + 1] = digit:byte() - 48
  end
  return { negative = sign == "-", digits = trim(digits), scale = #fraction }
end

local function written(number)
  local text = {}
  for i = 1, math.max(#number.digits, number.scale + 1) do
    text[i] = string.char(48 + (number.digits[i] or 0))
  end
  text = table.concat(text):reverse()
  if number.scale > 0 then
    text = text:sub(1, -number.scale - 1) .. "." .. text:sub(-number.scale)
  end
  return (number.negative and #number.digits > 0 and "-" or "") .. text
end

local function aligned(a, b)
  local scale = math.max(a.scale, b.scale)
  return shifted(a.digits, scale - a.scale), shifted(b.digits, scale - b.scale), scale
end

local function sum(a, b)
  local x, y, scale = aligned(a, b)
  if a.negative == b.negative then
    return { negative = a.negative, digits = added(x, y), scale = scale }
  elseif compared(x, y) >= 0 then
    return { negative = a.negative, digits = subtracted(x, y), scale = scale }
  end
  return { negative = b.negative, digits = subtracted(y, x), scale = scale }
end

local function minus(a)
  return { negative = not a.negative, digits = a.digits, scale = a.scale }
end

local function product(a, b)
  return {
    negative = a.negative ~= b.negative,
    digits = multiplied(a.digits, b.digits),
    scale = a.scale + b.scale,
  }
end

local function order(a, b)
  local difference = sum(a, minus(b))
  if #difference.digits == 0 then return 0 end
  return difference.negative and -1 or 1
end

--- numerator / denominator, both whole, rounded to a whole number: straight from the meaning of
-- the modes. Counts up digit by digit.
local function quotient(numerator, denominator, negative, mode)
  local result, rest = {}, {}
  for i = #numerator, 1, -1 do
    rest = shifted(rest, 1)
    if numerator[i] > 0 then rest = added(rest, { numerator[i] }) end
    local digit = 0
    while compared(rest, denominator) >= 0 do
      rest, digit = subtracted(rest, denominator), digit + 1
    end
    result = shifted(result, 1)
    if digit > 0 then result = added(result, { digit }) end
  end
  if #rest == 0 then return result end
  local half = compared(added(rest, rest), denominator)
  local odd = (result[1] or 0) % 2 == 1
  local away = mode == "up"
    or mode == "ceiling" and not negative
    or mode == "floor" and negative
    or half > 0 and mode:match("^half") ~= nil
    or half == 0 and (mode == "half_up" or mode == "half_even" and odd)
  return away and added(result, { 1 }) or result
end

local function divided(a, b, places, mode)
  local negative = a.negative ~= b.negative
  local numerator = shifted(a.digits, places + b.scale)
  local denominator = shifted(b.digits, a.scale)
  return { negative = negative, digits = quotient(numerator, denominator, negative, mode),
    scale = places }
end

-- Numbers that repeat from run to run.
local seed = 42
local function random(n)
  seed = (seed * 16807) % 2147483647
  return seed % n
end

-- Many zeros, nines and fives: that is where carries and halves are.
local function random_text(most_digits)
  local kinds = { "0", "9", "5" }
  local digits = {}
  for i = 1, 1 + random(most_digits) do
    digits[i] = kinds[random(6) + 1] or tostring(random(10))
  end
  local point = random(#digits + 1)
  local text = table.concat(digits, "", 1, point) .. "."
    .. table.concat(digits, "", point + 1, #digits)
  if point == 0 then text = "0" .. text end
  return (random(2) == 0 and "-" or "") .. text:gsub("%.$", "")
end

describe("a decimal", function()
  it("keeps the digits that it was written with", function()
    local texts = { ["0"] = "0", ["1.50"] = "1.50", ["-0.001"] = "-0.001", ["007"] = "7",
      ["+3"] = "3", ["-0.00"] = "0.00", ["0.253568242640499553"] = "0.253568242640499553" }
    for text, expected in pairs(texts) do
      assert.equal(expected, decimal.new(text):tostring())
      assert.equal(expected, tostring(decimal.new(text)))
    end
  end)

  it("refuses text that is not a decimal", function()
    for _, text in ipairs { "", "-", ".", ".5", "5.", "1e3", " 1", "1 ", "1,5", "0x10", "--1",
      "1.2.3", "1\0", "nan", "inf", "١" } do
      local value, message = decimal.new(text)
      assert.is_nil(value)
      assert.equal('not a decimal such as "-12.50"', message)
    end
  end)

  it("holds 128 digits and refuses the 129th", function()
    local most = ("9"):rep(128)
    assert.equal(most, decimal.new(most):tostring())
    assert.equal("0." .. most, decimal.new("0." .. most):tostring())
    assert.equal("1", decimal.new(("0"):rep(500) .. "1"):tostring())
    for _, text in ipairs { most .. "9", most .. ".9", "0.0" .. most } do
      assert.same({ nil, "more than 128 digits" }, { decimal.new(text) })
    end
    assert.has_error(function() return decimal.new(most) + 1 end, "more than 128 digits")
    assert.has_error(function() return decimal.new(most):mul(10) end, "more than 128 digits")
    assert.has_error(function() return decimal.new(most):round("up", 1) end,
      "more than 128 digits")
    assert.has_error(function() return decimal.new(most):round("half_up", -1) end,
      "more than 128 digits")
    assert.equal("0", (decimal.new(most) - most):tostring())
    assert.equal(("9"):rep(127) .. ".9", decimal.sub("1" .. ("0"):rep(127), "0.1"):tostring())
  end)

  it("takes integers exactly and floats of at most 15 digits", function()
    assert.equal("-42", decimal.new(-42):tostring())
    assert.equal("9007199254740991", decimal.new(9007199254740991):tostring())
    assert.equal("0.1", decimal.new(0.1):tostring())
    assert.equal("-1234.5678", decimal.new(-1234.5678):tostring())
    assert.equal("0.00000000001", decimal.new(1e-11):tostring())
    assert.equal("100000000000000000000", decimal.new(1e20):tostring())
    assert.equal("0", decimal.new(-0.0):tostring())
    for _, number in ipairs { 0.1 + 0.2, 1 / 3 } do
      local value, message = decimal.new(number)
      assert.is_nil(value)
      assert.equal("a float of more than 15 significant digits, use text", message)
    end
    for _, number in ipairs { 1 / 0, -1 / 0, 0 / 0 } do
      local value, message = decimal.new(number)
      assert.is_nil(value)
      assert.equal("no finite number", message)
    end
    assert.is_nil((decimal.new(1e300)))
    assert.is_nil((decimal.new(1e-300)))
  end)

  it("takes the whole range of 64-bit integers where Lua has them", function()
    if not math.tointeger then return end
    assert.equal("9223372036854775807", decimal.new(math.maxinteger):tostring())
    assert.equal("-9223372036854775808", decimal.new(math.mininteger):tostring())
    assert.equal(math.mininteger, decimal.new("-9223372036854775808.00"):to_integer())
    assert.is_nil((decimal.new("9223372036854775808"):to_integer()))
  end)

  it("becomes an integer only when it is one", function()
    assert.equal(1250, decimal.new("1250.00"):to_integer())
    assert.equal(-7, decimal.new("-7"):to_integer())
    assert.equal(0, decimal.new("0.000"):to_integer())
    for _, text in ipairs { "0.5", "-1250.01", "99999999999999999999" } do
      local value, message = decimal.new(text):to_integer()
      assert.is_nil(value)
      assert.equal("not a whole number, or too large for one of Lua's", message)
    end
  end)

  it("is a value: no operation changes it", function()
    local a, b = decimal.new("1.5"), decimal.new("2.25")
    local results = { a + b, a - b, a * b, -a, a:abs(), a:round("up"), a:div(b, 3, "up") }
    assert.equal(7, #results)
    assert.equal("1.5", a:tostring())
    assert.equal("2.25", b:tostring())
  end)

  it("adds, subtracts, multiplies and compares as the reference does", function()
    for _ = 1, 400 do
      local a, b = random_text(40), random_text(40)
      local x, y = decimal.new(a), decimal.new(b)
      local p, q = parsed(a), parsed(b)
      local case = a .. " and " .. b
      assert.equal(written(sum(p, q)), tostring(x + y), case)
      assert.equal(written(sum(p, minus(q))), tostring(x - y), case)
      assert.equal(written(product(p, q)), tostring(x * y), case)
      assert.equal(order(p, q), x:cmp(y), case)
      assert.equal(written(minus(p)), tostring(-x), case)
    end
  end)

  it("divides as the reference does, in every mode", function()
    for _ = 1, 150 do
      local a, b = random_text(25), random_text(25)
      if #parsed(b).digits > 0 then
        local places, mode = random(30), MODES[random(#MODES) + 1]
        local expected = written(divided(parsed(a), parsed(b), places, mode))
        local case = ("%s / %s, %d places, %s"):format(a, b, places, mode)
        assert.equal(expected, tostring(decimal.div(a, b, places, mode)), case)
      end
    end
  end)

  it("rounds as the reference does, in every mode", function()
    for _ = 1, 400 do
      local text, mode = random_text(30), MODES[random(#MODES) + 1]
      local places = random(20) - 5
      local number = parsed(text)
      local expected = divided(number, parsed("1" .. ("0"):rep(math.max(-places, 0))),
        math.max(places, 0), mode)
      if places < 0 then expected.digits = shifted(expected.digits, -places) end
      local case = ("%s to %d places, %s"):format(text, places, mode)
      assert.equal(written(expected), tostring(decimal.round(text, mode, places)), case)
    end
  end)

  it("goes from the middle where the mode says", function()
    local halves = { half_even = { "2", "4", "-2" }, half_up = { "3", "4", "-3" },
      half_down = { "2", "3", "-2" }, up = { "3", "4", "-3" }, down = { "2", "3", "-2" },
      ceiling = { "3", "4", "-2" }, floor = { "2", "3", "-3" } }
    for mode, expected in pairs(halves) do
      for i, text in ipairs { "2.5", "3.5", "-2.5" } do
        assert.equal(expected[i], decimal.round(text, mode):tostring(), mode .. " " .. text)
      end
    end
  end)

  it("rounds to exactly the places asked for", function()
    assert.equal("1.50", decimal.round("1.5", "half_up", 2):tostring())
    assert.equal("1300", decimal.round("1250", "half_up", -2):tostring())
    assert.equal("0", decimal.round("-0.4", "half_up"):tostring())
    assert.equal("0.1", decimal.round("0.01", "up", 1):tostring())
    assert.equal("0", decimal.round("49", "half_up", -2):tostring())
  end)

  it("answers small questions", function()
    assert.equal("1.5", decimal.new("-1.5"):abs():tostring())
    assert.same({ -1, 0, 1 }, { decimal.sign("-0.1"), decimal.sign("0.00"), decimal.sign(3) })
    assert.is_true(decimal.new("0.00"):is_zero())
    assert.is_false(decimal.new("0.01"):is_zero())
    assert.is_true(decimal.is_decimal(decimal.new(1)))
    for _, other in ipairs { 1, "1", {}, print, io.stdout } do
      assert.is_false(decimal.is_decimal(other))
    end
    assert.is_false(decimal.is_decimal(nil))
  end)

  it("compares by value, not by its digits", function()
    local a, b, c = decimal.new("1.50"), decimal.new("1.5"), decimal.new("2")
    assert.is_true(a == b)
    assert.is_true(a ~= c)
    assert.is_true(a < c and a <= b and c > a and b >= a)
    assert.is_false(a < b or c <= a)
  end)

  it("takes text and numbers as the other operand", function()
    local a = decimal.new("1.5")
    assert.equal("2.75", tostring(a + "1.25"))
    assert.equal("3.0", tostring(2 * a))
    assert.equal("-0.5", tostring("1" - a))
    assert.equal(1, a:cmp("1.49999"))
    assert.equal("3.75", decimal.add("1.25", "2.50"):tostring())
  end)

  it("throws for operands that are no numbers, and for division by zero", function()
    local a = decimal.new("1.5")
    assert.has_error(function() return a + "x" end)
    assert.has_error(function() return a * {} end)
    assert.has_error(function() return a:add(nil) end)
    assert.has_error(function() return a:add(1 / 3) end)
    assert.has_error(function() return decimal.new({}) end)
    assert.has_error(function() return decimal.new() end)
    assert.has_error(function() return a:div("0.00", 2, "up") end, "division by zero")
    assert.has_error(function() return a:div(2) end)
    assert.has_error(function() return a:div(2, 2) end)
    assert.has_error(function() return a:div(2, -1, "up") end)
    assert.has_error(function() return a:div(2, 129, "up") end)
    assert.has_error(function() return a:round("nearest", 2) end)
    assert.has_error(function() return a:round("up", 1.5) end)
    assert.has_error(function() return a:round("up", -129) end)
  end)

  it("shows scripts a name, not its metatable", function()
    assert.equal("stripe.decimal", getmetatable(decimal.new(1)))
  end)
end)
