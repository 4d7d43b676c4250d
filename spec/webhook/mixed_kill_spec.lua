-- Two workers of nginx and three scripts share the events of one endpoint, and all of them are
-- killed (SIGKILL) again and again: every event is committed exactly once, and a handler runs again
-- only where it was killed before its commit. Scripts are also stopped for longer than their lease:
-- what others took over meanwhile, they can't commit.
--
-- STRIPE_KILL_EVENTS=10000 makes it longer, STRIPE_KILL_SEED repeats a choice of kills.

local core = require "stripe.core"
local Redis = require "stripe.webhook.redis"
local Server = require "spec.support.redis_server"
local nginx = require "spec.support.nginx"
local victims = require "spec.support.victims"

local LEASE, SECONDS = 1.5, 60
local DELIVERIES = tonumber(os.getenv "STRIPE_KILL_EVENTS" or "") or 400
local SCRIPT = "spec/support/mixed_worker.lua"

local HTTP = [[
  lua_shared_dict events {{room}};
  init_by_lua_block {
    local mixed = require "spec.support.mixed_worker"
    local resty = require "stripe.resty"
    local connection = require("stripe.webhook.redis").connect { url = "{{redis}}" }
    local stores = { redis = { redis = { url = "{{redis}}" } }, dict = { dict = "events" } }
    webhook = resty.webhook {
      secrets = mixed.secret, lease = {{lease}}, store = stores["{{store}}"],
      on = {
        ["climate.order.delivered"] = mixed.handle(connection, function()
          return "nginx." .. ngx.worker.pid()
        end, function(seconds) ngx.sleep(seconds) end),
      },
    }
  }
]]

local SERVER = [[
  location = /webhook { content_by_lua_block { webhook() } }
  location = /open {
    content_by_lua_block {
      local store = require("stripe").webhook.store.dict { dict = "events" }
      for i = 1, tonumber(ngx.var.arg_n) do
        local claim, why = store:claim("evt_" .. i, 60)
        if claim or why ~= "committed" then ngx.say("evt_", i) end
      end
    }
  }
]]

