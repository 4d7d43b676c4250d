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
local with = require "stripe.with"

local Call = {}

local NONE = Options.none

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
  with(call, request.options)
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

-- The call in the core, or nil and what is wrong with it.
local function begin(request, settings, now)
  if request.options == NONE and request.op and request.sink == nil then
    return core.plain_call(settings.profile, request.op, request.ids, request.params, now)
  end
  return core.call(describe(request, now), settings)
end

-- Parameters of which the caller has no hold. They have been encoded: none contains itself.
local function copy(params)
  if type(params) ~= "table" then return params end
  local mine = {}
  for name, value in next, params do mine[name] = copy(value) end
  return mine
end

-- The request for another page of a list: the same call with other parameters. What belonged to
-- that one call alone is left behind.
local function another(request, op, ids, params)
  local options = with({}, request.options)
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

-- The lists of an answer, made pages.
local function adopt(value, lists, request, settings)
  for _, list in ipairs(lists) do
    Page.adopt(list, source_of(list, list == value, request, settings))
  end
end

-- `value` and `lists` are nil unless they have been taken from the call.
local function outcome(call, request, settings, context, value, lists)
  local err
  if not (value or request.binary) then value, lists = call:take(settings.null ~= nil) end
  if lists then adopt(value, lists, request, settings) end
  if not value and context.limited then
    err = Error.about(call, {
      type = "rate_limit_error", code = "limiter",
      message = "the limiter refused: " .. context.limited, retryable = true,
    })
  elseif request.binary and call:ok() then
    value, err = bytes(call, request)
  elseif not value then
    err = Error.of_call(call)
  end
  if err then err.observer_error = context.observer_error end
  if not (value or call:status()) then return nil, err end
  return value, err, Response.new(call, context.observer_error, err)
end

local function refuse(request, problem)
  return nil, Error.refused(problem, Operations.list[request.op], request.method, request.path)
end

-- What is wrong with the options of a call: nil, or a problem.
local function check(options, settings)
  local _, message, name = Options.for_call(options)
  local wrong = options.api_key and key.wrong_mode(options.api_key, settings.livemode)
  if wrong then message, name = 'option "api_key" ' .. wrong, "api_key" end
  return message and { message = message, param = name }
end

-- What the exchange of a call needs, or nil and why there is no transport. That of calls without
-- options is made once, when nothing is to be noted in it.
local function context_of(settings, request, driver, clock)
  local options = request.options
  local plain = options == NONE and not request.binary
  local context = plain and settings.exchange
  if context and context.driver == driver and context.clock == clock then return context end
  if request.sink and type(request.sink) ~= "string" then
    request.pour = Pour.new(request.sink, options.progress)
  end
  local transport, missing =
    Transport.choose(settings, options.progress, request.pour, request.binary)
  if not transport then return nil, missing end
  local limiter, on_response = settings.limiter, settings.on_response
  context = {
    driver = driver, clock = clock, transport = transport, canceller = options.cancel,
    observers = settings, limiter = limiter,
    key = limiter and (options.api_key or settings.api_key),
  }
  if not (request.binary or on_response) then context.keep_null = settings.null ~= nil end
  if plain and not (limiter or on_response or settings.on_request) then
    settings.exchange = context
  end
  return context
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
  local options = request.options
  if options.journal then return options.journal:run(settings, request, Call.run) end
  local call
  local driver = settings.driver or Driver.current()
  local clock = settings.clock or driver.now
  local now = clock()
  local problem = options ~= NONE and check(options, settings)
  if not problem then call, problem = begin(request, settings, now) end
  if not call then return refuse(request, problem) end
  if options.dry_run then return dry_run(call, clock()) end
  -- The pages of a list are asked for with these, whatever becomes of the caller's table.
  if request.params and call:method() == "GET" then request.params = copy(request.params) end
  local refusal = driver.refuses and driver.refuses()
  if refusal then return refuse(request, { message = refusal, kind = "phase" }) end

  local context, missing = context_of(settings, request, driver, clock)
  if not context then
    call:cancel(clock(), missing)
    return nil, Error.about(call, {
      type = "connection_error", code = "connect", message = missing, sent = "no",
    })
  end
  return outcome(call, request, settings, context, exchange(call, now, context))
end

return Call
