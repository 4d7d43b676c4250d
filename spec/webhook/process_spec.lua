local stripe = require "stripe"
local support = require "spec.support.webhook"

local event = support.event

local function handler(f, options)
  options = options or {}
  options.on = { ["*"] = f }
  return support.handler(options)
end

local function nothing() end

describe("an event that was processed", function()
  it("isn't again: a duplicate is answered without running", function()
    local runs = 0
    local h = handler(function() runs = runs + 1 end)
    assert.equal("committed", h:process(event()).result)
    local again = h:process(event())
    assert.same({ "duplicate", 200 }, { again.result, again.status })
    assert.equal(1, runs)
  end)

  it("isn't by another handler on the same store, unless that has a name of its own", function()
    local store = support.store()
    handler(nothing, { store = store }):process(event())
    assert.equal("duplicate", handler(nothing, { store = store }):process(event()).result)
    local named = handler(nothing, { store = store, name = "mailer" })
    assert.equal("committed", named:process(event()).result)
    assert.equal("duplicate", named:process(event()).result)
  end)

  it("is again where nobody remembers", function()
    local runs = 0
    local h = handler(function(ctx)
      runs = runs + 1
      assert(ctx:renew())
    end, { store = false })
    assert.equal("committed", h:process(event()).result)
    assert.equal("committed", h:process(event()).result)
    assert.equal(2, runs)
    h = handler(function() return nil, "no" end, { store = false })
    assert.same({ "failed", 1 }, { h:process(event()).result, h:process(event()).attempt })
  end)

  it("came from somewhere", function()
    local seen, about
    local h = handler(function(ctx) seen = ctx end, { on_event = function(x) about = x end })
    h:process(event(), { source = "poll", received = 5 })
    assert.same({ "poll", 5, "poll" }, { seen.source, seen.received, about.source })
    h:process(event { id = "evt_2" })
    assert.equal("process", seen.source)
  end)

  it("must be one", function()
    local h = handler(nothing)
    assert.equal("refused", h:process({}).result)
    assert.equal("refused", h:process({ object = "event", id = "evt_1" }).result)
    assert.equal("committed", h:process(event { id = ("x"):rep(255) }).result)
    assert.equal("refused", h:process(event { id = ("x"):rep(256) }).result)
    assert.equal("refused", h:process(event { type = ("x"):rep(256) }).result)
    assert.error_matches(function() h:process("evt_1") end, "takes an event")
    assert.error_matches(function() h.process(event()) end, "with a colon")
  end)
end)

