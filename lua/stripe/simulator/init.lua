--- A stateful simulator of the API in this process: a transport for `stripe.new`.
--
--     local sim = stripe.simulator.new { clock = 1800000000 }
--     local client = stripe.new { api_key = "sk_test_1", transport = sim }
--
-- It never waits and does no I/O. Everything belongs to an account, one per API key;
-- `sim:account(key)` is that account, with the same methods as the simulator, whose own methods
-- mean all accounts, also those to come. A control of an object that one account made means that
-- account; `load` and `events:trigger` mean the default account, the first one used.
-- @module stripe.simulator

local core = require "stripe.core"
local accounts = require "stripe.simulator.accounts"
local all_events = require "stripe.simulator.all_events"
local clock = require "stripe.simulator.clock"
local control = require "stripe.simulator.control"
local controls = require "stripe.simulator.controls"
local copy = require "stripe.simulator.copy"
local deliveries = require "stripe.simulator.deliveries"
local faults = require "stripe.simulator.faults"
local ids = require "stripe.simulator.ids"
local journal = require "stripe.simulator.journal"
local prefixes = require "stripe.simulator.prefixes"
local public_links = require "stripe.simulator.files.public"
local request = require "stripe.simulator.request"
local router = require "stripe.simulator.router"
local standing = require "stripe.simulator.standing"
local state = require "stripe.simulator.state"

local simulator = {}

local Simulator = {}
local metatable = { __name = "stripe.simulator", __index = Simulator }
deliveries.add(Simulator)

-- What has a state, as `state.parts` are those of an account.
local PARTS = { "clock", "request_ids", "faults", "journal", "standing" }

local OPTIONS = {
  seed = true, clock = true, offset = true, settings = true, sign_clock = true,
  allowed_endpoints = true,
}

local SETTINGS = {
  api_version = core.api_version, business_name = "Example Business",
  business_url = "https://example.com", default_currency = "usd",
}

local function allowed_endpoints(urls)
  local allowed = {}
  for _, url in ipairs(urls) do
    local address = prefixes.plain(url)
    if not address then error("allowed_endpoints: no URL: " .. tostring(url), 3) end
    allowed[address] = true
  end
  return allowed
end

--- Makes a simulator.
-- @tparam[opt] table options `seed`: text or number (1), the same seed gives the same ids;
--   `clock`: Unix seconds at which time stands until `advance`, or a function that returns them
--   (the wall clock); `offset`: seconds added to that function; `settings`: of each new account,
--   merged into `{ api_version, business_name, business_url, default_currency = "usd" }`;
--   `sign_clock`: "host" or "simulator", whose time the signatures of deliveries bear ("host");
--   `allowed_endpoints`: URLs, to which and below which deliveries may leave this machine
-- @treturn table simulator
function simulator.new(options)
  options = options or {}
  if type(options) ~= "table" then error("options: a table expected", 2) end
  for name in pairs(options) do
    if not OPTIONS[name] then error("unknown option: " .. tostring(name), 2) end
  end
  local frozen = type(options.clock) == "number"
  if not (frozen or options.clock == nil or type(options.clock) == "function") then
    error("clock: a number or a function expected", 2)
  end
  if frozen and options.offset then error("offset: a frozen clock has none", 2) end
  local sign_clock = options.sign_clock or "host"
  if sign_clock ~= "host" and sign_clock ~= "simulator" then
    error('sign_clock: "host" or "simulator" expected', 2)
  end
  local seed = tostring(options.seed or 1)
  local self = setmetatable({
    seed = seed, settings = copy.merge(copy.deep(SETTINGS), options.settings or {}),
    clock = clock.new {
      time = frozen and options.clock or nil,
      source = not frozen and (options.clock or core.time) or nil, offset = options.offset,
    },
    request_ids = ids.new(seed), faults = faults.new(), journal = journal.new(),
    standing = standing.new(), order = 0, sign_clock = sign_clock,
    allowed_endpoints = allowed_endpoints(options.allowed_endpoints or {}),
  }, metatable)
  self.accounts = accounts.new(self)
  self.events = all_events.new(self)
  controls.attach_all(self)
  return self
end

--- The account of an API key, opened when it is new; without a key the default one, the first
-- used. If there is none yet it is opened for the first test key that comes.
-- @string[opt] key
-- @string[opt] id of a connected account below it
-- @treturn table account
function Simulator:account(key, id)
  if key == nil then return self.accounts:default() end
  local account, err = self.accounts:of(key, id)
  if not account then error(tostring(err), 2) end
  return account
end

local function answer(self, read)
  if not read.operation then
    if control.takes(read) then return control.answer(self, read) end
    if public_links.takes(read) then return public_links.answer(self, read) end
  end
  return router.answer(self, read)
end

