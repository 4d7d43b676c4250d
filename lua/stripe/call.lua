--- One API call, from what was asked for to its outcome.
-- @module stripe.call

local core = require "stripe.core"
local Driver = require "stripe.driver"
local Error = require "stripe.error"
local Operations = require "stripe.operations"
local Options = require "stripe.options"
local Page = require "stripe.page"
local Pour = require "stripe.pour"
local Response = require "stripe.response"
local Transport = require "stripe.transport"
local dry_run = require "stripe.dry_run"
local exchange = require "stripe.exchange"
local key = require "stripe.key"

local Call = {}

-- Headers as the core takes them: a list, in the order of their names.
local function sorted(headers)
  local list = {}
  for name, value in pairs(headers) do list[#list + 1] = { name, value } end
  table.sort(list, function(a, b) return a[1] < b[1] end)
  return list
end

-- What the core makes the call of; what is absent here comes from the client's settings. `false`
-- switches a setting off. Of account and context, the one that is nearer replaces the other.
local function describe(request, now)
  local call = {
    operation = request.op, method = request.method, path = request.path,
    ids = request.ids, params = request.params, now = now,
  }
  for name, value in pairs(request.options) do call[name] = value end
  if call.account then call.context = false elseif call.context then call.account = false end
  if call.headers then call.headers = sorted(call.headers) end
  local sink = request.sink
  if type(sink) == "string" then
    call.sink = { path = sink }
  elseif sink then
    call.sink = "chunks"
  end
  return call
end

-- The request for another page of a list: the same call with other parameters. What belonged to
-- that one call alone is left behind.
local function another(request, op, ids, params)
  local options = {}
  for name, value in pairs(request.options) do options[name] = value end
  options.idempotency_key, options.dry_run, options.progress = nil, nil, nil
  return {
    op = op, ids = ids, params = params, options = options,
    method = not op and request.method or nil, path = not op and request.path or nil,
  }
end

-- Where the pages of a list come from. The list that was asked for: from the same call. One inside
-- an object: from where its url leads, by the catalogue, never to another host.
local function source_of(list, asked, request, settings)
  local source = {
    driver = function() return settings.driver or Driver.current() end,
  }
  local op, ids
  if asked then
    op, ids, source.params = request.op, request.ids, request.params or {}
  else
    local path, query = tostring(list.url):gsub("^%a+://[^/]*", ""):match("^([^?#]*)%??([^#]*)")
    op, ids = core.route("GET", path)
    source.params = op and (query == "" and {} or core.read(op, query))
    if not source.params then op, source.params = nil, {} end -- filters must not get lost
  end
  function source.fetch(params)
    if not asked and not op then
      return nil, Error.refused {
        message = ("the list's url %s leads to no list of the catalogue")
          :format(tostring(list.url)),
      }
    end
    return Call.run(settings, another(request, op, ids, params))
  end
  return source
end

-- What is left of a download when its answer is complete.
local function bytes(call, request)
  if request.sink == nil then return call:body() end
  local failed = request.pour and request.pour:drain(call)
  if failed then
    return nil, Error.about(call, {
      type = "connection_error", code = "aborted", message = "the sink failed: " .. failed,
    })
  end
  return true
end

-- The object of an answer, its lists made pages.
local function object(call, request, settings)
  local value, lists = call:object(settings.null ~= nil)
  if not value then
    return nil, Error.about(call, {
      type = "api_error", message = ("the API answered %d with a body that can't be read: %s")
        :format(call:status(), lists), retryable = false,
    })
  end
  for _, list in ipairs(lists) do
    Page.adopt(list, source_of(list, list == value, request, settings))
  end
  return value
end

local function outcome(call, request, settings, context)
  local response = call:status() and Response.new(call, context.observer_error) or nil
  if context.limited then
    return nil, Error.about(call, {
      type = "rate_limit_error", code = "limiter",
      message = "the limiter refused: " .. context.limited, retryable = true,
    }), response
  end
  local value, err
  if not call:ok(settings.null ~= nil) then
    err = Error.of_call(call)
  elseif request.binary then
    value, err = bytes(call, request)
  else
    value, err = object(call, request, settings)
  end
  if err then
    err.observer_error = context.observer_error
    return nil, err, response
  end
  return value, nil, response
end

--- Makes a call and waits for its outcome.
-- @tparam table settings of the client, see `stripe.options`
-- @tparam table request `op` and `ids`, or `method` and `path`; `params`; `options` (checked for
--   misuse); `binary` and `sink` of a download
-- @treturn[1] table the object (or a string, or true), nil, and the response
-- @treturn[2] nil
-- @treturn[2] table the error
-- @treturn[2] ?table the response, if there was an answer
function Call.run(settings, request)
  local options, operation = request.options, Operations.list[request.op]
  if options.journal then return options.journal:run(settings, request, Call.run) end
  local function refuse(problem)
    return nil, Error.refused(problem, operation, request.method, request.path)
  end
  local _, message, name = Options.for_call(options)
  local wrong = options.api_key and key.wrong_mode(options.api_key, settings.livemode)
  if wrong then message, name = 'option "api_key" ' .. wrong, "api_key" end
  if message then return refuse { message = message, param = name } end

  local driver = settings.driver or Driver.current()
  local clock = settings.clock or driver.now
  local call, problem = core.call(describe(request, clock()), settings)
  if not call then return refuse(problem) end
  if options.dry_run then return dry_run(call, clock()) end
  local refusal = driver.refuses and driver.refuses()
  if refusal then return refuse { message = refusal, kind = "phase" } end

  if request.sink and type(request.sink) ~= "string" then
    request.pour = Pour.new(request.sink, options.progress)
  end
  local transport, missing =
    Transport.choose(settings, options.progress, request.pour, request.binary)
  if not transport then
    call:cancel(clock(), missing)
    return nil, Error.about(call, {
      type = "connection_error", code = "connect", message = missing, sent = "no",
    })
  end
  local context = {
    driver = driver, clock = clock, transport = transport, canceller = options.cancel,
    limiter = settings.limiter, key = options.api_key or settings.api_key,
    on_request = settings.on_request, on_response = settings.on_response,
  }
  exchange(call, context)
  return outcome(call, request, settings, context)
end

return Call
