--- The children of spec/webhook/mixed_kill_spec.lua, and what the handlers of scripts and nginx
-- there have in common.
--
--     lua mixed_worker.lua work REDIS_URL DIRECTORY NAME INCARNATION LEASE
--
-- handles the events of DIRECTORY/NAME, one id a line, until each was answered with 200, as Stripe
-- sends again what was not. It is killed, and started again: DIRECTORY/NAME.answered has the
-- numbers of the lines that are done.
--
--     lua mixed_worker.lua send WEBHOOK_URL DIRECTORY NAME
--
-- sends its events to an endpoint, signed, in the same way. Both note each answer in
-- DIRECTORY/NAME.results, and rename DIRECTORY/NAME to NAME.finished at the end.

local mixed = { secret = "whsec_mixed" }

-- Once for each run of a handler, however often it comes.
local NOTE = [[
if redis.call('SADD', KEYS[1], ARGV[1]) == 0 then return 0 end
return redis.call('RPUSH', KEYS[2], ARGV[1])
]]

--- The handler's function: notes in Redis that it runs, and until when it may; works for a moment.
-- @tparam table connection
-- @tparam function who gives the name of the process
-- @tparam function sleep
function mixed.handle(connection, who, sleep)
  return function(ctx)
    local run = ("%s %d %s %.3f"):format(ctx.id, ctx.attempt, who(), ctx.claim.expires)
    assert(connection:eval(NOTE, { "noted", "runs" }, { run }))
    sleep(0.002) -- so that it is still at work when a duplicate comes, or its end
  end
end

--- The body of a request.
function mixed.payload(id)
  return ('{"id":"%s","object":"event","type":"climate.order.delivered","created":1767225600,'
    .. '"livemode":false,"data":{"object":{"id":"climorder_1","object":"climate.order"}}}')
    :format(id)
end

local function appending(path)
  local file = assert(io.open(path, "a"))
  file:setvbuf("no") -- a line is one write, which a kill does not cut in two
  return function(...) file:write(table.concat({ ... }, " ") .. "\n") end
end

local function feed(base, deliver)
  local lines_of = require "spec.support.victims".lines_of
  local core = require "stripe.core"
  local answered, queue = {}, {}
  for _, line in ipairs(lines_of(base .. ".answered")) do answered[line] = true end
  for i, id in ipairs(lines_of(base)) do
    local number = tostring(i)
    if not answered[number] then queue[#queue + 1] = { number = number, id = id } end
  end
  local note, done = appending(base .. ".results"), appending(base .. ".answered")
  while #queue > 0 do
    local again = {}
    for _, delivery in ipairs(queue) do
      local status, result = deliver(delivery.id)
      note(delivery.id, status, result)
      if status == 200 then done(delivery.number) else again[#again + 1] = delivery end
    end
    if #again == #queue then core.sleep(0.02) end -- others have them: until their leases end
    queue = again
  end
  os.rename(base, base .. ".finished")
end

local modes = {}

function modes.work(url, directory, name, incarnation, lease)
  local core = require "stripe.core"
  local stripe = require "stripe"
  local store = stripe.webhook.store.redis { url = url }
  local function who() return name .. "." .. incarnation end
  local handler = stripe.webhook.handler {
    secrets = false, store = store, lease = tonumber(lease),
    on = { ["climate.order.delivered"] = mixed.handle(store.connection, who, core.sleep) },
  }
  feed(directory .. "/" .. name, function(id)
    local outcome = handler:process(core.decode(mixed.payload(id)))
    return outcome.status, outcome.result
  end)
end

function modes.send(url, directory, name)
  local http, ltn12 = require "socket.http", require "ltn12"
  local stripe = require "stripe"
  http.TIMEOUT = 20
  feed(directory .. "/" .. name, function(id)
    local body, answer = mixed.payload(id), {}
    local came, status = http.request {
      url = url, method = "POST", source = ltn12.source.string(body),
      sink = ltn12.sink.table(answer),
      headers = {
        ["Content-Length"] = #body, ["Stripe-Signature"] = stripe.webhook.sign(body, mixed.secret),
      },
    }
    if not came then return 0, "none" end -- its worker was killed
    return status, table.concat(answer):match('^{"result":"(%a+)"}$') or "unreadable"
  end)
end

if rawget(_G, "arg") and arg[0] and arg[0]:find("mixed_worker.lua", 1, true) then
  modes[arg[1]]((table.unpack or unpack)(arg, 2))
end

return mixed
