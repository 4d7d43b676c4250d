--- What a request of nginx asked of Stripe, for `log_by_lua` and `log_format`.
-- @module stripe.resty.log

local Log = {}

local FIELD = "stripe"

-- Where there is no request (init, timers of a worker that exits), there is nothing to note.
local function context()
  local ngx = package.loaded.ngx
  local ok, ctx = pcall(function() return ngx and ngx.ctx end)
  return ok and ctx or nil
end

-- The fields of the current request; nil when there is no request.
local function fields()
  local ctx = context()
  if ctx and not ctx[FIELD] then
    ctx[FIELD] = { calls = 0, attempts = 0, seconds = 0, waited = 0 }
  end
  return ctx and ctx[FIELD]
end

--- Notes that an attempt waited for the limiter.
function Log.wait(seconds)
  local seen = fields()
  if seen then seen.waited = seen.waited + seconds end
end

--- Notes an attempt; of the limiter.
function Log.attempt(attempt, operation)
  local seen = fields()
  if not seen then return end
  if attempt.n == 1 then seen.calls = seen.calls + 1 end
  seen.attempts = seen.attempts + 1
  seen.seconds = seen.seconds + (attempt.duration or 0)
  seen.status, seen.failure = attempt.status, attempt.failure
  seen.operation, seen.request_id = operation, attempt.request_id
end

--- The fields of the current request: nil when it made no call.
-- @treturn ?table `calls`, `attempts`; `seconds` spent in attempts, `waited` for the limiter;
--   `operation`, `status` or `failure`, `request_id` of the last attempt
function Log.fields()
  local ctx = context()
  return ctx and ctx[FIELD]
end

return Log
