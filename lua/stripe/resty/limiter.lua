--- A limiter for all workers of an nginx: a token bucket, a retry budget, a circuit breaker.
--
-- It is asked before every attempt of every call. Stripe allows 100 requests a second in live mode
-- and 25 in test mode [docs.stripe.com/rate-limits]; an outage must not multiply the traffic, nor
-- fill every worker with requests that wait.
--
-- The bucket is kept as the time at which it will be full again (GCRA), one number for each key and
-- mode; who comes early reserves the next free moment and sleeps until then. Keys appear in the
-- dictionary by their digest alone.
-- @module stripe.resty.limiter

local core = require "stripe.core"
local Dict = require "stripe.resty.dict"
local Driver = require "stripe.driver"
local Misuse = require "stripe.misuse"
local with = require "stripe.with"

local Limiter = {}
local metatable = { __name = "stripe.resty.limiter", __index = Limiter }

local DEFAULTS = {
  dict = "stripe", test = 25, live = 100, burst = 1, max_wait = 5,
  retry_ratio = 0.1, retry_reserve = 10,
  breaker_failures = 20, breaker_window = 10, breaker_pause = 5,
}

-- Options that false turns off.
local SWITCHES = { test = true, live = true, retry_ratio = true, breaker_failures = true }

local function check(options)
  for name, value in pairs(options) do
    local default = DEFAULTS[name]
    if default == nil and name ~= "now" and name ~= "sleep" and name ~= "metrics" then
      return Misuse.unknown(name, DEFAULTS)
    elseif type(default) == "number" and not (value == false and SWITCHES[name])
      and not (type(value) == "number" and value >= 0 and value < math.huge) then
      return ("option %q must be a number, not negative%s"):format(name,
        SWITCHES[name] and ", or false" or "")
    end
  end
end

-- nginx counts milliseconds; what is less is no wait.
local INSTANT = 0.0005

-- Digests of keys: they are asked for at every attempt.
local names = {}

local function name_of(key)
  local name = names[key]
  if not name then
    name = core.sha256(key):sub(1, 16)
    names[key] = name
  end
  return name
end

local function is_live(key) return key:find("^[sr]k_live_") ~= nil end

--- Makes one.
-- @tparam[opt] table options
--   `dict`: the name of a shared dictionary ("stripe");
--   `test` (25), `live` (100): requests a second for each key, false: any number;
--   `burst` (1): seconds' worth of them that may come at once after a rest;
--   `max_wait` (5): seconds, more is an error;
--   `retry_ratio` (0.1): how many further attempts each first one pays for, `retry_reserve` (10):
--   how many can be saved up; `retry_ratio = false`: no budget;
--   `breaker_failures` (20): so many failed attempts within `breaker_window` (10) seconds, and more
--   failed than succeeded, stop all for `breaker_pause` (5) seconds, after which one may try;
--   `breaker_failures = false`: no breaker;
--   `metrics`: a `stripe.resty.metrics` to count into
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string message
function Limiter.new(options)
  options = options or {}
  local wrong = type(options) ~= "table" and "a limiter takes a table of options" or check(options)
  if wrong then error(wrong, 2) end
  local self = with(with({}, DEFAULTS), options)
  local dict, message = Dict.open(self.dict)
  if not dict then return nil, message end
  self.dict = dict
  local ngx = package.loaded.ngx
  self.now = self.now or function()
    ngx.update_time()
    return ngx.now()
  end
  self.sleep = self.sleep
    or function(seconds, canceller) Driver.current().sleep(seconds, canceller) end
  return setmetatable(self, metatable)
end

-- Whether the circuit lets an attempt pass: nil, or why not.
local function stopped(self, name)
  if not self.breaker_failures then return nil end
  local open_until = self.dict:get("open:" .. name)
  if not open_until then return nil end
  local left = open_until - self.now()
  if left > 0 then
    return ("Stripe fails; nothing is sent for another %.1f s"):format(left)
  end
  -- Half open: one may try, and tells the others how it went.
  if self.dict:add("probe:" .. name, 1, math.max(self.breaker_pause, 1)) then return nil end
  return "Stripe failed; one request is trying whether it is back"
end

