--- Addresses of this machine.
-- @module stripe.simulator.loopback

local loopback = {}

--- Whether a URL leads to this machine, by name or number. What no two parsers are sure to read
-- alike, such as a user before the host, does not.
-- @string url
-- @treturn boolean
function loopback.is(url)
  local authority = url:match "^[hH][tT][tT][pP][sS]?://([^/?#]*)"
  if not authority or authority:find "[^%w.:%[%]-]" then return false end
  local host = (authority:match "^%[(.*)%]:?%d*$" or authority:match "^([^:]*):?%d*$" or ""):lower()
  return host == "localhost" or host == "::1" or host:find "^127%.%d+%.%d+%.%d+$" ~= nil
end

return loopback
