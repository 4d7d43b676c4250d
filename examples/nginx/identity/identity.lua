--- An identity gate: who hasn't been verified by Stripe doesn't get in.
--
-- A signed cookie holds the id of the visitor's VerificationSession. Whether that is verified is
-- asked of Stripe once in a while and kept in a shared dictionary; when the session is canceled or
-- redacted a webhook shuts the gate at once.

local page = require "page"
local setup = require "setup"
local stripe = require "stripe"
local visitor = require "visitor"

local sessions = setup.client.identity.verification_sessions
local verified = ngx.shared.verified -- "in:ID" and "out:ID"

local KEPT = 600 -- seconds for which nobody asks again
local SHUT = 24 * 3600 -- seconds for which a session that was closed needs no asking: see below

local identity = {}

local function shut(id)
  verified:set("out:" .. id, true, SHUT)
  verified:delete("in:" .. id)
end

-- Whether somebody may pass: true, false, or nil when nobody can tell.
local function may_pass(id)
  if verified:get("out:" .. id) then return false end
  if verified:get("in:" .. id) then return true end
  local session, err = sessions:retrieve(id)
  if not session then
    if err.status == 404 then return false end
    ngx.log(ngx.ERR, "identity: ", tostring(err))
    return nil
  end
  if session.status ~= "verified" or session.redaction then return false end
  verified:set("in:" .. id, true, KEPT)
  -- A webhook that came while Stripe was asked counts for more than the answer.
  return not verified:get("out:" .. id)
end

--- The access phase of what only verified people may see.
function identity.gate()
  local id = visitor.get "identity"
  if not id then return ngx.redirect "/verify" end
  local may = may_pass(id)
  if may == nil then return ngx.exit(503) end -- in doubt nobody gets in
  if not may then return ngx.redirect "/verify" end
end

--- What lies behind the gate.
function identity.members()
  return page.show("members.html", { id = visitor.get "identity" })
end

-- The visitor's session: nil when there is none, or none that leads anywhere.
local function own_session()
  local id = visitor.get "identity"
  if not id then return nil end
  local session, err = sessions:retrieve(id)
  if session or err.status == 404 then return session end
  ngx.log(ngx.ERR, "identity: ", tostring(err))
  return ngx.exit(503)
end

local function state_of(session)
  if not session or session.redaction or session.status == "canceled" then return "none" end
  return session.status
end

--- The page for those who were not let in.
function identity.verify()
  local session = own_session()
  local state = state_of(session)
  if state == "verified" then return page.go "/members/" end
  local failure = state == "requires_input" and session.last_error
  return page.show("verify.html", {
    processing = state == "processing", failure = failure and (failure.reason or failure.code),
    simulator = setup.simulator, form_id = ngx.var.request_id,
  })
end

--- How the visitor's session stands, for the page that waits.
function identity.status()
  return page.json(('{"status":"%s"}'):format(state_of(own_session())))
end

--- Starts a session, or goes on with the one there is, and leads to Stripe's page.
function identity.start()
  local fields = visitor.form()
  local session = own_session()
  local state = state_of(session)
  if state == "processing" or state == "verified" then return page.go "/verify" end
  if state == "none" then
    local err
    session, err = sessions:create({
      type = "document",
      options = { document = { require_matching_selfie = true } },
      return_url = ("%s://%s/verify"):format(ngx.var.scheme, ngx.var.http_host),
    }, { idempotency_key = stripe.idempotency("identity", visitor.id(), tostring(fields.form_id)) })
    if not session then
      ngx.log(ngx.ERR, "identity: ", tostring(err))
      return ngx.exit(503)
    end
    visitor.set("identity", session.id)
  end
  return page.go(setup.simulator and "/hosted" or session.url)
end

--- Forgets who the visitor is, here.
function identity.leave()
  visitor.form()
  visitor.set("identity", "")
  return page.go "/verify"
end

--- Has Stripe erase what it has learned. That takes days; the gate shuts at once.
function identity.erase()
  visitor.form()
  local id = visitor.get "identity"
  if not id then return page.go "/verify" end
  local session, err = sessions:redact(id)
  if not session then
    ngx.log(ngx.ERR, "identity: ", tostring(err))
    return ngx.exit(503)
  end
  shut(id)
  visitor.set("identity", "")
  return page.go "/verify"
end

--- Webhooks. A session that was canceled or redacted never becomes verified again, so what is
-- closed here can stay so, in whichever order events come.
identity.webhook = setup.webhook {
  on = {
    ["identity.verification_session.canceled"] = function(ctx) shut(ctx.object.id) end,
    ["identity.verification_session.redacted"] = function(ctx) shut(ctx.object.id) end,
  },
}

--- Stands in for Stripe's page.
function identity.hosted()
  local state = setup.simulator and state_of(own_session())
  if not state then return ngx.exit(404) end
  if state ~= "requires_input" then return page.go "/verify" end
  return page.show("hosted.html", { id = visitor.get "identity" })
end

local OUTCOMES = {
  verified = { outcome = "verified" },
  processing = { outcome = "processing" },
  expired = { outcome = "requires_input", error = { code = "document_expired" } },
  mismatch = { outcome = "requires_input", error = { code = "selfie_face_mismatch" } },
}

--- Ends a verification, in the simulator.
function identity.simulate()
  local fields, id = visitor.form(), visitor.get "identity"
  local outcome = OUTCOMES[fields.outcome]
  if not (setup.simulator and id and outcome) then return ngx.exit(404) end
  local done, why = setup.simulate("/identity/verification_sessions/" .. id .. "/submit", outcome)
  if not done then ngx.log(ngx.WARN, "identity: ", why) end
  return page.go "/verify"
end

return identity
