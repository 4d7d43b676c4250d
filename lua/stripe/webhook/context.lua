--- What an event handler gets: the event, and what it may need to handle it.
-- @module stripe.webhook.context

local core = require "stripe.core"
local Patterns = require "stripe.webhook.patterns"
local Thin = require "stripe.webhook.thin"
local present = require "stripe.webhook.present"

local Context = {}
local methods = {}

-- Context -> what belongs to the machinery around the handler: kept out of the context, so that
-- whoever prints one prints the event and not the client.
local states = setmetatable({}, { __mode = "k" })

-- The client in the name of the account that the event belongs to.
local function client_of(settings, event)
  local client = settings.client
  if not client then return nil end
  if type(event.context) == "string" and (Thin.is(event) or not present(event.account)) then
    return client:with { context = event.context }
  end
  if type(event.account) == "string" then return client:with { account = event.account } end
  return client
end

local lazy = {}

function lazy.client(state) return client_of(state.settings, state.event) end
function lazy.known(state) return Patterns.known(state.event.type) end

local metatable = {
  __name = "stripe.webhook.context",
  __index = function(self, name)
    if methods[name] then return methods[name] end
    if not lazy[name] then return nil end
    local value = lazy[name](states[self])
    rawset(self, name, value)
    return value
  end,
}

function metatable:__tostring()
  return ("%s (%s)"):format(metatable.__name, self.id)
end

--- The difference between the version that an event was written in and the library's.
-- @tparam table event
-- @treturn ?table `{ event, library }`
function Context.mismatch(event)
  local version = event.api_version
  if type(version) ~= "string" or version == core.api_version then return nil end
  return { event = version, library = core.api_version }
end

--- Makes one.
-- @tparam table settings of the handler
-- @tparam table event
-- @tparam table info see `handler:process`
-- @tparam ?table claim
-- @treturn table the fields
--
-- * `event`; of it `id`, `type` (with a dot where there are two spellings), `object`, `account`,
--   `previous_attributes`, `livemode`, `thin`
-- * `attempt`: 1, or more when a handler began with this event before; `claim`
-- * `client`: for calls in the name of the event's account; `known`: the catalogue has the type
-- * `source`, `verification`, `headers`, `received`: how it came
-- * `version_mismatch`: nil, or `{ event, library }`
-- * `store`: the store, for what its verbs are good for
function Context.new(settings, event, info, claim)
  local data = type(event.data) == "table" and event.data or {}
  local ctx = {
    event = event, id = event.id, type = Patterns.canonical(event.type),
    object = present(data.object), previous_attributes = present(data.previous_attributes),
    account = present(event.account), livemode = present(event.livemode), thin = Thin.is(event),
    attempt = claim and claim.attempt or 1, claim = claim, store = settings.store or nil,
    source = info.source or "process", verification = info.verification, headers = info.headers,
    received = info.received, version_mismatch = Context.mismatch(event),
  }
  states[ctx] = { settings = settings, event = event, claim = claim }
  return setmetatable(ctx, metatable)
end

local function state_of(ctx, method)
  local state = states[ctx or false]
  if not state then error(("use ctx:%s(...) with a colon"):format(method), 3) end
  return state
end

--- Makes the claim last longer: for handlers that need more time than the lease.
-- @tparam ?number seconds from now; the handler's lease
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string "lost": somebody else handles the event now, so stop; or "failed"
-- @treturn[2] ?string message
function methods:renew(seconds)
  local state = state_of(self, "renew")
  if seconds ~= nil and (type(seconds) ~= "number" or not (seconds > 0 and seconds < 1e9)) then
    error("ctx:renew takes a number of seconds above 0", 2)
  end
  local store = state.settings.store
  if not store then return true end
  seconds = seconds or state.settings.lease
  if state.lock then
    local ok, why, message = store:renew(state.lock, seconds)
    if not ok then return nil, why, message end
  end
  return store:renew(state.claim, seconds)
end

--- The store's transaction: what is written in it is committed together with the event, or not at
-- all. Begun by the first call; only where the store has them (SQLite).
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string "lost" or "failed"
-- @treturn[2] ?string message
function methods:transaction()
  local state = state_of(self, "transaction")
  local store = state.settings.store
  if not store or not store.begin then
    error("ctx:transaction needs a store with transactions, such as SQLite's", 2)
  end
  if state.transaction then return state.transaction end
  local transaction, why, message = store:begin(state.claim)
  if not transaction then return nil, why, message end
  state.transaction = transaction
  return transaction
end

local function need_client(ctx, method)
  local state = state_of(ctx, method)
  if not state.settings.client then
    error(("ctx:%s needs the option client of the webhook handler"):format(method), 3)
  end
  return state
end

--- The whole event: a thin one is fetched, once.
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] table the error
function methods:fetch_event()
  if not self.thin then return self.event end
  local state = need_client(self, "fetch_event")
  if state.whole then return state.whole end
  local event, err = Thin.event(self.client, state.event)
  if not event then return nil, err end
  state.whole, self.event = event, event
  return event
end

--- The object that a thin event is about, as it is now: fetched, once. Of other events, the
-- object in them.
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] table the error; of the type `validation_error` when the event points to where no
--   object may be fetched from
function methods:related()
  if not self.thin then return self.object end
  local state = need_client(self, "related")
  if state.related then return state.related end
  local object, err = Thin.related(self.client, state.event, state.settings.related_prefixes)
  if not object then return nil, err end
  state.related, self.object = object, object
  return object
end

--- For the machinery: the state of a context, `{ settings, event, claim, lock, transaction }`.
-- @tparam table ctx
-- @treturn table
function Context.state(ctx) return states[ctx] end

return Context
