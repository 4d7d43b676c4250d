--- `stripe-webhook trigger`.
-- @module stripe.webhook.command.trigger

local cqueues = require "cqueues"
local core = require "stripe.core"
local Input = require "stripe.webhook.command.input"
local send = require "stripe.simulator.outbound"
local summary = require "stripe.webhook.command.summary"

local SECONDS = 30

-- Puts a value where a path such as "metadata.order" leads to.
local function put(target, path, value)
  local names = {}
  for name in (path .. "."):gmatch "([^.]*)%." do
    if name == "" then return false end
    names[#names + 1] = name
  end
  for i = 1, #names - 1 do
    if target[names[i]] == nil then target[names[i]] = {} end
    target = target[names[i]]
    if type(target) ~= "table" then return false end
  end
  target[names[#names]] = value
  return true
end

local function overrides_of(words)
  local overrides = {}
  for _, text in ipairs(words) do
    local path, value = text:match "^([^=]+)=(.*)$"
    local decoded = value and core.decode(value, true)
    if decoded == nil then decoded = value end
    if not path or not put(overrides, path, decoded) then
      Input.misuse(("--override %s: it must be a member and its value, such as status=delivered")
        :format(text))
    end
  end
  return next(overrides) and overrides
end

local function ask(options)
  local headers = { { "content-type", "application/json" } }
  if options.api_key then
    headers[2] = { "authorization", "Bearer " .. options.api_key }
  end
  local request = {
    method = "POST", url = options.api_base:gsub("/+$", "") .. "/_sim/events/trigger",
    headers = headers, timeout = SECONDS,
    body = core.json { type = options.type, overrides = overrides_of(options.override) or nil },
  }
  local reply
  local loop = cqueues.new()
  loop:wrap(function() reply = send(request) end)
  assert(loop:loop())
  return reply
end

-- Whether an answer is what stripe-sim answers: an event.
local function is_event(reply)
  local event = reply.status == 200 and core.decode(reply.body)
  return type(event) == "table" and event.object == "event"
end

local function refuse(message)
  io.stderr:write("stripe-webhook: ", core.redact(message), "\n")
  return 1
end

--- Runs it.
-- @tparam table options of the command line
-- @treturn integer exit code
return function(options)
  if not options.api_base:find "^https?://[^/?#]+/*$" then
    Input.misuse "--api-base must be a URL such as http://127.0.0.1:12111"
  end
  local reply = ask(options)
  if reply.failure then
    return refuse(("%s: no answer (%s); is stripe-sim running there?"):format(options.api_base,
      reply.failure))
  end
  if not is_event(reply) then
    local answer = core.decode(reply.body)
    local problem = type(answer) == "table" and answer.error
    return refuse(type(problem) == "table" and tostring(problem.message)
      or ("%s answered %d: it is no stripe-sim"):format(options.api_base, reply.status))
  end
  print(table.concat({ summary(reply.body) }, " "))
  return 0
end
