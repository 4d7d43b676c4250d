--- One request of an entry: written down before it is sent, and what came of it after.
--
-- A step is `{ operation, ids, mode, fingerprint, form, key, stamp, stamped, intended, state,
-- value, error, request_id }`:
--
-- * "unsent": nothing was sent
-- * "intended": it may have been sent; the same request with the same key is safe for as long as
--   Stripe keeps keys
-- * "done": `value` is what came back
-- * "refused": Stripe said no, and did nothing
-- * "doubtful": the key gives the same failure for ever, and nobody knows what was done
-- @module stripe.journal.step

local core = require "stripe.core"
local Entry = require "stripe.journal.entry"
local Operations = require "stripe.operations"
local Refusal = require "stripe.journal.refusal"
local Request = require "stripe.journal.request"
local Response = require "stripe.response"
local reconcile = require "stripe.journal.reconcile"
local with = require "stripe.with"

-- Stripe forgets a key when it is 24 hours old; an hour of that is left for clocks that differ and
-- for the time a call takes. [docs.stripe.com/api/idempotent_requests]
local KEY_LIFE = 23 * 3600

-- Seconds by which clocks may differ. A request that is to come was made with a wrong clock, and
-- nobody knows how old it is.
local SKEW = 600

local function settle(entry, step, state, fields)
  with(step, fields)
  step.state = state
  return entry:save()
end

local function when(step) return os.date("!%Y-%m-%d %H:%M:%S UTC", math.floor(step.intended)) end

-- Where a person finds out what became of a step.
local function place(step)
  if type(step.ids) == "table" and step.ids[1] then
    return "at " .. table.concat(step.ids, ", ")
  elseif type(step.ids) == "string" then
    return "at " .. step.ids
  elseif step.stamped then
    return ("for an object with the metadata %s = %s"):format(step.stamped, step.stamp)
  end
  return "for what it makes of " .. (step.form ~= "" and step.form or "no parameters")
end

local function doubtful(recorder, step, why)
  return Entry.failure("doubtful", ("whether %s of %q was carried out can't be told: %s. Look in "
    .. "the Dashboard %s (sent %s, request %s, idempotency key %s), then tell the journal: "
    .. "journal:resolve(%q, { object = { id = ... } }) or journal:resolve(%q, { absent = true })")
    :format(step.operation, recorder.entry.name, why, place(step), when(step),
      step.request_id or "unknown", step.key, recorder.entry.name, recorder.entry.name), {
    sent = "maybe", idempotency_key = step.key, request_id = step.request_id,
    operation = step.operation, entry = recorder.entry.name,
  })
end

-- Whether an earlier run may have sent this step's request, and its key can't answer for it.
local function stale(recorder, step)
  if step.state == "doubtful" then return true end
  local age = recorder.journal.now() - step.intended
  return age >= KEY_LIFE or age < -SKEW
end

