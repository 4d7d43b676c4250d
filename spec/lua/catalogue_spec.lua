local core = require "stripe.core"

describe("core.operations", function()
  local operations = core.operations()

  it("lists every operation under the handle that it says itself", function()
    assert.equal(41, #operations)
    for i, operation in ipairs(operations) do assert.equal(i, operation.op) end
  end)

  it("says the same as the catalogue", function()
    local catalogue = core.catalogue()
    for _, operation in ipairs(operations) do
      local about = catalogue[operation.resource].operations[operation.name]
      for _, name in ipairs { "method", "path", "alternate_path", "host", "beta", "list",
                              "binary", "multipart", "returns" } do
        assert.equal(about[name], operation[name])
      end
      assert.equal(about.params and true, operation.params)
    end
  end)

  it("names the ids of each path", function()
    for _, operation in ipairs(operations) do
      local path = operation.path
      for _, id in ipairs(operation.ids) do
        path = path:gsub("{" .. id .. "}", "", 1)
      end
      assert.is_nil(path:find("[{}]"))
    end
  end)
end)

describe("core.route", function()
  local operations = core.operations()

  local function routed(method, path)
    local op, ids = core.route(method, path)
    if not op then return nil, ids end
    return operations[op].resource .. "." .. operations[op].name, ids
  end

  it("finds each operation by its own method and path", function()
    for op, operation in ipairs(operations) do
      local path = operation.path:gsub("{(.-)}", "%1_1")
      local found, ids = core.route(operation.method, path)
      assert.equal(op, found)
      local expected = {}
      for i, id in ipairs(operation.ids) do expected[i] = id .. "_1" end
      assert.same(expected, ids)
    end
  end)

  it("serves a second documented path", function()
    assert.equal("crypto.onramp_quotes.retrieve", (routed("GET", "/v1/crypto/onramp_quotes")))
    assert.equal("crypto.onramp_quotes.retrieve", (routed("GET", "/v1/crypto/onramp/quotes")))
  end)

  it("decodes the ids", function()
    local name, ids = routed("POST", "/v1/climate/orders/a%2Fb%20c%c3%A4/cancel")
    assert.equal("climate.orders.cancel", name)
    assert.same({ "a/b c\195\164" }, ids)
  end)

  it("leaves what is no escape in an id as it is", function()
    assert.same({ "50%" }, { select(2, core.route("GET", "/v1/events/50%"))[1] })
    assert.same({ "%zz%4" }, { select(2, core.route("GET", "/v1/events/%zz%4"))[1] })
  end)

  it("knows a path that has other methods only", function()
    for _, method in ipairs { "PUT", "DELETE", "get", "" } do
      assert.same({ nil, true }, { core.route(method, "/v1/climate/orders") })
    end
  end)

  it("knows no other path", function()
    for _, path in ipairs {
      "", "/", "v1/events", "/v1/event", "/v1/events/", "/v1/events//", "/v1//events",
      "/v1/climate/orders//cancel", "/v1/climate/orders/x/cancel/", "/v1/climate/orders/x/refund",
      "/v1/events?limit=1", "/v1/events\0", "/V1/events",
    } do
      local op, known = core.route("GET", path)
      assert.is_nil(op)
      assert.is_false(known, path)
    end
  end)

  it("refuses what is no text", function()
    assert.error(function() core.route("GET") end)
    assert.error(function() core.route({}, "/v1/events") end)
  end)
end)
