--- The HTTP routes under /_sim/: JSON in and out, each a thin skin over a Lua method.
--
-- The request's key chooses the account; without one the method is that of the simulator, which
-- means all accounts. `POST /_sim/{family}/{resource}/{id}/{verb}` is the family's control
-- `verb(id, body)`, without `{resource}` where the family has no other; `POST
-- /_sim/{family}/{verb}` is `verb(body)`.
-- @module stripe.simulator.control

local clock = require "stripe.simulator.clock"
local core = require "stripe.core"
local encoded = require "stripe.encoded"
local errors = require "stripe.simulator.errors"
local families = require "stripe.simulator.families"
local response = require "stripe.simulator.response"
local schema = require "stripe.simulator.schema"
local shape = require "stripe.simulator.shape"

local control = {}

-- "METHOD /path" -> function(target, body) -> value | nil, problem. A value of true is `{}`.
local routes = {
  ["POST /_sim/clock/advance"] = function(target, body)
    local problem = clock.problem_of(body.seconds)
    if problem then return nil, problem end
    target:advance(body.seconds)
    return { now = target.clock:now() }
  end,
  ["GET /_sim/clock"] = function(target) return { now = target.clock:now() } end,
  ["GET /_sim/requests"] = function(target) return { data = target:requests() } end,
  ["POST /_sim/faults"] = function(target, body) return target.faults:add(body) end,
  ["DELETE /_sim/faults"] = function(target)
    target.faults:clear()
    return true
  end,
  ["POST /_sim/events/trigger"] = function(target, body)
    return target.events:trigger(body.type, body.overrides)
  end,
  ["POST /_sim/events/resend"] = function(target, body)
    return target.events:resend(body.id, { endpoint = body.endpoint })
  end,
  ["POST /_sim/events/duplicate"] = function(target, body)
    return target.events:duplicate(body.id)
  end,
  ["POST /_sim/events/hold"] = function(target) return target.events:hold() end,
  ["POST /_sim/events/release"] = function(target, body) return target.events:release(body) end,
  ["GET /_sim/deliveries"] = function(target)
    local list = target:deliveries()
    for _, delivery in ipairs(list) do
      if not delivery.attempts[1] then delivery.attempts = core.empty_array end
    end
    return { data = list }
  end,
  ["POST /_sim/reset"] = function(target)
    target:reset()
    return true
  end,
  ["GET /_sim/snapshot"] = function(target) return target:snapshot() end,
  ["POST /_sim/restore"] = function(target, body) return target:restore(body) end,
  ["POST /_sim/load"] = function(target, body) return target:load(body.objects or body) end,
  ["POST /_sim/forwarding/destinations"] = function(target, body)
    if type(body.url) ~= "string" then return nil, "url: text expected" end
    local url, allow = body.url, body.allow
    body.url, body.allow = nil, nil
    if allow == nil then return target.forwarding:answer(url, body) end
    if allow ~= true or next(body) ~= nil then return nil, "allow: true expected, and url alone" end
    return target.forwarding:allow(url)
  end,
}

-- What the bodies of those may hold whose methods take no table, and what they must.
local bodies = {
  ["POST /_sim/clock/advance"] = { takes = { seconds = "number" } },
  ["POST /_sim/events/trigger"] = { takes = { type = "string", overrides = "table" },
    needs = "type" },
  ["POST /_sim/events/resend"] = { takes = { id = "string", endpoint = "string" }, needs = "id" },
  ["POST /_sim/events/duplicate"] = { takes = { id = "string" }, needs = "id" },
  ["POST /_sim/events/hold"] = { takes = {} },
}

local function misfit(name, body)
  local rule = bodies[name]
  if not rule then return nil end
  local err = shape.check(body, rule.takes)
  if err or not rule.needs or body[rule.needs] ~= nil then return err end
  return errors.missing_param(rule.needs)
end

-- The control of a family that a path names, as a function like those above.
local function family_route(method, path)
  if method ~= "POST" then return nil end
  local name, rest = path:match("^/_sim/([^/]+)/(.+)$")
  local id, verb = (rest or ""):match("^[^/]+/([^/]+)/([^/]+)$")
  if not id then id, verb = (rest or ""):match("^([^/]+)/([^/]+)$") end
  verb = verb or (rest or ""):match("^[^/]+$")
  for _, family in ipairs(families.list) do
    if family.name == name and family.controls and family.controls[verb] then
      return function(target, body)
        if id then return target[name][verb](nil, encoded.percent(id), body) end
        return target[name][verb](nil, body)
      end
    end
  end
end

local function refused(problem)
  if type(problem) ~= "table" then problem = errors.invalid(tostring(problem)) end
  return response.refused(problem)
end

local function text_of(account, value)
  if type(value) ~= "table" then return "{}" end
  if schema.fields(value.object) then return response.text(account, value) end
  if type(value[1]) == "table" and schema.fields(value[1].object) then
    local items = {}
    for i, item in ipairs(value) do items[i] = response.text(account, item) end
    return '{"data":[' .. table.concat(items, ",") .. "]}"
  end
  if next(value) == nil or value.data and #value.data == 0 then return '{"data":[]}' end
  return core.json(value)
end

-- The object that a request holds; nil and what is wrong when it holds something else.
local function body_of(request)
  if not request.body then return {} end
  local body, problem = core.decode(request.body)
  if type(body) == "table" then return body end
  return nil, "Invalid JSON: " .. tostring(body == nil and problem or "an object expected")
end

--- Whether a request is one for the controls.
function control.takes(request) return request.path:find("^/_sim/") ~= nil end

--- Answers a request under /_sim/.
function control.answer(simulator, request)
  local target = simulator
  if request.key then
    local account, err = simulator.accounts:of(request.key, request.account_id)
    if not account then return refused(err) end
    target = account
  end
  local name = request.method .. " " .. request.path
  local route = routes[name] or family_route(request.method, request.path)
  if not route then
    return refused(errors.new { status = 404,
      message = ("Unrecognized request URL (%s: %s)."):format(request.method, request.path) })
  end
  local body, wrong = body_of(request)
  wrong = wrong or misfit(name, body)
  if wrong then return refused(wrong) end
  local value, problem = route(target, body)
  if not value then return refused(problem) end
  return {
    status = 200, headers = { { "Content-Type", "application/json" } },
    body = text_of(target.store and target or simulator:account(), value),
  }
end

return control
