--- Redacts many sessions, and waits until Stripe has done it.
--
-- Which ones is decided once and kept in the journal, as ids alone: a session that is being
-- redacted may not fit the filter any more. What was asked for already the session itself shows,
-- so each is looked at before it is asked for again; nothing of it is kept here.
-- Redaction takes up to four days. [docs.stripe.com/identity/verification-sessions]
-- @module stripe.workflow.identity.erase

local Audit = require "stripe.workflow.identity.audit"
local Class = require "stripe.workflow.class"
local Driver = require "stripe.driver"
local Filter = require "stripe.workflow.identity.filter"
local Pace = require "stripe.workflow.pace"
local canceller = require "stripe.canceller"
local core = require "stripe.core"
local gather = require "stripe.gather"

local OPTIONS = {
  journal = true, reference = true, rate = true, concurrency = true, audit = true,
  interval = true, deadline = true, cancel = true, driver = true, on_change = true,
  dry_run = true, wait = true, now = true,
}

local function misuse(options)
  local wrong = Class.unknown("erase", options, OPTIONS)
    or not options.dry_run
      and Class.remembered(options, "without one a killed run would not know its sessions again")
    or Class.seconds(options, "interval", true) or Class.seconds(options, "deadline")
    or Class.seconds(options, "wait")
  if wrong then return wrong end
  local rate, most = options.rate, options.concurrency
  if rate ~= nil and not (type(rate) == "number" and rate > 0 and rate <= 1000) then
    return 'option "rate" must be a number of requests per second, up to 1000'
  elseif most ~= nil and not (type(most) == "number" and most >= 1 and most % 1 == 0) then
    return 'option "concurrency" must be an integer from 1'
  elseif options.audit ~= nil and type(options.audit) ~= "string" then
    return 'option "audit" must be the path of a file'
  elseif options.on_change ~= nil and type(options.on_change) ~= "function" then
    return 'option "on_change" must be a function(id, state)'
  elseif options.cancel ~= nil and not canceller.is(options.cancel) then
    return 'option "cancel" must be a stripe.canceller()'
  end
end

-- The sessions of a reference: decided in its first run.
local function chosen(run, filter)
  local options, digest = run.options, Filter.digest(filter)
  local kept, err = options.journal:once("identity/erase/" .. options.reference, function()
    local ids, problem = Filter.ids(run.client, filter, run.pace, options.cancel)
    if not ids then return nil, problem end
    return { ids = ids, filter = digest }
  end, { wait = options.wait })
  if not kept then return nil, err end
  if kept.filter ~= digest then
    return nil, Class.failure("changed", ("the reference %q is that of another erasure, with "
      .. "another filter: use another reference, or the same filter"):format(options.reference))
  end
  return kept.ids
end

-- Writes an event into the log; a log that can't be written ends the run.
local function note(run, id, event, more)
  local written, message = run.audit:add(id, event, more)
  if not written then
    run.broken = Class.failure("audit", "the audit log can't be written: " .. tostring(message))
  end
end

local function request_of(response, err)
  return response and response.request_id or err and err.request_id or nil
end

-- A failure: "again" when it passes, else "failed".
local function failed(run, id, err, response)
  run.errors[id] = err
  if err.retryable or err.sent == "maybe" or run.options.cancel and run.options.cancel.canceled then
    return "again"
  end
  note(run, id, "failed", {
    code = err.code or err.type, request = request_of(response, err),
  })
  return "failed"
end

-- What a session's redaction says, once it has begun.
local function follow(run, id, session, event, response)
  local more = { status = session.status, request = request_of(response) }
  if session.redaction.status == "redacted" then
    if run.audit:event(id) ~= "redacted" then note(run, id, "redacted", more) end
    return "redacted"
  end
  local known = run.audit:event(id)
  if known ~= "asked" and known ~= "found" then note(run, id, event, more) end
  return "pending"
end

local MOST_TRIES = 3

-- The same key for the same try, also in the next run.
local function key_of(run, id)
  return core.sha256(table.concat({
    "identity.erase", run.options.reference, id, run.tries[id] or 1,
  }, "\n")):sub(1, 32)
end

