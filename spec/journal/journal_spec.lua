local stripe = require "stripe"

local paths, hashes = {}, 0

local function memory() return { memory = true } end

local function sqlite()
  local path = os.tmpname()
  paths[#paths + 1] = path
  return { path = path }
end

local server

local function redis()
  server = server or require("spec.support.redis_server").start()
  hashes = hashes + 1
  return { redis = { url = server.url, key = "journal:" .. hashes } }
end

local function forget_files()
  for _, path in ipairs(paths) do
    for _, suffix in ipairs { "", "-wal", "-shm" } do os.remove(path .. suffix) end
  end
  paths = {}
end

local places = { ["in memory"] = memory, ["in SQLite"] = sqlite, ["in Redis"] = redis }

for name, where in pairs(places) do
  describe("a journal " .. name, function()
    local sim, client, journal, time, product

    teardown(function()
      if server then server:stop() end
      server = nil
    end)

    before_each(function()
      time = 1800000000
      sim = stripe.simulator.new { clock = time }
      client = stripe.new { api_key = "sk_test_1", transport = sim, max_retries = 0 }
      local options = where()
      options.now = function() return time end
      journal = assert(stripe.journal(options))
      product = assert(client.climate.products:list { limit = 1 }).data[1].id
    end)

    after_each(function()
      journal:close()
      forget_files()
    end)

    local function order(call, tons)
      return client.climate.orders:create({
        product = product, metric_tons = tons or "1", currency = "usd",
      }, call)
    end

    local function orders() return #assert(client.climate.orders:list()).data end

    local function spoil(fault, times, operation)
      sim.faults:add {
        fault = fault, times = times or 1,
        match = { operation = operation or "climate.orders.create" },
      }
    end

    local function pass(seconds)
      time = time + seconds
      sim:advance(seconds)
    end

    it("does a thing once", function()
      local made, err, info = journal:once("offset", order)
      assert.is_nil(err)
      assert.is_false(info.stored)
      local again, none, later = journal:once("offset", error)
      assert.is_nil(none)
      assert.is_true(later.stored)
      assert.equal(made.id, again.id)
      assert.equal(made.amount_total, again.amount_total)
      assert.equal(1, orders())
    end)

    it("knows two names apart", function()
      assert.not_equal(journal:once("a", order).id, journal:once("b", order).id)
      assert.equal(2, orders())
      assert.same({ "a", "b" }, journal:names())
      assert.same({ "b" }, journal:names "b")
    end)

    it("sends a stamp in the metadata, beside what is there", function()
      local made = journal:once("offset", function(call)
        return client.climate.orders:create({
          product = product, metric_tons = "1", currency = "usd", metadata = { order = "7" },
        }, call)
      end)
      assert.equal("7", made.metadata.order)
      assert.matches("^%x+$", made.metadata.journal)
    end)

    it("repeats the request with its key when the answer was lost", function()
      spoil "lost"
      local none, err = journal:once("offset", order)
      assert.is_nil(none)
      assert.equal("maybe", err.sent)
      local made, _, info = journal:once("offset", order)
      assert.is_true(info.repeated)
      assert.is_true(info.replayed)
      assert.equal(1, orders())
      assert.equal(made.id, client.climate.orders:list().data[1].id)
      local keys = {}
      for _, entry in ipairs(sim:requests()) do
        if entry.method == "POST" then keys[entry.idempotency_key] = true end
      end
      local key = next(keys)
      assert.is_nil(next(keys, key))
    end)

    it("refuses another request under the name of one that may have been sent", function()
      spoil "lost"
      journal:once("offset", order)
      local none, err = journal:once("offset", function(call) return order(call, "2") end)
      assert.is_nil(none)
      assert.equal("changed", err.code)
      assert.matches("metric_tons", err.message)
      assert.equal(1, orders())
    end)

    it("knows an upload by the name that it is sent under, an open file without one", function()
      local function upload(file)
        return journal:once("upload", function(call)
          return client.files:create({ purpose = "identity_document", file = file() }, call)
        end)
      end
      local path = os.tmpname()
      paths[#paths + 1] = path
      local picture = assert(io.open(path, "wb"))
      picture:write("\137PNG\r\n\26\n")
      picture:close()
      local function open() return assert(io.open(path, "rb")) end
      spoil("lost", 1, "files.create")
      upload(open)
      assert.is_true(select(3, assert(upload(open))).replayed)
      assert(journal:forget "upload")
      spoil("lost", 1, "files.create")
      upload(function() return { path = path, filename = "a.png" } end)
      local _, err = upload(function() return { path = path, filename = "b.png" } end)
      assert.equal("changed", err.code)
      assert.is_true(select(3, assert(upload(function()
        return { content = open(), filename = "a.png" }
      end))).replayed)
    end)

    it("starts afresh with a new request after a refusal", function()
      local none, err = journal:once("offset", function(call) return order(call, "900000") end)
      assert.is_nil(none)
      assert.equal("out_of_inventory", err.code)
      assert.is_truthy(journal:once("offset", order))
      assert.equal(1, orders())
    end)

    it("keeps the key through a rate limit and a conflict", function()
      spoil "rate_limit"
      spoil "conflict"
      assert.is_nil((journal:once("offset", order)))
      local key = journal:get("offset").steps[1].key
      assert.is_nil((journal:once("offset", order)))
      assert.is_truthy(journal:once("offset", order))
      assert.equal(key, journal:get("offset").steps[1].key)
      assert.equal(1, orders())
    end)

    it("looks for the object when the key may be forgotten, and finds it", function()
      spoil "lost"
      journal:once("offset", order)
      pass(24 * 3600 + 1)
      local made, err, info = journal:once("offset", order)
      assert.is_nil(err)
      assert.is_true(info.reconciled)
      assert.equal(client.climate.orders:list().data[1].id, made.id)
      assert.equal(1, orders())
    end)

    it("looks through all pages", function()
      spoil "lost"
      journal:once("offset", order)
      for _ = 1, 120 do assert(order()) end
      pass(24 * 3600 + 1)
      local _, _, info = journal:once("offset", order)
      assert.is_true(info.reconciled)
      assert.equal(121, #assert(client.climate.orders:list():collect()))
    end)

    it("sends anew when the object is not there after the life of the key", function()
      spoil "reset"
      journal:once("offset", order)
      assert.equal(0, orders())
      pass(24 * 3600 + 1)
      local made, _, info = journal:once("offset", order)
      assert.is_truthy(made)
      assert.is_false(info.reconciled)
      assert.equal(1, orders())
    end)

    it("sends nothing while it can't look", function()
      spoil "lost"
      journal:once("offset", order)
      pass(24 * 3600 + 1)
      spoil("server_error", 1, "climate.orders.list")
      local none, err = journal:once("offset", order)
      assert.is_nil(none)
      assert.equal(500, err.status)
      assert.equal(1, orders())
    end)

    -- Two answers of the same key that are both a stored 500.
    local function stored_failure()
      local key
      local transport = function(request)
        local again = key == request.headers["idempotency-key"]
        key = request.headers["idempotency-key"]
        if request.method == "GET" then
          return { status = 200, headers = {}, body =
            '{"object":"list","url":"/v1/climate/orders","has_more":false,"data":[]}' }
        end
        return {
          status = 500, headers = { ["Idempotent-Replayed"] = again and "true" or nil },
          body = '{"error":{"type":"api_error","message":"no"}}',
        }
      end
      return stripe.new { api_key = "sk_test_1", transport = transport, max_retries = 0 }
    end

    it("stops when the key only repeats a failure and the object is not to be found", function()
      local broken = stored_failure()
      local function create(call)
        return broken.climate.orders:create({ product = "p", amount = 100 }, call)
      end
      local _, first = journal:once("offset", create)
      assert.equal(500, first.status)
      for _ = 1, 2 do
        local none, err = journal:once("offset", create)
        assert.is_nil(none)
        assert.equal("doubtful", err.code)
        assert.matches("journal:resolve", err.message, 1, true)
      end
    end)

    it("goes on as it is told after a doubt", function()
      local broken = stored_failure()
      local function create(call)
        return broken.climate.orders:create({ product = "p", amount = 100 }, call)
      end
      for _ = 1, 2 do journal:once("a", create) end
      assert.is_true(journal:resolve("a", { absent = true }))
      assert.is_truthy(journal:once("a", order))
      for _ = 1, 2 do journal:once("b", create) end
      assert.is_true(journal:resolve("b", { object = { id = "climorder_1" } }))
      assert.equal("climorder_1", journal:once("b", create).id)
      local none, err = journal:resolve("b", { absent = true })
      assert.is_nil(none)
      assert.equal("changed", err.code)
    end)

    it("stops where nothing can be looked for", function()
      local function attempt(call)
        return client.files:create({
          purpose = "identity_document", file = { name = "a.png", content = "x" },
        }, call)
      end
      spoil("lost", 1, "files.create")
      journal:once("upload", attempt)
      pass(24 * 3600 + 1)
      local none, err = journal:once("upload", attempt)
      assert.is_nil(none)
      assert.equal("doubtful", err.code)
    end)

    it("sees in the object itself whether it was canceled", function()
      local made = assert(order())
      spoil("lost", 1, "climate.orders.cancel")
      local function cancel(call) return client.climate.orders:cancel(made.id, nil, call) end
      journal:once("cancel", cancel)
      pass(24 * 3600 + 1)
      local canceled, _, info = journal:once("cancel", cancel)
      assert.equal("canceled", canceled.status)
      assert.is_true(info.reconciled)
    end)

    it("makes each request of a function once", function()
      local runs = 0
      local function two(call)
        runs = runs + 1
        local first, err = order(call, "1")
        if not first then return nil, err end
        local second
        second, err = order(call, "2")
        if not second then return nil, err end
        return { first.id, second.id }
      end
      spoil("lost", 1)
      journal:once("both", two)
      spoil("reset", 1)
      journal:once("both", two)
      local ids = assert(journal:once("both", two))
      assert.equal(2, #ids)
      assert.equal(3, runs)
      assert.equal(2, orders())
      assert.same(ids, (journal:once("both", two)))
    end)

    it("keeps no secret of an answer", function()
      local function start(call)
        return client.crypto.onramp_sessions:create({
          destination_networks = { "ethereum" },
          wallet_addresses = { ethereum = "0x52908400098527886E0F7030069857D2E4169EE7" },
        }, call)
      end
      local made = assert(journal:once("session", start))
      assert.matches("_secret_", made.client_secret)
      local later = assert(journal:once("session", start))
      assert.equal(made.id, later.id)
      assert.equal("[redacted]", later.client_secret)
      local kept = require("stripe.core").json(journal:get "session")
      assert.is_nil(kept:find("0x52908400098527886E0F7030069857D2E4169EE7", 1, true))
    end)

    it("tells a second worker who is alive that it is busy, and lets it wait", function()
      local inner, err
      journal:once("offset", function(call)
        inner, err = journal:once("offset", order)
        return order(call)
      end)
      assert.is_nil(inner)
      assert.equal("busy", err.code)
      assert.is_true(err.retryable)
      assert.equal(1, orders())
    end)

    it("waits for another worker as long as it may", function()
      local tasks = stripe.gather {
        function()
          return journal:once("offset", function(call)
            require("stripe.driver").current().sleep(0.3)
            return order(call)
          end)
        end,
        function() return journal:once("offset", order, { wait = 10 }) end,
      }
      assert.equal(tasks[1].id, tasks[2].id)
      assert.equal(1, orders())
    end)

    it("takes over from a process that has ended", function()
      spoil "lost"
      journal:once("offset", order)
      local entry = assert(require("stripe.journal.entry").read(journal, "offset"))
      assert(entry:own(1000))
      entry.data.owner.pid, entry.data.owner.start = "1", "another start"
      assert(entry:save())
      assert.is_truthy(journal:once("offset", order))
    end)

    it("takes over from another machine when its lease has ended", function()
      local entry = assert(require("stripe.journal.entry").read(journal, "offset"))
      assert(entry:own(1000))
      entry.data.owner.machine = "another"
      assert(entry:save())
      local none, err = journal:once("offset", order)
      assert.is_nil(none)
      assert.equal("busy", err.code)
      pass(1001)
      assert.is_truthy(journal:once("offset", order))
    end)

    it("keeps who was overtaken from writing, and from sending", function()
      local none, err = journal:once("offset", function(call)
        local other = assert(require("stripe.journal.entry").read(journal, "offset"))
        other.data.owner = nil
        assert(other:own(10))
        return order(call)
      end)
      assert.is_nil(none)
      assert.equal("lost", err.code)
      assert.equal(0, orders())
    end)

    it("keeps what failed open, whatever the function threw", function()
      local none, err = journal:once("offset", function() error "oops" end)
      assert.is_nil(none)
      assert.equal("lua_error", err.type)
      assert.equal("open", journal:get("offset").state)
      assert.is_truthy(journal:once("offset", order))
    end)

    it("says which value it can't keep", function()
      local none, err = journal:once("offset", function() return { f = print } end)
      assert.is_nil(none)
      assert.equal("storage", err.code)
    end)

    it("keeps that there was nothing to return", function()
      local value, err, info = journal:once("offset", function() return nil end)
      assert.is_nil(value or err)
      assert.is_false(info.stored)
      value, err, info = journal:once("offset", error)
      assert.is_nil(value or err)
      assert.is_true(info.stored)
    end)

    it("forgets a name when it is told to", function()
      journal:once("offset", order)
      assert.is_true(journal:forget "offset")
      assert.is_false(journal:forget "offset")
      journal:once("offset", order)
      assert.equal(2, orders())
    end)

    it("lets reads and dry runs through", function()
      local seen = journal:once("look", function(call)
        local list = client.climate.products:list({ limit = 1 }, call)
        call.dry_run = true
        local plan = order(call)
        return { list.data[1].id, plan.method }
      end)
      assert.same({ product, "POST" }, seen)
      assert.same({}, journal:get("look").steps)
    end)

    it("refuses what is no name, no function, no option", function()
      assert.error_matches(function() journal:once("", order) end, "argument 1 %(name%)")
      assert.error_matches(function() journal:once("a\n", order) end, "argument 1 %(name%)")
      assert.error_matches(function() journal:once("a") end, "argument 2")
      assert.error_matches(function() journal:once("a", order, { leese = 1 }) end,
        'unknown option "leese"')
      assert.error_matches(function() journal:once("a", order, { wait = -1 }) end, "wait")
      assert.error_matches(function() journal:resolve("a", {}) end, "absent")
    end)

    it("ends with its function: its options can't be used later", function()
      local kept
      journal:once("offset", function(call) kept = call return order(call) end)
      assert.error_matches(function() order(kept) end, "has ended")
    end)
  end)
end

describe("stripe.journal", function()
  it("wants one place to keep things in", function()
    for _, options in ipairs { {}, { memory = true, path = "x" } } do
      local none, err = stripe.journal(options)
      assert.is_nil(none)
      assert.equal("storage", err.code)
    end
    assert.error_matches(function() stripe.journal { file = "x" } end, 'unknown option "file"')
    assert.error_matches(function() stripe.journal() end, "a path or a table")
  end)

  it("says why a file can't be opened", function()
    local none, err = stripe.journal "/nonexistent/journal.db"
    assert.is_nil(none)
    assert.matches("can't be opened", err.message)
    assert.is_false(err.retryable)
  end)

  it("is in a file, whatever its path means to SQLite", function()
    local directory = os.tmpname()
    os.remove(directory)
    assert(os.execute("mkdir " .. directory))
    local lfs = require "lfs"
    local here = lfs.currentdir()
    stripe.journal({ memory = true }):once("a", function() return 1 end) -- loads what is needed
    assert(stripe.journal(directory .. "/first.db")):close()
    assert(lfs.chdir(directory))
    local kept, another, none, err = {}, nil, nil, nil
    local ok, problem = pcall(function()
      for _, path in ipairs { "file:a.db", "file:b.db?mode=memory" } do
        for run = 1, 2 do
          local journal = assert(stripe.journal(path))
          local _, _, info = journal:once("a", function() return run end)
          kept[#kept + 1] = info.stored
          journal:close()
        end
      end
      none, err = stripe.journal ":memory:"
      another = lfs.attributes "a.db"
    end)
    lfs.chdir(here)
    os.execute("rm -r " .. directory)
    assert(ok, problem)
    assert.same({ false, true, false, true }, kept)
    assert.is_nil(another)
    assert.is_nil(none)
    assert.matches("would be forgotten", err.message)
  end)

  it("is known by the options of calls as what journal:once gives", function()
    local client = stripe.new { api_key = "sk_test_1", transport = stripe.simulator.new() }
    assert.error_matches(function()
      client.climate.orders:create({}, { journal = {} })
    end, "journal:once")
  end)
end)
