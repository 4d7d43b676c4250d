--- The accounts of a simulator: one per API key, opened by the key's first use.
--
-- A connected account (`Stripe-Account`) is an account of its own below the key that names it;
-- two keys naming the same id reach two different ones.
-- @module stripe.simulator.accounts

local accounts = require "stripe.simulator.account"
local errors = require "stripe.simulator.errors"
local state = require "stripe.simulator.state"

local Accounts = {}
local metatable = { __name = "stripe.simulator.accounts", __index = Accounts }

local DEFAULT_KEY = "sk_test_simulator"

--- Makes an empty set of accounts.
-- @tparam table simulator its `clock`, `seed` and `settings` are those of new accounts
local function new(simulator)
  return setmetatable({ simulator = simulator, list = {}, by_key = {} }, metatable)
end

-- Keeps the first 11 and the last 4 characters.
local function masked(key)
  if #key <= 15 then return ("*"):rep(math.max(#key - 4, 0)) .. key:sub(-4) end
  return key:sub(1, 11) .. ("*"):rep(#key - 15) .. key:sub(-4)
end

local function unauthorized(message, code)
  return nil, errors.new { status = 401, message = message, code = code }
end

--- Whether a key is one that opens an account.
-- @treturn boolean true | nil, err 401
function Accounts.check(key)
  if type(key) ~= "string" then
    return unauthorized("You did not provide an API key. You need to provide your API key in the "
      .. "Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').")
  end
  if key:find "^[sr]k_test_[%w_]+$" or key:find "^[sr]k_live_[%w_]+$" then return true end
  if key:find "^pk_" then
    return unauthorized("This call needs a secret API key; a publishable one was provided: "
      .. masked(key), "secret_key_required")
  end
  return unauthorized("Invalid API Key provided: " .. masked(key))
end

local function open(self, name, options)
  local found = self.by_key[name]
  if found then return found end
  local simulator = self.simulator
  options.seed = simulator.seed .. " " .. name
  options.clock = simulator.clock:like()
  options.settings = simulator.settings
  found = accounts.new(simulator, options)
  found.name = name
  self.by_key[name] = found
  self.list[#self.list + 1] = found
  return found
end

-- Gives the account that was opened without a key to the first test key.
local function claim(self, key)
  if key:find("_live_", 1, true) then return end
  local account = self.unclaimed
  self.unclaimed, self.by_key[account.name] = nil, nil
  account.key, account.name, self.by_key[key] = key, key, account
end

--- The account of a key, opened when it is new.
-- @string key
-- @string[opt] id of a connected account
-- @treturn table account | nil, err
function Accounts:of(key, id)
  local own = key and not self.unclaimed and self.by_key[key]
  if not own or own.key ~= key then
    local valid, err = self.check(key)
    if not valid then return nil, err end
    if self.unclaimed then claim(self, key) end
    own = open(self, key, { key = key })
  end
  if not id or id == own.id then return own end
  if not id:find "^acct_%w+$" then
    return nil, errors.new {
      status = 403, code = "account_invalid",
      message = ("The key %s has no access to an account '%s'."):format(masked(key), id),
    }
  end
  return open(self, key .. " " .. id, { key = key, id = id, parent = own })
end

--- The account that methods of the simulator mean when no key is named: the first one used. If
-- there is none yet, one is opened that belongs to the first test key that comes.
function Accounts:default()
  local first = self.list[1]
  if not first then
    first = open(self, DEFAULT_KEY, { key = DEFAULT_KEY })
    self.unclaimed = first
  end
  return first
end

--- The account that made an object; nil when none did, or when all have it.
function Accounts:maker(id)
  if type(id) ~= "string" or self.simulator.standing:is_about(id) then return nil end
  for _, account in ipairs(self.list) do
    if not account.seeded[id] and account.store:kind_of(id) then return account end
  end
end

--- Makes these the accounts, each as it was read of a snapshot; `unclaimed`: the first was opened
-- without a key.
-- @treturn boolean true | nil, message
function Accounts:restore(accounts_read, unclaimed)
  local known = self.by_key
  self.list, self.by_key, self.unclaimed = {}, {}, nil
  for _, read in ipairs(accounts_read) do
    local name = read.id and read.key .. " " .. read.id or read.key
    if known[name] then
      self.by_key[name] = known[name]
      self.list[#self.list + 1] = known[name]
    end
    local account, err = self:of(read.key, read.id)
    if not account then return nil, tostring(err) end
    state.put(account, read)
  end
  self.unclaimed = unclaimed and self.list[1] or nil
  return true
end

return { new = new }
