--- Big numbers for judging others: slow, plain, and sharing nothing with what they judge.
--
-- A natural number is a list of limbs of four digits, the least significant first, without zeros at
-- its end. A decimal is `{ negative, n, scale }`: n / 10^scale.

local bignum = {}

local BASE, DIGITS = 10000, 4

local function trim(n)
  while n[#n] == 0 do n[#n] = nil end
  return n
end

--- A natural number of its digits.
function bignum.natural(text)
  local n, last = {}, #text
  while last > 0 do
    n[#n + 1] = tonumber(text:sub(math.max(last - DIGITS + 1, 1), last))
    last = last - DIGITS
  end
  return trim(n)
end

--- Its digits, without zeros in front; "0" for zero.
function bignum.digits(n)
  local parts = {}
  for i = #n, 1, -1 do
    parts[#parts + 1] = (i == #n and "%d" or "%04d"):format(n[i])
  end
  return #parts > 0 and table.concat(parts) or "0"
end

function bignum.compare(a, b)
  if #a ~= #b then return #a < #b and -1 or 1 end
  for i = #a, 1, -1 do
    if a[i] ~= b[i] then return a[i] < b[i] and -1 or 1 end
  end
  return 0
end

function bignum.add(a, b)
  local sum, carry = {}, 0
  for i = 1, math.max(#a, #b) + 1 do
    local limb = (a[i] or 0) + (b[i] or 0) + carry
    carry = limb >= BASE and 1 or 0
    sum[i] = limb - carry * BASE
  end
  return trim(sum)
end

--- a - b, b not being the greater.
function bignum.subtract(a, b)
  local rest, borrow = {}, 0
  for i = 1, #a do
    local limb = a[i] - (b[i] or 0) - borrow
    borrow = limb < 0 and 1 or 0
    rest[i] = limb + borrow * BASE
  end
  return trim(rest)
end

function bignum.multiply(a, b)
  local product = {}
  for i = 1, #a + #b do product[i] = 0 end
  for i = 1, #a do
    local carry = 0
    for j = 1, #b do
      local limb = product[i + j - 1] + a[i] * b[j] + carry
      carry = math.floor(limb / BASE)
      product[i + j - 1] = limb - carry * BASE
    end
    product[i + #b] = product[i + #b] + carry
  end
  return trim(product)
end

--- Quotient and remainder; each limb of the quotient is found by halving what it may be.
function bignum.divide(a, b)
  local quotient, rest = {}, {}
  for i = #a, 1, -1 do
    table.insert(rest, 1, a[i])
    trim(rest)
    local least, most = 0, BASE - 1
    while least < most do
      local middle = math.floor((least + most + 1) / 2)
      if bignum.compare(bignum.multiply(b, trim { middle }), rest) <= 0 then
        least = middle
      else
        most = middle - 1
      end
    end
    rest = bignum.subtract(rest, bignum.multiply(b, trim { least }))
    quotient[i] = least
  end
  return trim(quotient), rest
end

--- 10^n.
function bignum.power(n) return bignum.natural("1" .. ("0"):rep(n)) end

--- Reads decimal text.
function bignum.read(text)
  local sign, whole, fraction = text:match "^([+-]?)(%d+)%.?(%d*)$"
  return { negative = sign == "-", n = bignum.natural(whole .. fraction), scale = #fraction }
end

--- Writes a decimal with all digits of its scale.
function bignum.write(d)
  local digits = bignum.digits(d.n)
  if d.scale > 0 then
    digits = ("0"):rep(d.scale + 1 - #digits) .. digits
    digits = digits:sub(1, -d.scale - 1) .. "." .. digits:sub(-d.scale)
  end
  return (d.negative and #d.n > 0 and "-" or "") .. digits
end

--- A natural number divided by another, to a whole one, as a rounding mode says.
function bignum.rounded(numerator, denominator, negative, mode)
  local quotient, rest = bignum.divide(numerator, denominator)
  if #rest == 0 then return quotient end
  local half = bignum.compare(bignum.add(rest, rest), denominator)
  local away
  if mode == "up" then away = true
  elseif mode == "down" then away = false
  elseif mode == "ceiling" then away = not negative
  elseif mode == "floor" then away = negative
  elseif half ~= 0 then away = half > 0
  elseif mode == "half_up" then away = true
  elseif mode == "half_down" then away = false
  else away = (quotient[1] or 0) % 2 == 1 end
  return away and bignum.add(quotient, { 1 }) or quotient
end

return bignum
