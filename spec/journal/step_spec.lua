--- What a journal makes of single requests, where things are not as usual.

local scripted = require "spec.support.scripted_client"
local stripe = require "stripe"

describe("a request under a journal", function()
  local sim, client, journal, time, product

  local function client_of(options)
    local given = { api_key = "sk_test_1", transport = sim, max_retries = 0 }
    for name, value in pairs(options or {}) do given[name] = value end
    return stripe.new(given)
  end

  before_each(function()
    time = 1800000000
    sim = stripe.simulator.new { clock = time }
    client = client_of()
    journal = assert(stripe.journal { memory = true, now = function() return time end })
    product = assert(client.climate.products:list { limit = 1 }).data[1].id
  end)

  local function order(call, params)
    local given = { product = product, metric_tons = "1", currency = "usd" }
    for name, value in pairs(params or {}) do given[name] = value end
    return client.climate.orders:create(given, call)
  end

  local function orders(of) return #assert((of or client).climate.orders:list()).data end

  local function spoil(fault, times)
    sim.faults:add {
      fault = fault, times = times or 1, match = { operation = "climate.orders.create" },
    }
  end

  local function pass(seconds)
    time = time + seconds
    sim:advance(seconds)
  end

  local DAY = 24 * 3600 + 1

  it("is looked for, not repeated, when the clock was put back since", function()
    spoil "lost"
    time = time + 400 * DAY -- the machine thought so
    journal:once("offset", order)
    time = time - 400 * DAY
    pass(DAY)
    local made, err, info = journal:once("offset", order)
    assert.is_nil(err)
    assert.is_true(info.reconciled)
    assert.equal(client.climate.orders:list().data[1].id, made.id)
    assert.equal(1, orders())
  end)

  it("is another one when it sends other JSON, were it the same form", function()
    local script = scripted.new { scripted.failure("reset"), scripted.json(200, { id = "x" }) }
    local function send(note)
      return journal:once("note", function(call)
        return script:client { max_retries = 0 }:request("POST", "/v2/notes", { note = note }, call)
      end)
    end
    assert.is_nil((send(stripe.null)))
    local sent, err = send("")
    assert.is_nil(sent)
    assert.equal("changed", err.code)
    assert.equal(1, #script.requests)
    assert.equal("x", send(stripe.null).id)
    assert.equal(script.requests[1].headers["idempotency-key"],
      script.requests[2].headers["idempotency-key"])
  end)

  it("is found by a machine whose clock is hours ahead", function()
    spoil "lost"
    time = time + 14 * 3600
    journal:once("offset", order)
    for _ = 1, 3 do assert(order()) end -- newer, and older than that machine thinks its own is
    pass(DAY)
    local _, _, info = journal:once("offset", order)
    assert.is_true(info.reconciled)
    assert.equal(4, orders())
  end)

  it("is looked for in the account in which it was made", function()
    local function create(call)
      call.account = "acct_1ConnectedAccount01"
      return order(call)
    end
    spoil "lost"
    journal:once("offset", create)
    pass(DAY)
    local _, err, info = journal:once("offset", create)
    assert.is_nil(err)
    assert.is_true(info.reconciled)
    assert.equal(1, orders(client:with { account = "acct_1ConnectedAccount01" }))
    assert.equal(0, orders())
  end)

  it("is another one in another account", function()
    spoil "lost"
    journal:once("offset", order)
    local none, err = journal:once("offset", function(call)
      call.account = "acct_1ConnectedAccount01"
      return order(call)
    end)
    assert.is_nil(none)
    assert.equal("changed", err.code)
  end)

  it("may be repeated with another key of the same mode, not of the other", function()
    spoil("lost", 2)
    journal:once("offset", order)
    client = client_of { api_key = "sk_live_1" }
    local none, err = journal:once("offset", order)
    assert.is_nil(none)
    assert.equal("changed", err.code)
    assert.matches("made with a test key, and this is a live key", err.message, 1, true)
    assert.equal(0, orders())
    client = client_of()
    journal:once("offset", order)
    assert.is_truthy(journal:once("offset", order))
    assert.equal(1, orders())
  end)

  it("carries no stamp where metadata is full, and says then what can't be told", function()
    local metadata = {}
    for i = 1, 50 do metadata["key" .. i] = "v" end
    local function create(call) return order(call, { metadata = metadata }) end
    local made = assert(journal:once("full", create))
    assert.is_nil(made.metadata.journal)
    spoil "lost"
    journal:once("lost", create)
    pass(DAY)
    local none, err = journal:once("lost", create)
    assert.is_nil(none)
    assert.equal("doubtful", err.code)
    assert.equal(2, orders())
  end)

  it("keeps a user's own line under the name of the stamp", function()
    local made = assert(journal:once("offset", function(call)
      return order(call, { metadata = { journal = "mine" } })
    end))
    assert.equal("mine", made.metadata.journal)
  end)

  it("is found by its stamp when stamps have another name by now", function()
    spoil "lost"
    journal:once("offset", order)
    local other = assert(stripe.journal {
      storage = journal.storage, now = journal.now, stamp = "run",
    })
    pass(DAY)
    local _, _, info = other:once("offset", order)
    assert.is_true(info.reconciled)
    assert.equal(1, orders())
  end)

  it("takes null among its parameters", function()
    spoil "lost"
    local function create(call)
      return order(call, { metadata = { a = "1", b = stripe.null } })
    end
    local _, first = journal:once("offset", create)
    assert.equal("maybe", first.sent)
    assert.is_truthy(journal:once("offset", create))
    assert.equal(1, orders())
  end)

  it("may be one that the catalogue lacks, which nobody can look for", function()
    local function create(call)
      return client:request("POST", "/v1/climate/orders",
        { product = product, metric_tons = "1", currency = "usd" }, call)
    end
    spoil "lost"
    journal:once("offset", create)
    assert.is_truthy(journal:once("offset", create))
    assert.equal(1, orders())
    spoil "lost"
    journal:once("other", create)
    pass(DAY)
    local none, err = journal:once("other", create)
    assert.is_nil(none)
    assert.equal("doubtful", err.code)
    assert.matches("product=" .. product, err.message, 1, true)
    assert.equal(2, orders())
  end)

  it("is in doubt when it deletes what may be gone because of it", function()
    local gone = false
    local deleting = stripe.new {
      api_key = "sk_test_1", max_retries = 0, transport = function()
        if gone then
          return { status = 404, headers = {},
            body = '{"error":{"type":"invalid_request_error","message":"No such thing"}}' }
        end
        gone = true
        return nil, "reset"
      end,
    }
    local function delete(call) return deleting:request("DELETE", "/v1/things/x", nil, call) end
    journal:once("delete", delete)
    local none, err = journal:once("delete", delete)
    assert.is_nil(none)
    assert.equal("doubtful", err.code)
  end)

  it("keeps its key when somebody on the way refuses what may have been done before", function()
    local calls = 0
    client = client_of { max_retries = 1, driver = scripted.driver(), transport = function(request)
      calls = calls + 1
      if calls == 2 then return { status = 404, headers = {}, body = "<h1>Not here</h1>" } end
      local answer, failure = sim:handle(request)
      if calls == 1 then return nil, { kind = "reset", message = "it broke off" } end
      return answer, failure
    end }
    local none, err = journal:once("offset", order)
    assert.is_nil(none)
    assert.equal(404, err.status)
    assert.equal("intended", journal:get("offset").steps[1].state)
    assert(journal:once("offset", order))
    assert.equal(3, calls)
    assert.equal(1, orders(client_of()))
  end)

  it("that was refused is refused again when its function went on to another", function()
    local tons, broken = "900000", true
    local function either(call)
      local first = order(call, { metric_tons = tons })
      if first then return first end
      local second, err = order(call, { metadata = { fallback = "yes" } })
      if not second or broken then return nil, err or "the script broke" end
      return second
    end
    local none = journal:once("offset", either)
    assert.is_nil(none)
    assert.equal(1, orders())
    sim.climate:stock(product, "1000000") -- the first one would go through by now
    broken = false
    local made = assert(journal:once("offset", either))
    assert.equal("yes", made.metadata.fallback)
    assert.equal(1, orders())
  end)

  it("is asked about before it is sent, and not before it is repeated", function()
    local asked, may = 0, false
    local options = { before = function()
      asked = asked + 1
      if may then return true end
      return nil, "not now"
    end }
    local none, err = journal:once("offset", order, options)
    assert.is_nil(none)
    assert.equal("not now", err)
    assert.equal("unsent", journal:get("offset").steps[1].state)
    may = true
    spoil "lost"
    journal:once("offset", order, options)
    assert.equal(2, asked)
    may = false
    assert.is_truthy(journal:once("offset", order, options))
    assert.equal(2, asked)
    assert.equal(1, orders())
  end)

  it("is asked about again when its key has died, and it is not there", function()
    spoil "reset"
    journal:once("offset", order)
    pass(DAY)
    local none, err = journal:once("offset", order, {
      before = function() return nil, "too dear by now" end,
    })
    assert.is_nil(none)
    assert.equal("too dear by now", err)
    assert.equal(0, orders())
    assert.is_truthy(journal:once("offset", order))
    assert.equal(1, orders())
  end)

  it("says in a doubt exactly where to look", function()
    spoil("server_error", 1)
    local answers = 0
    local broken = stripe.new {
      api_key = "sk_test_1", max_retries = 0, transport = function(request)
        if request.method == "GET" then
          return { status = 200, headers = {}, body = '{"object":"list","data":[],'
            .. '"has_more":false,"url":"/v1/climate/orders"}' }
        end
        answers = answers + 1
        return { status = 500, body = '{"error":{"type":"api_error","message":"no"}}', headers = {
          ["Idempotent-Replayed"] = answers > 1 and "true" or nil, ["Request-Id"] = "req_7",
        } }
      end,
    }
    local function create(call) return broken.climate.orders:create({
      product = "p", metric_tons = "1", currency = "usd",
    }, call) end
    journal:once("offset", create)
    local _, err = journal:once("offset", create)
    local step = journal:get("offset").steps[1]
    assert.equal("doubtful", err.code)
    for _, words in ipairs {
      "climate.orders.create", '"offset"', "journal = " .. step.stamp, "req_7", step.key,
      "2027-01-15 08:00:00 UTC", "absent = true",
    } do
      assert.matches(words, err.message, 1, true)
    end
    assert.equal(step.key, err.idempotency_key)
    assert.equal("offset", err.entry)
  end)

  it("is written by tasks of one function at once", function()
    local storage = journal.storage
    local slow = setmetatable({}, { __index = storage })
    function slow.put(_, ...)
      require("stripe.driver").current().sleep(0.005)
      return storage:put(...)
    end
    function slow.get(_, name) return storage:get(name) end
    local shared = assert(stripe.journal { storage = slow, now = journal.now })
    local values, err = shared:once("many", function(call)
      local functions = {}
      for i = 1, 5 do
        functions[i] = function() return order(call, { metadata = { n = tostring(i) } }) end
      end
      local results, errors = stripe.gather(functions)
      if errors then return nil, errors[next(errors)] end
      return results.n
    end)
    assert.is_nil(err)
    assert.equal(5, values)
    assert.equal(5, orders())
    for _, step in ipairs(shared:get("many").steps) do assert.equal("done", step.state) end
  end)

  it("lets the lease begin anew", function()
    local entry
    journal:once("offset", function(call)
      time = time + 290
      assert(order(call))
      entry = journal:get "offset"
      return order(call)
    end)
    assert.equal(time + 300, entry.owner.expires)
  end)

  it("leaves no secret of a refusal, and no value that is hidden", function()
    local echo = stripe.new {
      api_key = "sk_test_1", max_retries = 0, transport = function()
        return { status = 400, headers = {}, body = '{"error":{"type":"invalid_request_error",'
          .. '"code":"parameter_invalid","message":"Bad: 0xAbC123, key sk_test_0123456789ab"}}' }
      end,
    }
    local _, err = journal:once("start", function(call)
      return echo.crypto.onramp_sessions:create({
        wallet_addresses = { ethereum = "0xAbC123" },
      }, call)
    end)
    assert.matches("0xAbC123", err.message, 1, true)
    local kept = journal.storage.kept.start.text
    assert.is_nil(kept:find("0xAbC123", 1, true))
    assert.is_nil(kept:find("sk_test_0123", 1, true))
    assert.equal("parameter_invalid", journal:get("start").steps[1].error.code)
  end)

  it("outlives what a server says in no encoding at all", function()
    local odd = stripe.new {
      api_key = "sk_test_1", max_retries = 0,
      transport = function() return { status = 400, headers = {}, body = "\255\254 no" } end,
    }
    local none, err = journal:once("offset", function(call)
      return odd.climate.orders:create({
        product = "p", metric_tons = "1", currency = "usd",
      }, call)
    end)
    assert.is_nil(none)
    assert.equal(400, err.status)
    assert.equal("refused", journal:get("offset").steps[1].state)
  end)

  it("keeps lists, maps, nulls and numbers as they are", function()
    local core = require "stripe.core"
    local value = { list = { 1, 2 }, empty = {}, null = stripe.null, n = 5000,
      x = 0.25, large = 2 ^ 53, no = false, text = "\0\"ü" }
    journal:once("value", function() return value end)
    local text = core.json((journal:once("value", error)))
    assert.equal(core.json(value), text)
    assert.matches('"n":5000,', text, 1, true)
  end)

  it("has a name that is text", function()
    assert.error_matches(function() journal:once("\255", order) end, "UTF%-8")
    assert.error_matches(function() journal:once("a", order, { before = 1 }) end, "before")
    assert.error_matches(function() stripe.journal { memory = true, wait = "1" } end, "wait")
    assert.error_matches(function() stripe.journal { memory = true, stamp = "a[b]" } end, "stamp")
    assert.error_matches(function() stripe.journal { memory = true, now = 1 } end, "now")
  end)
end)
