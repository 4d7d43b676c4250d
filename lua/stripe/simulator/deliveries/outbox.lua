--- What an account has to deliver to its endpoints, and what became of it.
--
-- A record says which event goes to which endpoint, never what is in it: the payload is made when
-- a try is handed out. It is `pending` until it has `succeeded`, `failed` (no try is left) or was
-- `stopped`. Pending records wait for their time in one of two queues: those for functions of this
-- process, and those that a host has to send.
-- @module stripe.simulator.deliveries.outbox

local core = require "stripe.core"
local arrange = require "stripe.simulator.deliveries.arrange"
local copy = require "stripe.simulator.copy"
local heap = require "stripe.heap"
local intervals = require "stripe.simulator.deliveries.intervals"
local log = require "stripe.simulator.deliveries.log"
local outgoing = require "stripe.simulator.deliveries.outgoing"
local target = require "stripe.simulator.deliveries.target"
local utf8_text = require "stripe.simulator.utf8_text"

local Outbox = {}
local metatable = { __name = "stripe.simulator.outbox", __index = Outbox }

local KEPT = 1000       -- records that are not pending any more
local PENDING = 100000
local MAX_BODY = 4096   -- bytes that are kept of an answer

local function new(account, capacity)
  local self = setmetatable({ account = account, capacity = capacity or KEPT }, metatable)
  self:reset()
  return self
end

local function queue_of(self, record)
  return target.is_inside(self.account, record) and self.inside or self.outside
end

-- Puts a pending record where it waits, and wakes whoever is to deliver it.
local function enqueue(self, record)
  local queue = queue_of(self, record)
  heap.push(queue, { time = record.due, order = record.rank or record.order, id = record.id })
  self.account.simulator:stir(self.account, queue == self.inside)
end

local function keep(self, record)
  self.records[record.id] = record
  if record.kind == "automatic" then self.automatic[record.event .. record.endpoint] = record end
end

local function close(self, record, state, reason)
  record.state, record.reason, record.flying = state, reason, nil
  self.pending = self.pending - 1
  self.last = self.last + 1
  self.closed[self.last] = record.id
  if self.last - self.first < self.capacity then return end
  local oldest = self.records[self.closed[self.first]]
  self.closed[self.first] = nil
  self.first = self.first + 1
  self.records[oldest.id] = nil
  local name = oldest.event .. oldest.endpoint
  if self.automatic[name] == oldest then self.automatic[name] = nil end
end

-- The one that was to wait for the end of this one's try.
local function release_next(self, record)
  local following = self.records[record.following or false]
  record.following = nil
  if not following then return end
  following.waits = nil
  if following.state == "pending" then enqueue(self, following) end
end

--- Queues an event.
-- @tparam table event
-- @string endpoint its id, or that of a function of this process
-- @tparam[opt] table options `kind`: "automatic", which is tried again when it fails, "manual" or
--   "duplicate"; `account`: the connected account that the event belongs to
function Outbox:add(event, endpoint, options)
  local account = self.account
  local order = account.simulator.order + 1
  account.simulator.order = order
  local record = {
    id = ("dlv_%d"):format(order), order = order, event = event.id, type = event.type,
    endpoint = endpoint, account = options and options.account,
    kind = options and options.kind or "automatic", state = "pending", tries = 0,
    due = account.clock:now(), attempts = {},
  }
  keep(self, record)
  self.pending = self.pending + 1
  if self.pending > PENDING then return close(self, record, "stopped", "too many are pending") end
  enqueue(self, record)
end

-- Counts a success in the event, once for each endpoint that was waited for.
local function count_down(self, record)
  local waiting = self.automatic[record.event .. record.endpoint]
  if not waiting or waiting.counted then return end
  waiting.counted = true
  if target.is_function(record.endpoint) then return end
  local event = target.event(self.account, record, true)
  if event then event.pending_webhooks = math.max(0, event.pending_webhooks - 1) end
end

local function capped(body)
  if type(body) ~= "string" or body == "" then return nil end
  return utf8_text.repaired(body:sub(1, MAX_BODY))
end

