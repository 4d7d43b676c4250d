--- A script that handles webhook events, and may die at any moment: the child of
-- spec/webhook/kill_spec.lua.
--
--     lua webhook_worker.lua feed KIND ADDRESS DIRECTORY NAME INCARNATION LEASE
--
-- goes through the deliveries in DIRECTORY/NAME, one id a line, until each was answered with 200,
-- as Stripe sends again what was not. It notes the answered ones in DIRECTORY/NAME.answered, and
-- what it does in DIRECTORY/NAME.INCARNATION.log: "run ID ATTEMPT" before the handler does
-- anything, "end ID RESULT SECONDS" after its outcome.
--
--     lua webhook_worker.lua once KIND ADDRESS ID TIME
--
-- handles one event at that time, with a moment to die in around everything the store does.

local core = require "stripe.core"
local mortal = require "spec.support.mortal"
local stripe = require "stripe"

local worker = {}

local function open_sqlite(path, now)
  local store = assert(stripe.webhook.store.sqlite { path = path, now = now })
  local function effect(ctx)
    local transaction = assert(ctx:transaction())
    assert(transaction:execute(("INSERT INTO effects VALUES (%s)")
      :format(transaction:quote(ctx.id))))
  end
  return store, effect
end

-- What a handler does in Redis is guarded by the event's id, in one step.
local ONCE = [[
if redis.call('SADD', KEYS[1], ARGV[1]) == 1 then redis.call('INCR', KEYS[2]) end
return 1
]]

local function open_redis(url, now)
  local store = stripe.webhook.store.redis { url = url, now = now }
  local function effect(ctx)
    assert(store.connection:eval(ONCE, { "effects", "effects:count" }, { ctx.id }))
  end
  return store, effect
end

local open = { sqlite = open_sqlite, redis = open_redis }

local function event(id)
  return {
    id = id, object = "event", type = "climate.order.delivered", created = 1767225600,
    livemode = false, api_version = core.api_version,
    data = { object = { id = "climorder_1", object = "climate.order" } },
  }
end

local function lines_of(path)
  local lines = {}
  local file = io.open(path)
  if not file then return lines end
  for line in file:lines() do lines[#lines + 1] = line end
  file:close()
  return lines
end

local function appending(path)
  local file = assert(io.open(path, "a"))
  file:setvbuf("no") -- a line is one write, which a kill does not cut in two
  return function(...) file:write(table.concat({ ... }, " ") .. "\n") end
end

function worker.feed(kind, address, directory, name, incarnation, lease)
  local store, effect = open[kind](address)
  local base = directory .. "/" .. name
  local note = appending(base .. "." .. incarnation .. ".log")
  local handler = stripe.webhook.handler {
    secrets = false, store = store, lease = tonumber(lease),
    on = { ["climate.order.delivered"] = function(ctx)
      note("run", ctx.id, ctx.attempt)
      core.sleep(0.002) -- so that it is still at work when a duplicate comes
      effect(ctx)
    end },
  }
  local answered = {}
  for _, line in ipairs(lines_of(base .. ".answered")) do answered[line] = true end
  local queue = {}
  for i, id in ipairs(lines_of(base)) do
    local number = tostring(i)
    if not answered[number] then queue[#queue + 1] = { number = number, id = id } end
  end
  local answer = appending(base .. ".answered")
  while #queue > 0 do
    local again = {}
    for _, delivery in ipairs(queue) do
      local outcome = handler:process(event(delivery.id))
      note("end", delivery.id, outcome.result, ("%.3f"):format(outcome.duration))
      if outcome.status == 200 then
        answer(delivery.number)
      else
        again[#again + 1] = delivery
      end
    end
    if #again == #queue then core.sleep(0.02) end -- others have them: until their leases end
    queue = again
  end
  os.rename(base, base .. ".finished")
end

function worker.once(kind, address, id, time)
  local store, effect = open[kind](address, function() return tonumber(time) end)
  local mortal_store = mortal.around(store, { "claim", "commit", "release" })
  if store.begin then
    function mortal_store.begin(_, claim)
      local transaction = assert(store:begin(claim))
      mortal.step()
      return mortal.around(transaction, { "execute", "commit" })
    end
  end
  local outcome = stripe.webhook.handler {
    secrets = false, store = mortal_store, lease = 60,
    on = { ["climate.order.delivered"] = function(ctx)
      print("run", ctx.attempt)
      mortal.step()
      if kind == "redis" then effect(ctx) else
        local transaction = assert(ctx:transaction())
        assert(transaction:execute("INSERT INTO effects VALUES ('" .. ctx.id .. "')"))
      end
      mortal.step()
    end },
  }:process(event(id))
  print("result", outcome.result)
end

worker[arg[1]]((table.unpack or unpack)(arg, 2))
