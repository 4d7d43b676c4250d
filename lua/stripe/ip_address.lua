--- Whether a text is an IP address, of either kind.
-- @module stripe.ip_address

local function is_ipv4(text)
  local bytes = { text:match("^(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)$") }
  for _, byte in ipairs(bytes) do
    if tonumber(byte) > 255 then return false end
  end
  return #bytes == 4
end

-- How many groups of 16 bits a part of an IPv6 address has; nil when one is malformed.
local function groups(part)
  if part == "" then return 0 end
  local n = 0
  for group in (part .. ":"):gmatch("([^:]*):") do
    n = n + 1
    if not group:find("^%x%x?%x?%x?$") then return nil end
  end
  return n
end

-- Eight groups, or fewer around one "::".
local function is_ipv6(text)
  local head, tail = text:match("^(.-)::(.*)$")
  if not head then return groups(text) == 8 end
  local before, after = groups(head), groups(tail)
  return before ~= nil and after ~= nil and before + after <= 7
end

--- @string text
-- @treturn boolean
return function(text) return is_ipv4(text) or is_ipv6(text) end
