--- Dead letters: events that failed too often, kept until somebody decides.
-- @module stripe.webhook.queue.dead

local Entry = require "stripe.webhook.queue.entry"
local Scripts = require "stripe.webhook.queue.scripts"

local Dead = {}

local OPTIONS = { limit = "number", after = "string" }

local function check_id(id, method)
  if type(id) ~= "string" or not id:find("^%d+%-%d+$") then
    error(("queue:%s takes the id of a dead letter, such as \"1767225600000-0\"")
      :format(method), 4)
  end
end

local function letter(item)
  local found = Entry.read(item[2])
  found.event, found.id = found.id, item[1]
  return found
end

local function range(queue, from, to, limit)
  return queue.connection:command("XRANGE", queue.dead_stream, from, to, "COUNT", limit)
end

--- See `queue:dead`.
function Dead.list(queue, options)
  for name, value in pairs(options) do
    if type(value) ~= OPTIONS[name] then
      error('queue:dead takes { limit = number, after = "id of a dead letter" }', 3)
    end
  end
  local limit = options.limit or 100
  if limit < 1 or limit % 1 ~= 0 or limit > 1e6 then
    error('option "limit" must be an integer from 1', 3)
  end
  if options.after then check_id(options.after, "dead") end
  local reply, message = range(queue, options.after and "(" .. options.after or "-", "+", limit)
  if not reply then return nil, message or "Redis gave no answer" end
  local letters = {}
  for i, item in ipairs(reply) do letters[i] = letter(item) end
  return letters
end

--- See `queue:retry_dead`.
function Dead.retry(queue, id)
  check_id(id, "retry_dead")
  local reply, message = range(queue, id, id, 1)
  if not reply then return nil, message or "Redis gave no answer" end
  if not reply[1] then return nil, "there is no dead letter " .. id end
  local entry = Entry.read(reply[1][2])
  local revived
  revived, message = queue.connection:eval(Scripts.revive,
    { queue.stream, queue.dead_stream, queue:seen_key(entry.id) },
    Entry.words({ id, ("%.0f"):format(math.ceil(queue.remember)) }, entry))
  if revived then return revived end
  return nil, message or "there is no dead letter " .. id
end

--- See `queue:forget_dead`.
function Dead.forget(queue, id)
  check_id(id, "forget_dead")
  local dropped, message = queue.connection:repeatable("XDEL", queue.dead_stream, id)
  if not dropped then return nil, message or "Redis gave no answer" end
  return true
end

return Dead
