--- Workers: they take events from the queue, have them handled, and say what became of them.
--
-- What is taken is pending in Redis until it is done, so a worker that dies loses nothing: after
-- `claim_idle` seconds another one takes it over. The handler's store decides who may run.
-- @module stripe.webhook.queue.worker

local core = require "stripe.core"
local Blocking = require "stripe.driver.blocking"
local Consumer = require "stripe.webhook.queue.consumer"
local Driver = require "stripe.driver"
local Error = require "stripe.error"
local protect = require "stripe.webhook.protect"

local Worker = {}
local metatable = { __name = "stripe.webhook.queue.worker", __index = Worker }

local POLL = 0.2         -- seconds between two looks where nobody may wait for Redis in place
local LONGEST_PAUSE = 5  -- seconds between two attempts to reach Redis
local TIDY_AFTER = 100   -- events

function metatable:__tostring()
  return ("%s (%s)"):format(metatable.__name, self.consumer.name)
end

--- Makes a worker.
-- @tparam table queue
-- @tparam table options
--
-- * `handler`: made by `stripe.webhook.handler`; `secrets = false` will do
-- * `consumer`: a name that no other worker has (a new one)
-- * `concurrency` (1): how many events to handle at once, in tasks of the driver
-- * `block` (1): seconds to wait in Redis for the next event; a stop is seen after that
-- * `stop`: a function that says whether to stop, asked between events; `cancel`: a
--   stripe.canceller()
-- * `once`: return when there is nothing to do at the moment
-- * `on_event(seen)`: told of each event: `id`, `type`, `entry`, `tries`, `result` (of the handler;
--   "died" when its worker did so at the last try), `status`, `error` (redacted text), `action`
--   ("done", "again" or "dead"), `delay` (seconds until it comes again), `duration`, `waited`
--   (seconds since it was received)
-- * `on_trouble(message)`: told when Redis is away or refuses
-- * `driver`: how to wait, as of `stripe.new`
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string what is wrong
function Worker.new(queue, options)
  local driver, wrong = Driver.choose(options.driver)
  if wrong then return nil, 'option "driver": ' .. wrong end
  return setmetatable({
    queue = queue, options = options, driver = driver,
    consumer = Consumer.new(queue, options.consumer or "worker-" .. assert(core.uuid()):sub(1, 13)),
    concurrency = options.concurrency or 1, block = options.block or 1,
    finished = 0, running = 0, totals = { done = 0, again = 0, dead = 0 },
  }, metatable)
end

local function stopped(self)
  local options = self.options
  return options.cancel and options.cancel.canceled or options.stop and options.stop() or false
end

-- An observer that throws must not keep an event from being finished.
local function tell(self, observer, what)
  if self.options[observer] then
    protect(function() return self.options[observer](what) end)
  end
end

-- Troubles are told; what could not be said in Redis is found there by the next worker.
local function note(self, done, message)
  if not done then tell(self, "on_trouble", message) end
end

local function handle(self, entry)
  local handler = self.options.handler
  local event, problem = core.decode(entry.payload or "",
    handler.keeps_null and handler:keeps_null() or false)
  if type(event) ~= "table" then
    return { result = "refused", status = 400,
      error = "the payload is no JSON: " .. tostring(problem) }
  end
  local ok, outcome = protect(function()
    return handler:process(event, {
      source = "queue", received = entry.received, verification = { secret = entry.secret },
    })
  end)
  if ok then return outcome end
  return { result = "failed", status = 500, error = outcome }
end

-- What an error says, without secrets. Of a call that failed, the line that it is; else what was
-- thrown or returned.
local function text_of(err)
  if err == nil then return nil end
  local text = Error.is(err) and tostring(err) or core.redact(tostring(err))
  return #text > 2000 and text:sub(1, 2000) .. "..." or text
end

-- What becomes of an entry: "done", "again" with the seconds until then and its tries, or "dead".
local function decide(queue, entry, outcome)
  if outcome.status == 200 then return "done" end
  if outcome.result == "refused" then return "dead" end
  if outcome.result == "busy" then
    return "again", outcome.retry_after or queue.backoff(entry.tries), entry.tries - 1
  elseif outcome.reason == "store" then
    return "again", queue.backoff(entry.tries), entry.tries - 1
  elseif entry.tries < queue.max_tries then
    return "again", queue.backoff(entry.tries), entry.tries
  end
  return "dead"
end

