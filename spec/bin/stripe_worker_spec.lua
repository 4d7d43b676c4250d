--- The program stripe-worker, as a process.

local core = require "stripe.core"
local stripe = require "stripe"
local Server = require "spec.support.redis_server"
local Worker = require "spec.support.worker_process"
local support = require "spec.support.webhook"

describe("stripe-worker", function()
  local server, queue, journal

  setup(function() server = Server.start() end)
  teardown(function() server:stop() end)
  before_each(function()
    queue = stripe.webhook.queue { redis = { url = server.url } }
    assert(queue.connection:command("FLUSHALL"))
    journal = os.tmpname()
  end)
  after_each(function() os.remove(journal) end)

  local HANDLERS = "--handlers spec/support/worker_handlers.lua "

  local function in_environment(text)
    return ("--redis %s %s%s"):format(server.url, HANDLERS, text)
  end

  -- busted has no setenv: the program gets it from env(1).
  local function run(arguments, environment)
    local pipe = assert(io.popen(("env JOURNAL=%s %s bin/stripe-worker %s 2>&1; echo \"exit $?\"")
      :format(journal, environment or "", arguments)))
    local output = pipe:read "*a"
    pipe:close()
    local said, code = output:match "^(.*)exit (%d+)\n$"
    return said, tonumber(code)
  end

  local function done()
    local file = assert(io.open(journal))
    local text = file:read "*a"
    file:close()
    return text
  end

  local function append(id, kind)
    assert(queue:append(support.event { id = id, type = kind }))
  end

  it("handles what is there and ends, with --once", function()
    append "evt_1"
    append "evt_2"
    local said, code = run(in_environment "--once")
    assert.equal(0, code, said)
    assert.equal("run evt_1 1\ncommitted evt_1\nrun evt_2 1\ncommitted evt_2\n", done())
    assert.matches("works on stripe:events as one of workers", said, 1, true)
    assert.matches("ended: 2 done, 0 again, 0 dead", said, 1, true)
    assert.is_nil(said:find("evt_1", 1, true))
  end)

  it("exits with 3 when events failed, and says why without secrets", function()
    append("evt_1", "climate.order.canceled")
    local said, code = run(in_environment "--once --max-tries 2 --backoff 0")
    assert.equal(3, code)
    assert.matches("evt_1 climate.order.canceled failed, try 1, [%d.]+ ms, again in 0 s: ", said)
    assert.matches("try 2, [%d.]+ ms, a dead letter now: lua_error: .*not this one", said)
    assert.is_nil(said:find("51abcdef", 1, true))
    assert.equal(1, queue:stats().dead)
  end)

  it("says a line for each event with --verbose", function()
    append "evt_1"
    local said = run(in_environment "--once --verbose --consumer me")
    assert.matches("Z me: works on", said, 1, true)
    assert.matches("Z evt_1 climate%.order%.delivered committed, try 1, [%d.]+ ms\n", said)
  end)

  it("takes the address of Redis from the environment, and never says the password", function()
    append "evt_1"
    local said, code = run(HANDLERS .. "--once", "REDIS_URL=" .. server.url)
    assert.equal(0, code, said)
    said, code = run(HANDLERS .. "--once", "REDIS_URL=redis://:hunter22@127.0.0.1:1")
    assert.equal(1, code)
    assert.is_nil(said:find("hunter22", 1, true))
  end)

  it("takes streams, groups and connections of another name", function()
    local other = stripe.webhook.queue {
      redis = { url = server.url }, stream = "other", group = "two",
    }
    assert(other:append(support.event()))
    local said, code = run(("--redis unix://%s %s --once --stream other --group two"):format(
      server.unix_socket, HANDLERS))
    assert.equal(0, code, said)
    assert.equal("run evt_1 1\ncommitted evt_1\n", done())
  end)

  it("has each group handle each event, without a store of its own", function()
    local path = os.tmpname()
    local file = io.open(path, "w")
    file:write 'return { on = { ["*"] = function(ctx) print("ran " .. ctx.id) end } }'
    file:close()
    local function work(group)
      return (run(("--redis %s --handlers %s --once --group %s"):format(server.url, path, group)))
    end
    local groups = { "workers", "mail", "books" }
    for _, group in ipairs(groups) do work(group) end
    append "evt_1"
    for _, group in ipairs(groups) do assert.matches("ran evt_1", work(group), 1, true) end
    os.remove(path)
  end)

  -- Until a function says so.
  local function wait_for(ready)
    local limit = core.now() + 20
    while not ready() do
      assert(core.now() < limit, "nothing happens")
      core.sleep(0.01)
    end
  end

  it("ends on a signal when what it is at is done", function()
    append "evt_1"
    local hold = os.tmpname()
    local worker = Worker.start(in_environment "", ("JOURNAL=%s HOLD=%s"):format(journal, hold))
    wait_for(function() return done() ~= "" end)
    os.execute("kill -TERM " .. worker.pid)
    assert.equal("run evt_1 1\n", done())
    os.remove(hold)
    local said = worker:wait()
    assert.equal(0, worker.code)
    assert.equal("run evt_1 1\ncommitted evt_1\n", done())
    assert.matches("TERM: ending when what is in work is done", said, 1, true)
    assert.matches("ended: 1 done, 0 again, 0 dead", said, 1, true)
    assert.same({}, queue:stats().consumers)
  end)

  it("says from time to time how things stand", function()
    append "evt_1"
    local worker = Worker.start(in_environment "--heartbeat 0.1", "JOURNAL=" .. journal)
    wait_for(function()
      return worker:output():find("alive: 1 done, 0 again, 0 dead; in the queue: 0 new, 0 in work",
        1, true)
    end)
    worker:stop "HUP"
  end)

  it("warns when Redis would lose events", function()
    local careless = Server.start { more = "appendonly no\n" }
    local said = run(("--redis %s %s --once"):format(careless.url, HANDLERS))
    careless:stop()
    assert.matches("careful: Redis loses all events when Redis dies", said, 1, true)
  end)

  it("says what it can't do", function()
    local function fails(code, message, arguments)
      local said, got = run(arguments)
      assert.equal(code, got, said)
      assert.matches(message, said, 1, true)
      assert.equal(1, select(2, said:gsub("\n", "")))
    end
    fails(2, "missing option '--handlers'", "--redis redis://x")
    fails(2, "Give --redis, or REDIS_URL", HANDLERS)
    fails(2, 'option "url" must start with', "--redis http://x " .. HANDLERS)
    fails(2, "'many' is no number", "--max-tries many --redis redis://x " .. HANDLERS)
    fails(2, 'option "max_tries" must be', "--max-tries 0 --redis redis://x " .. HANDLERS)
    fails(2, 'option "concurrency" must be', "--concurrency 0 --redis redis://x " .. HANDLERS)
    fails(1, "none.lua", "--redis redis://x --handlers none.lua")
    fails(1, "must return a table", "--redis redis://x --handlers /dev/null")
  end)

  it("says what is wrong with the handlers", function()
    local path = os.tmpname()
    local file = io.open(path, "w")
    file:write "return { on = {}, stroe = false }"
    file:close()
    local said, code = run(("--redis redis://x --handlers %s"):format(path))
    os.remove(path)
    assert.equal(1, code)
    assert.matches('unknown option "stroe" (did you mean "store"?)', said, 1, true)
  end)
end)