-- What an error tells about the step. `fresh`: nothing was sent in an earlier run.
local function state_after(err, response, fresh, method)
  local status = err.status
  if not status then
    if not fresh or err.sent ~= "no" then return "intended" end
    return err.type == "validation_error" and "refused" or "unsent"
  end
  if err.type == "idempotency_error" and status == 400 then return "doubtful" end
  -- What isn't there any more may have been deleted by the first try: keys don't help here.
  if method == "DELETE" and status == 404 and not fresh then return "doubtful" end
  if status >= 500 then return response and response.replayed and "doubtful" or "intended" end
  if status == 401 or status == 403 or status == 409 or status == 429 then return "intended" end
  -- A refusal by somebody on the way says nothing of what was sent before.
  if not err.request_id and not (fresh and #err.attempts == 1) then return "intended" end
  return status >= 400 and "refused" or "intended"
end

-- Sends a step that is written down, and writes down what came of it.
local function send_step(run, step, fresh)
  local recorder, entry = run.recorder, run.recorder.entry
  local object, err, response = run.send(run.settings, Request.under(run.request, step.key))
  if object ~= nil then
    recorder.replayed = response and response.replayed or recorder.replayed
    recorder.unrecorded = select(2, settle(entry, step, "done", {
      value = core.redact_object(object), request_id = response and response.request_id,
    })) or recorder.unrecorded
    return object, nil, response
  end
  local state = state_after(err, response, fresh, Request.method(run.request))
  local _, problem = settle(entry, step, state, {
    error = Refusal.keep(err, run.described.plain, run.described.form),
    request_id = err.request_id or step.request_id,
  })
  recorder.unrecorded = problem or recorder.unrecorded
  return Response.failed(err, response)
end

-- Sends a step for the first time, or as if it was: with a new key.
local function begin(run, step, key)
  local recorder = run.recorder
  if recorder.before then
    local may, err = recorder.before()
    if not may then
      return nil, err or Entry.failure("refused", "what is asked before a request says no")
    end
  end
  step.key, step.intended, step.error = key or assert(core.uuid()), recorder.journal.now(), nil
  local kept, err = settle(recorder.entry, step, "intended")
  if not kept then
    step.state = "unsent"
    return nil, err
  end
  return send_step(run, step, true)
end

-- A step that an earlier run left open and that may not simply be repeated.
local function look_first(run, step)
  local recorder = run.recorder
  local object, state, why = reconcile {
    operation = Operations.list[run.request.op], ids = run.request.ids,
    since = step.intended <= recorder.journal.now() + SKEW and step.intended or nil,
    stamp_name = step.stamped, stamp = step.stamp, send = run.send, settings = run.settings,
    options = Request.under(run.request).options,
  }
  if object then
    local kept, err = settle(recorder.entry, step, "done", { value = core.redact_object(object) })
    if not kept then return nil, err end
    recorder.reconciled = true
    return object
  elseif state == "failed" then
    return nil, why
  elseif state == "doubtful" or step.state == "doubtful" then
    return nil, doubtful(recorder, step, why
      or "its key gives the same failure for ever, and " .. (step.stamped
        and "no object carries its stamp" or "nothing shows that it was"))
  end
  local gone, err = settle(recorder.entry, step, "unsent")
  if not gone then return nil, err end
  return begin(run, step)
end

-- Whether a later request of the entry did something, or may have.
local function went_on(entry, n)
  for i = n + 1, #entry.data.steps do
    local state = entry.data.steps[i].state
    if state ~= "unsent" and state ~= "refused" then return true end
  end
end

local function changed(run, step, n)
  local name = run.recorder.entry.name
  if step.mode and run.described.mode and step.mode ~= run.described.mode then
    return Entry.failure("changed", ("step %d of %q, %s, was made with a %s key, and this is a %s "
      .. "key: use another journal, or another name"):format(n, name, step.operation, step.mode,
        run.described.mode))
  end
  return Entry.failure("changed", ("step %d of %q is %s in the journal (%s), and %s differ now: "
    .. "repeat the very same request, or use another name"):format(n, name, step.operation,
      step.state, Request.difference(step.form, run.described.form)), { sent = "maybe" })
end

-- A step of an earlier run, the same request as now.
local function again(run, step)
  if step.state == "done" then return step.value end
  if stale(run.recorder, step) then return look_first(run, step) end
  run.recorder.repeated = true
  local object, err, response = send_step(run, step, false)
  if object ~= nil then return object, nil, response end
  if step.state == "doubtful" then return look_first(run, step) end
  return Response.failed(err, response)
end

local Step = {}

--- Makes a request as the next step of an entry. Reads go through as they are.
-- @tparam table recorder `journal`, `entry`, `n` (steps of this run so far), `before`
-- @tparam table settings of the client
-- @tparam table request as of `Call.run`
-- @tparam function send `Call.run`
-- @return as `Call.run`; a step that is done returns its stored value, secrets redacted
function Step.run(recorder, settings, request, send)
  if Request.method(request) == "GET" or request.options.dry_run then
    return send(settings, Request.under(request))
  end
  recorder.n = recorder.n + 1
  local n, steps = recorder.n, recorder.entry.data.steps
  local old = steps[n]
  local described =
    Request.describe(settings, request, old and old.stamped or recorder.journal.stamp)
  if not described then return send(settings, Request.under(request)) end -- it will be refused

  local fresh = not old or old.state == "unsent" or old.state == "refused"
  local same = old and old.fingerprint == described.fingerprint
    and (old.mode or described.mode) == (described.mode or old.mode)
  if fresh and same and old.state == "refused" and went_on(recorder.entry, n) then
    return nil, Refusal.again(old.error)
  end
  if fresh and not same then
    old = with({ state = "unsent", stamp = (assert(core.uuid()):gsub("-", "")) }, described)
    old.plain, steps[n] = nil, old
  end
  if old.stamped then request = Request.stamp(request, old.stamped, old.stamp) end
  local run = {
    recorder = recorder, settings = settings, request = request, send = send,
    described = described,
  }
  if fresh then return begin(run, old, request.options.idempotency_key) end
  if not same then return nil, changed(run, old, n) end
  return again(run, old)
end

return Step