describe("a claim", function()
  it("keeps others away while the function runs", function()
    local h, inner
    h = handler(function() inner = inner or h:process(event()) end, { lease = 90 })
    assert.equal("committed", h:process(event()).result)
    assert.same({ "busy", 503, 90 }, { inner.result, inner.status, inner.retry_after })
  end)

  it("keeps other coroutines of the process away", function()
    local runs = 0
    local h = handler(function()
      runs = runs + 1
      coroutine.yield()
    end)
    local first = coroutine.create(function() return h:process(event()) end)
    coroutine.resume(first)
    assert.equal("busy", h:process(event()).result)
    local _, outcome = coroutine.resume(first)
    assert.equal("committed", outcome.result)
    assert.equal("duplicate", h:process(event()).result)
    assert.equal(1, runs)
  end)

  it("that expired lets the next one run, who is told; the first one's commit is lost", function()
    local store, advance = support.store()
    local attempts = {}
    local h = handler(function(ctx)
      attempts[#attempts + 1] = ctx.attempt
      if ctx.attempt == 1 then coroutine.yield() end
    end, { store = store, lease = 60 })
    local first = coroutine.create(function() return h:process(event()) end)
    coroutine.resume(first)
    advance(60)
    assert.equal("committed", h:process(event()).result)
    local _, outcome = coroutine.resume(first)
    assert.same({ "lost", 503, 1 }, { outcome.result, outcome.status, outcome.attempt })
    assert.same({ 1, 2 }, attempts)
  end)

  it("that expired and that nobody took over is committed", function()
    local store, advance = support.store()
    local h = handler(function() advance(1000) end, { store = store, lease = 60 })
    assert.equal("committed", h:process(event()).result)
    assert.equal("duplicate", h:process(event()).result)
  end)

  it("is made longer by a handler that needs longer, and tells it when it is lost", function()
    local store, advance = support.store()
    local renewed = {}
    local h
    h = handler(function(ctx)
      if ctx.attempt > 1 then return end
      advance(50)
      renewed[1] = ctx:renew()
      advance(50)
      assert.equal("busy", h:process(event()).result)
      renewed[2] = ctx:renew(5)
      advance(5)
      assert.equal("committed", h:process(event()).result)
      renewed[3] = { ctx:renew() }
    end, { store = store, lease = 60 })
    assert.equal("lost", h:process(event()).result)
    assert.same({ true, true, { nil, "lost" } }, renewed)
  end)

  it("takes a number of seconds, with a colon", function()
    local problems = {}
    handler(function(ctx)
      for i, f in ipairs { function() ctx:renew(0) end, function() ctx.renew() end } do
        problems[i] = select(2, pcall(f))
      end
    end):process(event())
    assert.matches("number of seconds above 0", problems[1])
    assert.matches("with a colon", problems[2])
  end)

  it("that a failed function gives back comes at once", function()
    local h = handler(function(ctx)
      if ctx.attempt < 3 then return nil, "not yet" end
    end)
    assert.equal("failed", h:process(event()).result)
    assert.equal("failed", h:process(event()).result)
    local third = h:process(event())
    assert.same({ "committed", 3 }, { third.result, third.attempt })
  end)
end)

-- A store of which one verb fails, the first `times` times, before or after it did its work.
local function failing(verb, times, after)
  local inner, failed = support.store(), 0
  return setmetatable({
    [verb] = function(self, ...)
      if failed >= times then return inner[verb](inner, ...) end
      failed = failed + 1
      if after then inner[verb](inner, ...) end
      if self.throws then error("disk on fire", 0) end
      return nil, "failed", "disk on fire"
    end,
  }, { __index = function(_, name)
    return inner[name] and function(_, ...) return inner[name](inner, ...) end
  end }), inner
end

describe("a store that fails", function()
  for _, throws in ipairs { false, true } do
    local how = throws and "by throwing" or "by saying so"

    it(how .. " at the claim: nothing runs, and Stripe comes again", function()
      local store = failing("claim", 1)
      store.throws = throws
      local runs = 0
      local h = handler(function() runs = runs + 1 end, { store = store })
      local outcome = h:process(event())
      assert.same({ "failed", 503, "store" }, { outcome.result, outcome.status, outcome.reason })
      assert.matches("disk on fire", outcome.error.message)
      assert.equal("store", outcome.error.code)
      assert.equal(0, runs)
      assert.equal("committed", h:process(event()).result)
    end)

    it(how .. " at the commit is asked once more", function()
      local store = failing("commit", 1)
      store.throws = throws
      assert.equal("committed", handler(nothing, { store = store }):process(event()).result)
    end)

    it(how .. " at the commit for good: Stripe comes again", function()
      local store, inner = failing("commit", 2)
      store.throws = throws
      local outcome = handler(nothing, { store = store }):process(event())
      assert.same({ "failed", 503, "store" }, { outcome.result, outcome.status, outcome.reason })
      assert.same({ nil, "claimed", 300 }, { inner:claim("evt_1", 1) })
    end)

    it(how .. " after it has committed does no harm", function()
      local store = failing("commit", 1, true)
      store.throws = throws
      local h = handler(nothing, { store = store })
      assert.equal("committed", h:process(event()).result)
      assert.equal("duplicate", h:process(event()).result)
    end)
  end
end)

-- A store with transactions, which keeps what was written in one when it is committed.
local function transactional(commit_result)
  local store = support.store()
  store.written, store.log = {}, {}
  function store:begin(claim)
    local pending = {}
    self.log[#self.log + 1] = "begin"
    return {
      write = function(_, text) pending[#pending + 1] = text end,
      commit = function(_, key, order)
        self.log[#self.log + 1] = "commit"
        if commit_result then return nil, commit_result, "disk full" end
        for _, text in ipairs(pending) do self.written[#self.written + 1] = text end
        return store.commit(self, claim, key, order)
      end,
      rollback = function()
        self.log[#self.log + 1] = "rollback"
        return true
      end,
    }
  end
  return store
end

describe("a transaction of the store", function()
  it("is begun when a function asks for it, and committed with the event", function()
    local store = transactional()
    local h = handler(function(ctx)
      ctx:transaction():write("one")
      ctx:transaction():write("two")
    end, { store = store })
    assert.equal("committed", h:process(event()).result)
    assert.same({ "one", "two" }, store.written)
    assert.same({ "begin", "commit" }, store.log)
    assert.equal("duplicate", h:process(event()).result)
  end)

  it("is not begun for those who don't ask", function()
    local store = transactional()
    assert.equal("committed", handler(nothing, { store = store }):process(event()).result)
    assert.same({}, store.log)
  end)

  it("leaves nothing behind when the function fails", function()
    local store = transactional()
    local h = handler(function(ctx)
      ctx:transaction():write("one")
      if ctx.attempt == 1 then error("late", 0) end
    end, { store = store })
    assert.equal("failed", h:process(event()).result)
    assert.same({}, store.written)
    assert.same({ "begin", "rollback" }, store.log)
    assert.equal("committed", h:process(event()).result)
    assert.same({ "one" }, store.written)
  end)

  it("that can't be committed leaves nothing, and the event comes again at once", function()
    local store = transactional("failed")
    local h = handler(function(ctx) ctx:transaction():write("one") end, { store = store })
    local outcome = h:process(event())
    assert.same({ "failed", 503, "store" }, { outcome.result, outcome.status, outcome.reason })
    assert.is_table(store:claim("evt_1", 60))
  end)

  it("of a claim that was taken over is lost", function()
    local store = transactional("lost")
    local h = handler(function(ctx) ctx:transaction():write("one") end, { store = store })
    assert.equal("lost", h:process(event()).result)
    assert.same({ nil, "claimed", 300 }, { store:claim("evt_1", 60) })
  end)

  it("that can't begin says why", function()
    local store = transactional()
    function store.begin() return nil, "failed", "locked" end
    local got
    handler(function(ctx) got = { ctx:transaction() } end, { store = store }):process(event())
    assert.same({ nil, "failed", "locked" }, got)
  end)

  it("needs a store that has them", function()
    local outcome = handler(function(ctx) ctx:transaction() end):process(event())
    assert.matches("needs a store with transactions", outcome.error.message)
  end)
end)

describe("a function that waits", function()
  it("may yield, and fail after it", function()
    local h = handler(function(ctx)
      coroutine.yield("waiting")
      if ctx.attempt == 1 then error("late", 0) end
    end)
    for _, result in ipairs { "failed", "committed" } do
      local co = coroutine.create(function() return h:process(event()) end)
      assert.same({ true, "waiting" }, { coroutine.resume(co) })
      local _, outcome = coroutine.resume(co)
      assert.equal(result, outcome.result)
    end
  end)

  it("may have others handled beside it", function()
    local cqueues = require "cqueues"
    local order, controller = {}, cqueues.new()
    local h = handler(function(ctx)
      if ctx.id == "evt_slow" then cqueues.sleep(0.02) end
      order[#order + 1] = ctx.id
    end)
    for _, id in ipairs { "evt_slow", "evt_quick" } do
      controller:wrap(function() h:process(event { id = id }) end)
    end
    assert(controller:loop())
    assert.same({ "evt_quick", "evt_slow" }, order)
  end)
end)

describe("many events, with duplicates, in tasks that yield", function()
  it("are each committed once", function()
    local runs = {}
    local h = handler(function(ctx)
      coroutine.yield()
      runs[ctx.id] = (runs[ctx.id] or 0) + 1
    end)
    local waiting, results = {}, { committed = 0, duplicate = 0, busy = 0 }
    for i = 1, 300 do
      waiting[i] = coroutine.create(function()
        local outcome = h:process(event { id = "evt_" .. i % 100 })
        results[outcome.result] = results[outcome.result] + 1
      end)
    end
    while #waiting > 0 do
      local co = table.remove(waiting, #waiting % 7 + 1 <= #waiting and #waiting % 7 + 1 or 1)
      assert(coroutine.resume(co))
      if coroutine.status(co) ~= "dead" then waiting[#waiting + 1] = co end
    end
    assert.equal(100, results.committed)
    assert.equal(300, results.committed + results.duplicate + results.busy)
    for i = 0, 99 do assert.equal(1, runs["evt_" .. i]) end
  end)
end)

describe("the store of a handler", function()
  it("is one in memory unless another is given", function()
    local h = handler(nothing)
    h:process(event())
    assert.equal("duplicate", h:process(event()).result)
    assert.equal("committed", handler(nothing):process(event()).result)
    assert.is_table(stripe.webhook.store.memory())
  end)
end)
