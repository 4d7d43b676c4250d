--- One request of an entry: written down before it is sent, and what came of it after.
--
-- A step is `{ operation, fingerprint, form, key, stamp, stamped, intended, state, value, error }`:
--
-- * "intended": it may have been sent; the same request with the same key is safe for as long as
--   Stripe keeps keys
-- * "done": `value` is what came back
-- * "refused": Stripe said no, and did nothing; the next run starts afresh with another key
-- * "doubtful": the key gives the same failure for ever, and nobody knows what was done
-- @module stripe.journal.step

local core = require "stripe.core"
local Entry = require "stripe.journal.entry"
local Operations = require "stripe.operations"
local reconcile = require "stripe.journal.reconcile"

-- Stripe forgets a key when it is 24 hours old; an hour of that is left for clocks that differ and
-- for the time a call takes. [docs.stripe.com/api/idempotent_requests]
local KEY_LIFE = 23 * 3600

local function settle(entry, step, state, fields)
  step.state = state
  for name, value in pairs(fields or {}) do step[name] = value end
  return entry:save()
end

-- The parameters as they are sent, for comparing: what is uploaded counts by its name.
local function form_of(operation, request)
  local params = request.params
  if operation and operation.multipart and params then
    params = {}
    for name, value in pairs(request.params) do
      local file = name == "file" and (type(value) == "table" and value or { path = value })
      params[name] = file and tostring(file.name or file.path or "upload") or value
    end
    return core.encode(nil, params, { validate = false })
  end
  return core.encode(request.op, params, { validate = false })
end

local function fingerprint(settings, request, form)
  local operation, options = Operations.list[request.op], request.options
  return core.sha256(table.concat({
    operation and operation.method or request.method, operation and operation.path or request.path,
    type(request.ids) == "table" and table.concat(request.ids, "/") or request.ids or "",
    options.account or settings.account or "", options.context or settings.context or "", form,
  }, "\n"))
end

