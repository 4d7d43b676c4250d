--- One poll under way: what was handled, what failed, and how far that brings the position.
-- @module stripe.webhook.poll.round

local Error = require "stripe.error"
local protect = require "stripe.webhook.protect"
local with = require "stripe.with"

local Round = {}
local metatable = { __name = "stripe.webhook.poll.round", __index = Round }

local SAVE_AFTER = 100     -- events
local MOST_FAILURES = 100  -- in a report

--- An error of polling itself.
-- @string code "events", "gap" or "checkpoint"
-- @string message
-- @boolean retryable
-- @treturn table
function Round.failure(code, message, retryable)
  return Error.new {
    type = "api_error", code = code, message = message, attempts = {}, retryable = retryable,
    sent = "no",
  }
end

--- Begins one.
-- @tparam table position to begin from; it is not written to
-- @tparam table poll see `stripe.webhook.poll`
-- @treturn table
function Round.new(position, poll)
  return setmetatable({
    poll = poll, position = position, ids = with({}, position.ids), tries = position.failed,
    failed = {},
    reached = position.created, held = nil, -- Unix seconds; of the oldest event that failed
    unsaved = 0,
    report = { listed = 0, results = {}, failures = {}, given_up = {} },
  }, metatable)
end

--- Keeps the position that this has come to.
-- @tparam ?number checked when a poll last came to its end
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] table the error
function Round:save(checked)
  local position = {
    created = math.min(self.held or self.reached, self.reached), ids = {},
    failed = with({}, self.failed), checked = checked,
  }
  for id, created in pairs(self.ids) do
    if created >= position.created - self.poll.overlap then position.ids[id] = created end
  end
  local place = self.poll.place
  local ok, kept, problem = protect(function() return place:save(position) end)
  if not ok then kept, problem = nil, kept.message end
  if not kept then
    return nil, Round.failure("checkpoint",
      "the checkpoint can't be kept: " .. tostring(problem), true)
  end
  self.unsaved, self.position = 0, position
  return true
end

-- Whether an event that was not done is to be tried again.
local function again(self, event, outcome)
  if outcome.result == "refused" then return false end
  local tries, most = self.tries[event.id] or 0, self.poll.options.max_tries
  if outcome.result ~= "busy" and outcome.reason ~= "store" then tries = tries + 1 end
  self.failed[event.id] = tries
  return not most or tries < most
end

local function process(self, event)
  local ok, outcome = protect(function()
    return self.poll.handler:process(event, { source = "poll" })
  end)
  if ok then return outcome end
  return { result = "failed", status = 500, error = outcome }
end

local function handle(self, event)
  local report, outcome = self.report, process(self, event)
  report.results[outcome.result] = (report.results[outcome.result] or 0) + 1
  local done = outcome.status == 200
  if not done then
    done = not again(self, event, outcome)
    local where = done and report.given_up or report.failures
    if #where < MOST_FAILURES then
      where[#where + 1] = {
        id = event.id, type = event.type, result = outcome.result, error = outcome.error,
      }
    end
  end
  if done then
    self.ids[event.id], self.failed[event.id] = event.created, nil
  else
    self.held = math.min(self.held or event.created, event.created)
  end
end

--- Handles events, and saves from time to time.
-- @tparam table events the oldest first
-- @treturn[1] boolean true; false when canceled
-- @treturn[2] nil
-- @treturn[2] table the error
function Round:handle(events)
  local canceller, report = self.poll.options.cancel, self.report
  for _, event in ipairs(events) do
    if canceller and canceller.canceled then return false end
    if not self.ids[event.id] then
      report.listed = report.listed + 1
      handle(self, event)
      self.unsaved = self.unsaved + 1
    end
    self.reached = math.max(self.reached, event.created)
    if self.unsaved >= SAVE_AFTER then
      local saved, err = self:save(self.position.checked)
      if not saved then return nil, err end
    end
  end
  return true
end

--- The error of a poll with events that were not handled.
-- @treturn ?table
function Round:error()
  local report, n = self.report, 0
  local first = report.failures[1] or report.given_up[1]
  if not first then return nil end
  for _, result in ipairs { "failed", "busy", "lost", "refused" } do
    n = n + (report.results[result] or 0)
  end
  local why = first.error ~= nil and ": " .. tostring(first.error) or " is " .. first.result
  return Round.failure("events", ("%d of %d events were not handled; %s, %s%s"):format(n,
    report.listed, tostring(first.id), tostring(first.type), why), true)
end

return Round
