--- stripe.decimal and stripe.money against big numbers of our own, in thousands of random cases.

local bignum = require "spec.support.bignum"
local decimal = require("stripe.core").decimal
local money = require "stripe.money"

-- PROPERTY_SEED gives other cases, PROPERTY_CASES more of them.
local SEED = tonumber(os.getenv "PROPERTY_SEED" or 20261123)
local CASES = tonumber(os.getenv "PROPERTY_CASES" or 1000)

local MODES = { "half_even", "half_up", "half_down", "up", "down", "ceiling", "floor" }
local MOST = 128 -- digits that a decimal has room for

local state = SEED % 2147483646 + 1
local function below(n)
  state = (state * 16807) % 2147483647
  return state % n
end

-- Runs of zeros, nines and fives are where carries and middles are; lengths go to the limit.
local function random_text(most)
  most = most or ({ 3, 12, 40, 64, MOST })[below(5) + 1]
  local digits, length = {}, 1 + below(most)
  local run = nil
  for i = 1, length do
    if below(4) == 0 then run = ({ "0", "9", "5", false })[below(4) + 1] end
    digits[i] = run or tostring(below(10))
  end
  local point = below(length + 1)
  local text = table.concat(digits, "", 1, point)
  if text == "" then text = "0" end
  if point < length then text = text .. "." .. table.concat(digits, "", point + 1) end
  return (below(2) == 0 and "-" or "") .. text
end

