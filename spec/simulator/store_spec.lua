--- The store of an account.

local jit = rawget(_G, "jit")
local store = require "stripe.simulator.store"

local KIND = "climate.order"

describe("a store", function()
  local kept

  before_each(function() kept = store.new() end)

  local function add(id, created) return kept:insert(KIND, { id = id, created = created }) end

  local function ids(list)
    local found = {}
    for i, object in ipairs(list.data) do found[i] = object.id end
    return table.concat(found, " ")
  end

  local function page(params, filter, since)
    return kept:page(KIND, { params = params or {}, path = "/v1/x" }, filter, since)
  end

  it("gives back what was put in, by kind and id", function()
    local object = add("a", 1)
    assert.equal(object, kept:get(KIND, "a"))
    assert.is_nil(kept:get("climate.product", "a"))
    assert.equal(KIND, kept:kind_of "a")
    assert.is_nil(kept:kind_of "b")
  end)

  it("goes through a kind newest first, while it changes", function()
    for i = 1, 4 do add("o" .. i, i) end
    local seen = {}
    for object in kept:each(KIND) do
      seen[#seen + 1] = object.id
      kept:remove(KIND, object.id)
      add("new" .. object.id, 9)
    end
    assert.same({ "o4", "o3", "o2", "o1" }, seen)
  end)

  it("knows the newest of a kind", function()
    assert.is_nil(kept:newest(KIND))
    for i = 1, 4 do add("o" .. i, i) end
    kept:remove(KIND, "o4")
    assert.equal("o3", kept:newest(KIND).id)
  end)

  it("forgets an object with its private table", function()
    add("a", 1)
    kept:private("a").secret = "x"
    assert.equal("x", kept:private("a").secret)
    assert.equal("a", kept:remove(KIND, "a").id)
    assert.is_nil(kept:remove(KIND, "a"))
    assert.same({}, kept:private "a")
    assert.equal("", ids(page()))
  end)

  describe("keeps the text of an object", function()
    local order

    before_each(function()
      order = add("a", 1)
      order.object, order.status = KIND, "open"
    end)

    local function status() return kept:text(order):match('"status":"(%w+)"') end

    -- Changes it behind the store's back, which is how to see what is kept.
    local function change(value) order.status = value end

    it("while it is only shown", function()
      assert.equal("open", status())
      kept:show(KIND, "a")
      kept:show(KIND, "b")
      kept:show_page(KIND, { params = {} })
      kept:private "a"
      change "canceled"
      assert.equal("open", status())
    end)

    local doors = {
      get = function() kept:get(KIND, "b") end,
      find = function() kept:find(KIND, "b") end,
      refer = function() kept:refer(KIND, "b") end,
      page = function() kept:page(KIND, { params = {} }) end,
      newest = function() kept:newest(KIND) end,
      each = function() kept:each(KIND)() end,
      insert = function() add("c", 2) end,
    }
    for name, go in pairs(doors) do
      it("until somebody is handed objects to change: " .. name, function()
        status()
        go()
        change "canceled"
        assert.equal("canceled", status())
      end)
    end

    it("not of one that it doesn't hold", function()
      status()
      order = { object = KIND, id = "a", status = "delivered" }
      assert.equal("delivered", status())
      order = { object = KIND, status = "confirmed" }
      assert.equal("confirmed", status())
    end)

    it("until it is put back from a snapshot", function()
      status()
      local state = kept:snapshot()
      state.objects[KIND][1].status = "delivered"
      kept:restore(state)
      order = kept:show(KIND, "a")
      assert.equal("delivered", status())
    end)
  end)

  it("replaces an object in its place", function()
    for i = 1, 3 do add("o" .. i, i) end
    kept:insert(KIND, { id = "o2", created = 2, changed = true })
    assert.equal("o3 o2 o1", ids(page()))
    assert.is_true(kept:get(KIND, "o2").changed)
  end)

  it("keeps its order through many removals", function()
    for i = 1, 200 do add("o" .. i, i) end
    for i = 1, 200 do
      if i % 20 ~= 0 then kept:remove(KIND, "o" .. i) end
    end
    add("last", 201)
    assert.equal("last o200 o180 o160", ids(page { limit = 4 }))
    assert.equal("o80 o60", ids(page { limit = 2, starting_after = "o100" }))
    assert.equal("o140 o120", ids(page { limit = 2, ending_before = "o100" }))
  end)

  it("sorts objects that come with an older time to their place", function()
    add("late", 50)
    add("early", 10)
    add("middle", 30)
    add("same", 30)
    assert.equal("late same middle early", ids(page()))
    assert.equal("early", ids(page { starting_after = "middle" }))
    assert.equal("same middle", ids(page { created = 30 }))
  end)

  it("lists what has no time in the order in which it came", function()
    for _, id in ipairs { "a", "b", "c" } do kept:insert("climate.supplier", { id = id }) end
    assert.equal("c b a", ids(kept:page("climate.supplier", { params = {} })))
  end)

  it("bounds a page by created in every form", function()
    for i = 1, 9 do add("o" .. i, i * 10) end
    assert.equal("o5", ids(page { created = 50 }))
    assert.equal("", ids(page { created = 55 }))
    assert.equal("o9 o8", ids(page { created = { gt = 70 } }))
    assert.equal("o9 o8 o7", ids(page { created = { gte = 70 } }))
    assert.equal("o2 o1", ids(page { created = { lt = 30 } }))
    assert.equal("o3 o2 o1", ids(page { created = { lte = 30 } }))
    assert.equal("o5 o4", ids(page { created = { gt = 30, lte = 50 } }))
    assert.equal("", ids(page { created = { gt = 50, lt = 50 } }))
    assert.equal("o4", ids(page { created = { gte = 40, lte = 60 }, starting_after = "o5" }))
    assert.equal("o6", ids(page { created = { gte = 40, lte = 60 }, ending_before = "o5" }))
  end)

  it("filters, and says whether more would pass", function()
    for i = 1, 9 do add("o" .. i, i) end
    local function odd(object) return object.created % 2 == 1 end
    local list = page({ limit = 2 }, odd)
    assert.equal("o9 o7", ids(list))
    assert.is_true(list.has_more)
    list = page({ limit = 2, starting_after = "o4" }, odd)
    assert.equal("o3 o1", ids(list))
    assert.is_false(list.has_more)
    list = page({ limit = 2, ending_before = "o4" }, odd)
    assert.equal("o7 o5", ids(list))
    assert.is_true(list.has_more)
  end)

  it("leaves out what was created before `since`, also as a cursor", function()
    for i = 1, 5 do add("o" .. i, i) end
    assert.equal("o5 o4 o3", ids(page({}, nil, 3)))
    local _, err = page({ starting_after = "o2" }, nil, 3)
    assert.equal("resource_missing", err.code)
    kept:expire(KIND, 4)
    assert.equal("o5 o4", ids(page()))
    assert.is_nil(kept:get(KIND, "o3"))
  end)

  it("finds what a path names, else 404, and what a parameter names, else 400", function()
    local object = kept:get(KIND, "o1")
    assert.equal(object, kept:find(KIND, "o1"))
    assert.equal(object, kept:refer(KIND, "o1", "order"))
    local found, err = kept:find(KIND, "o9", "order")
    assert.same({ nil, 404, "order" }, { found, err.status, err.param })
    found, err = kept:refer(KIND, "o9", "order")
    assert.same({ nil, 400, "resource_missing", "order" },
      { found, err.status, err.code, err.param })
  end)

  -- What an action costs in steps of the interpreter: no clock is needed to compare two.
  local function steps(action)
    local count = 0
    if jit then jit.off() end -- compiled code calls no hook
    debug.sethook(function() count = count + 1 end, "", 1)
    action()
    debug.sethook()
    if jit then jit.on() end
    return count
  end

  it("costs as much for a page of many objects as for one of few, and for a write", function()
    local costs = {}
    for _, size in ipairs { 500, 50000 } do
      kept = store.new()
      for i = 1, size do add("o" .. i, i) end
      costs[#costs + 1] = {
        first = steps(function() page() end),
        after = steps(function() page { starting_after = "o" .. size / 2 } end),
        before = steps(function() page { ending_before = "o" .. size / 2 } end),
        created = steps(function() page { created = { gte = size / 2 } } end),
        write = steps(function() add("new", size + 1) end),
        read = steps(function() kept:get(KIND, "o7") end),
      }
    end
    for name, few in pairs(costs[1]) do
      assert.is_true(costs[2][name] <= few * 1.5,
        ("%s: %d steps for 500, %d for 50000"):format(name, few, costs[2][name]))
    end
  end)

  it("comes back from a snapshot", function()
    for i = 1, 3 do add("o" .. i, i) end
    kept:private("o2").hint = "x"
    local state = kept:snapshot()
    kept:get(KIND, "o1").changed = true
    local other = store.new()
    other:restore(state)
    assert.equal("o3 o2 o1", ids(other:page(KIND, { params = {} })))
    assert.is_nil(other:get(KIND, "o1").changed)
    assert.equal("x", other:private("o2").hint)
  end)
end)