-- Does for a session what can be done now: "redacted", "pending", "processing", "again", "failed".
local function work(run, id)
  if run.audit:event(id) == "redacted" then return "redacted" end
  local sessions, options = run.client.identity.verification_sessions, run.options
  if not run.pace:wait(options.cancel, run.last) then return run.states[id] end
  local session, err, response = sessions:retrieve(id, nil, { cancel = options.cancel })
  if not session then return failed(run, id, err, response) end
  run.errors[id] = nil
  if session.redaction then return follow(run, id, session, "found", response) end
  if session.status == "processing" then return "processing" end
  if not run.pace:wait(options.cancel, run.last) then return run.states[id] end
  local redacted
  redacted, err, response = sessions:redact(id, nil, {
    cancel = options.cancel, idempotency_key = key_of(run, id),
  })
  if redacted and redacted.redaction then
    return follow(run, id, redacted, "asked", response)
  elseif redacted then
    return "again"
  end
  -- A key repeats its answer, so it is of no use after this one. What is refused may have changed
  -- since it was looked at: it is looked at once more.
  if response and (response.replayed or err.status == 400) then
    run.tries[id] = (run.tries[id] or 1) + 1
    if run.tries[id] <= MOST_TRIES then
      run.errors[id] = err
      return "again"
    end
  end
  return failed(run, id, err, response)
end

local WAITING = { pending = true, processing = true, again = true }

local function stopped(run)
  return run.broken or run.options.cancel and run.options.cancel.canceled
end

-- One look at each session that is not done: those that are still not.
local function round(run, ids)
  local following = 0
  local function worker()
    while following < #ids and not stopped(run) do
      following = following + 1
      local id = ids[following]
      local state = work(run, id)
      local before = run.states[id]
      run.states[id] = state
      if before ~= state and run.options.on_change then run.options.on_change(id, state) end
    end
    return true
  end
  local workers = {}
  for i = 1, math.min(run.options.concurrency or 4, #ids) do workers[i] = worker end
  local _, errors = gather(workers, { concurrency = math.max(#workers, 1), driver = run.driver })
  local _, thrown = next(errors or {})
  if thrown then error(thrown, 0) end
  local still = {}
  for _, id in ipairs(ids) do
    if WAITING[run.states[id] or "again"] then still[#still + 1] = id end
  end
  return still
end

local function describe(result)
  local text = ("%s: %d of %d sessions redacted, %d under way, %d processing, %d failed"):format(
    result.reference or "erasure", #result.redacted, result.total, #result.pending,
    #result.processing, #result.failed)
  for _, failure in ipairs(result.failed) do
    text = text .. ("\n  %s: %s"):format(failure.session, tostring(failure.error))
  end
  return text
end

local metatable = { __name = "stripe.workflow.identity.erasure", __tostring = describe }

local function result_of(run, ids)
  local result = {
    reference = run.options.reference, total = #ids, redacted = {}, pending = {},
    processing = {}, failed = {},
  }
  for _, id in ipairs(ids) do
    local state = run.states[id] or "again"
    if state == "failed" or state == "again" and run.errors[id] then
      result.failed[#result.failed + 1] =
        { session = id, error = run.errors[id], retryable = state == "again" }
    else
      local list = result[state] or result.pending
      list[#list + 1] = id
    end
  end
  result.complete = #result.redacted == #ids
  return setmetatable(result, metatable)
end

--- Erases, see `stripe.workflow.identity`.
local function erase(client, filter, options)
  if type(filter) == "function" then filter = { where = filter } end
  options = options or {}
  local wrong = Filter.misuse(filter) or misuse(options)
  if wrong then error(wrong, 3) end
  local driver, problem = Driver.choose(options.driver)
  if problem then error(problem, 3) end
  driver = driver or Driver.current()
  local run = {
    client = client, options = options, driver = driver, states = {}, errors = {}, tries = {},
    pace = Pace.new(driver, options.rate or 10),
  }
  if options.dry_run then
    local ids, err = Filter.ids(client, filter, run.pace, options.cancel)
    return ids and { dry_run = true, total = #ids, sessions = ids }, err
  end
  local audit, message = Audit.open(options.audit, options.reference, options.now or core.time)
  if not audit then
    return nil, Class.failure("audit", "the audit log can't be opened: " .. tostring(message))
  end
  run.audit = audit
  local over = driver.now() + (options.deadline or math.huge)
  local ids, err = chosen(run, filter)
  if not ids then
    audit:close()
    return nil, err
  end
  local open = ids
  while true do
    open = round(run, open)
    run.last = over -- each was asked for: from now on it is all waiting
    local left = over - driver.now()
    if #open == 0 or left <= 0 or stopped(run) then break end
    driver.sleep(math.min(options.interval or 60, left), options.cancel)
    if stopped(run) then break end
  end
  audit:close()
  local result = result_of(run, ids)
  if run.broken then return nil, run.broken, result end
  return result
end

return erase
