--- stripe.webhook.queue, on a Redis of its own.

local core = require "stripe.core"
local stripe = require "stripe"
local Server = require "spec.support.redis_server"
local support = require "spec.support.webhook"

describe("stripe.webhook.queue", function()
  local server, redis

  setup(function()
    server = Server.start()
    redis = require "stripe.webhook.redis".connect { url = server.url }
  end)
  teardown(function() server:stop() end)
  before_each(function() assert(redis:command("FLUSHALL")) end)

  local function new(options)
    local given = { redis = { url = server.url }, backoff = { first = 0 } }
    for name, value in pairs(options or {}) do given[name] = value end
    return stripe.webhook.queue(given)
  end

  local function event(id, kind)
    return support.event { id = id, type = kind or "climate.order.created" }
  end

  -- Options of a worker that handles everything with f, and lists what became of it.
  local function worker(f, options)
    local given = { block = 0, seen = {} }
    given.handler = stripe.webhook.handler {
      secrets = false, store = options and options.store, on = { ["*"] = f },
    }
    local seen = given.seen
    given.seen = nil
    given.on_event = function(what) seen[#seen + 1] = what end
    for name, value in pairs(options or {}) do
      if name ~= "store" then given[name] = value end
    end
    return given, seen
  end

  local function actions(seen)
    local list = {}
    for i, what in ipairs(seen) do list[i] = what.id .. " " .. what.result .. " " .. what.action end
    return list
  end

  local function stats(queue)
    local found = assert(queue:stats())
    return { length = found.length, pending = found.pending, later = found.later,
      dead = found.dead, lag = found.lag }
  end

  local NOTHING = { length = 0, pending = 0, later = 0, dead = 0, lag = 0 }

  describe("append", function()
    it("puts an event into the stream, once", function()
      local queue = new()
      local entry, how = queue:append(core.json(event "evt_1"))
      assert.matches("^%d+%-%d+$", entry)
      assert.equal("queued", how)
      assert.same({ entry, "duplicate" }, { queue:append(event "evt_1") })
      assert.equal("queued", select(2, queue:append(event "evt_2")))
      assert.equal(2, redis:command("XLEN", "stripe:events"))
    end)

    it("remembers an event for as long as it is told to", function()
      new { remember = 60 }:append(event "evt_1")
      local left = redis:command("TTL", "stripe:events:id:evt_1")
      assert.is_true(left > 50 and left <= 60)
    end)

    it("keeps the payload byte by byte", function()
      local queue = new()
      local payload = '{ "id": "evt_1",\n "object": "event", "x": "\\u00e9\195\169" }'
      assert(queue:push(payload, { id = "evt_1", type = "a.b", received = 1767225600 }))
      local entry = redis:command("XRANGE", "stripe:events", "-", "+")[1][2]
      assert.same({ "payload", payload, "id", "evt_1", "type", "a.b", "received", "1767225600" },
        entry)
    end)

    it("refuses what is no event", function()
      local queue = new()
      assert.same({ nil, "the payload is no event" }, { queue:append "[]" })
      assert.matches("no JSON", select(2, queue:append "{"))
      assert.matches("no id", select(2, queue:append '{"object":"event"}'))
      assert.has_error(function() queue:append(7) end,
        "queue:append takes a payload or an event, not a number")
    end)

    it("says that Redis is away", function()
      local entry, message = new { redis = { unix_socket = server:file "none" } }
        :append(event "evt_1")
      assert.is_nil(entry)
      assert.matches("^Redis at .*none", message)
    end)
  end)

  describe("endpoint", function()
    local function endpoint(queue, options)
      local given = { secrets = support.secret, now = function() return support.time end }
      for name, value in pairs(options or {}) do given[name] = value end
      return queue:endpoint(given)
    end

    it("verifies, puts the event into the queue, and answers 200 both times", function()
      local queue = new()
      local receive = endpoint(queue)
      local payload, headers = support.request(event "evt_1")
      assert.same({ 200, '{"result":"queued"}' }, { (receive(payload, headers)),
        (select(2, receive(payload, headers))) })
      assert.equal(1, queue:stats().length)
    end)

    it("answers 400 to what Stripe did not sign, and queues nothing", function()
      local queue = new()
      local payload, headers = support.request(event "evt_1", "whsec_another")
      assert.equal(400, (endpoint(queue)(payload, headers)))
      assert.equal(0, queue:stats().length)
    end)

    it("answers 200 without queuing what nobody wants", function()
      local queue = new()
      local receive = endpoint(queue, { on = { ["identity.*"] = function() end } })
      local status, _, outcome = receive(support.request(event "evt_1"))
      assert.same({ 200, "ignored" }, { status, outcome.result })
      assert.equal(0, queue:stats().length)
    end)

    it("answers 503 while Redis is away, so that Stripe sends it again", function()
      local receive = endpoint(new { redis = { unix_socket = server:file "none" } })
      assert.equal(503, (receive(support.request(event "evt_1"))))
    end)

    it("takes no store, since it only queues", function()
      assert.has_error(function() new():endpoint { secrets = "whsec_x", store = {} } end,
        'queue:endpoint takes no option "queue" or "store": it only queues')
      assert.error_matches(function() new():endpoint {} end, 'option "secrets" is missing')
    end)
  end)

  describe("a worker", function()
    it("handles what was queued before it came, in order, and leaves nothing behind", function()
      local queue, ran = new(), {}
      for i = 1, 5 do queue:append(event("evt_" .. i)) end
      local options = worker(function(ctx) ran[#ran + 1] = ctx.id .. " " .. ctx.source end)
      for i = 1, 5 do assert.equal(1, queue:step(options), i) end
      assert.equal(0, queue:step(options))
      assert.same({ "evt_1 queue", "evt_2 queue", "evt_3 queue", "evt_4 queue", "evt_5 queue" },
        ran)
      assert.same(NOTHING, stats(queue))
    end)

    it("tells the handler how the event came", function()
      local queue, ctx = new(), nil
      queue:push(core.json(event "evt_1"), {
        id = "evt_1", type = "climate.order.created", received = 1767225601, secret = "new",
      })
      queue:step((worker(function(it) ctx = it end)))
      assert.same({ 1767225601, "new" }, { ctx.received, ctx.verification.secret })
    end)

    it("keeps nulls if the handler does", function()
      local queue = new()
      local seen = {}
      local function take(null)
        return { once = true, handler = stripe.webhook.handler { secrets = false, null = null,
          on = { ["*"] = function(ctx) seen[#seen + 1] = ctx.previous_attributes.name end } } }
      end
      local old = { object = { id = "x" }, previous_attributes = { name = core.null } }
      assert(queue:append(support.event { id = "evt_1", data = old }))
      assert.equal(1, queue:run(take(stripe.null)).done)
      assert.same({ stripe.null }, seen)
      assert(queue:append(core.json(support.event { id = "evt_2", data = old })))
      assert.equal(1, queue:run(take()).done)
      assert.same({ stripe.null }, seen)
    end)

    it("takes another handler than the library's", function()
      local queue, seen = new(), nil
      assert(queue:append(event "evt_1"))
      local own = {}
      function own:process(what)
        seen = what.id
        return { status = 200, result = "committed", own = self }
      end
      assert.equal(1, queue:run({ once = true, handler = own }).done)
      assert.equal("evt_1", seen)
    end)

    it("waits in Redis for the next event", function()
      local queue = new()
      local options, seen = worker(function() end, { block = 10 })
      local script = ("sleep 0.2; redis-cli -s %s XADD stripe:events '*' payload '%s' id evt_1 "
        .. "type a.b received 1 >%s 2>&1 &"):format(server.unix_socket, core.json(event "evt_1"),
        server:file "cli")
      os.execute(script)
      assert.equal(1, queue:step(options))
      assert.same({ "evt_1 committed done" }, actions(seen))
    end)

    it("tries again what fails, then keeps it as a dead letter with its error", function()
      local queue = new { max_tries = 3 }
      queue:append(event "evt_1")
      local options, seen = worker(function() error("no luck with sk_test_51abcdefghijkl") end,
        { once = true })
      assert.same({ done = 0, again = 2, dead = 1 }, queue:run(options))
      assert.same({ "evt_1 failed again", "evt_1 failed again", "evt_1 failed dead" },
        actions(seen))
      assert.same({ 1, 2, 3 }, { seen[1].tries, seen[2].tries, seen[3].tries })
      local letters = assert(queue:dead())
      assert.equal(1, #letters)
      local letter = letters[1]
      assert.same({ "evt_1", "climate.order.created", 3, "workers" },
        { letter.event, letter.type, letter.tries, letter.group })
      assert.matches("no luck with", letter.error)
      assert.is_nil(letter.error:find("51abcdef", 1, true))
      assert.equal("evt_1", core.decode(letter.payload).id)
      assert.same({ length = 0, pending = 0, later = 0, dead = 1, lag = 0 }, stats(queue))
    end)

    it("lets time pass between two tries", function()
      local queue = new { backoff = { first = 100, factor = 3, most = 200 } }
      queue:append(event "evt_1")
      local options, seen = worker(function() error "no" end)
      assert.equal(1, queue:step(options))
      assert.equal(100, seen[1].delay)
      assert.equal(0, queue:step(options))
      assert.same({ length = 1, pending = 1, later = 1, dead = 0, lag = 0 }, stats(queue))
      local due = tonumber(redis:command("ZSCORE", "stripe:events:workers:later", seen[1].entry))
      assert.is_true(math.abs(due / 1000 - core.time() - 100) < 20)
      redis:command("ZADD", "stripe:events:workers:later", 1, seen[1].entry) -- time passes
      assert.equal(1, queue:step(options))
      assert.equal(200, seen[2].delay)
      assert.equal(2, seen[2].tries)
    end)

    it("does not take what waits for its next try for the entry of a dead worker", function()
      local queue = new { backoff = { first = 100 }, claim_idle = 0.01 }
      queue:append(event "evt_1")
      local options = worker(function() error "no" end)
      assert.equal(1, queue:step(options))
      core.sleep(0.02)
      assert.equal(0, queue:step(options))
    end)

    it("counts no try while another one has the event, nor while the store is away", function()
      local queue = new { max_tries = 1 }
      queue:append(event "evt_1")
      local store, advance = support.store()
      store:claim("evt_1", 30)
      local claim = store.claim
      local options, seen = worker(function() end, { store = store })
      queue:step(options)
      assert.same({ "busy", "again", 30 }, { seen[1].result, seen[1].action, seen[1].delay })
      store.claim = function() return nil, "failed", "disk full" end
      redis:command("ZADD", "stripe:events:workers:later", 1, seen[1].entry)
      queue:step(options)
      assert.same({ "failed", "again" }, { seen[2].result, seen[2].action })
      store.claim = claim
      advance(31)
      queue:step(options)
      assert.same({ "committed", "done", 1 },
        { seen[3].result, seen[3].action, seen[3].tries })
    end)

    it("takes over what a dead worker had", function()
      local queue = new { claim_idle = 0.05 }
      queue:append(event "evt_1")
      redis:command("XGROUP", "CREATE", "stripe:events", "workers", "0")
      redis:command("XREADGROUP", "GROUP", "workers", "dead", "STREAMS", "stripe:events", ">")
      local options, seen = worker(function() end)
      core.sleep(0.06)
      assert.equal(1, queue:step(options))
      assert.same({ "committed", 2 }, { seen[1].result, seen[1].tries })
      assert.equal(0, queue:step(options))
      assert.same(NOTHING, stats(queue))
    end)

    it("leaves alone what a living worker has", function()
      local queue = new()
      queue:append(event "evt_1")
      redis:command("XGROUP", "CREATE", "stripe:events", "workers", "0")
      redis:command("XREADGROUP", "GROUP", "workers", "living", "STREAMS", "stripe:events", ">")
      assert.equal(0, queue:step((worker(function() end))))
    end)

    it("keeps an event that kills its workers from killing all of them", function()
      local queue = new { max_tries = 2, claim_idle = 0.01 }
      queue:append(event "evt_1")
      redis:command("XGROUP", "CREATE", "stripe:events", "workers", "0")
      redis:command("XREADGROUP", "GROUP", "workers", "one", "STREAMS", "stripe:events", ">")
      redis:command("XCLAIM", "stripe:events", "workers", "two", 0,
        redis:command("XRANGE", "stripe:events", "-", "+")[1][1])
      core.sleep(0.02)
      local ran = false
      local options, seen = worker(function() ran = true end)
      assert.equal(1, queue:step(options))
      assert.is_false(ran)
      assert.same({ "evt_1 died dead" }, actions(seen))
      assert.matches("tried 2 times", queue:dead()[1].error)
    end)

    it("makes a dead letter at once of what is no event", function()
      local queue = new()
      redis:command("XADD", "stripe:events", "*", "payload", "{", "id", "evt_1", "type", "a.b")
      redis:command("XADD", "stripe:events", "*", "other", "field")
      local options, seen = worker(function() end)
      queue:step(options)
      queue:step(options)
      assert.same({ "dead", "dead" }, { seen[1].action, seen[2].action })
      assert.equal(2, queue:stats().dead)
    end)

    it("lets a store decide that nothing runs twice", function()
      local queue, runs = new(), 0
      local store = support.store()
      local options, seen = worker(function() runs = runs + 1 end, { store = store })
      queue:append(event "evt_1")
      queue:step(options)
      redis:command("DEL", "stripe:events:id:evt_1")
      queue:append(event "evt_1")
      queue:step(options)
      assert.equal(1, runs)
      assert.same({ "evt_1 committed done", "evt_1 duplicate done" }, actions(seen))
    end)

    it("gives back at once what it has no time for any more", function()
      local queue = new()
      for i = 1, 3 do queue:append(event("evt_" .. i)) end
      local canceller = stripe.canceller()
      local options, seen = worker(function() canceller:cancel() end,
        { concurrency = 3, cancel = canceller })
      queue:run(options)
      assert.equal(1, #seen)
      assert.same({ length = 2, pending = 2, later = 2, dead = 0, lag = 0 }, stats(queue))
      local rest, again = worker(function() end, { once = true })
      queue:run(rest)
      assert.same({ "evt_2 committed done", "evt_3 committed done" }, actions(again))
      assert.equal(1, again[1].tries)
    end)

    it("handles several at once while handlers wait", function()
      local queue, now, most = new(), 0, 0
      local driver = require "stripe.driver.blocking"
      for i = 1, 6 do queue:append(event("evt_" .. i)) end
      local options, seen = worker(function()
        now = now + 1
        most = math.max(most, now)
        driver.sleep(0.01)
        now = now - 1
      end, { concurrency = 3, once = true })
      assert.same({ done = 6, again = 0, dead = 0 }, queue:run(options))
      assert.equal(3, most)
      assert.equal(6, #seen)
    end)

    it("leaves the group when it ends, unless entries are still its own", function()
      local queue = new { backoff = { first = 100 } }
      queue:append(event "evt_1")
      queue:append(event "evt_2")
      queue:run((worker(function(ctx) if ctx.id == "evt_2" then error "no" end end,
        { once = true, consumer = "one" })))
      queue:run((worker(function() end, { once = true, consumer = "two" })))
      local consumers = queue:stats().consumers
      assert.same({ 1, "one", 1 }, { #consumers, consumers[1].name, consumers[1].pending })
    end)

    it("goes on when Redis lost everything", function()
      local queue = new()
      local options, seen = worker(function() end)
      queue:step(options)
      redis:command("FLUSHALL")
      queue:append(event "evt_1")
      assert.equal(1, queue:step(options))
      assert.equal(1, #seen)
    end)

    it("says that Redis is away, and with once gives up", function()
      local troubles = {}
      local options = worker(function() end, {
        once = true, on_trouble = function(message) troubles[#troubles + 1] = message end,
      })
      local queue = new { redis = { unix_socket = server:file "none" } }
      assert.is_nil((queue:step(options)))
      local totals, message = queue:run(options)
      assert.is_nil(totals)
      assert.matches("none", message)
      assert.equal(2, #troubles)
    end)

    it("waits for Redis otherwise, until it is stopped", function()
      local asked, troubles = 0, 0
      local totals = new { redis = { unix_socket = server:file "none" } }:run((worker(function()
      end, {
        on_trouble = function() troubles = troubles + 1 end,
        stop = function()
          asked = asked + 1
          return troubles >= 2
        end,
      })))
      assert.same({ done = 0, again = 0, dead = 0 }, totals)
      assert.is_true(asked >= 2)
    end)

    it("is not disturbed by an observer that throws", function()
      local queue = new()
      queue:append(event "evt_1")
      local options = worker(function() end, { on_event = error })
      assert.equal(1, queue:step(options))
      assert.equal(0, queue:step(options))
      assert.same(NOTHING, stats(queue))
    end)
  end)

  describe("several groups", function()
    it("get every event each, and an entry stays until all are done with it", function()
      local one, two = new { group = "one" }, new { group = "two" }
      local runs = {}
      local first = worker(function(ctx) runs[#runs + 1] = "one " .. ctx.id end, { once = true })
      local second = worker(function(ctx) runs[#runs + 1] = "two " .. ctx.id end, { once = true })
      one:run(first) -- makes its group
      two:run(second)
      one:append(event "evt_1")
      one:append(event "evt_2")
      one:run(first)
      assert.equal(2, one:stats().length)
      two:run(second)
      assert.same({ "one evt_1", "one evt_2", "two evt_1", "two evt_2" }, runs)
      assert.equal(0, one:stats().length)
    end)
  end)

  describe("dead letters", function()
    local queue
    before_each(function()
      queue = new { max_tries = 1 }
      for i = 1, 3 do queue:append(event("evt_" .. i)) end
      queue:run((worker(function() error "no" end, { once = true })))
    end)

    it("are listed from the oldest on, in pages", function()
      local letters = queue:dead { limit = 2 }
      assert.same({ "evt_1", "evt_2" }, { letters[1].event, letters[2].event })
      local rest = queue:dead { after = letters[2].id }
      assert.same({ 1, "evt_3" }, { #rest, rest[1].event })
      assert.error_matches(function() queue:dead { limti = 2 } end, "queue:dead takes")
    end)

    it("are tried again when somebody says so", function()
      local letter = queue:dead()[1]
      assert.matches("^%d+%-%d+$", queue:retry_dead(letter.id))
      assert.equal(2, #queue:dead())
      local options, seen = worker(function() end, { once = true })
      queue:run(options)
      assert.same({ "evt_1 committed done" }, actions(seen))
      assert.same({ nil, "there is no dead letter " .. letter.id }, { queue:retry_dead(letter.id) })
    end)

    it("don't keep the event from being queued when it is sent again", function()
      assert.equal("queued", select(2, queue:append(event "evt_1")))
      local entry = queue:retry_dead(queue:dead()[1].id) -- it is there already
      assert.equal(entry, (queue:append(event "evt_1")))
      assert.equal(1, queue:stats().lag)
    end)

    it("are dropped when somebody says so", function()
      assert.is_true(queue:forget_dead(queue:dead()[1].id))
      assert.equal(2, #queue:dead())
      assert.error_matches(function() queue:forget_dead "all" end, "takes the id of a dead letter")
    end)
  end)

  describe("stats", function()
    it("say how long the oldest waits", function()
      local queue = new()
      assert.is_nil(queue:stats().oldest)
      redis:command("XADD", "stripe:events", "1000-0", "payload", "{}")
      assert.is_true(queue:stats().oldest > 1e9)
      assert.equal(1, queue:stats().lag)
    end)

    it("fail when Redis is away", function()
      local found, message = new { redis = { unix_socket = server:file "none" } }:stats()
      assert.is_nil(found)
      assert.is_string(message)
    end)
  end)

  it("tells what Redis would forget", function()
    assert.same({ level = "always", evicts = false }, new():durability())
  end)

  it("never shows a password", function()
    local queue = new { redis = "redis://:hunter22@127.0.0.1:1" }
    assert.is_nil(tostring(queue):find("hunter22", 1, true))
    assert.is_nil(select(2, queue:append(event "evt_1")):find("hunter22", 1, true))
  end)

  it("refuses misuse by name", function()
    local function refused(message, options)
      assert.error_matches(function() stripe.webhook.queue(options) end, message, 1, true)
    end
    refused('unknown option "steam" (did you mean "stream"?)', { steam = "x" })
    refused('option "max_tries" must be an integer from 1', { max_tries = 0 })
    refused('option "claim_idle" must be a number of seconds', { claim_idle = 0 })
    refused('option "backoff": unknown option "fist"', { backoff = { fist = 1 } })
    refused('option "redis": option "url" must start with', { redis = "http://x" })
    refused('option "group" must be 1 to 200 bytes', { group = "a b" })
    assert.error_matches(function() new():run { handler = {} } end,
      'option "handler" must be a handler', 1, true)
    assert.error_matches(function() new():run { handler = {}, concurency = 1 } end,
      'did you mean "concurrency"', 1, true)
    assert.has_error(function() new().append() end, "use queue:append(...) with a colon")
  end)
end)
