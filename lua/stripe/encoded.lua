--- Text that was encoded to travel, decoded.
-- @module stripe.encoded

local Encoded = {}

local function byte(hex) return string.char(tonumber(hex, 16)) end

--- Percent-encoded text, as in paths and addresses; what is no escape stays as it is.
-- @string text
-- @treturn string
function Encoded.percent(text) return (text:gsub("%%(%x%x)", byte)) end

--- The same of a form, where a plus is a space.
-- @string text
-- @treturn string
function Encoded.form(text) return Encoded.percent((text:gsub("%+", " "))) end

local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

local digits = {}
for i = 1, #ALPHABET do digits[ALPHABET:sub(i, i)] = i - 1 end

-- Up to three bytes out of up to four digits.
local function bytes(group)
  local value = 0
  for i = 1, 4 do value = value * 64 + (digits[group:sub(i, i)] or 0) end
  return string.char(math.floor(value / 65536), math.floor(value / 256) % 256, value % 256)
    :sub(1, #group - 1)
end

--- Base64; what is no digit of it, such as white space and padding, is passed over.
-- @string text
-- @treturn string
function Encoded.base64(text) return (text:gsub("[^%w+/]", ""):gsub("..?.?.?", bytes)) end

return Encoded
