--- Addresses of this machine.
-- @module stripe.simulator.loopback

local loopback = {}

--- Whether a URL leads to this machine, by name or number. One that holds a user does not: it would
-- take a parser like that of the sender to tell the user from the host.
-- @string url
-- @treturn boolean
function loopback.is(url)
  local authority = url:match "^[hH][tT][tT][pP][sS]?://([^/?#\\]+)"
  if not authority or authority:find("@", 1, true) then return false end
  local host = (authority:match "^%[(.*)%]" or authority:match "^[^:]*"):lower()
  return host == "localhost" or host == "::1" or host:find "^127%.%d+%.%d+%.%d+$" ~= nil
end

return loopback
