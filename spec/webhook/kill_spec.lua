-- Workers that share a store and are killed (SIGKILL) while they work: every event is committed
-- exactly once, and a handler runs again only where it was killed before its commit.
--
-- STRIPE_KILL_EVENTS=10000 makes it longer, STRIPE_KILL_SEED repeats a choice of kills.
local core = require "stripe.core"
local mortal = require "spec.support.mortal"
local Redis = require "stripe.webhook.redis"
local Server = require "spec.support.redis_server"
local stripe = require "stripe"
local victims = require "spec.support.victims"

local WORKERS, LEASE, SECONDS = 3, 2, 60
local DELIVERIES = tonumber(os.getenv "STRIPE_KILL_EVENTS" or "") or 400

local lines_of = victims.lines_of

local function spawn(directory, name, incarnation, kind, address)
  local process = victims.spawn(("%s/%s.%d"):format(directory, name, incarnation), {
    "spec/support/webhook_worker.lua", "feed", kind, address, directory, name, incarnation, LEASE,
  })
  process.incarnation = incarnation
  return process
end

local function finished(directory, name)
  local file = io.open(directory .. "/" .. name .. ".finished")
  if file then file:close() end
  return file ~= nil
end

local function deal(directory, choose)
  local names = {}
  for w = 1, WORKERS do names[w] = "worker" .. w end
  return victims.deal(directory, names, DELIVERIES, choose)
end

