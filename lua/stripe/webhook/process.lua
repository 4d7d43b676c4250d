--- What happens to an event that is to be trusted: claimed, handed to its handler, committed.
--
-- The order of things decides what a crash can do. Before the claim nothing happened. Between the
-- claim and the commit the handler may have run: the claim expires, the event comes again, and the
-- handler is told by `ctx.attempt`. After the commit nobody runs it again.
-- @module stripe.webhook.process

local core = require "stripe.core"
local Context = require "stripe.webhook.context"
local Dispatch = require "stripe.webhook.dispatch"
local Driver = require "stripe.driver"
local Error = require "stripe.error"
local protect = require "stripe.webhook.protect"
local with = require "stripe.with"

local STATUS = {
  committed = 200, duplicate = 200, stale = 200, ignored = 200, queued = 200,
  busy = 503, lost = 503, failed = 500, refused = 400,
}

local PAUSE = 0.05 -- seconds between two looks at an object that is being handled

local function outcome_of(event, result, more)
  return with({
    status = STATUS[result], result = result, id = event.id, type = event.type,
  }, more)
end

local function store_error(message)
  return Error.new {
    type = "api_error", code = "store", retryable = true, sent = "no", attempts = {},
    message = "the webhook store failed: " .. tostring(message or "it did not say why"),
  }
end

-- Calls a verb of the store; what it throws counts as its failure.
local function ask(store, verb, ...)
  local a, b, c = ...
  local ok, value, why, detail = protect(function() return store[verb](store, a, b, c) end)
  if not ok then return nil, "failed", value.message end
  return value, why, detail
end

local function no_store(event, message)
  return outcome_of(event, "failed", {
    status = 503, reason = "store", error = store_error(message),
  })
end

local function not_claimed(event, why, detail)
  if why == "committed" then return outcome_of(event, "duplicate") end
  if why == "claimed" then
    return outcome_of(event, "busy", { retry_after = math.max(math.ceil(detail or 1), 1) })
  end
  return no_store(event, detail)
end

-- Claims the object of an event, for the time of the run: so its events run one after the other.
-- Waits a little when another one is running.
local function lock(settings, key)
  local driver = settings.driver or Driver.current()
  local limit = driver.now() + settings.wait
  while true do
    local claim, why, detail = ask(settings.store, "claim", "object " .. key, settings.lease)
    if claim or why ~= "claimed" or driver.now() >= limit then return claim, why, detail end
    driver.sleep(PAUSE)
  end
end

-- A commit whose answer got lost is asked for again: it may have been made.
local function commit(store, claim, key, order)
  local ok, why, detail = ask(store, "commit", claim, key, order)
  if ok or why ~= "failed" then return ok, why, detail end
  return ask(store, "commit", claim, key, order)
end

local function after_commit(event, claim, ok, why, detail)
  if ok then return outcome_of(event, "committed", { attempt = claim.attempt }) end
  if why == "lost" then return outcome_of(event, "lost", { attempt = claim.attempt }) end
  local outcome = no_store(event, detail)
  outcome.attempt = claim.attempt
  return outcome
end

local function finish(settings, event, ctx, key, order)
  local state, store = Context.state(ctx), settings.store
  local claim, transaction = state.claim, state.transaction
  if not transaction then return after_commit(event, claim, commit(store, claim, key, order)) end
  local ok, why, detail = ask(transaction, "commit", key, order)
  if not ok and why ~= "lost" then ask(store, "release", claim) end
  return after_commit(event, claim, ok, why, detail)
end

local function fail(settings, event, ctx, err)
  local state = Context.state(ctx)
  if state.transaction then ask(state.transaction, "rollback") end
  if state.claim then ask(settings.store, "release", state.claim) end
  return outcome_of(event, "failed", { error = err, attempt = ctx.attempt })
end

-- Of an event whose object nobody else has: claim, run, commit.
local function claimed(settings, event, info, f, guard)
  local store = settings.store
  local claim, why, detail = ask(store, "claim", settings.prefix .. event.id, settings.lease)
  if not claim then return not_claimed(event, why, detail) end
  local ctx = Context.new(settings, event, info, claim)
  local key, order
  if guard then
    key, order = guard.key, guard.order
    Context.state(ctx).lock = guard.claim
    local highest, failed, message = ask(store, "newest", key)
    if failed then
      ask(store, "release", claim)
      return no_store(event, message)
    end
    if highest and order < highest then
      local outcome = after_commit(event, claim, commit(store, claim))
      if outcome.result == "committed" then outcome.result = "stale" end
      return outcome
    end
  end
  local ok, err = Dispatch.run(settings, ctx, f)
  if not ok then return fail(settings, event, ctx, err) end
  return finish(settings, event, ctx, key, order)
end

local function guarded(settings, event, info, f)
  local ok, key, order = protect(function() return settings.newest:place(event) end)
  if not ok then return outcome_of(event, "failed", { error = key }) end
  if not key then return claimed(settings, event, info, f) end
  key = settings.prefix .. key
  local held, why, detail = lock(settings, key)
  if not held then return not_claimed(event, why, detail) end
  local outcome = claimed(settings, event, info, f, { key = key, order = order, claim = held })
  ask(settings.store, "release", held, true)
  return outcome
end

local function unguarded(settings, event, info, f)
  if settings.store then return claimed(settings, event, info, f) end
  local ctx = Context.new(settings, event, info)
  local ok, err = Dispatch.run(settings, ctx, f)
  if not ok then return fail(settings, event, ctx, err) end
  return outcome_of(event, "committed", { attempt = 1 })
end

local Process = {}

--- What is no event, or none that can be handled.
-- @param event
-- @treturn ?string what is wrong with it
function Process.malformed(event)
  if type(event) ~= "table" or event.object ~= "event" and event.object ~= "v2.core.event" then
    return "the payload is no event"
  end
  if type(event.id) ~= "string" or #event.id > 255 or not event.id:find("^[\33-\126]+$") then
    return "the event has no id"
  end
  if type(event.type) ~= "string" or #event.type > 255 or not event.type:find("^[%w_.]+$") then
    return "the event has no type"
  end
end

--- The error of what is refused.
-- @string message
-- @treturn table
function Process.refusal(message)
  return Error.refused { message = message }
end

--- Handles an event from here to its outcome.
-- @tparam table settings
-- @tparam table event
-- @tparam table info
-- @treturn table outcome
function Process.run(settings, event, info)
  local began = core.now()
  local outcome
  local problem = Process.malformed(event)
  if problem then
    outcome = outcome_of({}, "refused", { error = Process.refusal(problem) })
  else
    local ok, f, pattern = protect(function() return Dispatch.find(settings, event) end)
    if not ok then
      outcome = outcome_of(event, "failed", { error = f })
    elseif not f then
      outcome = outcome_of(event, "ignored", { reason = pattern })
    else
      outcome = (settings.newest and guarded or unguarded)(settings, event, info, f)
      outcome.pattern = pattern
    end
  end
  outcome.duration = core.now() - began
  return outcome
end

Process.outcome = outcome_of

return Process
