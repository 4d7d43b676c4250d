--- Counters of all workers in a shared dictionary, and their Prometheus text.
--
-- Names and labels are the dictionary's keys, so a counter costs one `incr`. Labels have few
-- values: operations of the catalogue, statuses, kinds of failure, results.
-- @module stripe.resty.metrics

local Dict = require "stripe.resty.dict"

local Metrics = {}
local metatable = { __name = "stripe.resty.metrics", __index = Metrics }

local PREFIX = "metric:"

-- Upper bounds of a duration's buckets, in seconds.
local BOUNDS = { 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30 }

local HELP = {
  stripe_attempts_total = { "counter", "Attempts by operation and outcome." },
  stripe_retries_total = { "counter", "Attempts after the first one." },
  stripe_attempt_duration_seconds = { "histogram", "How long attempts took." },
  stripe_limiter_wait_seconds_total = { "counter", "Time that attempts waited for the limiter." },
  stripe_limiter_refused_total = { "counter", "Attempts that the limiter refused." },
  stripe_circuit_opened_total = { "counter", "How often the circuit breaker opened." },
  stripe_webhook_events_total = { "counter", "Webhook events by type and result." },
}

--- Makes one.
-- @tparam[opt] table options `dict`: the name of a shared dictionary ("stripe")
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string message
function Metrics.new(options)
  local dict, message = Dict.open((options or {}).dict or "stripe")
  if not dict then return nil, message end
  return setmetatable({ dict = dict }, metatable)
end

local function label(value)
  return (tostring(value):gsub('[\\"\n]', { ["\\"] = "\\\\", ['"'] = '\\"', ["\n"] = "\\n" }))
end

--- Adds to a counter.
-- @string name with its labels, as Prometheus writes it
-- @tparam[opt] number value (1)
function Metrics:add(name, value)
  self.dict:incr(PREFIX .. name, value or 1, 0)
end

--- Counts an attempt.
function Metrics:attempt(attempt, operation)
  operation = label(operation or "other")
  self:add(('stripe_attempts_total{operation="%s",outcome="%s"}'):format(operation,
    label(attempt.status and ("%d"):format(attempt.status) or attempt.failure or "unknown")))
  if attempt.n and attempt.n > 1 then self:add "stripe_retries_total" end
  local seconds = attempt.duration or 0
  for _, bound in ipairs(BOUNDS) do
    if seconds <= bound then
      self:add(('stripe_attempt_duration_seconds_bucket{le="%g"}'):format(bound))
      break
    end
  end
  self:add("stripe_attempt_duration_seconds_sum", seconds)
  self:add "stripe_attempt_duration_seconds_count"
end

--- Counts a webhook event by its outcome.
function Metrics:event(outcome)
  self:add(('stripe_webhook_events_total{type="%s",result="%s"}'):format(
    label(outcome.type or "unknown"), label(outcome.result)))
end

-- A histogram's buckets hold all that is below them; the dictionary counts each attempt once.
local function buckets(values)
  local sum, lines = 0, {}
  for _, bound in ipairs(BOUNDS) do
    local name = ('stripe_attempt_duration_seconds_bucket{le="%g"}'):format(bound)
    sum = sum + (values[name] or 0)
    values[name] = nil
    lines[#lines + 1] = ("%s %d"):format(name, sum)
  end
  lines[#lines + 1] = ('stripe_attempt_duration_seconds_bucket{le="+Inf"} %d'):format(
    values.stripe_attempt_duration_seconds_count or 0)
  return lines
end

--- All counters as Prometheus reads them (text format 0.0.4).
-- @treturn string
function Metrics:text()
  local values, names = {}, {}
  for _, key in ipairs(self.dict:get_keys(0)) do
    local name = key:match("^" .. PREFIX .. "(.+)$")
    if name then values[name] = self.dict:get(key) end
  end
  local histogram = values.stripe_attempt_duration_seconds_count and buckets(values)
  for name in pairs(values) do names[#names + 1] = name end
  table.sort(names)
  local lines, family = {}, nil
  for _, name in ipairs(names) do
    local own = name:match "^[%w_]+":gsub("_sum$", ""):gsub("_count$", "")
    if own ~= family then
      family = own
      local help = HELP[own]
      if help then
        lines[#lines + 1] = ("# HELP %s %s"):format(own, help[2])
        lines[#lines + 1] = ("# TYPE %s %s"):format(own, help[1])
      end
      if histogram and own == "stripe_attempt_duration_seconds" then
        for _, line in ipairs(histogram) do lines[#lines + 1] = line end
      end
    end
    lines[#lines + 1] = ("%s %.17g"):format(name, values[name])
  end
  return table.concat(lines, "\n") .. "\n"
end

return Metrics
