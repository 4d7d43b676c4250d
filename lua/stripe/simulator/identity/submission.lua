--- What the person in front of the camera does: a session's way from requires_input to verified,
-- or back with an error.
-- [behaviour: VerificationSession states, last_error codes]
-- @module stripe.simulator.identity.submission
local copy = require "stripe.simulator.copy"
local errors = require "stripe.simulator.errors"
local person = require "stripe.simulator.identity.person"
local report = require "stripe.simulator.identity.report"
local shape = require "stripe.simulator.shape"

local submission = {}

local SESSION = "identity.verification_session"
local OUTCOMES = shape.one_of { "processing", "verified", "requires_input" }

--- What `submit` takes.
submission.TAKES = { "string", {
  outcome = OUTCOMES, error = { code = "string", reason = "string" }, data = person.SHAPE,
  force = "boolean",
} }

--- Takes the client secret and the address from a session.
function submission.close(session)
  session.client_secret, session.url = nil, nil
end

--- The session as events hold it: without its secret and its address.
function submission.told(session)
  local told = copy.shallow(session)
  submission.close(told)
  return told
end

--- Emits an event of a session.
function submission.emit(account, name, session)
  account.events:emit("identity.verification_session." .. name, session)
end

local function process(account, session)
  session.status = "processing"
  submission.close(session)
  submission.emit(account, "processing", session)
end

local function conclude(account, session, failure)
  local private = account.store:private(session.id)
  local data = private.data or {}
  session.options = session.options or {} -- a loaded session may lack them
  local found = person.make(account, session, data, failure and failure.code == "document_expired")
  local made, outputs = report.make(account, session, found, data.images or {}, failure)
  private.data = nil
  session.last_verification_report = made.id
  session.last_error = failure
  session.verified_outputs = not failure and outputs or nil
  session.status = failure and "requires_input" or "verified"
  submission.emit(account, session.status, session)
end

-- The `last_error` of an outcome; nil with an error where the code is unknown.
local function failure_of(session, given)
  given = given or {}
  local code = given.code or report.default_code(session)
  local reason = report.reason(code)
  if not reason then
    return nil, errors.invalid(("Invalid error[code]: %s is no code of last_error")
      :format(tostring(code)), "error[code]")
  end
  return { code = code, reason = given.reason or reason }
end

-- nil, or why a session can't go on to this outcome.
local function refuse(session, outcome, force)
  local status = session.status
  if session.redaction then
    return errors.invalid(
      "You cannot submit this VerificationSession because it has been redacted.")
  end
  local allowed = status == "requires_input" or status == "processing" and outcome ~= status
  if not (allowed or force) then
    return errors.invalid(("You cannot move this VerificationSession from \"%s\" to \"%s\".")
      :format(status, outcome), nil, "status_transition_invalid")
  end
end

--- Plays a submission.
-- @string id of the session
-- @tparam table options
--
-- - `outcome`: `"processing"` (the checks run on), `"verified"`, or `"requires_input"` (a check
--   failed); the last two pass through processing if the session isn't there yet
-- - `error`: `{ code, reason }` of a failure; both have defaults
-- - `data`: what the checks find, where it matters: `first_name, last_name, dob, address, sex,
--   unparsed_sex, unparsed_place_of_birth, document_type, number, issuing_country, issued_date,
--   expiration_date, id_number, id_number_type, email, phone`, and the contents of
--   `images = { front, back, selfie }`
-- - `force`: also from a status that allows no submission
-- @treturn table session | nil, err
function submission.submit(account, id, options)
  options = options or {}
  local session, err = account.store:find(SESSION, tostring(id), "session")
  if not session then return nil, err end
  local outcome = options.outcome
  if not outcome then return nil, errors.missing_param("outcome") end
  local failure
  if outcome == "requires_input" then
    failure, err = failure_of(session, options.error)
  end
  err = err or refuse(session, outcome, options.force)
  if err then return nil, err end
  if options.data then
    local private = account.store:private(id)
    private.data = copy.merge(private.data or {}, options.data)
  end
  if session.status ~= "processing" then process(account, session) end
  if outcome ~= "processing" then conclude(account, session, failure) end
  return session
end

return submission
