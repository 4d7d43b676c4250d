--- Fingerprints of parsed parameters, to tell whether two requests ask for the same.
--
-- Two polynomial sums modulo primes, about 60 bits: enough against accidents, and unlike the
-- parameters themselves nothing that would have to be redacted.
-- @module stripe.simulator.fingerprint

local core = require "stripe.core"

local M1, M2 = 2147483563, 2147483399
local K1, K2 = 1664525, 1103515 -- times a sum below 2^31, plus 2^48, stays below 2^53

local function mix(sum, value)
  sum[1] = (sum[1] * K1 + value) % M1
  sum[2] = (sum[2] * K2 + value) % M2
end

local function mix_text(sum, text)
  mix(sum, #text)
  for i = 1, #text, 6 do
    local a, b, c, d, e, f = text:byte(i, i + 5)
    mix(sum, a + (b or 0) * 256 + (c or 0) * 65536 + (d or 0) * 16777216
      + (e or 0) * 4294967296 + (f or 0) * 1099511627776)
  end
end

local function mix_value(sum, value)
  if value == core.null then return mix_text(sum, "null") end
  if type(value) ~= "table" then
    return mix_text(sum, type(value) .. " " .. tostring(value))
  end
  local names = {}
  for name in pairs(value) do names[#names + 1] = tostring(name) end
  table.sort(names)
  mix(sum, #names)
  for _, name in ipairs(names) do
    local member = value[name]
    if member == nil then member = value[tonumber(name)] end
    mix_text(sum, name)
    mix_value(sum, member)
  end
end

--- The fingerprint of a request.
-- @string endpoint method and path
-- @tparam table params as read
-- @treturn string
local function of(endpoint, params)
  local sum = { 1, 1 }
  mix_text(sum, endpoint)
  mix_value(sum, params)
  return ("%d.%d"):format(sum[1], sum[2])
end

return { of = of }
