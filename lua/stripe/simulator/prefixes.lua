--- Addresses that stand for themselves and everything below them.
-- @module stripe.simulator.prefixes

local prefixes = {}

--- An address without query: scheme and authority in small letters, no slash at the end; nil for
-- what is none.
function prefixes.plain(url)
  local origin, path = tostring(url):match "^(%a[%w+.-]*://[^/?#%s]+)([^?#%s]*)"
  return origin and origin:lower() .. path:gsub("/+$", "") or nil
end

--- What a map has for the longest of its addresses that an address is below of.
-- @tparam table map
-- @string address a plain one
-- @return the value and its address; nil when there is none
function prefixes.find(map, address)
  local place = address
  while place do
    if map[place] then return map[place], place end
    place = place:match "^(.*[^/])/[^/]*$"
  end
end

return prefixes
