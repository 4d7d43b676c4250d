--- Ids and secrets that are the same in every run with the same seed, under every Lua. Not for
-- real secrets.
-- @module stripe.simulator.ids

local core = require "stripe.core"

local ALPHANUMERIC = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
local HEX = "0123456789abcdef"
local M1, M2 = 2147483563, 2147483399 -- what bounds the state: 0 < a < M1, 0 < b < M2
local WARM_UP = 16 -- draws after which near seeds no longer give near sequences

local Ids = {}
local metatable = { __name = "stripe.simulator.ids", __index = Ids }

local function draw(self)
  local drawn
  drawn, self.a, self.b = core.draw(self.a, self.b)
  return drawn
end

local drawn_text = core.drawn

local function text(self, prefix, alphabet, length)
  local drawn
  drawn, self.a, self.b = drawn_text(self.a, self.b, prefix, alphabet, length)
  return drawn
end

--- Starts a sequence.
-- @tparam string|number seed
local function new(seed)
  local self = setmetatable({ seed = tostring(seed) }, metatable)
  self:reset()
  return self
end

--- An id: the prefix, then 24 letters and digits.
function Ids:new(prefix) return text(self, prefix .. "1", ALPHANUMERIC, 23) end

--- The same of a request: the most frequent ones.
function Ids:request()
  local drawn
  drawn, self.a, self.b = drawn_text(self.a, self.b, "req_1", ALPHANUMERIC, 23)
  return drawn
end

--- Random letters and digits, `n` of them.
function Ids:secret(n) return text(self, "", ALPHANUMERIC, n) end

--- Random lower-case hexadecimal digits, `n` of them.
function Ids:hex(n) return text(self, "", HEX, n) end

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