--- Takes what came of a try that `take` had handed out.
-- @string id
-- @tparam table outcome `{ status, body, duration = milliseconds }`, or `{ failure, message }`
-- @treturn boolean true | nil, message
function Outbox:finish(id, outcome)
  local record = self.records[id]
  if not record or not record.flying then return nil, "no such delivery is under way: " .. id end
  local attempt = record.attempts[#record.attempts]
  attempt.status, attempt.body = outcome.status, capped(outcome.body)
  attempt.duration = outcome.duration
  if outcome.failure then
    attempt.error = { kind = outcome.failure,
      message = core.redact(tostring(outcome.message or outcome.failure)) }
  end
  if record.veiled then log.veil(attempt) end
  record.flying, record.veiled = nil, nil
  local status = outcome.status
  local interval = record.kind == "automatic" and intervals(self.account.livemode, record.tries)
  if status and status >= 200 and status < 300 and not outcome.failure then
    count_down(self, record)
    close(self, record, "succeeded")
  elseif interval then
    record.due, record.rank = record.due + interval, nil
    enqueue(self, record)
  else
    close(self, record, "failed")
  end
  release_next(self, record)
  return true
end

local function stop(self, record, reason)
  close(self, record, "stopped", reason)
  release_next(self, record)
end

-- Begins a try: what is to be sent; nil when it has come to its end at once.
local function begin(self, record, now)
  local event, endpoint, problem = target.find(self.account, record)
  if not event then return stop(self, record, problem) end
  record.tries = record.tries + 1
  record.flying = true
  local attempt = { n = record.tries, time = now, url = endpoint.url }
  record.attempts[#record.attempts + 1] = attempt
  local delivery = { id = record.id, event = event.id, type = event.type,
    endpoint = record.endpoint, attempt = record.tries }
  if endpoint.f then
    delivery.f, delivery.content = endpoint.f, outgoing.event(event, endpoint.keep_null)
    return delivery
  end
  delivery.f = target.route(self.account, endpoint.url)
  if not delivery.f and not target.may_leave(self.account, endpoint.url) then
    self:finish(record.id, { failure = "not_allowed", message = "this address is neither on this "
      .. "machine nor allowed by webhook_endpoints:allow" })
    return nil
  end
  delivery.request = outgoing.request(event, endpoint,
    target.secrets(self.account, endpoint), target.sign_time(self.account))
  attempt.headers = {}
  for i, header in ipairs(delivery.request.headers) do attempt.headers[i] = copy.shallow(header) end
  return delivery
end

--- Hands out the tries whose time has come.
-- @bool inside those for functions of this process; otherwise those to send
-- @number[opt] now Unix seconds; the account's
-- @number[opt] limit at most so many
-- @treturn {table,...} `{ id, event, type, endpoint, attempt, request }`, of functions also `f`,
--   and `content` instead of `request` for those that take events
function Outbox:take(inside, now, limit)
  local queue, taken = inside and self.inside or self.outside, {}
  if self.held or not queue[1] then return taken end
  now = now or self.account.clock:now()
  while queue[1] and queue[1].time <= now and #taken < (limit or math.huge) do
    local entry = heap.pop(queue)
    local record = self.records[entry.id]
    if record and record.state == "pending" and not record.flying and not record.waits
      and record.due == entry.time and (record.rank or record.order) == entry.order then
      if queue_of(self, record) == queue then
        taken[#taken + 1] = begin(self, record, now)
      else
        enqueue(self, record) -- the endpoint's address has changed since
      end
    end
  end
  return taken
end

--- When the first of those to send is due, Unix seconds; nil when none waits.
function Outbox:next()
  return not self.held and self.outside[1] and self.outside[1].time or nil
end

--- Sorts what waits into its queues again, since functions have come or gone.
function Outbox:sort()
  self.inside, self.outside = {}, {}
  for _, record in pairs(self.records) do
    if record.state == "pending" and not record.flying and not record.waits then
      enqueue(self, record)
    end
  end
end

--- Lets nothing out until `release`.
function Outbox:hold() self.held = true end

--- Lets out what is due, each when the try of the one before it has ended.
-- @param[opt] order nil: as they came, all at once; "reverse"; or a list of ids of events, what is
--   not in it coming last
function Outbox:release(order)
  self.held = false
  if not order then return self:sort() end
  local simulator, last = self.account.simulator, nil
  for _, record in pairs(self.records) do record.following = nil end
  for _, record in ipairs(arrange(self.records, self.account.clock:now(), order)) do
    simulator.order = simulator.order + 1
    record.rank, record.waits = simulator.order, last ~= nil or nil
    if last then last.following = record.id end
    last = record
  end
  self:sort()
end

--- Takes away what answers and errors said, or will say, of these events. For redaction.
-- @tparam table events set of ids
function Outbox:redact(events) log.redact(self.records, events) end

--- The log, oldest first; see `stripe.simulator.deliveries.log`.
function Outbox:list() return log.shown(self.records) end

function Outbox:reset()
  self.records, self.automatic, self.pending, self.held = {}, {}, 0, false
  self.closed, self.first, self.last = {}, 1, 0 -- ids, in the order of their end
  self.inside, self.outside = {}, {}
end

--- What is under way counts as not tried: nobody will hear how it ended.
function Outbox:snapshot()
  local records = {}
  for i, record in ipairs(log.ordered(self.records)) do
    records[i] = copy.deep(record)
    if record.flying then
      records[i].flying, records[i].veiled, records[i].tries = nil, nil, record.tries - 1
      table.remove(records[i].attempts)
    end
  end
  return { records = records, held = self.held }
end

function Outbox:restore(state)
  self:reset()
  self.held = state.held
  local simulator = self.account.simulator
  for _, record in ipairs(state.records) do
    keep(self, record)
    simulator.order = math.max(simulator.order, record.order, record.rank or 0)
    if record.state == "pending" then
      self.pending = self.pending + 1
    else
      self.last = self.last + 1
      self.closed[self.last] = record.id
    end
  end
  self:sort()
end

return { new = new }
