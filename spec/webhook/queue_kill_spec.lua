--- The queue when processes die: workers and Redis are killed in the middle of their work. Nothing
-- is lost, every event is committed once, and one runs again only after a kill before its commit.
--
-- KILL_EVENTS (200) and KILL_ROUNDS (8) of the environment make it longer.

local core = require "stripe.core"
local stripe = require "stripe"
local Server = require "spec.support.redis_server"
local Worker = require "spec.support.worker_process"
local support = require "spec.support.webhook"

local EVENTS = tonumber(os.getenv "KILL_EVENTS" or "200")
local ROUNDS = tonumber(os.getenv "KILL_ROUNDS" or "8")
local WORKERS = 3
local SECONDS = 60 + EVENTS / 10 -- then it hangs

describe("the queue, its workers and its Redis being killed", function()
  local server, journal, workers

  before_each(function()
    server, journal, workers = Server.start(), os.tmpname(), {}
  end)
  after_each(function()
    for i = 1, WORKERS do
      if workers[i] then workers[i]:stop() end
    end
    server:stop()
    os.remove(journal)
  end)

  local function start_worker(i)
    workers[i] = Worker.start(
      ("--redis %s --handlers spec/support/worker_handlers.lua --claim-idle 0.3 --backoff 0.05 "
        .. "--heartbeat 0"):format(server.url),
      ("JOURNAL=%s WORK=0.004 LEASE=0.5"):format(journal))
  end

  -- The journal as a list of { what, event, attempt }.
  local function lines()
    local list = {}
    for line in io.lines(journal) do
      local what, id, attempt = line:match "^(%a+) (%S+) ?(%d*)$"
      list[#list + 1] = { what = what, id = id, attempt = tonumber(attempt) }
    end
    return list
  end

  local function receive(endpoint, i)
    return (endpoint(support.request(support.event { id = "evt_" .. i, type = "a.b" })))
  end

  it("lose nothing and commit every event once", function()
    local queue = stripe.webhook.queue { redis = { url = server.url } }
    local endpoint = queue:endpoint {
      secrets = support.secret, now = function() return support.time end,
    }
    for i = 1, WORKERS do start_worker(i) end

    -- Events come as Stripe sends them: 30 % of them twice, and again until one is answered 200.
    local kills, refused, sent = 0, 0, 0
    for round = 1, ROUNDS do
      if round % 4 == 2 then
        server:kill()
        assert.equal(503, receive(endpoint, sent + 1))
        refused = refused + 1
        server:restart()
      elseif round % 4 == 0 then
        server:restart()
      else
        local i = round % WORKERS + 1
        workers[i]:stop "KILL"
        start_worker(i)
      end
      kills = kills + 1
      while sent < EVENTS * round / ROUNDS do
        sent = sent + 1
        while receive(endpoint, sent) ~= 200 do
          refused = refused + 1
          assert(refused < 1000, "Redis does not come back")
          core.sleep(0.02)
        end
        if sent % 10 < 3 then assert.equal(200, receive(endpoint, sent)) end
      end
      core.sleep(0.05) -- so that they are at work when the next one dies
    end

    local limit = core.now() + SECONDS
    local stats
    repeat
      assert(core.now() < limit, "the queue does not get empty:\n" .. workers[1]:output())
      core.sleep(0.05)
      stats = queue:stats() or { pending = 1 }
    until stats.pending == 0 and stats.lag == 0
    for i = 1, WORKERS do
      while not workers[i]:output():find "works on" do -- the others were quicker
        assert(core.now() < limit, "a worker does not start")
        core.sleep(0.01)
      end
      workers[i]:stop "TERM"
      assert.equal(0, workers[i].code)
    end

    assert.equal(0, stats.dead)
    local runs, committed, again = {}, {}, 0
    for _, line in ipairs(lines()) do
      if line.what == "run" then
        assert.is_nil(committed[line.id], line.id .. " ran after its commit")
        assert.is_true(line.attempt > (runs[line.id] or 0), line.id .. " was not told its attempt")
        if runs[line.id] then again = again + 1 end
        runs[line.id] = line.attempt
      else
        assert.is_nil(committed[line.id], line.id .. " was committed twice")
        committed[line.id] = true
      end
    end
    local store = stripe.webhook.store.redis { url = server.url }
    for i = 1, EVENTS do
      local id = "evt_" .. i
      assert.is_number(runs[id], id .. " never ran")
      assert.same({ nil, "committed" }, { store:claim(id, 1) }, id)
    end
    store:close()
    assert.is_true(again <= kills * WORKERS,
      ("%d events ran again, after %d kills"):format(again, kills))
    assert.is_true(refused > 0)
    assert.equal(0, assert(queue:stats()).length)
  end)
end)
