--- Mints a session, one for each reference.
--
-- The journal keeps the id and what was asked for as a digest, no secret: a run that resumes gets
-- the client secret from Stripe, with the session as it is now.
-- @module stripe.workflow.onramp.start

local Check = require "stripe.workflow.onramp.check"
local Class = require "stripe.workflow.class"
local core = require "stripe.core"
local with = require "stripe.with"

local OWN = { journal = true, reference = true, wait = true, call = true, dry_run = true }

local MARK = "onramp_reference" -- in the metadata

local function misuse(options)
  if type(options) ~= "table" then return "start takes a table of options" end
  local wrong = Class.remembered(options, "without one a killed run would mint a second session")
  local metadata = options.metadata
  if wrong then
    return wrong
  elseif options.call ~= nil and type(options.call) ~= "table" then
    return 'option "call" must be a table of options of a call, such as { timeout = 10 }'
  elseif metadata ~= nil and (type(metadata) ~= "table" or metadata[MARK] ~= nil) then
    return ('option "metadata" must be a table without %s: that is the reference'):format(MARK)
  end
end

local function params_of(options)
  local params = {}
  for name, value in pairs(options) do
    if not OWN[name] then params[name] = value end
  end
  params.metadata = with({ [MARK] = options.reference }, options.metadata)
  return params
end

-- What is asked for, whatever order it comes in; the same text for the same meaning.
local function digest(params)
  local function plain(value)
    if core.decimal.is_decimal(value) then return tostring(value) end
    if type(value) ~= "table" then return value end
    local copy = {}
    for name, each in pairs(value) do copy[name] = plain(each) end
    return copy
  end
  local encoded, text = pcall(core.json, plain(params))
  return encoded and core.sha256(text) or nil
end

--- Mints a session, see `stripe.workflow.onramp`.
local function start(client, options)
  local wrong = misuse(options)
  if wrong then error(wrong, 3) end
  local params, sessions = params_of(options), client.crypto.onramp_sessions
  local refused = Check.session(params)
  if refused then return nil, refused end
  -- What the client refuses is not to leave a trace in the journal.
  local preview, problem = sessions:create(params, with({ dry_run = true }, options.call))
  if not preview then return nil, problem end
  if options.dry_run then return preview end

  local asked, minted = digest(params), nil
  local kept, err, info = options.journal:once("onramp/" .. options.reference, function(call)
    local session, failure, response = sessions:create(params, with(call, options.call))
    if not session then return nil, failure end
    minted = response and session -- what comes from the journal instead has no secrets
    return { session = session.id, asked = asked }
  end, { wait = options.wait })
  if not kept then return nil, err end
  if kept.asked ~= asked then
    return nil, Class.failure("changed", ("the reference %q is that of session %s, which was "
      .. "started with other parameters: use another reference, or the same parameters")
      :format(options.reference, kept.session), { sent = "yes" })
  end
  if minted then return minted, nil, info end
  local session, failure = sessions:retrieve(kept.session, nil, with({}, options.call))
  if not session then return nil, failure end
  return session, nil, info
end

return start
