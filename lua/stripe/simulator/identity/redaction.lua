--- Redaction: after a while nothing personal of a session is left anywhere.
--
-- It reaches the session, its reports, what events, the journal, stored idempotent answers and
-- answers to deliveries kept of them, and the images. Strings become "[redacted]", dates the first
-- of January of the year 1, metadata empty; countries, ids, statuses and error codes stay.
-- [behaviour: VerificationSession states]
-- @module stripe.simulator.identity.redaction
local core = require "stripe.core"

local identity_redaction = {}

local SESSION, REPORT = "identity.verification_session", "identity.verification_report"
local SECONDS = 24 * 3600 -- Stripe says up to four days
local BLANK = "[redacted]"
local DATES = { dob = true, issued_date = true, expiration_date = true }

-- Strings that name no person: countries, ids of files, and what stands in an enum.
local KEPT = {
  country = true, issuing_country = true, code = true, status = true, type = true,
  id_number_type = true, files = true, document = true, selfie = true,
}

local function blank(members)
  for name, value in pairs(members) do
    if type(value) == "table" then
      if DATES[name] then
        members[name] = { day = 1, month = 1, year = 1 }
      elseif not KEPT[name] then
        blank(value)
      end
    elseif type(value) == "string" and not KEPT[name] then
      members[name] = BLANK
    end
  end
end

local scrub = {}

scrub[SESSION] = function(session)
  session.metadata, session.options, session.last_error = {}, {}, nil
  session.client_secret, session.url = nil, nil
  for _, name in ipairs { "provided_details", "verified_outputs" } do
    if type(session[name]) == "table" then blank(session[name]) end
  end
end

scrub[REPORT] = function(report)
  for _, name in ipairs { "document", "email", "id_number", "phone", "selfie" } do
    if type(report[name]) == "table" then blank(report[name]) end
  end
end

-- Scrubs whatever in a value is one of these objects; true if there was one.
local function scrub_within(value, ids)
  local found = false
  if type(value) == "table" then
    for _, member in pairs(value) do
      found = scrub_within(member, ids) or found
    end
    if ids[value.id] and scrub[value.object] then
      scrub[value.object](value)
      found = true
    end
  end
  return found
end

-- The expand tree with which an answer shows again what it showed.
local function shown(value)
  local tree = {}
  for name, member in pairs(value) do
    tree[name] = type(member) == "table" and shown(member) or {}
  end
  return tree
end

-- Answers are kept as text; few name the session.
local function scrub_answer(record, id, ids)
  local value = record.body:find(id, 1, true) and core.decode(record.body, true)
  if value and scrub_within(value, ids) then
    record.body = core.render(value, shown(value))
  end
end

--- Takes from the parameters of a request what the journal must not keep of a redacted session.
-- @tparam ?table params
function identity_redaction.forget(params)
  if not params then return end
  if params.metadata then params.metadata = {} end
  if params.return_url then params.return_url = BLANK end
  if type(params.provided_details) == "table" then blank(params.provided_details) end
end

local function erase_images(account, report)
  local function erase(id)
    if id then account.store:private(id).content = nil end
  end
  for _, id in ipairs(report.document and report.document.files or {}) do
    erase(id)
  end
  if report.selfie then
    erase(report.selfie.document)
    erase(report.selfie.selfie)
  end
end

--- Begins the redaction of a session; it ends a day later.
function identity_redaction.start(account, session)
  session.redaction = { status = "processing" }
  account.clock:at(account.clock:now() + SECONDS, "identity.redact", session.id)
end

--- Ends it: the timer of `start`.
function identity_redaction.finish(account, id)
  local session, ids = account.store:get(SESSION, id), { [id] = true }
  scrub[SESSION](session)
  local private = account.store:private(id)
  private.data, private.return_url = nil, nil
  for report in account.store:each(REPORT) do
    if report.verification_session == id then
      ids[report.id] = true
      erase_images(account, report)
      scrub[REPORT](report)
    end
  end
  local events = {}
  account.events:rewrite(function(snapshot, event)
    events[event.id] = event.type:find("^identity%.") and scrub_within(snapshot, ids) or nil
  end)
  account.outbox:redact(events)
  if account.parent then account.parent.outbox:redact(events) end
  account.idempotency:rewrite(function(record) scrub_answer(record, id, ids) end)
  account.journal:rewrite(function(entry)
    if entry.object == id or entry.path:find(id, 1, true) then
      identity_redaction.forget(entry.params)
    end
  end)
  session.redaction = { status = "redacted" }
  account.events:emit("identity.verification_session.redacted", session)
end

return identity_redaction
