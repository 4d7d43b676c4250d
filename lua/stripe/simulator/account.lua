--- One account: everything that belongs to an API key, and nothing of another.
--
-- `account.clock, ids, store, events, outbox, faults, idempotency, journal, settings` are its
-- parts; `account.current` is the request being answered, nil while timers and controls run.
-- @module stripe.simulator.account

local clock = require "stripe.simulator.clock"
local controls = require "stripe.simulator.controls"
local copy = require "stripe.simulator.copy"
local deliveries = require "stripe.simulator.deliveries"
local events = require "stripe.simulator.events"
local families = require "stripe.simulator.families"
local faults = require "stripe.simulator.faults"
local idempotency = require "stripe.simulator.idempotency"
local ids = require "stripe.simulator.ids"
local journal = require "stripe.simulator.journal"
local outbox = require "stripe.simulator.deliveries.outbox"
local state = require "stripe.simulator.state"
local store = require "stripe.simulator.store"

local Account = {}
local metatable = { __name = "stripe.simulator.account", __index = Account }
deliveries.add(Account)

local function seed(self)
  for _, family in ipairs(families.list) do
    if family.seed then family.seed(self) end
  end
  self.seeded = self.store:ids()
  self.simulator.standing:repeat_for(self)
end

--- Opens an account.
-- @tparam table simulator
-- @tparam table options `key`; `seed`; `clock`: options of clock.new; `settings`: copied;
--   for a connected account `id` and `parent`, the account of its platform
local function new(simulator, options)
  local id = options.id or "acct_" .. ids.new(options.seed .. " account"):secret(16)
  local self = setmetatable({
    simulator = simulator, key = options.key, id = id, parent = options.parent,
    livemode = options.key:find("_live_", 1, true) ~= nil,
    initial_settings = options.settings,
    ids = ids.new(options.seed), request_ids = ids.new(options.seed .. " requests"),
    store = store.new(), faults = faults.new(), journal = journal.new(),
  }, metatable)
  self.clock = clock.new {
    time = options.clock.time, source = options.clock.source, offset = options.clock.offset,
    run = function(name, object_id, extra)
      self.current = nil
      families.timers[name](self, object_id, extra)
    end,
  }
  self.events, self.outbox = events.new(self), outbox.new(self)
  self.idempotency = idempotency.new(self.clock)
  self.settings = copy.deep(options.settings)
  controls.attach(self)
  seed(self)
  return self
end

--- Answers one HTTP exchange; the request's key chooses the account, as in `simulator:handle`.
function Account:handle(request) return self.simulator:handle(request) end

function Account:handle_call(call) return self.simulator:handle_call(call) end

--- Moves this account's clock forward and runs what became due.
function Account:advance(seconds)
  local problem = clock.problem_of(seconds)
  if problem then error(problem, 2) end
  self.clock:advance(seconds)
  self:moved()
end

--- The journal of this account, see `stripe.simulator`.
function Account:requests() return self.journal:list() end

--- Forgets everything and seeds the account anew.
function Account:reset()
  state.reset(self, state.parts)
  self.settings = copy.deep(self.initial_settings)
  seed(self)
end

--- The state as a plain value that JSON can carry.
function Account:snapshot() return state.snapshot(self) end

--- Takes a state back. @treturn boolean true | nil, message
function Account:restore(snapshot) return state.restore(self, snapshot) end

--- Puts objects in the shape of the API into the account. @treturn boolean true | nil, message
function Account:load(objects) return state.load(self, objects) end

return { new = new }
