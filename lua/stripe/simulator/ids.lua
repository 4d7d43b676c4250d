--- Ids and secrets that are the same in every run with the same seed, under every Lua.
--
-- Two small multiplicative generators combined (L'Ecuyer 1988): their products stay below 2^53,
-- so doubles and integers give the same sequence. Not for real secrets.
-- @module stripe.simulator.ids

local ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
local HEX = "0123456789abcdef"
local DRAWN = 4 -- characters that one draw gives: 62^4 is well below its range
local M1, M2 = 2147483563, 2147483399
local WARM_UP = 16 -- draws after which near seeds no longer give near sequences

local Ids = {}
local metatable = { __name = "stripe.simulator.ids", __index = Ids }

local function draw(self)
  self.a = self.a * 40014 % M1
  self.b = self.b * 40692 % M2
  return (self.a - self.b) % (M1 - 1)
end

-- All pairs of characters of an alphabet, from index 0 on, and their number.
local function pairs_of(alphabet)
  local list, n = {}, 0
  for first in alphabet:gmatch(".") do
    for second in alphabet:gmatch(".") do
      list[n], n = first .. second, n + 1
    end
  end
  return { list = list, n = n }
end

local LETTERS, DIGITS = pairs_of(ALPHANUMERIC), pairs_of(HEX)

local function text(self, alphabet, length)
  local list, n, pieces = alphabet.list, alphabet.n, {}
  for i = 1, math.ceil(length / DRAWN) do
    local drawn = draw(self)
    local low = drawn % n
    pieces[i] = list[low] .. list[(drawn - low) / n % n]
  end
  return table.concat(pieces):sub(1, length)
end

--- Starts a sequence.
-- @tparam string|number seed
local function new(seed)
  local self = setmetatable({ seed = tostring(seed) }, metatable)
  self:reset()
  return self
end

--- An id: the prefix, then 24 letters and digits.
function Ids:new(prefix) return prefix .. "1" .. text(self, LETTERS, 23) end

--- Random letters and digits, `n` of them.
function Ids:secret(n) return text(self, LETTERS, n) end

--- Random lower-case hexadecimal digits, `n` of them.
function Ids:hex(n) return text(self, DIGITS, n) end

--- A random integer from 0 to `n - 1`.
function Ids:below(n) return draw(self) % n end

--- Back to the beginning of the sequence.
function Ids:reset()
  local a, b = 0, 0
  for i = 1, #self.seed do
    local byte = self.seed:byte(i)
    a = (a * 131 + byte) % (M1 - 1)
    b = (b * 137 + byte) % (M2 - 1)
  end
  self.a, self.b = a + 1, b + 1
  for _ = 1, WARM_UP do draw(self) end
end

function Ids:snapshot() return { seed = self.seed, a = self.a, b = self.b } end

function Ids:restore(state) self.seed, self.a, self.b = state.seed, state.a, state.b end

return { new = new }
