--- Where a customer is, by IP address: addresses reserved for documentation stand for places, so
-- that a test can be anywhere. Every other address is in a place where all is supported.
--
--    192.0.2.36      New York: no xlm, no usdc on stellar, nothing on avalanche and polygon
--    192.0.2.50      Hawaii: customers there are not supported
--    198.51.100.49   Germany, EU: no usdc on solana
--    203.0.113.0/24  a country without the onramp
--    2001:db8::1     the same, IPv6
-- @module stripe.simulator.crypto.places

local places = {}

local new_york = {
  refuses = function(currency, network)
    return currency == "xlm" or network == "stellar" or network == "avalanche"
      or network == "polygon"
  end,
}

local eu = {
  refuses = function(currency, network) return currency == "usdc" and network == "solana" end,
}

local known = {
  ["192.0.2.36"] = new_york,
  ["192.0.2.50"] = { unsupported = "crypto_onramp_unsupportable_customer" },
  ["198.51.100.49"] = eu,
  ["2001:db8::1"] = { unsupported = "crypto_onramp_unsupported_country" },
}

local nowhere = { unsupported = "crypto_onramp_unsupported_country" }
local anywhere = {}

--- The place of an address: `unsupported` is the code of the error that customers there get,
-- `refuses(currency, network)` says what can't be bought there; both may be nil.
function places.of(address)
  if address:find("^203%.0%.113%.") then return nowhere end
  return known[address:lower()] or anywhere
end

return places