local function fits(d)
  return d.scale <= MOST and (#d.n == 0 or #bignum.digits(d.n) <= MOST)
end

local function scaled(d, scale)
  return bignum.multiply(d.n, bignum.power(scale - d.scale))
end

local function sum(a, b)
  local scale = math.max(a.scale, b.scale)
  local x, y = scaled(a, scale), scaled(b, scale)
  if a.negative == b.negative then
    return { negative = a.negative, n = bignum.add(x, y), scale = scale }
  elseif bignum.compare(x, y) >= 0 then
    return { negative = a.negative, n = bignum.subtract(x, y), scale = scale }
  end
  return { negative = b.negative, n = bignum.subtract(y, x), scale = scale }
end

local function minus(a) return { negative = not a.negative, n = a.n, scale = a.scale } end

local function product(a, b)
  return { negative = a.negative ~= b.negative, n = bignum.multiply(a.n, b.n),
    scale = a.scale + b.scale }
end

local function quotient(a, b, places, mode)
  local negative = a.negative ~= b.negative
  return { negative = negative, scale = places, n = bignum.rounded(
    bignum.multiply(a.n, bignum.power(places + b.scale)),
    bignum.multiply(b.n, bignum.power(a.scale)), negative, mode) }
end

local function rounded(a, places, mode)
  if places >= 0 then return quotient(a, bignum.read "1", places, mode) end
  local tens = bignum.power(-places)
  local whole = bignum.rounded(a.n, bignum.multiply(bignum.power(a.scale), tens), a.negative, mode)
  return { negative = a.negative, n = bignum.multiply(whole, tens), scale = 0 }
end

-- The result of a function is what the reference says; or it throws, because that has no room.
local function same(expected, about, f, ...)
  local ok, result = pcall(f, ...)
  if fits(expected) then
    assert.is_true(ok, about .. ": " .. tostring(result))
    assert.equal(bignum.write(expected), tostring(result), about)
  else
    assert.is_false(ok, about)
    assert.equal("more than 128 digits", (tostring(result):gsub("^.-:%d+: ", "")), about)
  end
end

local function each_pair(n, check)
  for case = 1, n do
    local a, b = random_text(), random_text()
    check(a, b, bignum.read(a), bignum.read(b),
      ("seed %d, case %d: %s and %s"):format(SEED, case, a, b))
  end
end

describe("the big numbers of the specs", function()
  it("agree with Lua's where those are exact", function()
    for _ = 1, 2000 do
      local a, b = below(94906265), 1 + below(94906265)
      local x, y = bignum.natural(("%d"):format(a)), bignum.natural(("%d"):format(b))
      local function is(expected, n) assert.equal(("%.0f"):format(expected), bignum.digits(n)) end
      is(a + b, bignum.add(x, y))
      is(a * b, bignum.multiply(x, y))
      is(math.max(a, b) - math.min(a, b), bignum.subtract(a > b and x or y, a > b and y or x))
      local q, r = bignum.divide(bignum.multiply(x, y), bignum.natural "977")
      is(math.floor(a * b / 977), q)
      is(a * b - math.floor(a * b / 977) * 977, r)
    end
  end)
end)

describe("any decimal", function()
  it("is printed as it is read", function()
    for _ = 1, 2 * CASES do
      local text = random_text()
      local d = bignum.read(text)
      assert.equal(bignum.write(d), tostring(decimal.new(text)), text)
      assert.equal(bignum.write(d), tostring(decimal.new((("0"):rep(below(5)) .. text)
        :gsub("^(0*)%-", "-%1"))), text)
    end
  end)

  it("adds, subtracts and multiplies exactly, or says that there is no room", function()
    each_pair(CASES, function(a, b, p, q, about)
      same(sum(p, q), about .. " +", decimal.add, a, b)
      same(sum(p, minus(q)), about .. " -", decimal.sub, a, b)
      same(product(p, q), about .. " *", decimal.mul, a, b)
    end)
  end)

  it("compares exactly", function()
    each_pair(2 * CASES, function(a, b, p, q, about)
      if below(3) == 0 then -- the same value, written otherwise
        b = p.scale > 0 and a .. "0" or a .. ".0"
        q = bignum.read(b)
      end
      if not fits(q) then return end
      local difference = sum(p, minus(q))
      local order = #difference.n == 0 and 0 or difference.negative and -1 or 1
      assert.equal(order, decimal.cmp(a, b), about)
      assert.equal(-order, decimal.cmp(b, a), about)
      local x, y = decimal.new(a), decimal.new(b)
      assert.equal(order < 0, x < y, about)
      assert.equal(order <= 0, x <= y, about)
      assert.equal(order == 0, x == y, about)
    end)
  end)

  it("divides in every mode, rounding once", function()
    each_pair(math.floor(CASES / 2), function(a, b, p, q, about)
      if #q.n == 0 then
        assert.has_error(function() return decimal.div(a, b, 2, "up") end)
        return
      end
      local places = ({ 0, 2, 18, below(MOST + 1) })[below(4) + 1]
      local mode = MODES[below(#MODES) + 1]
      same(quotient(p, q, places, mode), ("%s /, %d places, %s"):format(about, places, mode),
        decimal.div, a, b, places, mode)
    end)
  end)

  it("rounds in every mode to any place", function()
    for case = 1, CASES do
      local a = random_text()
      local p = bignum.read(a)
      local places = ({ 0, 2, below(20), below(MOST + 1), -below(20), -below(MOST + 1) })
        [below(6) + 1]
      for _, mode in ipairs(MODES) do
        same(rounded(p, places, mode), ("seed %d, case %d: %s to %d places, %s"):format(SEED, case,
          a, places, mode), decimal.round, a, mode, places)
      end
    end
  end)

  it("keeps the laws of numbers", function()
    for _ = 1, CASES do
      local a, b, c = decimal.new(random_text(30)), decimal.new(random_text(30)),
        decimal.new(random_text(30))
      assert.equal(a + b, b + a)
      assert.equal((a + b) + c, a + (b + c))
      assert.equal(a * b, b * a)
      assert.equal((a * b) * c, a * (b * c))
      assert.equal(a * (b + c), a * b + a * c)
      assert.equal(a, a + b - b)
      assert.is_true((a - a):is_zero())
      local down, up = a:round("floor", 3), a:round("ceiling", 3)
      assert.is_true(down <= a and a <= up)
      assert.is_true(up - down <= decimal.new "0.001")
      if not b:is_zero() then
        -- a lies between the quotient rounded down and the quotient rounded up, times b.
        local low, high = a:div(b, 10, "floor") * b, a:div(b, 10, "ceiling") * b
        assert.is_true(low <= a and a <= high or high <= a and a <= low)
      end
    end
  end)
end)

describe("any amount of money", function()
  local CURRENCIES = { usd = { 2, 2 }, jpy = { 0, 0 }, kwd = { 3, 2 }, isk = { 2, 0 } }
  local NAMES = { "usd", "jpy", "kwd", "isk" }
  -- What every Lua's numbers hold.
  local LARGEST = bignum.natural "9007199254740992"

  it("becomes minor units as the reference says, or not at all", function()
    for case = 1, 2 * CASES do
      local currency = NAMES[below(#NAMES) + 1]
      local digits, places = CURRENCIES[currency][1], CURRENCIES[currency][2]
      local text, mode = random_text(({ 6, 12, 20 })[below(3) + 1]), MODES[below(#MODES) + 1]
      local about = ("seed %d, case %d: %s %s, %s"):format(SEED, case, text, currency, mode)
      local d = bignum.read(text)
      local whole = rounded(d, places, mode)
      local minor = product(whole,
        { negative = false, n = bignum.power(digits), scale = 0 })
      minor.n, minor.scale = (bignum.divide(minor.n, bignum.power(minor.scale))), 0
      if bignum.compare(minor.n, LARGEST) <= 0 then
        local got = money.to_minor(text, currency, mode)
        assert.equal(bignum.write(minor), ("%.0f"):format(got):gsub("^%-0$", "0"), about)
        assert.equal(got, money.to_minor(money.from_minor(got, currency), currency), about)
        local exact = #sum(whole, minus(d)).n == 0
        assert.equal(exact and got or nil, (money.to_minor(text, currency)), about)
        local shown = money.format(got, currency)
        assert.equal(got, money.to_minor(shown:match "^%S+", currency), about)
      end
    end
  end)

  it("adds up the same in minor units and in decimals", function()
    for _ = 1, math.floor(CASES / 10) do
      for _, currency in ipairs(NAMES) do
        local minor, exact = 0, decimal.new(0)
        for _ = 1, 20 do
          local amount = (below(2000000) - 1000000) * 1000
          minor = minor + amount
          exact = exact + money.from_minor(amount, currency)
        end
        assert.equal(minor, money.to_minor(exact, currency))
      end
    end
  end)
end)
