--- Handlers on every kind of store.

local stores = require "spec.support.stores"
local support = require "spec.support.webhook"

local event = support.event

local function order(id, created, status)
  return event { id = id, created = created, data = { object = {
    id = "climorder_1", object = "climate.order", status = status,
  } } }
end

for _, kind in ipairs(stores.kinds) do
  describe("a handler on a store in " .. kind, function()
    local store, advance, remove

    before_each(function() store, advance, remove = stores[kind]() end)
    after_each(function() remove() end)
    teardown(stores.stop)

    local function handler(f, options)
      local given = { store = store, lease = 60, on = { ["*"] = f } }
      for name, value in pairs(options or {}) do given[name] = value end
      return support.handler(given)
    end

    it("commits an event once", function()
      local runs = 0
      local h = handler(function() runs = runs + 1 end)
      assert.equal(200, (h(support.request(event()))))
      assert.equal("duplicate", select(3, h(support.request(event()))).result)
      assert.equal("committed", h:process(event { id = "evt_2" }).result)
      assert.equal(2, runs)
    end)

    it("tells the function that it is not the first try", function()
      local h = handler(function(ctx)
        if ctx.attempt < 3 then return nil, "attempt " .. ctx.attempt end
      end)
      assert.equal("attempt 1", h:process(event()).error)
      assert.equal("attempt 2", h:process(event()).error)
      local outcome = h:process(event())
      assert.same({ "committed", 3 }, { outcome.result, outcome.attempt })
    end)

    it("answers busy while another one runs, and lost to who ran too long", function()
      local others = {}
      local h
      h = handler(function(ctx)
        if ctx.attempt > 1 then return end
        others[1] = h:process(event())
        advance(50)
        assert(ctx:renew())
        advance(50)
        others[2] = h:process(event())
        advance(11)
        others[3] = h:process(event())
        others[4] = select(2, ctx:renew())
      end)
      assert.equal("lost", h:process(event()).result)
      assert.same({ "busy", 60 }, { others[1].result, others[1].retry_after })
      assert.equal("busy", others[2].result)
      assert.same({ "committed", 2 }, { others[3].result, others[3].attempt })
      assert.equal("lost", others[4])
      assert.equal("duplicate", h:process(event()).result)
    end)

    it("lets the newest win", function()
      local inner
      local h, ran = nil, {}
      h = handler(function(ctx)
        ran[#ran + 1] = ctx.id
        if ctx.id == "evt_2" then inner = h:process(order("evt_3", 30, "delivered")).result end
      end, { newest = true, wait = 0 })
      assert.equal("committed", h:process(order("evt_2", 20, "confirmed")).result)
      assert.equal("busy", inner)
      assert.equal("stale", h:process(order("evt_1", 10, "open")).result)
      assert.equal("duplicate", h:process(order("evt_1", 10, "open")).result)
      assert.equal("committed", h:process(order("evt_3", 30, "delivered")).result)
      assert.equal("stale", h:process(order("evt_4", 30, "confirmed")).result)
      assert.same({ "evt_2", "evt_3" }, ran)
    end)

    it("commits what was written in its transaction with the event, or says that it has none",
      function()
        local h = handler(function(ctx)
          local transaction = assert(ctx:transaction())
          assert(transaction:execute("CREATE TABLE IF NOT EXISTS stock (item TEXT)"))
          assert(transaction:execute("INSERT INTO stock VALUES ('" .. ctx.id .. "')"))
          if ctx.attempt == 1 then return nil, "rolled back" end
        end, { newest = true })
        if not store.begin then
          assert.matches("needs a store with transactions", h:process(event()).error.message)
          return
        end
        assert.equal("rolled back", h:process(event()).error)
        assert.equal("committed", h:process(event()).result)
        assert.equal("duplicate", h:process(event()).result)
        local rows
        handler(function(ctx)
          rows = assert(assert(ctx:transaction()):execute("SELECT item FROM stock"))
        end):process(event { id = "evt_2" })
        assert.same({ { item = "evt_1" } }, rows)
      end)
  end)
end