--- Answers one HTTP exchange.
-- @tparam table request `method, url, headers` (list of {name, value} or map), `body` (text) or
--   `stream` (reader function)
-- @treturn table one of
--   `{ status, headers = {{name, value}, ...}, body }`;
--   `{ outbound = request, resume = f }`: to be sent out; `f(answer)`, or `f(nil, failure)`, gives
--   what to do next, again one of these;
--   `{ directive = "delay", seconds, response, finished }`: to be answered that much later;
--   `finished()`, if there is one, is to be called then: up to that the request's key is in use;
--   `{ directive = "truncate", bytes, response }`: the connection ends after so many bytes of body;
--   `{ directive = "reset", done }`: the connection ends without an answer; `done` says whether the
--   request was carried out
-- | nil, failure `{ kind, message, sent }` when the body can't be read
function Simulator:handle(raw)
  local read, failure = request.read(raw)
  if not read then return nil, failure end
  return answer(self, read)
end

--- The same for a call of a client in this process, which is read without being written as HTTP.
-- @tparam userdata call
-- @treturn table as of `handle`; nil when the body can't be read
-- @treturn ?table failure
-- @treturn ?number seconds that the attempt may take
function Simulator:handle_call(call)
  local read, failure = request.of_call(call)
  if not read then return nil, failure end
  return answer(self, read), nil, read.timeout
end

--- Moves the clocks of all accounts, and of those to come, forward; due work runs.
-- @number seconds
function Simulator:advance(seconds)
  local problem = clock.problem_of(seconds)
  if problem then error(problem, 2) end
  self.clock:advance(seconds)
  for _, account in ipairs(self.accounts.list) do account.clock:advance(seconds) end
  self:moved()
end

--- Something is to be delivered, perhaps later. A host that delivers by itself puts a function
-- there, `simulator.wake`.
-- @tparam table account
-- @bool inside whether it is for a function of this process
function Simulator:stir(account, inside)
  if inside then
    self.stirred = self.stirred or {}
    self.stirred[account] = true
  elseif self.wake then
    self.wake()
  end
end

--- What was asked and answered in all accounts, oldest first: a list of
-- `{ id, method, path, operation, params, status, idempotency_key, time, fault, object, order }`;
-- `object` is an id, `order` grows from each to the next.
function Simulator:requests()
  local entries = self.journal:list()
  for _, account in ipairs(self.accounts.list) do
    for _, entry in ipairs(account:requests()) do entries[#entries + 1] = entry end
  end
  table.sort(entries, function(x, y) return x.order < y.order end)
  return entries
end

--- Forgets everything: accounts stay, as new.
function Simulator:reset()
  state.reset(self, PARTS)
  for _, account in ipairs(self.accounts.list) do
    account.clock:reset(self.clock.start)
    account:reset()
  end
end

--- The state of all accounts, faults and time, as a plain value that JSON can carry.
function Simulator:snapshot()
  local snapshot = { seed = self.seed, settings = copy.deep(self.settings), order = self.order,
    accounts = {}, unclaimed = self.accounts.unclaimed ~= nil }
  state.save(self, PARTS, snapshot)
  for i, account in ipairs(self.accounts.list) do snapshot.accounts[i] = account:snapshot() end
  return snapshot
end

-- The accounts of a snapshot, read | nil, message.
local function accounts_of(self, snapshots)
  local accounts_read = {}
  for i, snapshot in ipairs(snapshots) do
    local read, problem = state.read_account(snapshot)
    if not read then return nil, problem end
    if not self.accounts.check(read.key) then
      return nil, ("account %d of the snapshot has no secret key"):format(i)
    end
    accounts_read[i] = read
  end
  return accounts_read
end

--- Takes a state back, with its seed and the settings of new accounts; accounts that it doesn't
-- know are dropped. A snapshot that can't be taken back changes nothing.
-- @treturn boolean true | nil, message
function Simulator:restore(snapshot)
  if type(snapshot) ~= "table" or not state.is_list(snapshot.accounts) then
    return nil, "a snapshot of a simulator expected"
  end
  if type(snapshot.order or 0) ~= "number" then return nil, "the snapshot lacks order" end
  if type(snapshot.seed or "") ~= "string" then return nil, "the snapshot lacks seed" end
  local settings = snapshot.settings or self.settings
  local problem = state.problem_of_settings(settings)
  if problem then return nil, problem end
  local states, accounts_read
  states, problem = state.read(snapshot, PARTS)
  if not states then return nil, problem end
  accounts_read, problem = accounts_of(self, snapshot.accounts)
  if not accounts_read then return nil, problem end
  local owners = { self }
  for i, account in ipairs(self.accounts.list) do owners[i + 1] = account end
  return state.attempt(owners, function()
    self.seed = snapshot.seed or self.seed
    -- Never back: the ids of deliveries come of it, and some may still be under way.
    self.order = math.max(self.order, snapshot.order or 0)
    self.settings = copy.deep(settings)
    state.take(self, PARTS, states)
    return self.accounts:restore(accounts_read, snapshot.unclaimed)
  end)
end

--- Puts objects into the default account; see `account:load`.
function Simulator:load(objects) return self:account():load(objects) end

return simulator