describe("nginx and scripts that are killed while they share events #nginx", function()
  local directory, redis, connection, server, seed, choose

  setup(function() redis = Server.start() end)
  teardown(function() redis:stop() end)
  before_each(function()
    directory = os.tmpname()
    os.remove(directory)
    assert(os.execute("mkdir -m 700 " .. directory))
    connection = Redis.connect { url = redis.url }
    connection:command("FLUSHALL")
    seed = tonumber(os.getenv "STRIPE_KILL_SEED" or "") or math.floor(core.time() * 1000) % 1000000
    choose = victims.random(seed)
  end)
  after_each(function()
    connection:close()
    if server then server:stop() end
    server = nil
    os.execute("rm -rf " .. directory)
  end)

  local function start(store)
    server = nginx.start {
      workers = 2, http = HTTP, server = SERVER,
      values = {
        redis = redis.url, lease = LEASE, store = store,
        room = math.ceil(DELIVERIES / 1000) + 1 .. "m",
      },
    }
  end

  -- What is to be done by whom.
  local function hire(scripts, senders)
    local names, processes = {}, {}
    for i = 1, scripts + senders do
      names[i] = i <= scripts and "script" .. i or "sender" .. i - scripts
    end
    local ids = victims.deal(directory, names, DELIVERIES, choose)
    for i, name in ipairs(names) do processes[i] = { name = name, mortal = i <= scripts } end
    return processes, ids
  end

  local function begin(process)
    local base = directory .. "/" .. process.name
    if process.mortal then
      process.incarnation = (process.incarnation or 0) + 1
      process.child = victims.spawn(base .. "." .. process.incarnation, { SCRIPT, "work",
        redis.url, directory, process.name, process.incarnation, LEASE })
    else
      process.child = victims.spawn(base, { SCRIPT, "send", server:url "/webhook", directory,
        process.name })
    end
  end

  local function finished(process)
    local file = io.open(directory .. "/" .. process.name .. ".finished")
    if file then file:close() end
    return file ~= nil
  end

  -- Kills a worker of nginx, which starts another one. The name it had; nil: it is just starting.
  local function kill_nginx()
    local pids = server:workers()
    local pid = #pids > 0 and pids[choose(#pids)]
    return pid and os.execute("kill -9 " .. pid .. " 2>/dev/null") and "nginx." .. pid or nil
  end

  local function kill_script(processes)
    local process = processes[choose(#processes)]
    victims.kill(process.child)
    local name = process.name .. "." .. process.incarnation
    begin(process)
    return name
  end

  local function rest(processes)
    local working, mortal = 0, {}
    for _, process in ipairs(processes) do
      if not finished(process) then
        working = working + 1
        if process.mortal and not process.stopped then mortal[#mortal + 1] = process end
      end
    end
    return working, mortal
  end

  -- Stops one that works, and lets go on those that have stood still for long enough.
  local function stop_and_go(processes, mortal)
    local standing = 0
    for _, process in ipairs(processes) do
      if process.stopped and core.now() >= process.stopped then
        victims.signal(process.child, "CONT")
        process.stopped = nil
      elseif process.stopped then
        standing = standing + 1
      end
    end
    if standing == 0 and #mortal > 1 then
      local process = table.remove(mortal, choose(#mortal))
      victims.signal(process.child, "STOP")
      process.stopped = core.now() + LEASE * 1.2
    end
  end

  -- A worker that is killed while it changes a dictionary may leave it broken, and then all others
  -- crash on it: nginx has nothing against that, and says only so much.
  local function is_broken()
    return server:log():find("shared memory zone [^\n]* was locked by") ~= nil
  end

  -- Lets all of them work and kills at random moments until every delivery was answered: the names
  -- of the killed; nil when nginx is broken.
  local function work(processes)
    for _, process in ipairs(processes) do begin(process) end
    local killed, n, most = {}, 0, math.ceil(DELIVERIES / 20)
    local limit, look = core.now() + SECONDS + DELIVERIES / 20, 0
    local ok, problem = pcall(function()
      while true do
        local working, mortal = rest(processes)
        if working == 0 then return false end
        if core.now() >= look then
          look = core.now() + 1
          if is_broken() then return true end
        end
        assert(core.now() < limit, "they don't come to an end:\n" .. server:log():sub(-4000))
        core.sleep(choose(60) / 1000)
        stop_and_go(processes, n < most and mortal or {})
        if n < most then
          local name
          if #mortal == 0 or n % 2 == 0 then name = kill_nginx() else name = kill_script(mortal) end
          if name then killed[name], n = true, n + 1 end
        end
      end
    end)
    for _, process in ipairs(processes) do
      process.child.pipe:close()
      for i = 1, process.incarnation or 1 do
        local name = process.name .. (process.incarnation and "." .. i or "")
        assert.same({}, victims.lines_of(("%s/%s.out"):format(directory, name)))
      end
    end
    assert(ok, problem)
    if problem or is_broken() then return nil end
    assert.is_true(n > 5, "only " .. n .. " were killed")
    return killed
  end

  -- Every run but the last one of each event was cut short, or took longer than its lease and was
  -- told that it had lost the event. None begins before the lease of the one before has ended.
  local function check_runs(ids, killed, lost)
    local runs = {}
    for _, line in ipairs(connection:command("LRANGE", "runs", 0, -1)) do
      local id, attempt, who, expires = line:match("^(%S+) (%d+) (%S+) ([%d.]+)$")
      runs[id] = runs[id] or {}
      table.insert(runs[id],
        { attempt = tonumber(attempt), who = who, expires = tonumber(expires) })
    end
    for _, id in ipairs(ids) do
      local list = assert(runs[id], id .. " was never handled")
      table.sort(list, function(a, b) return a.attempt < b.attempt end)
      for i = 2, #list do
        local before, run = list[i - 1], list[i]
        assert.is_true(run.attempt > before.attempt, id .. " was not told that it runs again")
        assert.is_true(run.expires - LEASE >= before.expires - 0.002,
          ("%s ran again before the lease of run %d ended"):format(id, i - 1))
        assert.is_true(killed[before.who] or lost[id] or false,
          ("%s ran again though %s was not killed"):format(id, before.who))
      end
    end
  end

  -- Whoever asked was told that it was committed, once, or to try again: the ids of lost ones.
  local function check_answers(processes, allowed)
    local committed, lost = {}, {}
    for _, process in ipairs(processes) do
      for _, line in ipairs(victims.lines_of(("%s/%s.results"):format(directory, process.name))) do
        local id, answer = line:match("^(%S+) (.*)$")
        assert.is_true(allowed[answer] or false, line .. "\n" .. server:log())
        if answer == "200 committed" then
          assert.is_nil(committed[id], id .. " was committed twice")
          committed[id] = true
        elseif answer == "503 lost" then
          lost[id] = true
        end
      end
    end
    return lost
  end

  -- What Redis wrote down of its own changes: event -> how often it was committed.
  local function commits()
    local pipe = assert(io.popen(("find %s -name '*.aof' -exec cat {} +"):format(redis.directory)))
    local log = pipe:read "*a"
    pipe:close()
    local count = {}
    for id in log:sub(log:find("FLUSHALL[^F]*$") or 1):gmatch(
      ":event:(evt_%d+)\r\n%$5\r\nstate\r\n%$9\r\ncommitted\r\n") do
      count[id] = (count[id] or 0) + 1
    end
    return count
  end

  -- Says with which seed something went wrong.
  local function seeded(f)
    local ok, problem = pcall(f)
    if ok then return end
    local text = type(problem) == "table" and problem.message or problem
    error(("with STRIPE_KILL_SEED=%d STRIPE_KILL_EVENTS=%d: %s"):format(seed, DELIVERIES,
      tostring(text)), 0)
  end

  local ALLOWED = {
    ["200 committed"] = true, ["200 duplicate"] = true, ["503 busy"] = true, ["503 lost"] = true,
    ["0 none"] = true, -- the worker of nginx was killed
  }

  it("commit every event exactly once in Redis", function()
    seeded(function()
      start "redis"
      local processes, ids = hire(3, 4)
      local killed = assert(work(processes))
      local once, count = {}, commits()
      for _, id in ipairs(ids) do once[id] = 1 end
      assert.same(once, count)
      check_runs(ids, killed, check_answers(processes, ALLOWED))
    end)
  end)

  -- Begins anew where nginx broke, which is one kill of many hundreds.
  local function work_in_nginx()
    for _ = 1, 5 do
      start "dict"
      local processes, ids = hire(0, 6)
      local killed = work(processes)
      if killed then return processes, ids, killed end
      server:stop()
      connection:command("FLUSHALL")
      os.execute(("rm -rf %s/*"):format(directory))
    end
    error("nginx breaks every time", 0)
  end

  it("commit every event exactly once in the dictionary of nginx", function()
    seeded(function()
      local processes, ids, killed = work_in_nginx()
      assert.equal("", server:ask("/open?n=" .. #ids).body)
      check_runs(ids, killed, check_answers(processes, setmetatable({
        ["503 failed"] = true, -- somebody was killed with the lock of the id, for a second
      }, { __index = ALLOWED })))
    end)
  end)
end)
