--- A client that speaks to a script, with a clock that only moves when somebody sleeps: calls
-- without a network and without time.
--
--     local script = scripted.new { scripted.json(200, { id = "x" }), scripted.failure "reset" }
--     local client = script:client { max_retries = 0 }
--     ... script.requests[1].url ... script.slept ...

local Blocking = require "stripe.driver.blocking"
local core = require "stripe.core"
local stripe = require "stripe"

local Scripted = {}
local metatable = { __name = "scripted", __index = Scripted }

local scripted = {}

--- An answer with a JSON body.
function scripted.json(status, value, headers)
  local list = { { "Content-Type", "application/json" }, { "Request-Id", "req_scripted" } }
  for name, text in pairs(headers or {}) do list[#list + 1] = { name, text } end
  return { status = status, headers = list, body = core.json(value) }
end

--- A page of a list: objects with these ids.
function scripted.list(ids, has_more, url)
  local data = {}
  for i, id in ipairs(ids) do data[i] = { id = id, object = "climate.order" } end
  return scripted.json(200, {
    object = "list", data = #data > 0 and data or core.empty_array, has_more = has_more,
    url = url or "/v1/climate/orders",
  })
end

--- A failure of the connection.
function scripted.failure(kind, message)
  return { failure = { kind = kind, message = message or kind } }
end

--- An answer that takes its time.
function scripted.after(seconds, answer)
  return { seconds = seconds, answer = answer }
end

--- A driver with a clock of its own, which a pause moves at once. `slept` lists the pauses.
function scripted.driver()
  local time, slept = 1024, {}
  local driver = Blocking.new(function() return time end, function(seconds)
    slept[#slept + 1] = seconds
    time = time + seconds
  end)
  driver.slept = slept
  function driver.advance(seconds) time = time + seconds end
  return driver
end

--- A transport that gives the answers of a list, in order; an item may be a function(request).
function scripted.new(answers)
  local driver = scripted.driver()
  local self = setmetatable({ requests = {}, driver = driver, slept = driver.slept }, metatable)
  local function answer_to(request)
    self.requests[#self.requests + 1] = request
    local answer = answers[#self.requests]
    if not answer then error("the script has no answer " .. #self.requests, 0) end
    return type(answer) == "function" and answer(request) or answer
  end
  -- Not a plain function: those run inside a pcall, where Lua 5.1 cannot yield.
  self.transport = { exchange = function(_, call)
    local answer = answer_to(call:request())
    if answer.seconds then
      driver.sleep(answer.seconds)
      answer = answer.answer
    end
    return not answer.failure and answer or nil, answer.failure
  end }
  return self
end

--- A client that speaks to the script.
function Scripted:client(options)
  local given = { api_key = "sk_test_scripted0000abcd", transport = self.transport,
    driver = self.driver }
  for name, value in pairs(options or {}) do given[name] = value end
  return stripe.new(given)
end

return scripted
