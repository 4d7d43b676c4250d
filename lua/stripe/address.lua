--- Base addresses: which ones a client may send a secret key to.
-- @module stripe.address

local function loopback(host)
  if host == "localhost" or host == "[::1]" then return true end
  local bytes = { host:match("^127%.(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)$") }
  for _, byte in ipairs(bytes) do
    if tonumber(byte) > 255 then return false end
  end
  return #bytes == 3
end

--- Checks a base address: `https://host[:port][/path]` anywhere, plain http only to this machine.
-- @tparam string url
-- @tparam boolean local_socket connections go to a unix socket, whatever the host says
-- @treturn[1] string the address in lower case up to its path, without a slash at its end
-- @treturn[2] nil
-- @treturn[2] string what is wrong, to be read after the name of the option
local function check(url, local_socket)
  local scheme, authority, path = url:match("^(%a+)://([^/?#]*)(.*)$")
  scheme = scheme and scheme:lower()
  if scheme ~= "https" and scheme ~= "http" then
    return nil, "must begin with https:// (or http://, for this machine)"
  end
  if url:find("[^\33-\126]") or url:find("\\", 1, true) then
    return nil, "has a character that no address has"
  end
  if authority:find("@", 1, true) then return nil, "must not carry a user name or password" end
  if path:find("[?#]") then return nil, "must not carry a query or a fragment" end

  authority = authority:lower()
  local host, port = authority:match("^(%[[%x:.]+%])(.*)$")
  if not host then host, port = authority:match("^([%w._-]+)(.*)$") end
  if not host then return nil, "has no host" end
  if port ~= "" then
    local number = tonumber(port:match("^:(%d%d?%d?%d?%d?)$"))
    if not number or number < 1 or number > 65535 then return nil, "has a bad port" end
  end
  if scheme == "http" and not local_socket and not loopback(host) then
    return nil, "would send the key in clear text: plain http goes to 127.0.0.0/8, ::1, localhost "
      .. "and unix sockets only"
  end
  return (scheme .. "://" .. authority .. path:gsub("/+$", ""))
end

return { check = check }