-- Handles one entry, and says in Redis and to the observer what became of it.
local function work(self, entry)
  local began, queue = core.now(), self.queue
  local outcome
  if entry.tries > queue.max_tries then
    outcome = { result = "died", status = 500, error = ("tried %d times; the worker that had it "
      .. "last did not live to say what happened"):format(queue.max_tries) }
    entry.tries = queue.max_tries
  else
    outcome = handle(self, entry)
  end
  local text = text_of(outcome.error)
  local action, delay, tries = decide(queue, entry, outcome)
  local consumer = self.consumer
  if action == "done" then
    note(self, consumer:done(entry))
  elseif action == "again" then
    note(self, consumer:postpone(entry, delay, tries))
  else
    note(self, consumer:bury(entry, text or "the result was " .. tostring(outcome.result)))
  end
  if action ~= "again" then self.finished = self.finished + 1 end
  self.totals[action] = self.totals[action] + 1
  tell(self, "on_event", {
    id = entry.id, type = entry.type, entry = entry.entry, tries = entry.tries,
    result = outcome.result, status = outcome.status, error = text, action = action,
    delay = delay, duration = core.now() - began,
    waited = entry.received and math.max(core.time() - entry.received, 0) or nil,
  })
end

local function tidy(self)
  if self.finished == 0 then return end
  self.finished = 0
  note(self, self.consumer:tidy())
end

-- Handles entries, each in a task of its own when several may run at once. Those for which there
-- is no time left go back at once, as if they had not been taken.
local function begin(self, entries, driver)
  for _, entry in ipairs(entries) do
    if stopped(self) then
      note(self, self.consumer:postpone(entry, 0, entry.tries - 1))
    elseif self.concurrency == 1 then
      work(self, entry)
    else
      self.running = self.running + 1
      driver.spawn(function()
        local ok, err = protect(function() return work(self, entry) end)
        self.running = self.running - 1
        if not ok then tell(self, "on_trouble", tostring(err)) end
      end)
    end
  end
end

local function wait_for_all(self, driver)
  while self.running > 0 do driver.sleep(0.01) end
end

-- Seconds to wait in Redis: only for who has the process for himself, or is in nginx, where that
-- holds up nobody.
local function waits(self, driver)
  if self.options.once or self.running > 0 then return 0 end
  local alone = driver == Blocking or driver == package.loaded["stripe.driver.nginx"]
  return alone and self.block or 0
end

--- One round: takes what there is (waiting up to `block` seconds for it) and handles it.
-- @treturn[1] number how many events
-- @treturn[2] nil
-- @treturn[2] string why nothing could be taken
function Worker:step()
  local driver = self.driver or Driver.current()
  local entries, message = self.consumer:take(self.concurrency, waits(self, driver))
  if not entries then
    tell(self, "on_trouble", message)
    return nil, message
  end
  begin(self, entries, driver)
  wait_for_all(self, driver)
  if #entries == 0 or self.finished >= TIDY_AFTER then tidy(self) end
  return #entries
end

-- Waits, but not past a stop.
local function pause(self, driver, seconds)
  local limit = driver.now() + seconds
  while driver.now() < limit and not stopped(self) do
    driver.sleep(math.min(limit - driver.now(), 0.5), self.options.cancel)
  end
end

-- Takes and begins; returns whether that ends the run, and why.
local function round(self, driver)
  local room = self.concurrency - self.running
  if room == 0 then
    driver.sleep(0.01, self.options.cancel)
    return false
  end
  local entries, message = self.consumer:take(room, waits(self, driver))
  if not entries then
    tell(self, "on_trouble", message)
    if self.options.once then return true, message end
    self.pause = math.min((self.pause or 0.05) * 2, LONGEST_PAUSE)
    pause(self, driver, self.pause)
    return false
  end
  self.pause = nil
  begin(self, entries, driver)
  if self.finished >= TIDY_AFTER or #entries == 0 and self.running == 0 then tidy(self) end
  if #entries > 0 then return false end
  if self.options.once and self.running == 0 then return true end
  if self.running > 0 then
    driver.sleep(0.01, self.options.cancel)
  elseif waits(self, driver) == 0 then
    driver.sleep(POLL, self.options.cancel)
  end
  return false
end

--- Works until `stop` or `cancel` says so, or with `once` until there is nothing to do at the
-- moment; then finishes what is being handled, and leaves. While Redis is away it waits for it,
-- except with `once`.
-- @treturn[1] table `{ done, again, dead }`: how many events
-- @treturn[2] nil
-- @treturn[2] string why nothing could be taken
function Worker:run()
  local driver = self.driver or Driver.current()
  local ended, message
  while not ended and not stopped(self) do ended, message = round(self, driver) end
  wait_for_all(self, driver)
  if message then return nil, message end
  tidy(self)
  self:leave()
  return self.totals
end

--- Takes this worker off the list of the group's consumers, unless it still has entries.
function Worker:leave() note(self, self.consumer:leave()) end

return Worker