-- The names of the parameters in which two forms differ, for the message.
local function difference(old, new)
  local function read(form)
    local pairs_of = {}
    for name, value in form:gmatch("([^&=]+)=([^&]*)") do pairs_of[name] = value end
    return pairs_of
  end
  local before, after, names = read(old), read(new), {}
  for name, value in pairs(after) do
    if before[name] ~= value then names[#names + 1] = name end
  end
  for name in pairs(before) do
    if after[name] == nil then names[#names + 1] = name end
  end
  table.sort(names)
  return #names > 0 and "the parameters " .. table.concat(names, ", ") or "the request"
end

-- The request with the stamp in its metadata, where it makes an object that has metadata.
local function stamped(request, name, stamp)
  local operation, params = Operations.list[request.op], request.params or {}
  local metadata = params.metadata
  local takes = operation and #operation.ids == 0 and Operations.takes(operation, "metadata")
  if not takes or metadata ~= nil and type(metadata) ~= "table" then return request, false end
  local copy, marked, with = {}, {}, {}
  for key, value in pairs(request) do copy[key] = value end
  for key, value in pairs(params) do with[key] = value end
  for key, value in pairs(metadata or {}) do marked[key] = value end
  if marked[name] == nil then marked[name] = stamp end
  with.metadata = marked
  copy.params = with
  return copy, marked[name] == stamp
end

-- The request as it is sent under the journal's key; its own options stay.
local function under(request, key)
  local copy, options = {}, {}
  for name, value in pairs(request) do copy[name] = value end
  for name, value in pairs(request.options) do options[name] = value end
  options.journal, options.idempotency_key = nil, key
  copy.options = options
  return copy
end

local function looking(recorder, settings, request, step, send)
  return reconcile {
    operation = Operations.list[request.op], ids = request.ids, since = step.intended,
    stamp_name = recorder.journal.stamp, stamp = step.stamp, stamped = step.stamped,
    send = send, settings = settings, options = under(request).options,
  }
end

local function doubtful(recorder, step, why)
  return Entry.failure("doubtful", ("whether %s of %q was carried out can't be told: %s. "
    .. "Look for it in the Dashboard (request %s, key %s, sent %s), then tell the journal: "
    .. "journal:resolve(name, { object = ... }) or journal:resolve(name, { absent = true })")
    :format(step.operation, recorder.entry.name, why, step.request_id or "unknown", step.key,
      os.date("!%Y-%m-%d %H:%M:%S UTC", math.floor(step.intended))), { sent = "maybe" })
end

-- Whether an earlier run may have sent this step's request, and its key can't answer for it.
local function stale(recorder, step)
  return step.state == "doubtful"
    or step.state == "intended" and recorder.journal.now() - step.intended >= KEY_LIFE
end

-- What an error tells about the step. `fresh`: nothing was sent in an earlier run.
local function state_after(err, response, fresh)
  local status = err.status
  if not status then return fresh and err.sent == "no" and "refused" or "intended" end
  if err.type == "idempotency_error" and status == 400 then return "doubtful" end
  if status >= 500 then return response and response.replayed and "doubtful" or "intended" end
  if status == 401 or status == 403 or status == 409 or status == 429 then return "intended" end
  return status >= 400 and "refused" or "intended"
end

-- Sends a step that is written down, and writes down what came of it.
local function send_step(recorder, settings, request, step, send, fresh)
  local entry = recorder.entry
  local object, err, response = send(settings, under(request, step.key))
  if object ~= nil then
    recorder.replayed = response and response.replayed or recorder.replayed
    recorder.unrecorded = select(2, settle(entry, step, "done", {
      value = core.redact_object(object), request_id = response and response.request_id,
    })) or recorder.unrecorded
    return object, nil, response
  end
  local _, problem = settle(entry, step, state_after(err, response, fresh), {
    error = tostring(err), request_id = err.request_id or step.request_id,
  })
  recorder.unrecorded = problem or recorder.unrecorded
  return nil, err, response
end

-- A step that an earlier run left open and that may not simply be repeated.
local function look_first(recorder, settings, request, step, send)
  local object, state, why = looking(recorder, settings, request, step, send)
  if object then
    local kept, err = settle(recorder.entry, step, "done", { value = core.redact_object(object) })
    if not kept then return nil, err end
    recorder.reconciled = true
    return object
  elseif state == "failed" then
    return nil, why
  elseif state == "doubtful" or step.state == "doubtful" then
    return nil, doubtful(recorder, step, why
      or "its key gives the same failure for ever, and no object carries its stamp")
  end
  step.key, step.intended = assert(core.uuid()), recorder.journal.now()
  local kept, err = settle(recorder.entry, step, "intended")
  if not kept then return nil, err end
  return send_step(recorder, settings, request, step, send, true)
end

local function begin(recorder, settings, request, send, described, n)
  local step = {
    operation = described.operation, fingerprint = described.fingerprint,
    form = described.form, stamp = described.stamp, stamped = described.stamped,
    key = request.options.idempotency_key or assert(core.uuid()),
    intended = recorder.journal.now(), state = "intended",
  }
  recorder.entry.data.steps[n] = step
  local kept, err = recorder.entry:save()
  if not kept then return nil, err end
  return send_step(recorder, settings, request, step, send, true)
end

local Step = {}

--- Makes a request as the next step of an entry. Reads go through as they are.
-- @tparam table recorder `journal`, `entry`, `n` (steps of this run so far)
-- @tparam table settings of the client
-- @tparam table request as of `Call.run`
-- @tparam function send `Call.run`
-- @return as `Call.run`; a step that is done returns its stored value, secrets redacted
function Step.run(recorder, settings, request, send)
  local operation = Operations.list[request.op]
  local method = operation and operation.method or request.method
  if method == "GET" or request.options.dry_run then return send(settings, under(request)) end

  recorder.n = recorder.n + 1
  local n = recorder.n
  local old = recorder.entry.data.steps[n]
  local own_form = form_of(operation, request)
  if not own_form then return send(settings, under(request)) end -- it will be refused
  local described = {
    operation = Operations.name(request.op) or method .. " " .. request.path,
    fingerprint = fingerprint(settings, request, own_form),
    form = core.redact_form(request.op, own_form),
    stamp = old and old.stamp or assert(core.uuid()):gsub("-", ""),
  }
  request, described.stamped = stamped(request, recorder.journal.stamp, described.stamp)

  if not old or old.state == "refused" then
    return begin(recorder, settings, request, send, described, n)
  elseif old.fingerprint ~= described.fingerprint then
    return nil, Entry.failure("changed", ("step %d of %q is %s in the journal (%s), and %s differ "
      .. "now: repeat the very same request, or use another name"):format(n, recorder.entry.name,
        old.operation, old.state, difference(old.form, described.form)), { sent = "maybe" })
  elseif old.state == "done" then
    return old.value
  elseif stale(recorder, old) then
    return look_first(recorder, settings, request, old, send)
  end
  recorder.repeated = true
  local object, err, response = send_step(recorder, settings, request, old, send, false)
  if object == nil and old.state == "doubtful" then
    return look_first(recorder, settings, request, old, send)
  end
  return object, err, response
end

return Step
