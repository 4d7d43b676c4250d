--- Verifies a person, reads the result, and erases it again.
--
--   lua5.4 examples/identity.lua [--live]

local setup = dofile((arg[0]:match("^(.*)/") or ".") .. "/setup.lua")
local say, try = setup.say, setup.try

local client, simulator = setup.open()

local session = try(client.identity.verification_sessions:create {
  type = "document",
  client_reference_id = "user-42",
  options = {
    document = { require_matching_selfie = true, allowed_types = { "passport", "id_card" } },
  },
  return_url = "https://example.com/verified",
})
say("Session %s %s. Send the person to its url.", session.id, session.status)

if not simulator then
  say("Come back when the person is through: this example stops here against Stripe.")
  os.exit(0)
end

simulator.identity:submit(session.id, {
  outcome = "requires_input",
  error = { code = "document_expired", reason = "The document is expired." },
})
session = try(client.identity.verification_sessions:retrieve(session.id))
say("First try: %s (%s). %s", session.status, session.last_error.code, session.last_error.reason)

simulator.identity:submit(session.id, {
  outcome = "verified",
  data = { first_name = "Jenny", last_name = "Rosen", dob = { day = 1, month = 12, year = 1990 } },
})
session = try(client.identity.verification_sessions:retrieve(session.id, {
  expand = { "verified_outputs", "verified_outputs.dob", "last_verification_report" },
}))
local person = session.verified_outputs
say("Second try: %s. %s %s, born in %d; document: %s.", session.status, person.first_name,
  person.last_name, person.dob.year, session.last_verification_report.document.type)

session = try(client.identity.verification_sessions:redact(session.id))
say("Redaction: %s.", session.redaction.status)
simulator:advance(4 * 24 * 3600)
session = try(client.identity.verification_sessions:retrieve(session.id, {
  expand = { "verified_outputs" },
}))
say("Four days later: %s; the name is now %s.", session.redaction.status,
  session.verified_outputs.first_name)
