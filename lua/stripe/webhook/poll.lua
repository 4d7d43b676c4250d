--- Polling: the events of an account without a public URL, `client.events:since`.
--
--     local position, err, report = client.events:since("events.checkpoint", handler)
--
-- The same handlers and the same stores as for webhooks; each event is handled once, however often
-- it is listed, and also if a webhook brings it as well. Started again after a kill, it goes on
-- where it was.
--
-- Every poll looks back a little further than it has come (`overlap`), since an event may be
-- listed later than one that is younger. An event that fails holds the checkpoint back, so that it
-- comes again with the next poll; the events after it are handled meanwhile.
-- @module stripe.webhook.poll

local core = require "stripe.core"
local Driver = require "stripe.driver"
local Options = require "stripe.webhook.poll.options"
local Position = require "stripe.webhook.poll.position"
local Round = require "stripe.webhook.poll.round"
local Windows = require "stripe.webhook.poll.windows"
local protect = require "stripe.webhook.protect"
local with = require "stripe.with"

local Poll = {}

local SLOWEST = 16 -- times the interval, after polls that failed

local function is_canceled(self)
  return self.options.cancel ~= nil and self.options.cancel.canceled
end

local function list(self, params)
  local options = with({}, self.options.call)
  options.cancel = self.options.cancel
  return self.events:list(params, options)
end

local function windows(self, from)
  return Windows.new(function(params) return list(self, params) end, from,
    { type = self.options.type, types = self.options.types }, self.most)
end

-- Takes what happened just before a position for handled, since every poll looks back.
local function pass_over(self, position)
  local start = position.created
  if start == 0 or self.overlap == 0 then return position end
  local page, err = list(self, { limit = 100, type = self.options.type, types = self.options.types,
    created = { gte = math.max(start - self.overlap, 0), lt = start } })
  if not page then return nil, err end
  for event, problem in page:each() do
    if not event then return nil, problem end
    position.ids[event.id] = event.created
  end
  return position
end

-- Where to begin when there is no position yet. "now": after what is there already.
local function first_position(self)
  local start = self.options.start
  local position = { created = type(start) == "number" and start or 0, ids = {}, failed = {} }
  if start ~= "now" then return pass_over(self, position) end
  local page, err = list(self, { limit = 1, type = self.options.type, types = self.options.types })
  if not page then return nil, err end
  local newest = page.data[1]
  if not newest then return position end
  position.created = newest.created
  local recent, last = windows(self, newest.created - self.overlap), false
  while not last do
    local events
    events, last = recent:next()
    if not events then return nil, last end
    for _, event in ipairs(events) do position.ids[event.id] = event.created end
  end
  return position
end

-- The time of which events are missing for good, when there is one.
local function gap_before(position, now)
  local known, oldest = position.created, math.floor(now) - Windows.REACH
  if position.checked and not next(position.failed) then
    known = math.max(known, position.checked)
  end
  if known == 0 or known >= oldest then return nil end -- 0: there was none yet
  return { from = known, to = oldest }
end

-- Lists and handles everything; true when it came to the end, false when canceled, or nil and the
-- error.
local function walk(self, round)
  local began = math.floor(self.now())
  local stretch, last = windows(self, round.position.created - self.overlap), false
  while not last do
    local events
    events, last = stretch:next()
    if not events and is_canceled(self) then return false end
    if not events then return nil, last end
    local all, err = round:handle(events)
    if not all then return all, err end
    if round.unsaved > 0 and not last then
      local saved, problem = round:save(round.position.checked)
      if not saved then return nil, problem end
    end
  end
  return round:save(not round.held and began or nil)
end

-- Polls once, from a position.
local function once(self, position)
  local gap = gap_before(position, self.now())
  if gap and self.options.on_gap then self.options.on_gap(gap) end
  local round = Round.new(position, self)
  local report = round.report
  report.gap = gap
  local all, err = walk(self, round)
  if all == false then
    report.canceled, err = true, select(2, round:save(round.position.checked))
  end
  report.position = round.position
  err = err or round:error()
  if not err and gap and not self.options.on_gap then
    err = Round.failure("gap", ("the checkpoint is older than the events that the API lists: those "
      .. "between %d and %d are missing; all others were handled"):format(gap.from, gap.to), false)
  end
  return report, err
