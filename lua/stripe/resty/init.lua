--- The library inside nginx and OpenResty: a client for all requests of a worker, webhooks,
-- counters, and what workers share.
--
--     lua_shared_dict stripe 1m;
--     init_by_lua_block {
--       resty  = require "stripe.resty"
--       client = resty.client { api_key = os.getenv "STRIPE_KEY" }
--     }
--     location = /metrics { content_by_lua_block { resty.metrics() } }
-- @module stripe.resty

local Limiter = require "stripe.resty.limiter"
local Log = require "stripe.resty.log"
local Metrics = require "stripe.resty.metrics"
local Quotes = require "stripe.resty.quotes"
local Webhook = require "stripe.resty.webhook"
local stripe = require "stripe"
local with = require "stripe.with"

local resty = {}

local DICT = "stripe"

local counters = {} -- of this Lua state, by the name of their dictionary

local function metrics_of(dict)
  if not counters[dict] then
    local made, message = Metrics.new { dict = dict }
    if not made then error(message, 3) end
    counters[dict] = made
  end
  return counters[dict]
end

--- Makes a client for all requests of a worker: one engine, one set of connections. Attempts are
-- limited among all workers, counted, and noted for the log.
-- @tparam table options those of `stripe.new`, and
--
-- * `dict`: the name of a shared dictionary ("stripe"); false: nothing is shared, none is limited
-- * `limits`: options of `stripe.resty.limiter` (`test`, `live`, `max_wait`, `retry_ratio`,
--   `breaker_failures` and the like)
-- @treturn table
function resty.client(options)
  if type(options) == "string" then options = { api_key = options } end
  if type(options) ~= "table" then error("resty.client takes a key or a table of options", 2) end
  if options.limits ~= nil and type(options.limits) ~= "table" then
    error('option "limits" must be a table', 2)
  end
  local given, limits = with({}, options), with({}, options.limits)
  given.dict, given.limits = nil, nil
  if options.dict ~= false and not given.limiter then
    limits.dict = options.dict or DICT
    limits.metrics = metrics_of(limits.dict)
    local limiter, message = Limiter.new(limits)
    if not limiter then error(message, 2) end
    local acquire, report = limiter.acquire, limiter.report
    function limiter:acquire(...)
      local waited, why = acquire(self, ...)
      if waited then Log.wait(waited) end
      return waited, why
    end
    function limiter:report(key, attempt, operation)
      Log.attempt(attempt, operation)
      return report(self, key, attempt, operation)
    end
    given.limiter = limiter
  end
  return stripe.new(given)
end

--- Makes an endpoint for webhooks, see `stripe.resty.webhook`; its outcomes are counted when the
-- dictionary "stripe" (or `dict`) is there.
function resty.webhook(options)
  local given = with({}, type(options) == "table" and options)
  local dict = given.dict or DICT
  given.dict = nil
  local ngx = package.loaded.ngx
  if given.metrics == nil and ngx.shared[dict] then given.metrics = metrics_of(dict) end
  return Webhook.new(given)
end

--- Makes an endpoint that quotes onramps, see `stripe.resty.quotes`.
resty.quotes = Quotes.new

--- Answers with all counters, in Prometheus' text format.
-- @tparam[opt] string dict the name of the shared dictionary ("stripe")
function resty.metrics(dict)
  local ngx = package.loaded.ngx
  ngx.header["Content-Type"] = "text/plain; version=0.0.4"
  ngx.print(metrics_of(dict or DICT):text())
end

--- What the current request asked of Stripe, for `log_by_lua`; see `stripe.resty.log`.
resty.log_fields = Log.fields

return resty
