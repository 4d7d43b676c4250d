--- client.events:since, against the simulator.

local core = require "stripe.core"
local stripe = require "stripe"

local START = 1767225600

describe("client.events:since", function()
  local simulator, client, requests, ran, fail, handler

  before_each(function()
    simulator = stripe.simulator.new { seed = 1, clock = START }
    requests, ran, fail = {}, {}, {}
    client = stripe.new {
      api_key = "sk_test_1", transport = simulator, max_retries = 0,
      on_request = function(request) requests[#requests + 1] = request.url end,
    }
    handler = stripe.webhook.handler {
      secrets = false,
      on = {
        ["*"] = function(ctx)
          ran[#ran + 1] = ctx.id
          if fail[ctx.id] then error "no luck" end
        end,
      },
    }
  end)

  local function now() return simulator.clock:now() end

  local function trigger(kind)
    return assert(simulator.events:trigger(kind or "climate.order.created")).id
  end

  local function since(checkpoint, options)
    local given = { now = now }
    for name, value in pairs(options or {}) do given[name] = value end
    return client.events:since(checkpoint, handler, given)
  end

  it("handles what there is, the oldest first, and returns how far it came", function()
    local first = trigger()
    simulator:advance(10)
    local second = trigger()
    local position, err, report = since(nil)
    assert.is_nil(err)
    assert.same({ first, second }, ran)
    assert.same({
      created = START + 10, checked = START + 10, failed = {},
      ids = { [first] = START, [second] = START + 10 },
    }, position)
    assert.same({ listed = 2, results = { committed = 2 }, failures = {}, given_up = {},
      position = position }, report)
  end)

  it("handles only what is new from there on", function()
    trigger()
    local position = assert(since(nil))
    simulator:advance(60)
    local id = trigger()
    ran = {}
    position = assert(since(position))
    assert.same({ id }, ran)
    assert.same({ START + 60, 0 },
      { position.created, (select(3, since(position))).listed })
  end)

  it("finds an event that appears late, within the overlap", function()
    trigger()
    simulator:advance(100)
    local late = trigger()
    simulator:advance(100)
    trigger()
    local position = assert(since(nil))
    position.ids[late] = nil -- as if it had not been listed
    ran = {}
    handler = stripe.webhook.handler { secrets = false,
      on = { ["*"] = function(ctx) ran[#ran + 1] = ctx.id end } }
    assert(since(position, { overlap = 99 }))
    assert.same({}, ran)
    assert(since(position, { overlap = 100 }))
    assert.same({ late }, ran)
  end)

  it("forgets ids that are older than the overlap", function()
    local old = trigger()
    simulator:advance(301)
    local new = trigger()
    assert.same({ [new] = START + 301 }, assert(since(nil)).ids)
    assert.is_string(old)
  end)

  it("leaves what the store has committed", function()
    local id = trigger()
    handler:process(client.events:retrieve(id))
    ran = {}
    local _, _, report = since(nil)
    assert.same({}, ran)
    assert.same({ duplicate = 1 }, report.results)
  end)

  it("walks through many events without holding them all", function()
    local ids = {}
    for i = 1, 2500 do
      ids[i] = trigger()
      if i % 7 == 0 then simulator:advance(i % 3 == 0 and 4000 or 1) end
    end
    requests = {}
    local _, _, report = since(nil)
    assert.equal(2500, report.listed)
    assert.same(ids, ran)
    assert.is_true(#requests < 150, #requests .. " requests")
    for _, url in ipairs(requests) do
      assert.is_nil(url:find("ending_before", 1, true))
    end
  end)

  it("walks through many events of one second", function()
    for _ = 1, 1200 do trigger() end
    simulator:advance(1000)
    trigger()
    local position, _, report = since(nil)
    assert.equal(1201, report.listed)
    assert.equal(START + 1000, position.created)
  end)

  it("asks only for the types that are wanted", function()
    trigger "climate.order.created"
    local id = trigger "identity.verification_session.verified"
    since(nil, { types = { "identity.verification_session.verified" } })
    assert.same({ id }, ran)
    since(nil, { type = "identity.*" })
    assert.matches("type=identity", requests[#requests], 1, true)
  end)

  describe("an event that fails", function()
    local first, second, third

    before_each(function()
      first = trigger()
      simulator:advance(1000)
      second = trigger()
      simulator:advance(1000)
      third = trigger()
      fail[second] = true
    end)

    it("holds the checkpoint back, while the others are handled", function()
      local position, err, report = since(nil)
      assert.is_nil(position)
      assert.same({ "api_error", "events", true }, { err.type, err.code, err.retryable })
      assert.matches("1 of 3 events were not handled; " .. second, err.message, 1, true)
      assert.matches("no luck", err.message, 1, true)
      assert.same({ first, second, third }, ran)
      assert.same({ committed = 2, failed = 1 }, report.results)
      assert.same({ second, "failed" }, { report.failures[1].id, report.failures[1].result })
      assert.equal(START + 1000, report.position.created)
      assert.same({ [second] = 1 }, report.position.failed)
      assert.is_nil(report.position.checked)
    end)

    it("comes again with the next poll, without the others, until it is done", function()
      local _, _, report = since(nil)
      ran = {}
      _, _, report = since(report.position)
      assert.same({ second }, ran)
      assert.same({ [second] = 2 }, report.position.failed)
      fail[second] = nil
      local position = assert(since(report.position))
      assert.same({ second, second }, ran)
      assert.same({ START + 2000, {} }, { position.created, position.failed })
    end)

    it("is given up after max_tries, and reported", function()
      local _, _, report = since(nil, { max_tries = 2 })
      assert.equal(1, #report.failures)
      local position, err
      position, err, report = since(report.position, { max_tries = 2 })
      assert.is_nil(position)
      assert.equal("events", err.code)
      assert.same({ 0, second }, { #report.failures, report.given_up[1].id })
      assert.equal(START + 2000, report.position.created)
      ran = {}
      assert(since(report.position, { max_tries = 2 }))
      assert.same({}, ran)
    end)

    it("is not counted as a try while somebody else has it", function()
      local store = stripe.webhook.store.memory()
      store:claim(second, 100)
      handler = stripe.webhook.handler { secrets = false, store = store,
        on = { ["*"] = function() end } }
      local _, err, report = since(nil, { max_tries = 1 })
      assert.matches("is busy", err.message)
      assert.same({ [second] = 0 }, report.position.failed)
    end)
  end)

  describe("a checkpoint", function()
    it("may be a file, which is there whole or not at all", function()
      local path = os.tmpname()
      os.remove(path)
      local id = trigger()
      local position = assert(since(path))
      local file = assert(io.open(path))
      assert.same(position, core.decode(file:read "*a"))
      file:close()
      ran = {}
      simulator:advance(1)
      assert(since(path))
      assert.same({}, ran)
      assert.is_nil(io.open(path .. ".new"))
      assert.is_number(position.ids[id])
      os.remove(path)
    end)

    it("is not begun anew when the file can't be read", function()
      local path = os.tmpname()
      trigger()
      for _, text in ipairs { "", "{", '"x"', '{"created":"x"}' } do
        local file = assert(io.open(path, "w"))
        file:write(text)
        file:close()
        local position, err = since(path)
        assert.is_nil(position)
        assert.same({ "checkpoint", false }, { err.code, err.retryable })
        assert.matches(path, err.message, 1, true)
      end
      os.remove(path)
      assert.same({}, ran)
    end)

    it("may be two functions", function()
      local kept
      local place = { load = function() return kept end, save = function(it) kept = it end }
      trigger()
      assert(since(place))
      assert.equal(START, kept.created)
      kept.created = "broken"
      assert.equal("checkpoint", (select(2, since(place))).code)
    end)

    it("that can't be kept stops the poll", function()
      trigger()
      local place = { load = function() end, save = function() return nil, "disk full" end }
      local position, err = since(place)
      assert.is_nil(position)
      assert.equal("checkpoint", err.code)
      assert.matches("disk full", err.message)
      place.save = function() error "disk broken" end
      assert.matches("disk broken", (select(2, since(place))).message)
    end)

    it("is kept in the middle of many events", function()
      local saves = {}
      for _ = 1, 250 do
        trigger()
        simulator:advance(1)
      end
      since { load = function() end, save = function(it) saves[#saves + 1] = it.created end }
      assert.same({ 0, START + 99, START + 199, START + 249 }, saves)
    end)

    it("may be Unix seconds, or a position with a list of ids", function()
      local first = trigger()
      simulator:advance(1000)
      local second = trigger()
      assert(since(START + 500, { overlap = 0 }))
      assert.same({ second }, ran)
      ran = {}
      assert(since({ created = START, ids = { first } }))
      assert.same({}, ran) -- the second one is committed
      local given = { created = START, ids = { first } }
      since(given)
      assert.same({ created = START, ids = { first } }, given)
    end)

    it("can begin now", function()
      for _ = 1, 3 do
        trigger()
        simulator:advance(1)
      end
      local position = assert(since(nil, { start = "now" }))
      assert.same({}, ran)
      local id = trigger()
      assert(since(position))
      assert.same({ id }, ran)
    end)

    it("keeps where now was before anything can fail", function()
      local kept
      trigger()
      local first = true
      local place = {
        load = function() return kept end,
        save = function(it)
          if not first then return nil, "disk full" end
          kept, first = it, false
        end,
      }
      since(place, { start = "now" })
      assert.equal(START, kept.created)
    end)

    it("can begin now where there is no event yet", function()
      local position = assert(since(nil, { start = "now" }))
      local id = trigger()
      assert(since(position))
      assert.same({ id }, ran)
    end)

    it("can begin at a time", function()
      trigger()
      simulator:advance(1000)
      local id = trigger()
      assert(since(nil, { start = START + 1000, overlap = 0 }))
      assert.same({ id }, ran)
    end)

    it("leaves out what happened shortly before that time", function()
      for _ = 1, 150 do trigger() end
      simulator:advance(10)
      local id = trigger()
      local position = assert(since(nil, { start = START + 10 }))
      assert(since(position))
      assert.same({ id }, ran)
    end)
  end)

  describe("a checkpoint older than 30 days", function()
    local DAY = 24 * 3600
    local position

    before_each(function()
      trigger()
      position = assert(since(nil))
      simulator:advance(10 * DAY)
      trigger()
      simulator:advance(30 * DAY)
      trigger()
      ran = {}
    end)

    it("is an error, once everything else is handled", function()
      local found, err, report = since(position)
      assert.is_nil(found)
      assert.same({ "gap", false }, { err.code, err.retryable })
      assert.same({ from = START, to = START + 10 * DAY }, report.gap)
      assert.equal(2, #ran)
      assert(since(report.position)) -- it was told
    end)

    it("is told before anything is handled, to who wants to know", function()
      local gap
      local found = assert(since(position, {
        on_gap = function(it)
          gap = it
          assert.equal(0, #ran)
        end,
      }))
      assert.same({ from = START, to = START + 10 * DAY }, gap)
      assert.equal(START + 40 * DAY, found.created)
    end)

    it("is none where polls went on without events", function()
      for _ = 1, 2 do
        simulator:advance(29 * DAY)
        local _, _, report = since(position, { on_gap = function() end })
        position = report.position
      end
      simulator:advance(29 * DAY)
      local _, err, report = since(position)
      assert.is_nil(err)
      assert.is_nil(report.gap)
    end)
  end)

  it("returns the error of a list call, and what it did before", function()
    trigger()
    simulator.faults:add { fault = "server_error" }
    local position, err, report = since(nil)
    assert.is_nil(position)
    assert.equal(500, err.status)
    assert.same({ {}, 0 }, { ran, report.listed })
  end)

  it("passes options to its calls", function()
    assert(client.events:list()) -- the account of this key
    trigger()
    local _, err = since(nil, { call = { api_key = "sk_test_2" } })
    assert.is_nil(err)
    assert.same({}, ran) -- of another account there are none
  end)

  it("stops between two events when canceled, and keeps what it did", function()
    local canceller = stripe.canceller()
    local first = trigger()
    simulator:advance(1000)
    local second = trigger()
    handler = stripe.webhook.handler { secrets = false, on = {
      ["*"] = function(ctx)
        ran[#ran + 1] = ctx.id
        canceller:cancel()
      end,
    } }
    local position, err, report = since(nil, { cancel = canceller })
    assert.is_nil(err)
    assert.is_true(report.canceled)
    assert.same({ first }, ran)
    assert.equal(START, position.created)
    assert(since(position))
    assert.same({ first, second }, ran)
  end)

  describe("follow", function()
    local slept, driver

    -- A driver on which time passes at once; f(n) runs in its n-th sleep.
    local function with_driver(f)
      slept, driver = {}, {}
      for name, verb in pairs(require "stripe.driver.blocking") do driver[name] = verb end
      function driver.sleep(seconds)
        slept[#slept + 1] = seconds
        f(#slept)
      end
      client = client:with { driver = driver }
    end

    it("polls until it is canceled", function()
      local canceller, ids, polls = stripe.canceller(), {}, 0
      with_driver(function(n)
        if n == 3 then return canceller:cancel() end
        simulator:advance(10)
        ids[n] = trigger()
      end)
      local position, err, report = since(nil, {
        follow = true, cancel = canceller, on_poll = function() polls = polls + 1 end,
      })
      assert.is_nil(err)
      assert.is_true(report.canceled)
      assert.same(ids, ran)
      assert.same({ 10, 10, 10 }, slept)
      assert.equal(3, polls)
      assert.equal(START + 20, position.created)
    end)

    it("goes on after failures, later and later", function()
      local canceller, errors = stripe.canceller(), {}
      local id = trigger()
      fail[id] = true
      with_driver(function(n)
        if n == 2 then fail[id] = nil end
        if n == 4 then canceller:cancel() end
      end)
      assert(since(nil, {
        follow = true, interval = 3, cancel = canceller,
        on_poll = function(_, err) errors[#errors + 1] = err and err.code or false end,
      }))
      assert.same({ "events", "events", false, false }, errors)
      assert.same({ 6, 12, 3, 3 }, slept)
    end)

    it("ends with an error that waiting doesn't mend", function()
      with_driver(function() end)
      simulator.faults:add { fault = { status = 401, body = { error = {
        type = "invalid_request_error", message = "no" } } } }
      local position, err = since(nil, { follow = true })
      assert.is_nil(position)
      assert.equal(401, err.status)
      assert.same({}, slept)
    end)
  end)

  it("refuses misuse by name", function()
    local function refused(message, ...)
      local arguments, n = { ... }, select("#", ...)
      assert.error_matches(function()
        client.events:since((unpack or table.unpack)(arguments, 1, n))
      end, message, 1, true)
    end
    refused("argument 2 (handler) must be a handler", nil, function() end)
    refused("argument 1 (checkpoint)", true, handler)
    refused("both as functions", { load = function() end }, handler)
    refused("a checkpoint must be { created", {}, handler)
    refused('did you mean "overlap"', nil, handler, { overlpa = 1 })
    refused('options of the calls go into "call"', nil, handler, { account = "acct_1" })
    refused('option "call": unknown option "x"', nil, handler, { call = { x = 1 } })
    refused('"type" or "types", not both', nil, handler, { type = "a.*", types = { "a.b" } })
    refused('option "start" must be', nil, handler, { start = "soon" })
    assert.error_matches(function() client.events.since(nil, handler) end, "with a colon")
  end)
end)