-- Takes a further attempt out of the budget: nil, or why not.
local function spent(self, name, attempt)
  if not self.retry_ratio then return nil end
  local key = "budget:" .. name
  if attempt == 1 then
    local saved = self.dict:incr(key, self.retry_ratio, self.retry_reserve)
    if saved and saved > self.retry_reserve then self.dict:set(key, self.retry_reserve) end
    return nil
  end
  local left = self.dict:incr(key, -1, self.retry_reserve)
  if left and left < 0 then
    self.dict:incr(key, 1)
    return "too many requests are repeated already"
  end
end

-- Reserves the next free moment: seconds until it, or nil and why not.
local function reserve(self, key, name, most)
  local rate = is_live(key) and self.live or self.test
  if not rate or rate <= 0 then return 0 end
  local interval = 1 / rate
  local wait, message = Dict.locked(self.dict, "lock:" .. name, function()
    local now = self.now()
    local full = math.max(self.dict:get("full:" .. name) or 0, now)
    local early = full + interval - now - math.max(self.burst, interval)
    if early < INSTANT then early = 0 end
    if early > most + INSTANT then return nil, early end
    local kept, problem = self.dict:set("full:" .. name, full + interval, self.burst + most + 60)
    if not kept then return nil, problem end
    return early
  end, true)
  if wait then return wait end
  if type(message) == "number" then
    return nil, ("%g requests a second are allowed, and the next is free in %.1f s"):format(rate,
      message)
  end
  return nil, "the shared dictionary: " .. tostring(message)
end

local function count(self, name, value)
  if self.metrics then self.metrics:add(name, value) end
end

--- Asks for leave to make an attempt; sleeps until its time has come, or the canceller fires.
-- @string key the secret key
-- @tparam ?number seconds_left until the call's deadline
-- @tparam ?integer attempt 1 for the first
-- @tparam ?stripe.canceller canceller
-- @treturn[1] number seconds waited
-- @treturn[2] nil
-- @treturn[2] string why not
function Limiter:acquire(key, seconds_left, attempt, canceller)
  local name = name_of(key)
  local why = stopped(self, name) or spent(self, name, attempt or 1)
  if why then
    count(self, 'stripe_limiter_refused_total')
    return nil, why
  end
  local most = math.min(self.max_wait, seconds_left or math.huge)
  local wait, message = reserve(self, key, name, most)
  if not wait then
    count(self, 'stripe_limiter_refused_total')
    return nil, message
  end
  if wait > 0 then
    local since = self.now()
    local slept, problem = pcall(self.sleep, wait, canceller)
    if not slept then
      return nil, ("this place can't wait %.3f s: %s"):format(wait, tostring(problem))
    end
    if canceller and canceller.canceled then wait = math.min(wait, self.now() - since) end
    count(self, "stripe_limiter_wait_seconds_total", wait)
  end
  return wait
end

-- What the caller ended says nothing of Stripe.
local OWN = { canceled = true, deadline = true, aborted = true }

-- Whether an attempt says that Stripe itself is in trouble; nil: nobody knows.
local function failed(attempt)
  if attempt.failure then return not OWN[attempt.failure] or nil end
  return attempt.status ~= nil and attempt.status >= 500
end

--- Takes note of how an attempt ended.
-- @string key the secret key
-- @tparam table attempt `status` or `failure`, `duration`, `n`
-- @tparam ?string operation such as "climate.orders.create"
function Limiter:report(key, attempt, operation)
  if self.metrics then self.metrics:attempt(attempt, operation) end
  if not self.breaker_failures then return end
  local name, dict, trouble = name_of(key), self.dict, failed(attempt)
  if trouble == nil then
    dict:delete("probe:" .. name) -- if it was the one that tried, another may
    return
  end
  if not trouble then
    if dict:get("open:" .. name) then
      dict:delete("open:" .. name)
      dict:delete("probe:" .. name)
    end
    dict:incr("good:" .. name, 1, 0, self.breaker_window)
    return
  end
  if dict:get("open:" .. name) then -- the one that tried
    dict:set("open:" .. name, self.now() + self.breaker_pause, self.breaker_pause + 60)
    dict:delete("probe:" .. name)
    return
  end
  local bad = dict:incr("bad:" .. name, 1, 0, self.breaker_window) or 0
  if bad >= self.breaker_failures and bad > (dict:get("good:" .. name) or 0) then
    dict:set("open:" .. name, self.now() + self.breaker_pause, self.breaker_pause + 60)
    dict:delete("bad:" .. name)
    dict:delete("good:" .. name)
    count(self, "stripe_circuit_opened_total")
  end
end

return Limiter
