--- From a request to its answer.
--
-- Who asks, for what, in which version, with which parameters; has it been asked before; then the
-- family acts, and the catalogue's writer renders what it returns.
-- @module stripe.simulator.router

local core = require "stripe.core"
local errors = require "stripe.simulator.errors"
local expand = require "stripe.simulator.expand"
local families = require "stripe.simulator.families"
local faults = require "stripe.simulator.faults"
local fingerprint = require "stripe.simulator.fingerprint"
local journal = require "stripe.simulator.journal"
local response = require "stripe.simulator.response"
local version = require "stripe.simulator.version"

local close, complete = journal.close, response.complete
local operations, forget = families.operations, families.forget
local NO_PARAMS = require("stripe.simulator.request").NO_PARAMS

local router = {}

local function unrecognized(request)
  local help = request.known and "" or " The API reference lists all paths: "
    .. "https://docs.stripe.com/api"
  return errors.new {
    status = 404,
    message = ("Unrecognized request URL (%s: %s).%s"):format(request.method, request.path, help),
  }
end

-- Operations that have been asked without parameters and needn't any.
local bare = {}

local function read_params(request)
  local operation, text, content_type = request.operation, request.query, nil
  if request.method ~= "GET" then
    content_type = request.content_type
    if request.body then
      local multipart = (content_type or ""):lower():find("multipart/", 1, true)
      text = (text == "" or multipart) and request.body or text .. "&" .. request.body
    end
  elseif text == "" then
    if bare[operation] then return request.params end
    local params, problem = core.read(operation.op, text)
    bare[operation] = params and true
    return params, problem
  end
  return core.read(operation.op, text, content_type)
end

-- Whether parameters come as JSON: as it says, or as it begins, which no name does.
local function is_json(request)
  local body, kind = request.body, request.content_type
  if not body or request.method == "GET" then return false end
  return body:find("^%s*[%[{]") or kind and kind:lower():find("^%s*application/json")
end

-- Checks all that is known before the family acts: nil, err is never kept for a key.
local function validate(account, request)
  local read, err = version.read(request.version, account.settings.api_version)
  if not read then return nil, err end
  request.api_version = read.name
  local operation = request.operation
  if not operation or operation.beta and not read.flags[operation.beta] then
    return nil, unrecognized(request)
  end
  if is_json(request) then return nil, errors.no_form() end
  local params, problem = read_params(request)
  if not params then
    local own = families.problems[operation.title]
    return nil, own and own(problem) or errors.from_problem(problem)
  end
  if params == NO_PARAMS then return true end
  request.params = params
  local hidden = version.hidden(operation, params, read)
  if hidden[1] then
    return nil, errors.from_problem { kind = "unknown", param = hidden[1], names = hidden }
  end
  if params.expand then
    request.expand, err = expand.read(params.expand, operation)
    if err then return nil, err end
  end
  return true
end

-- The end of a request, with its first answer or a repeated one.
local function done(account, request, answer, object_id)
  local fault, operation = request.fault, request.operation
  if not answer.directive then
    request.status = answer.status
    complete(answer, request)
  end
  request.object = object_id
  if operation and forget[operation.title] then forget[operation.title](account, request) end
  close(request)
  return fault and faults.after(fault, answer) or answer
end

-- The same for an answer that the request's key is to keep.
local function keep(account, request, answer, object_id)
  local record = request.record
  if answer.status == 401 then -- not authorized: another try is a new request
    account.idempotency:forget(record)
  else
    account.idempotency:finish(record, answer, object_id)
  end
  local result = done(account, request, answer, object_id)
  if result.directive == "delay" then
    record.delayed = true
    result.finished = function() record.delayed = nil end
  end
  return result
end

-- Ends a request with what the family returned, at once or after an exchange with the outside.
local function conclude(account, request, result, err)
  if result and result.outbound then
    local resume = result.resume
    account.current = nil
    return {
      outbound = result.outbound,
      resume = function(...)
        account.current = request
        return conclude(account, request, resume(...))
      end,
    }
  end
  local answer, object_id = response.of(account, request, result, err)
  account.current = nil
  if request.record then return keep(account, request, answer, object_id) end
  return done(account, request, answer, object_id)
end

-- Lets the family act.
local function act(account, request)
  account.current = request
  return conclude(account, request, operations[request.operation.title](account, request))
end

local function traced(problem)
  return type(problem) == "string" and debug.traceback(problem, 2) or problem
end

-- Calls f(...). If it throws, now or when an exchange with the outside ends, the key is new again:
-- it would seem to be in use for ever.
local function or_forget(account, record, f, ...)
  local x, y = ...
  local ok, result = xpcall(function() return f(x, y) end, traced)
  if not ok then
    account.idempotency:forget(record)
    error(result, 0)
  end
  local resume = result.resume
  if resume then
    result.resume = function(...) return or_forget(account, record, resume, ...) end
  end
  return result
end

-- The same for a request with an idempotency key.
local function act_once(account, request)
  local print = fingerprint.of(request.method .. " " .. request.path, request.params)
  local record, err = account.idempotency:begin(request.idempotency_key, print, request.id)
  if not record then return done(account, request, response.refused(err)) end
  if record.status then
    local headers = { { "Idempotent-Replayed", "true" }, { "Original-Request", record.request_id } }
    for _, header in ipairs(record.headers) do headers[#headers + 1] = header end
    return done(account, request, { status = record.status, headers = headers, body = record.body },
      record.object)
  end
  request.record = record
  return or_forget(account, record, function() return act(account, request) end)
end

local function execute(account, request)
  account.current = nil
  account.clock:run()
  local valid, err = validate(account, request)
  if not valid then return done(account, request, response.refused(err)) end
  if request.idempotency_key and request.method == "POST" then return act_once(account, request) end
  return act(account, request)
end

--- Answers a request to the API.
-- @tparam table simulator
-- @tparam table request as `request.read` made it
-- @treturn table answer `{ status, headers, body }`, an exchange with the outside
--   `{ outbound, resume }`, or a directive (see the simulator's `handle`)
function router.answer(simulator, request)
  local account, err = simulator.accounts:of(request.key, request.account_id)
  local place = account or simulator
  local order = simulator.order + 1
  request.id, request.time = place.request_ids:request(), place.clock:now()
  request.order, simulator.order = order, order
  place.journal:add(request)
  local fault = simulator.faults.list[1] and simulator.faults:take(request)
    or account and account.faults.list[1] and account.faults:take(request)
  if fault then
    request.fault = fault
    local instead = faults.instead(fault, request)
    if instead then return done(account, request, instead) end
  end
  if not account then return done(account, request, response.refused(err)) end
  return execute(account, request)
end

return router
