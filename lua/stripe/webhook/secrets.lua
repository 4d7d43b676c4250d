--- The secrets that a webhook may be signed with, in any of the forms that they are given in:
--
-- * a string
-- * a list of strings, and of `{ name =, secret = }` where it matters which one fitted
-- * `{ name =, secret = }` alone
-- * a map from names to secrets
--
-- A blank secret is refused everywhere: anybody can sign with that.
-- @module stripe.webhook.secrets

local Secrets = {}

local function wrong(secret, where)
  if type(secret) ~= "string" then
    return ("%s must be a string, not a %s"):format(where, type(secret))
  end
  if not secret:find("%S") then
    return where .. " is blank: give the endpoint's signing secret (whsec_...)"
  end
end

-- One item of a list.
local function read(item, where)
  if type(item) ~= "table" then return item, nil, wrong(item, where) end
  if item.name ~= nil and type(item.name) ~= "string" then
    return nil, nil, where .. " has a name that is no string"
  end
  return item.secret, item.name, wrong(item.secret, where)
end

local function sorted_keys(map)
  local keys = {}
  for key in pairs(map) do
    if type(key) ~= "string" then return nil end
    keys[#keys + 1] = key
  end
  table.sort(keys)
  return keys
end

local function read_list(given)
  local values, names, count = {}, {}, 0
  for i, item in ipairs(given) do
    local value, name, problem = read(item, ("secret %d"):format(i))
    if problem then return nil, problem end
    values[i], names[i] = value, name
  end
  for _ in pairs(given) do count = count + 1 end
  if count ~= #values then return nil, "the secrets are neither a list nor a map of names" end
  return values, names
end

local function read_map(given)
  local names = sorted_keys(given)
  if not names then return nil, "the secrets are neither a list nor a map of names" end
  if #names == 0 then return nil, "there is no secret" end
  local values = {}
  for i, name in ipairs(names) do
    local problem = wrong(given[name], ("the secret %q"):format(name))
    if problem then return nil, problem end
    values[i] = given[name]
  end
  return values, names
end

-- Whether it is `{ name =, secret = }`: as a map, the name would be a secret, which is none.
local function is_one(given)
  for key in pairs(given) do
    if key ~= "name" and key ~= "secret" then return false end
  end
  return given.secret ~= nil
end

--- Reads them.
-- @param given
-- @treturn[1] table the secrets, a list
-- @treturn[1] table position -> name; only of those that have one
-- @treturn[2] nil
-- @treturn[2] string what is wrong, without a secret in it
function Secrets.read(given)
  if type(given) == "string" then
    local problem = wrong(given, "the secret")
    if problem then return nil, problem end
    return { given }, {}
  end
  if type(given) ~= "table" then
    return nil, "the secret must be a string, or a table of them, not a " .. type(given)
  end
  if given[1] ~= nil then return read_list(given) end
  if is_one(given) then return read_list { given } end
  return read_map(given)
end

return Secrets
