--- Where a Redis server is, and as whom to speak to it.
-- @module stripe.webhook.redis.address

local Misuse = require "stripe.misuse"
local encoded = require "stripe.encoded"

local KNOWN = {
  url = "string", host = "string", port = "number", unix_socket = "string", username = "string",
  password = "string", db = "number", timeout = "number", client = "table",
}

-- A part of a URL; nil when it isn't there.
local function decoded(text) return text and text ~= "" and encoded.percent(text) or nil end

-- redis://[user][:password]@host[:port][/db], unix:///path[?db=n]. What is wrong with an address is
-- said without it, since a password may be in it.
local function read_url(url)
  local path, query = url:match("^unix://(/[^?]*)%??(.*)$")
  if path then
    return { unix_socket = decoded(path), db = tonumber(query:match("^db=(%d+)$") or "") }
  end
  local rest = url:match("^redis://(.*)$")
  if not rest then
    return nil, 'option "url" must start with "redis://" or "unix:///"'
      .. (url:find("^rediss:") and "; for TLS, let a local stunnel or a proxy speak it" or "")
  end
  local who, where = rest:match("^(.*)@([^@]*)$")
  where = where or rest
  local authority, db = where:match("^([^/]*)/?(%d*)$")
  authority = authority or "no authority" -- which no host can be
  local host, port = authority:match("^%[([%x:.]+)%]:?(%d*)$")
  if not host then host, port = authority:match("^([^:%s]*):?(%d*)$") end
  if not host then
    return nil, 'option "url" must look like redis://user:password@host:6379/0'
  end
  local username, password = (who or ""):match("^([^:]*):?(.*)$")
  return {
    host = decoded(host), port = tonumber(port), db = tonumber(db),
    username = decoded(username), password = decoded(password),
  }
end

local function integer(value, least, most)
  return value % 1 == 0 and value >= least and value <= most
end

--- Reads the options of a connection.
-- @tparam table options see `stripe.webhook.redis`
-- @treturn[1] table `{ host, port, unix_socket, username, password, db, timeout, client, name }`;
--   `name` is for messages
-- @treturn[2] nil
-- @treturn[2] string what is wrong with them
local function read(options)
  if type(options) ~= "table" then return nil, "a connection to Redis takes a table of options" end
  local misuse = Misuse.types(options, KNOWN)
  if misuse then return nil, misuse end
  if options.url and (options.host or options.unix_socket) then
    return nil, 'give option "url", or "host" or "unix_socket"; not both'
  end
  local given, problem = read_url(options.url or "redis://")
  if not given then return nil, problem end
  local address = {}
  for name in pairs(KNOWN) do
    address[name] = options[name]
    if address[name] == nil then address[name] = given[name] end
  end
  address.url = nil
  if not address.unix_socket then
    address.host, address.port = address.host or "127.0.0.1", address.port or 6379
    if not integer(address.port, 1, 65535) then return nil, 'option "port" must be 1 to 65535' end
  end
  address.db, address.timeout = address.db or 0, address.timeout or 5
  if not integer(address.db, 0, 1e6) then return nil, 'option "db" must be an integer from 0' end
  if not (address.timeout > 0 and address.timeout < math.huge) then
    return nil, 'option "timeout" must be a number of seconds above 0'
  end
  if address.username and not address.password then
    return nil, 'option "username" needs a "password"'
  end
  address.name = address.client and "the given client" or address.unix_socket
    or ("%s:%d"):format(address.host, address.port)
  return address
end

return { read = read }
