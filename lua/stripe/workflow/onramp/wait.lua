--- Follows a session until it is fulfilled or rejected: by asking now and then, or by webhooks.
--
-- What it sees it reports: a status that this library does not know leaves the session open, and a
-- step that should not be possible is noted, not fatal.
-- @module stripe.workflow.onramp.wait

local Class = require "stripe.workflow.class"
local Driver = require "stripe.driver"
local Status = require "stripe.workflow.onramp.status"
local with = require "stripe.with"

local Wait = {}

local OPTIONS = {
  deadline = true, interval = true, cancel = true, on_change = true, driver = true, call = true,
}

local HANDLER_OPTIONS = { on_change = true, on_end = true, reference = true, sessions = true }

local function misuse(id, options)
  local wrong = Class.unknown("wait", options, OPTIONS)
    or Class.seconds(options, "interval", true) or Class.seconds(options, "deadline")
  if wrong then return wrong end
  if type(id) ~= "string" or id == "" then return "wait takes the id of a session, or a session" end
  if options.on_change ~= nil and type(options.on_change) ~= "function" then
    return 'option "on_change" must be a function(session, change)'
  end
end

-- Takes note of a session; gives the change when its status is another than before.
local function see(watched, session, now)
  local before = watched.status
  watched.session, watched.status = session, session.status
  if before == session.status then return nil end
  return {
    status = session.status, from = before, at = now,
    legal = before == nil or Status.may(before, session.status),
    known = Status.known(session.status),
  }
end

local function add(result, change)
  result.history[#result.history + 1] = change
  if not change.known then result.unknown[#result.unknown + 1] = change.status end
  if not change.legal then result.illegal[#result.illegal + 1] = change end
end

local function finish(result, watched, reason)
  result.session, result.status = watched.session, watched.status
  result.outcome = Status.outcome(watched.status)
  result.complete = result.outcome == "complete"
  result.reason = result.outcome == "open" and reason or nil
  return result
end

--- Polls, see `stripe.workflow.onramp`.
function Wait.poll(client, session, options)
  local id = type(session) == "table" and session.id or session
  options = options or {}
  local wrong = misuse(id, options)
  if wrong then error(wrong, 3) end
  local driver, problem = Driver.choose(options.driver)
  if problem then error(problem, 3) end
  driver = driver or Driver.current()
  local watched = { status = type(session) == "table" and session.status or nil }
  if watched.status then watched.session = session end
  local result = { history = {}, unknown = {}, illegal = {} }
  local began, interval = driver.now(), options.interval or 5
  local limit = options.deadline or math.huge
  while true do
    local left = limit - (driver.now() - began)
    local call = with({ cancel = options.cancel }, options.call)
    if left > 0 and left < math.huge and call.deadline == nil then call.deadline = left end
    local seen, err = client.crypto.onramp_sessions:retrieve(id, nil, call)
    if seen then
      local change = see(watched, seen, driver.now() - began)
      if change then
        add(result, change)
        if options.on_change then options.on_change(seen, change) end
      end
      if Status.outcome(seen.status) ~= "open" then return finish(result, watched) end
    end
    local stopped = options.cancel and options.cancel.canceled
    left = limit - (driver.now() - began)
    if not seen and not err.retryable and not stopped and left > 0 then
      return nil, err, finish(result, watched)
    elseif stopped or left <= 0 then
      if not watched.session then return nil, err, finish(result, watched) end
      return finish(result, watched, stopped and "canceled" or "deadline")
    end
    driver.sleep(math.min(interval, left), options.cancel)
  end
end

--- Handlers for webhooks or `events:since`, see `stripe.workflow.onramp`.
function Wait.handlers(client, options)
  local wrong = Class.unknown("handlers", options, HANDLER_OPTIONS)
  if wrong then error(wrong, 3) end
  local wanted
  for _, session in ipairs(options.sessions or {}) do
    wanted = wanted or {}
    wanted[type(session) == "table" and session.id or session] = true
  end
  return {
    -- Events may come late and in any order: each tells of one step, once, and the session beside
    -- it is asked for, as it is now.
    ["crypto.onramp_session.updated"] = function(ctx)
      local told = type(ctx.object) == "table" and ctx.object or {}
      if not told.id or wanted and not wanted[told.id] then return true end
      local session, err = client.crypto.onramp_sessions:retrieve(told.id)
      if not session then return nil, err end
      local mark = (session.metadata or {}).onramp_reference
      if options.reference and mark ~= options.reference then return true end
      local from, status = (ctx.previous_attributes or {}).status, told.status or session.status
      if type(from) ~= "string" or from == status then return true end
      local change = {
        status = status, from = from, legal = Status.may(from, status),
        known = Status.known(status),
      }
      if options.on_change then options.on_change(session, change) end
      local outcome = Status.outcome(status)
      if outcome ~= "open" and options.on_end then return options.on_end(session, outcome) end
      return true
    end,
  }
end

return Wait
