--- The family identity of the simulator: verification sessions and their reports.
--
-- A session is born requires_input; what the person in front of the camera does is `submit`'s to
-- say. [behaviour: VerificationSession states, Parameters; observed: Identity]
-- @module stripe.simulator.identity
local copy = require "stripe.simulator.copy"
local core = require "stripe.core"
local errors = require "stripe.simulator.errors"
local metadata = require "stripe.simulator.metadata"
local redaction = require "stripe.simulator.identity.redaction"
local submission = require "stripe.simulator.identity.submission"

local SESSION, REPORT = "identity.verification_session", "identity.verification_report"
local SECRET_SECONDS, URL_SECONDS = 24 * 3600, 48 * 3600

local operations = {}

--- Gives an open session a client secret and an address where it has none or an expired one.
-- Both serve one attempt: a submission takes them away.
local function open(account, session)
  local private, now = account.store:private(session.id), account.clock:now()
  if not session.client_secret or (private.secret_expires or now) <= now then
    session.client_secret = session.id .. "_secret_" .. account.ids:secret(24)
    private.secret_expires = now + SECRET_SECONDS
  end
  if not session.url or (private.url_expires or now) <= now then
    session.url = "https://verify.stripe.com/start/" .. (session.livemode and "" or "test_")
      .. account.ids:secret(32)
    private.url_expires = now + URL_SECONDS
  end
end

-- nil, or why a session can't be changed now.
local function refuse(session, verb, done)
  if session.status == "canceled" and session.redaction then
    return errors.invalid(("You cannot %s this VerificationSession because it has been redacted.")
      :format(verb))
  elseif session.status ~= "requires_input" then
    return errors.invalid(("You cannot %s this VerificationSession because it has a status of "
      .. "\"%s\". Only a VerificationSession in \"requires_input\" status may be %s.")
      :format(verb, session.status, done))
  end
end

-- Each type has its own member of options, present even when nothing was chosen.
local function settle_options(session)
  local options = session.options
  if session.type == "id_number" then
    options.id_number = options.id_number or {}
    if options.document and not next(options.document) then options.document = nil end
  else
    options.document, options.id_number = options.document or {}, nil
  end
end

local function apply_options(session, given)
  session.options = session.options or {} -- a loaded session may lack them
  local document = given and given.document
  if document == core.null then
    session.options.document = nil
  elseif document then
    session.options.document = copy.merge(session.options.document or {}, document)
  end
  settle_options(session)
end

local function apply_details(session, given)
  if not given then return end
  local details = copy.merge(session.provided_details or {}, given)
  for name, value in pairs(details) do
    if value == "" or value == core.null then details[name] = nil end
  end
  session.provided_details = next(details) and details or nil
end

-- What a flow checks is set up outside the API; here: the document, and what was provided.
local function flow_options(session)
  for _, name in ipairs { "email", "phone" } do
    if session.provided_details and session.provided_details[name] then
      session.options[name] = { require_verification = true }
    end
  end
end

operations["identity.verification_sessions.create"] = function(account, request)
  local params = request.params
  if not (params.type or params.verification_flow) then return nil, errors.missing_param("type") end
  local session = {
    id = account.ids:new("vs_"), object = SESSION, created = account.clock:now(),
    client_reference_id = params.client_reference_id, livemode = account.livemode,
    metadata = metadata.merge(nil, params.metadata), options = {},
    related_customer = params.related_customer,
    related_customer_account = params.related_customer_account,
    related_person = copy.deep(params.related_person), status = "requires_input",
    type = params.verification_flow and "verification_flow" or params.type,
    verification_flow = params.verification_flow,
  }
  apply_options(session, params.options)
  apply_details(session, params.provided_details)
  if session.verification_flow then flow_options(session) end
  account.store:insert(SESSION, session)
  account.store:private(session.id).return_url = params.return_url
  open(account, session)
  submission.emit(account, "created", session)
  return session
end

operations["identity.verification_sessions.retrieve"] = function(account, request)
  local session, err = account.store:find(SESSION, request.ids[1], "session")
  if not session then return nil, err end
  if session.status == "requires_input" then open(account, session) end
  return session
end

operations["identity.verification_sessions.update"] = function(account, request)
  local params = request.params
  local session, err = account.store:find(SESSION, request.ids[1], "session")
  if not session then return nil, err end
  err = refuse(session, "update", "updated")
  if err then return nil, err end
  if params.type and session.verification_flow then
    return nil, errors.invalid("You cannot change the type of a VerificationSession that was "
      .. "created from a verification flow.", "type")
  end
  local merged, too_many = metadata.merge(session.metadata, params.metadata)
  if not merged then return nil, too_many end
  session.type = params.type or session.type
  apply_options(session, params.options)
  apply_details(session, params.provided_details)
  session.metadata = merged
  return session
end

-- Whoever refused an update of a redacted session, this family or somebody before it: what it told
-- of a person is kept nowhere.
local function forget_update(account, request)
  local session = account and account.store:show(SESSION, request.ids[1])
  if session and session.redaction then redaction.forget(request.params) end
end

local function matching(params, names)
  local wanted = {}
  for _, name in ipairs(names) do wanted[name] = params[name] end
  return next(wanted) and function(object)
    for name, value in pairs(wanted) do
      if object[name] ~= value then return false end
    end
    return true
  end or nil
end

operations["identity.verification_sessions.list"] = function(account, request)
  return account.store:show_page(SESSION, request, matching(request.params,
    { "client_reference_id", "related_customer", "related_customer_account", "status" }))
end

local function cancel(account, session)
  session.status, session.last_error = "canceled", nil
  submission.close(session)
  submission.emit(account, "canceled", session)
end

operations["identity.verification_sessions.cancel"] = function(account, request)
  local session, err = account.store:find(SESSION, request.ids[1], "session")
  if not session then return nil, err end
  if session.status == "canceled" and not session.redaction then return session end
  err = refuse(session, "cancel", "canceled")
  if err then return nil, err end
  cancel(account, session)
  return session
end

operations["identity.verification_sessions.redact"] = function(account, request)
  local session, err = account.store:find(SESSION, request.ids[1], "session")
  if not session then return nil, err end
  if session.status == "processing" then
    return nil, errors.invalid("You cannot redact this VerificationSession because it has a "
      .. "status of \"processing\". Wait until its checks have ended.")
  elseif session.redaction then
    return session
  end
  if session.status == "requires_input" then cancel(account, session) end
  redaction.start(account, session)
  return session
end

operations["identity.verification_reports.retrieve"] = function(account, request)
  return account.store:show(REPORT, request.ids[1], "report")
end

operations["identity.verification_reports.list"] = function(account, request)
  return account.store:show_page(REPORT, request, matching(request.params,
    { "client_reference_id", "type", "verification_session" }))
end

-- What a loaded session lacks of what a check needs. The secret and the address that it brings are
-- as old as itself.
local function loaded_session(account, session)
  copy.complete(session, { metadata = {}, options = {}, status = "requires_input",
    type = session.verification_flow and "verification_flow" or "document" })
  local private = account.store:private(session.id)
  private.secret_expires = session.created + SECRET_SECONDS
  private.url_expires = session.created + URL_SECONDS
end

return {
  name = "identity",
  kinds = { [SESSION] = "vs_", [REPORT] = "vr_" },
  operations = operations,
  controls = { submit = submission.submit },
  takes = { submit = submission.TAKES },
  timers = { redact = redaction.finish },
  loaded = { [SESSION] = loaded_session },
  forget = { ["identity.verification_sessions.update"] = forget_update },
  told = { [SESSION] = submission.told },
}