-- Lets workers work and kills them at random moments until all deliveries were answered.
local function work(directory, kind, address, choose, disturb)
  local workers, killed = {}, {}
  for w = 1, WORKERS do workers[w] = spawn(directory, "worker" .. w, 1, kind, address) end
  local kills, limit = math.ceil(DELIVERIES / 16), core.now() + SECONDS + DELIVERIES / 20
  local ok, problem = pcall(function()
    while true do
      local at_work = {}
      for w = 1, WORKERS do
        if not finished(directory, "worker" .. w) then at_work[#at_work + 1] = w end
      end
      if #at_work == 0 then return end
      assert(core.now() < limit, "the workers don't come to an end")
      core.sleep(choose(50) / 1000)
      if #killed < kills then
        local w = at_work[choose(#at_work)]
        victims.kill(workers[w])
        killed[#killed + 1] = workers[w]
        workers[w] = spawn(directory, "worker" .. w, workers[w].incarnation + 1, kind, address)
        if disturb then disturb(#killed) end
      end
    end
  end)
  for w = 1, WORKERS do workers[w].pipe:close() end
  assert(ok, problem)
  return killed
end

-- Adds what one process wrote down. A run was cut short when nothing came after it, and late when
-- it took longer than its lease: then somebody else may begin with the event, too.
local function read_log(base, killed, runs, results)
  local run
  for _, line in ipairs(lines_of(base .. ".log")) do
    local what, id, detail, seconds = line:match("^(%S+) (%S+) (%S+) ?(%S*)$")
    if what == "run" then
      run = { attempt = tonumber(detail), cut_short = killed }
      runs[id] = runs[id] or {}
      table.insert(runs[id], run)
    else
      local late = tonumber(seconds) >= LEASE
      if run then run.cut_short, run.late = false, late end
      if late then detail = "late" end
      results[detail] = (results[detail] or 0) + 1
    end
  end
end

-- What the workers wrote down: id -> its runs in the order of attempts; how often each result was.
local function history(directory, killed)
  local was_killed, runs, results = {}, {}, {}
  for _, process in ipairs(killed) do was_killed[process.base] = true end
  for w = 1, WORKERS do
    local incarnation = 1
    local base = ("%s/worker%d.1"):format(directory, w)
    while lines_of(base .. ".pid")[1] do
      assert.same({}, lines_of(base .. ".out"))
      read_log(base, was_killed[base] or false, runs, results)
      incarnation = incarnation + 1
      base = ("%s/worker%d.%d"):format(directory, w, incarnation)
    end
  end
  for _, list in pairs(runs) do
    table.sort(list, function(a, b) return a.attempt < b.attempt end)
  end
  return runs, results
end

local function check_all_committed(store, ids)
  for _, id in ipairs(ids) do assert.same({ nil, "committed" }, { store:claim(id, 60) }) end
end

local function check_reruns(directory, killed, ids)
  local runs, results = history(directory, killed)
  for _, id in ipairs(ids) do
    local list = assert(runs[id], id .. " was never handled")
    for i = 1, #list - 1 do
      assert.is_true(list[i].cut_short or list[i].late,
        ("%s ran again though run %d was not killed"):format(id, i))
      assert.is_true(list[i].attempt < list[i + 1].attempt)
    end
  end
  for result in pairs(results) do
    assert.is_true(result == "committed" or result == "duplicate" or result == "busy"
      or result == "late", result)
  end
end

describe("workers that are killed while they share a store", function()
  local directory, server, seed, choose

  setup(function() server = Server.start() end)
  teardown(function() server:stop() end)
  before_each(function()
    directory = os.tmpname()
    os.remove(directory)
    assert(os.execute("mkdir -m 700 " .. directory))
    seed = tonumber(os.getenv "STRIPE_KILL_SEED" or "") or math.floor(core.time() * 1000) % 1000000
    choose = victims.random(seed)
  end)
  after_each(function() os.execute("rm -rf " .. directory) end)

  -- Says with which seed something went wrong.
  local function seeded(f)
    local ok, problem = pcall(f)
    if ok then return end
    local text = type(problem) == "table" and problem.message or problem
    error(("with STRIPE_KILL_SEED=%d STRIPE_KILL_EVENTS=%d: %s"):format(seed, DELIVERIES,
      tostring(text)), 0)
  end

  local function sqlite()
    local path = directory .. "/store.db"
    local store = assert(stripe.webhook.store.sqlite { path = path })
    assert(store.file:run("CREATE TABLE effects (id TEXT)"))
    return path, store
  end

  local function effects(store)
    return store.file:run("SELECT count(*) AS n, count(DISTINCT id) AS ids FROM effects")[1]
  end

  it("commit every event exactly once, with what was written in its transaction", function()
    seeded(function()
      local path, store = sqlite()
      local ids = deal(directory, choose)
      local killed = work(directory, "sqlite", path, choose)
      assert.is_true(#killed > 0)
      assert.same({ n = #ids, ids = #ids }, effects(store))
      check_all_committed(store, ids)
      check_reruns(directory, killed, ids)
      store:close()
    end)
  end)

  it("commit every event exactly once in Redis", function()
    seeded(function()
      local store = stripe.webhook.store.redis { url = server.url }
      store.connection:command("FLUSHALL")
      local ids = deal(directory, choose)
      local killed = work(directory, "redis", server.url, choose)
      assert.is_true(#killed > 0)
      assert.equal(tostring(#ids), store.connection:command("GET", "effects:count"))
      check_all_committed(store, ids)
      check_reruns(directory, killed, ids)
      store:close()
    end)
  end)

  it("lose nothing when Redis is killed as well", function()
    seeded(function()
      local store = stripe.webhook.store.redis { url = server.url }
      store.connection:command("FLUSHALL")
      local ids = deal(directory, choose)
      work(directory, "redis", server.url, choose, function(n)
        if n % 8 == 4 then server:restart() end
      end)
      assert.equal(tostring(#ids), store.connection:command("GET", "effects:count"))
      check_all_committed(store, ids)
      store:close()
    end)
  end)

  -- Dies in every moment around what the store does, one after the other; then comes again.
  local function die_everywhere(kind, address, count)
    local moments = 0
    for step = 1, 50 do
      local id = "evt_moment_" .. step
      local lived, said = mortal.run("spec/support/webhook_worker.lua",
        { "once", kind, address, id, "1767225600" }, step)
      local committed = said:find("result\tcommitted", 1, true) ~= nil
      local _, again = mortal.run("spec/support/webhook_worker.lua",
        { "once", kind, address, id, "1767225661" })
      assert.equal(1, count(id), "step " .. step .. "\n" .. said .. again)
      if lived then
        assert.is_true(committed, said)
        assert.equal("result\tduplicate\n", again)
        return moments
      end
      moments = moments + 1
      if again ~= "result\tduplicate\n" then
        local attempt = again:match("^run\t(%d)\nresult\tcommitted\n$")
        assert.is_truthy(attempt, again)
        -- It is told, unless it died before it had claimed anything.
        assert.equal(step == 1 and "1" or "2", attempt)
      end
    end
    error("it never lived to its end")
  end

  it("are told, in whatever moment they died before, and write once in SQLite", function()
    local path, store = sqlite()
    local moments = die_everywhere("sqlite", path, function(id)
      return store.file:run("SELECT count(*) AS n FROM effects WHERE id = '" .. id .. "'")[1].n
    end)
    assert.is_true(moments >= 8, tostring(moments))
    store:close()
  end)

  it("are told, in whatever moment they died before, and write once in Redis", function()
    local connection = Redis.connect { url = server.url }
    connection:command("FLUSHALL")
    local before = 0
    local moments = die_everywhere("redis", server.url, function()
      local all = tonumber(connection:command("GET", "effects:count"))
      local more = all - before
      before = all
      return more
    end)
    assert.is_true(moments >= 6, tostring(moments))
    connection:close()
  end)
end)