end

-- The position to begin from. Where "now" was is kept at once, so that it stays there.
local function load(self)
  local ok, position, problem = protect(function() return self.place:load() end)
  if not ok then position, problem = nil, position.message end
  if problem ~= nil then
    return nil, Round.failure("checkpoint", "the checkpoint can't be read: " .. tostring(problem),
      false)
  end
  if position then return position end
  local err
  position, err = first_position(self)
  if not position then return nil, err end
  local saved, unsaved = Round.new(position, self):save()
  if not saved then return nil, unsaved end
  return position
end

local function answer(report, err)
  report.position = Position.copy(report.position)
  if err then return nil, err, report end
  return report.position, nil, report
end

-- Polls until it is canceled, or something fails that waiting doesn't mend.
local function follow(self, position)
  local options, slow = self.options, 1
  while true do
    local report, err = once(self, position)
    position = report.position
    if options.on_poll then options.on_poll(report, err) end
    if is_canceled(self) or err and not err.retryable then return answer(report, err) end
    slow = err and math.min(slow * 2, SLOWEST) or 1
    local driver = self.driver or Driver.current()
    driver.sleep((options.interval or 10) * slow, options.cancel)
    if is_canceled(self) then
      report.canceled = true
      return answer(report, err)
    end
  end
end

--- Reads the arguments of `client.events:since`.
-- @treturn[1] table for `run`
-- @treturn[2] nil
-- @treturn[2] string what is wrong with them
function Poll.prepare(events, settings, checkpoint, handler, options)
  if type(handler) ~= "table" or type(handler.process) ~= "function" then
    return nil, "argument 2 (handler) must be a handler, made by stripe.webhook.handler"
  end
  options = options == nil and {} or options
  local misuse = Options.misuse(options)
  if misuse then return nil, misuse end
  local place
  place, misuse = Position.place(checkpoint)
  if not place then return nil, "argument 1 (checkpoint): " .. misuse end
  return {
    events = events, driver = settings.driver, handler = handler, options = options,
    place = place, overlap = options.overlap or 300, now = options.now or core.time,
  }
end

--- Handles the events since a checkpoint: what `client.events:since(checkpoint, handler, options)`
-- does.
--
-- * `checkpoint`: where the position is kept: a path (replaced in one step), or
--   `{ load = function() -> position | nil, save = function(position) }`; or a position itself, or
--   Unix seconds: then keep what is returned. nil: the beginning
-- * `handler`: made by `stripe.webhook.handler`; `secrets = false` will do
-- * `options`:
--   * `type` ("climate.*") or `types` (up to 20): only these
--   * `start`: where to begin without a position: "oldest" (the API lists 30 days), "now", or Unix
--     seconds
--   * `overlap` (300): seconds that every poll looks back
--   * `max_tries`: then an event that fails is given up; without it, it is tried as long as the API
--     lists it, and the checkpoint waits for it
--   * `on_gap(gap)`: told before anything else when the checkpoint is older than 30 days: events
--     between `gap.from` and `gap.to` are missing. Without it, that is an error at the end
--   * `follow`: poll again and again, every `interval` (10) seconds, later after failures, until
--     `cancel` (a stripe.canceller()) or an error that waiting doesn't mend; `on_poll(report, err)`
--     is told of each
--   * `call`: options of the list calls (`account`, `timeout`, ...)
--   * `now`: a function that gives Unix seconds, for specs
--
-- @treturn[1] table the new position, as plain data: every event up to it was handled
-- @treturn[1] nil
-- @treturn[1] table report
-- @treturn[2] nil
-- @treturn[2] table the error of the list call; or one with the code "events" (some were not
--   handled), "gap", or "checkpoint" (it can't be read or kept)
-- @treturn[2] ?table report: `position` to go on from; `listed`: events that were new; `results`:
--   how many of each result of the handler; `failures` and `given_up`: lists of
--   `{ id, type, result, error }`; `gap`; `canceled`
function Poll.run(self)
  local position, err = load(self)
  if not position then return nil, err end
  if self.options.follow then return follow(self, position) end
  return answer(once(self, position))
end

return Poll
