--- Runs calls of the core against a script instead of a transport, with a clock that only moves
-- when the call waits or when an attempt takes time.

local core = require "stripe.core"

local scripted = {}

local handles = {}
for handle, operation in ipairs(core.operations()) do
  handles[operation.resource .. "." .. operation.name] = handle
end

--- The options of a call, complete but for what the caller adds or overrides.
function scripted.options(more)
  local options = {
    operation = handles["climate.orders.retrieve"], ids = { "climorder_1" },
    base_url = "https://api.stripe.com", files_url = "https://files.stripe.com",
    api_key = "sk_test_123", user_agent = "Stripe/v1 LuaBindings/0.1.0",
    timeout = 80, max_retries = 2, seed = 1, now = 0,
  }
  for name, value in pairs(more or {}) do options[name] = value end
  if type(options.operation) == "string" then options.operation = handles[options.operation] end
  if options.path then options.operation, options.ids = nil, nil end
  return options
end

--- A call that must not be refused.
function scripted.call(more)
  return assert(core.call(scripted.options(more)))
end

--- A POST that creates something.
function scripted.order(more)
  local options = {
    operation = "climate.orders.create", ids = {},
    params = { product = "climsku_1", metric_tons = "1" },
  }
  for name, value in pairs(more or {}) do options[name] = value end
  return scripted.call(options)
end

--- Drives a call to its end. Each step of the script is an answer `{status, headers, body}`, a
-- failure `{kind, message, sent, retry}`, or a function(call, now, request); `takes` is how many
-- seconds it takes. The last step repeats.
-- @return a log: `requests`, `waits`, `now`
function scripted.run(call, script, now)
  local log = { requests = {}, waits = {}, now = now or 0 }
  while true do
    local action, seconds = call:next(log.now)
    if action == "done" then return log end
    if action == "wait" then
      log.waits[#log.waits + 1] = seconds
      log.now = log.now + seconds
    else
      local request = call:request()
      log.requests[#log.requests + 1] = request
      local step = script[math.min(#log.requests, #script)]
      if type(step) == "function" then
        step(call, log.now, request)
      else
        log.now = log.now + (step.takes or 0)
        if step.kind then
          call:failure(log.now, step.kind, step.message or step.kind, step.sent, step.retry)
        else
          call:answer(log.now, step)
        end
      end
    end
  end
end

--- An answer with an error as Stripe writes it.
function scripted.refusal(status, code, headers)
  local of_code = code and ('"code":"%s",'):format(code) or ""
  return {
    status = status, headers = headers or {},
    body = ('{"error":{"type":"invalid_request_error",%s"message":"no"}}'):format(of_code),
  }
end

scripted.success = { status = 200, headers = { ["Request-Id"] = "req_1" }, body = '{"id":"x"}' }

return scripted
