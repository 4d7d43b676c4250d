--- What the state of each part must be, so that nothing is taken back that fails at its first use.
-- @module stripe.simulator.saved

local families = require "stripe.simulator.families"
local loadable = require "stripe.simulator.loadable"

local saved = {}

-- A rule is a type, with "?" where nothing will do; a function that returns true, or false and
-- perhaps why; `{ list = rule }` or `{ map = rule }` of the elements; or members with their rules.

local function is_seed(value)
  return type(value) == "number" and value % 1 == 0 and value > 0 and value < 2 ^ 31
end

local function is_timer(name) return families.timers[name] ~= nil end

local function is_control(call)
  if type(call) ~= "table" or type(call.args) ~= "table" or type(call.n) ~= "number" then
    return false
  end
  if call.family == "events" then return call.name == "hold" end
  for _, family in ipairs(families.list) do
    if family.name == call.family then return (family.controls or {})[call.name] ~= nil end
  end
  return false
end

local function is_object(object)
  if type(object) ~= "table" or type(object.id) ~= "string"
    or not families.kinds[object.object] then
    return false
  end
  local problem = loadable.problem(object)
  return not problem, problem
end

local DRAWN = { seed = "string", a = is_seed, b = is_seed }

local RULES = {
  clock = { shift = "number", order = "number", schedule = { list = {
    time = "number", order = "number", name = is_timer, id = "string",
  } } },
  ids = DRAWN, request_ids = DRAWN,
  store = {
    objects = { map = { list = is_object } },
    privates = { map = "table" },
  },
  faults = { list = {
    match = { map = "string" }, times = "number", fault = { kind = "string" },
  } },
  idempotency = { list = {
    key = "string", fingerprint = "string", request_id = "string", time = "number",
    status = "number", headers = { list = "table" }, body = "string",
  } },
  journal = { list = {
    path = "string", order = "number", method = "string", params = "table?", object = "string?",
    idempotency_key = "string?",
  } },
  outbox = { records = { list = {
    id = "string", order = "number", event = "string", type = "string", endpoint = "string",
    kind = "string", state = "string", tries = "number", due = "number", rank = "number?",
    attempts = { list = "table" },
  } } },
  standing = { list = is_control },
}

local function fits(value, kind)
  if value == nil and kind:sub(-1) == "?" then return true end
  return type(value) == kind:match("%a+")
end

local lack

local function lack_below(iterate, elements, rule, path)
  for name, element in iterate(elements) do
    local missing = lack(element, rule, ("%s[%s]"):format(path, tostring(name)))
    if missing then return missing end
  end
end

-- The path to what is not as the rule says; nil when all is.
function lack(value, rule, path)
  if type(rule) == "function" then
    local good, why = rule(value)
    if good then return nil end
    return why and path .. ": " .. why or path
  end
  if type(rule) == "string" then return not fits(value, rule) and path or nil end
  if type(value) ~= "table" then return path end
  if rule.list then return lack_below(ipairs, value, rule.list, path) end
  if rule.map then return lack_below(pairs, value, rule.map, path) end
  for name, member in pairs(rule) do
    local missing = lack(value[name], member, path .. "." .. name)
    if missing then return missing end
  end
end

--- The path to what is missing in the state of a part, or not what it must be; nil when all is
-- well.
-- @param part its state
-- @string name of the part
-- @treturn ?string such as "clock.schedule[1].time"
function saved.lack(part, name) return lack(part, RULES[name], name) end

return saved
