local stripe = require "stripe"

describe("the module", function()
  it("has a name and a version", function()
    assert.equal("stripe", stripe._NAME)
    assert.matches("^%d+%.%d+%.%d+$", stripe._VERSION)
  end)

  it("shares its null with lua-cjson", function()
    assert.equal(require("cjson").null, stripe.null)
    assert.is_truthy(stripe.null)
    assert.not_equal(stripe.null, stripe.empty_array)
  end)

  it("gives the catalogue, the same each time", function()
    assert.equal("climate.order", stripe.catalogue()["climate.orders"].object)
    assert.equal(stripe.catalogue(), stripe.catalogue())
    assert.equal(275, #stripe.catalogue_names().event_types)
  end)

  it("closes quietly when no engine was loaded", function()
    assert.has_no.errors(stripe.close)
  end)

  it("has exact decimals", function()
    assert.equal("0.3", tostring(stripe.decimal.add("0.1", "0.2")))
  end)

  it("leaves names that it does not have nil", function()
    assert.is_nil(stripe.charges)
  end)

  describe("id", function()
    it("takes the id from what may be an object", function()
      assert.equal("climsku_1", stripe.id("climsku_1"))
      assert.equal("climsku_1", stripe.id { id = "climsku_1", object = "climate.product" })
      assert.is_nil(stripe.id(nil))
      assert.is_nil(stripe.id(stripe.null))
    end)

    it("refuses what has none", function()
      for _, value in ipairs { {}, 17, { id = 17 } } do
        assert.has_error(function() stripe.id(value) end,
          "stripe.id takes an id or an object that has one")
      end
    end)
  end)

  describe("idempotency", function()
    it("makes the same key of the same values, on every Lua", function()
      assert.equal("edd0ba9833c42e591a1fff3f52855ffb", stripe.idempotency("order", 1, true))
      assert.equal(stripe.idempotency("order", 1), stripe.idempotency("order", 1.0))
    end)

    it("makes other keys of other values", function()
      local keys, values = {}, {
        { "ab", "c" }, { "a", "bc" }, { "abc" }, { "ab,c" }, { "1" }, { 1 }, { true }, { "true" },
        { "a", "" }, { "a" }, { -1 },
      }
      for _, list in ipairs(values) do
        keys[stripe.idempotency(list[1], list[2] or "-")] = true
      end
      local n = 0
      for key in pairs(keys) do
        assert.matches("^%x+$", key)
        assert.equal(32, #key)
        n = n + 1
      end
      assert.equal(#values, n)
    end)

    it("refuses what has no one text", function()
      for _, value in ipairs { 1.5, {}, print, 2 ^ 60 } do
        assert.has_error(function() stripe.idempotency("x", value) end,
          "argument 2 must be a string, an integer or a boolean")
      end
      assert.error_matches(function() stripe.idempotency() end, "what the call means")
      assert.error_matches(function() stripe.idempotency("a", nil) end, "argument 2")
    end)
  end)
end)

describe("loading the module", function()
  local saved

  before_each(function()
    saved = {}
    for name, module in pairs(package.loaded) do
      if name == "stripe" or name:find("^stripe%.") then
        saved[name] = module
        if name ~= "stripe.core" then package.loaded[name] = nil end
      end
    end
  end)

  after_each(function()
    for name in pairs(package.loaded) do
      if name:find("^stripe") then package.loaded[name] = nil end
    end
    for name, module in pairs(saved) do package.loaded[name] = module end
  end)

  it("does not load the simulator; touching it does", function()
    local fresh = require "stripe"
    assert.is_nil(package.loaded["stripe.simulator"])
    assert.equal(fresh.simulator, package.loaded["stripe.simulator"])
    assert.is_function(fresh.simulator.new)
  end)

  it("makes no globals", function()
    local before = {}
    for name in pairs(_G) do before[name] = true end
    require("stripe").new("sk_test_1")
    for name in pairs(_G) do assert.is_true(before[name], name) end
  end)
end)
