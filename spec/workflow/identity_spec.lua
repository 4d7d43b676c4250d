local core = require "stripe.core"
local stripe = require "stripe"

local NOW = 1800000000

describe("the identity workflow", function()
  local sim, client, identity, journal, driver, clock, path

  before_each(function()
    sim = stripe.simulator.new { clock = NOW }
    client = stripe.new { api_key = "sk_test_1", transport = sim, max_retries = 0 }
    identity = stripe.workflow.identity(client)
    journal = assert(stripe.journal { memory = true, now = function() return NOW end })
    path = os.tmpname()
    clock = 0
    driver = setmetatable({
      now = function() return clock end,
      sleep = function(seconds)
        clock = clock + seconds
        sim:advance(seconds)
      end,
    }, { __index = require "stripe.driver.blocking" })
  end)
  after_each(function() os.remove(path) end)

  local function create(more)
    local params = { type = "document", metadata = { name = "Ada Lovelace" } }
    for name, value in pairs(more or {}) do params[name] = value end
    return assert(client.identity.verification_sessions:create(params))
  end

  local function verified(more)
    local session = create(more)
    assert(sim.identity:submit(session.id, { outcome = "verified",
      data = { first_name = "Ada", last_name = "Lovelace" } }))
    return session
  end

  local function retrieve(id) return assert(client.identity.verification_sessions:retrieve(id)) end

  local function options(more)
    local given = {
      journal = journal, reference = "november", audit = path, driver = driver,
      now = function() return NOW + clock end,
    }
    for name, value in pairs(more or {}) do given[name] = value end
    return given
  end

  local function redactions()
    local count = 0
    for _, entry in ipairs(sim:requests()) do
      if entry.path:find("/redact$") and entry.status == 200 then count = count + 1 end
    end
    return count
  end

  local function audit()
    local lines = {}
    for line in io.lines(path) do lines[#lines + 1] = assert(core.decode(line)) end
    return lines
  end

  local function chosen(filter)
    return assert(identity:erase(filter, { dry_run = true, driver = driver })).sessions
  end

  it("erases sessions and waits until they are redacted", function()
    local ids = {}
    for i = 1, 30 do ids[i] = (i % 2 == 0 and verified or create)().id end
    local changes = 0
    local result = assert(identity:erase({ all = true }, options {
      interval = 3600, on_change = function() changes = changes + 1 end,
    }))
    assert.is_true(result.complete)
    assert.equal(30, #result.redacted)
    assert.equal(30, redactions())
    assert.equal(60, changes)
    for i, id in ipairs(ids) do
      local session = retrieve(id)
      assert.equal("redacted", session.redaction.status)
      assert.equal(i % 2 == 0 and "verified" or "canceled", session.status)
    end
    assert.is_true(clock >= 24 * 3600)
    assert.matches("november: 30 of 30 sessions redacted", tostring(result))
  end)

  it("goes by the API's filters and by its own", function()
    local old = create { client_reference_id = "c1", metadata = { plan = "gold" } }
    sim:advance(1000)
    local young = create { related_customer = "cus_1" }
    local done = verified { metadata = { plan = "gold" } }
    local function is(expected, filter) assert.same(expected, chosen(filter)) end
    is({ old.id, young.id, done.id }, { all = true })
    is({ done.id }, { status = "verified" })
    is({ old.id, young.id, done.id }, { status = { "verified", "requires_input" } })
    is({ young.id, done.id }, { since = NOW + 1 })
    is({ old.id }, { before = NOW + 1 })
    is({ old.id }, { client_reference_id = "c1" })
    is({ young.id }, { related_customer = "cus_1" })
    is({ old.id, done.id }, { metadata = { plan = "gold" } })
    is({ done.id }, { metadata = { plan = "gold" }, status = "verified" })
    is({ young.id }, { where = function(session) return session.id == young.id end })
    is({ young.id }, function(session) return session.id == young.id end)
    assert.equal(0, redactions())
    assert(identity:erase({ client_reference_id = "c1" }, options { interval = 3600 }))
    is({ young.id, done.id }, { all = true })
  end)

  it("finds all of many, page by page", function()
    for _ = 1, 250 do create() end
    assert.equal(250, #chosen { all = true })
  end)

  it("asks no faster than it may", function()
    for _ = 1, 120 do create() end
    local result = assert(identity:erase({ all = true }, options { rate = 20, deadline = 0 }))
    assert.equal(120, #result.pending)
    assert.is_false(result.complete)
    -- 2 pages, then two requests for each session
    assert.is_true(math.abs(clock - (2 + 240 - 1) / 20) < 0.001, clock)
  end)

  it("looks at nothing again after the deadline, also in the midst of a round", function()
    for _ = 1, 30 do create() end
    local function looked(deadline)
      local before = #sim:requests()
      clock = 0
      local result = assert(identity:erase({ all = true },
        options { rate = 1, deadline = deadline, interval = 5, reference = "by " .. deadline }))
      assert.equal(30, #result.pending)
      assert.same({}, result.failed)
      return #sim:requests() - before
    end
    assert.equal(1 + 60 + 5, looked(70)) -- a page, two for each, and from 65 on a second round
    assert.is_true(clock <= 70, clock)
    assert.equal(1 + 30, looked(10)) -- all of them once
    assert.is_true(clock <= 31, clock)
    assert.equal(1 + 30 + 5, looked(40))
    assert.is_true(clock <= 40, clock)
  end)

  it("writes a log without anything personal in it", function()
    local session = verified { client_reference_id = "ada@example.com",
      provided_details = { email = "ada@example.com" } }
    local gone = create()
    assert(identity:erase({ all = true }, options { interval = 3600 }))
    local lines = audit()
    assert.equal(4, #lines)
    local events = {}
    for _, line in ipairs(lines) do
      assert.equal("november", line.reference)
      assert.matches("^req_", line.request)
      assert.matches("^20%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%dZ$", line.at)
      events[line.session .. line.event] = line.status
    end
    assert.same({
      [session.id .. "asked"] = "verified", [session.id .. "redacted"] = "verified",
      [gone.id .. "asked"] = "canceled", [gone.id .. "redacted"] = "canceled",
    }, events)
    local text = assert(io.open(path)):read "*a" .. core.json(journal:get(
      "identity/erase/november"))
    for _, word in ipairs { "Ada", "Lovelace", "ada@example", "secret" } do
      assert.is_nil(text:find(word, 1, true), word)
    end
  end)

  it("goes on with a log whose last line was cut off", function()
    local file = assert(io.open(path, "w"))
    file:write('{"session":"vs_1","reference":"november","event":"redacted"}\n{"at":"20')
    file:close()
    local session = create()
    assert(identity:erase({ all = true }, options { interval = 3600 }))
    local whole, events = 0, {}
    for line in io.lines(path) do
      local entry = core.decode(line)
      whole = whole + (entry and 1 or 0)
      if entry and entry.session == session.id then events[#events + 1] = entry.event end
    end
    assert.equal(3, whole)
    assert.same({ "asked", "redacted" }, events)
  end)

  it("comes back to sessions whose checks still run", function()
    local session = create()
    sim.identity:submit(session.id, { outcome = "processing" })
    local result = assert(identity:erase({ all = true }, options { deadline = 0 }))
    assert.same({ session.id }, result.processing)
    assert.equal(0, redactions())
    sim.identity:submit(session.id, { outcome = "verified" })
    result = assert(identity:erase({ all = true }, options { interval = 3600 }))
    assert.is_true(result.complete)
  end)

  it("looks again when a session was refused, under another key", function()
    create()
    sim.faults:add { match = { operation = "identity.verification_sessions.redact" },
      fault = { status = 400, body = { error = { type = "invalid_request_error",
        message = "You cannot redact Ada Lovelace." } } } }
    local result = assert(identity:erase({ all = true }, options { interval = 3600 }))
    assert.is_true(result.complete)
    sim:reset()
    local session = create()
    sim.faults:add { match = { operation = "identity.verification_sessions.redact" }, times = 9,
      fault = { status = 400, body = { error = { type = "invalid_request_error",
        code = "status_transition_invalid", message = "You cannot redact Ada Lovelace." } } } }
    result = assert(identity:erase({ all = true }, options { reference = "december",
      interval = 60 }))
    assert.is_false(result.complete)
    assert.equal(session.id, result.failed[1].session)
    assert.is_false(result.failed[1].retryable)
    local lines = audit()
    assert.equal("failed", lines[#lines].event)
    assert.equal("status_transition_invalid", lines[#lines].code)
    assert.is_nil(assert(io.open(path)):read("*a"):find("Ada", 1, true))
  end)

  it("goes on over failures that pass, and asks for nothing twice", function()
    for _ = 1, 10 do create() end
    for _, fault in ipairs { "lost", "server_error", "reset", "rate_limit", "lock_timeout" } do
      sim.faults:add { match = { operation = "identity.verification_sessions.redact" },
        fault = fault }
    end
    sim.faults:add { match = { operation = "identity.verification_sessions.retrieve" },
      fault = "reset" }
    local result = assert(identity:erase({ all = true }, options { interval = 600 }))
    assert.is_true(result.complete, tostring(result))
    local asked = {}
    for _, event in ipairs(assert(assert(client.events:list { limit = 100 }):collect())) do
      if event.type:find("canceled$") then
        asked[event.data.object.id] = (asked[event.data.object.id] or 0) + 1
      end
    end
    for _, count in pairs(asked) do assert.equal(1, count) end
  end)

  it("resumes with the sessions that it began with", function()
    local session = create { metadata = { plan = "gold" } }
    local filter = { metadata = { plan = "gold" } }
    assert(identity:erase(filter, options { deadline = 0 }))
    create { metadata = { plan = "gold" } }
    sim:advance(2 * 24 * 3600) -- the metadata is gone by now
    local result = assert(identity:erase(filter, options()))
    assert.same({ session.id }, result.redacted)
    assert.is_true(result.complete)
    local before = #sim:requests()
    assert(identity:erase(filter, options()))
    assert.equal(before, #sim:requests())
    local none, err = identity:erase({ all = true }, options())
    assert.is_nil(none)
    assert.equal("changed", err.code)
  end)

  it("stops when it is canceled, and when its log can't be written", function()
    for _ = 1, 5 do create() end
    local canceller = stripe.canceller()
    local result = assert(identity:erase({ all = true }, options {
      cancel = canceller, concurrency = 1, on_change = function() canceller:cancel() end,
    }))
    assert.is_false(result.complete)
    assert.equal(1, redactions())
    local none, err = identity:erase({ all = true }, options { audit = "/nowhere/x",
      reference = "other" })
    assert.is_nil(none)
    assert.equal("audit", err.code)
  end)

  it("does not begin when the audit log is a directory", function()
    verified()
    local none, err = identity:erase({ all = true }, options { audit = "/tmp" })
    assert.is_nil(none)
    assert.equal("audit", err.code)
    assert.matches("/tmp: Is a directory", err.message, 1, true)
    assert.equal(0, redactions())
  end)

  it("refuses a status that there is not, also in a list, and remembers nothing of it", function()
    local session = verified()
    for _, status in ipairs { "verifed", { "canceled", "verifed" } } do
      local none, err = identity:erase({ status = status }, options())
      assert.is_nil(none)
      assert.matches('did you mean "verified"', err.message)
    end
    local result = assert(identity:erase({ status = { "canceled", "verified" } }, options()))
    assert.same({ session.id }, result.redacted)
  end)

  it("does nothing that makes no sense", function()
    local function misuse(message, filter, given)
      assert.error_matches(function() identity:erase(filter, given or options()) end, message)
    end
    misuse("can't be undone", {})
    misuse("alone", { all = true, status = "verified" })
    misuse('did you mean "status"', { statuses = "x" })
    misuse("Unix seconds", { since = "yesterday" })
    misuse("metadata", { metadata = {} })
    misuse("metadata", { metadata = { "gold" } })
    misuse("metadata", { metadata = { plan = stripe.null } })
    misuse("metadata", { metadata = { plan = "\255" } })
    misuse('"reference" must be UTF%-8', { all = true }, options { reference = "\255" })
    misuse('"wait"', { all = true }, options { wait = "x" })
    misuse('"cancel"', { all = true }, options { cancel = 1 })
    misuse("journal", { all = true }, {})
    misuse("rate", { all = true }, options { rate = 0 })
    misuse("concurrency", { all = true }, options { concurrency = 0.5 })
    assert.error_matches(function() identity.erase({}, {}) end, "colon")
  end)
end)
