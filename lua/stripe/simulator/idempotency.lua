--- Idempotency keys of an account: what was answered to each, for 24 hours.
--
-- A key is bound to its endpoint and its parsed parameters. The store is bounded: beyond its
-- capacity the oldest keys are forgotten early.
-- @module stripe.simulator.idempotency

local copy = require "stripe.simulator.copy"
local errors = require "stripe.simulator.errors"
local utf8_text = require "stripe.simulator.utf8_text"

local Idempotency = {}
local metatable = { __name = "stripe.simulator.idempotency", __index = Idempotency }

local LIFETIME = 24 * 3600
local CAPACITY = 10000
local MAX_KEY = 255

local function new(clock, capacity)
  local self = setmetatable({ clock = clock, capacity = capacity or CAPACITY }, metatable)
  self:reset()
  return self
end

-- Forgets keys from the oldest on while they are too old or too many.
local function prune(self)
  local now = self.clock:now()
  while self.first <= self.last do
    local record = self.queue[self.first]
    if self.last - self.first < self.capacity and now - record.time < LIFETIME then return end
    self.queue[self.first] = nil
    if self.records[record.key] == record then self.records[record.key] = nil end
    self.first = self.first + 1
  end
end

-- The refusal of a key used for another request.
local function mismatch(key)
  return errors.new {
    type = "idempotency_error",
    message = "Keys for idempotent requests can only be used with the same parameters they were "
      .. "first used with. Try using a key other than '" .. key
      .. "' if you meant to execute a different request.",
  }
end

--- The refusal of a key whose first request still runs: 409.
local function in_flight(key)
  return errors.new {
    status = 409, type = "idempotency_error", code = "idempotency_key_in_use",
    message = "There is currently another in-progress request using this Idempotent Key (that "
      .. "probably means you submitted twice, and the other request is still going through): "
      .. key .. ". Please try again later.",
  }
end

--- Opens a key for a request, or says what to do instead.
-- @string key
-- @string fingerprint of endpoint and parameters
-- @string request_id
-- @treturn table a fresh record, to be given to `finish` or `forget`; or a finished one, whose
--   answer (`status, headers, body`) is to be repeated | nil, err
function Idempotency:begin(key, fingerprint, request_id)
  if #key > MAX_KEY then
    return nil, errors.new {
      type = "idempotency_error",
      message = ("An idempotency key has at most %d characters; this one has %d."):format(
        MAX_KEY, #key),
    }
  end
  if not utf8_text.is(key) then
    return nil, errors.new {
      type = "idempotency_error", message = "An idempotency key is text in UTF-8.",
    }
  end
  prune(self)
  local record = self.records[key]
  if record then
    if record.fingerprint ~= fingerprint then return nil, mismatch(key) end
    if not record.status or record.delayed then return nil, in_flight(key) end
    return record
  end
  record = { key = key, fingerprint = fingerprint, request_id = request_id,
    time = self.clock:now() }
  self.last = self.last + 1
  self.queue[self.last], self.records[key] = record, record
  prune(self)
  return record
end

--- Keeps the answer of a record.
-- @tparam table record
-- @tparam table answer `status, headers` (list), `body`
-- @string[opt] object id of the object in the answer
function Idempotency.finish(_, record, answer, object)
  record.status, record.headers, record.body = answer.status, answer.headers, answer.body
  record.object = object
end

--- Makes a key new again: its request did not count.
function Idempotency:forget(record)
  if self.records[record.key] == record then self.records[record.key] = nil end
end

--- Lets a function change the kept answers: `rewrite(record)` is called for each; `record.object`
-- is the id of the object in its answer, `record.body` the text. For redaction.
function Idempotency:rewrite(rewrite)
  for i = self.first, self.last do
    if self.queue[i].status then rewrite(self.queue[i]) end
  end
end

function Idempotency:reset() self.records, self.queue, self.first, self.last = {}, {}, 1, 0 end

--- The finished records, oldest first: a request in flight ends with its process.
function Idempotency:snapshot()
  local records = {}
  for i = self.first, self.last do
    local record = self.queue[i]
    if record.status and self.records[record.key] == record then
      records[#records + 1] = copy.deep(record)
      records[#records].delayed = nil
    end
  end
  return records
end

function Idempotency:restore(records)
  self:reset()
  for i, record in ipairs(records) do
    self.queue[i], self.records[record.key], self.last = record, record, i
  end
end

return { new = new, in_flight = in_flight }
