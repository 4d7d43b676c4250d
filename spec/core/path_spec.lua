local core = require "stripe.core"
local support = require "spec.support.params"
local vectors = require "spec.vectors.ids"

local function cancel(ids)
  return core.path(support.op "climate.orders.cancel", ids)
end

local function refused(ids)
  local path, problem = cancel(ids)
  assert.is_nil(path)
  assert.equal("path", problem.kind)
  assert.equal("order", problem.param)
  return problem
end

describe("A path", function()
  it("is filled with its ids", function()
    assert.equal("/v1/climate/orders/climorder_1/cancel", cancel { "climorder_1" })
    assert.equal("/v1/climate/orders", core.path(support.op "climate.orders.list", nil))
    assert.equal("/v1/files/file_1/contents", core.path(support.op "files.contents", { "file_1" }))
  end)

  for _, vector in ipairs(vectors) do
    if vector.refused then
      it("refuses what the Node library sends: " .. vector.name, function()
        refused { vector.id }
      end)
    else
      it("has the bytes of the Node library: " .. vector.name, function()
        assert.equal("/v1/climate/orders/" .. vector.segment .. "/cancel", cancel { vector.id })
      end)
    end
  end

  it("leaves alone what JavaScript does, and escapes the rest", function()
    assert.equal("/v1/climate/orders/-_.!~*'()aZ09%5B%5D%2F%25%20/cancel",
                 cancel { "-_.!~*'()aZ09[]/% " })
    assert.equal("/v1/climate/orders/.../cancel", cancel { "..." })
  end)

  it("names the id that is refused, and why", function()
    assert.equal("order: this id must be a string.", refused(nil).message)
    assert.equal("order: this id must be a string.", refused({}).message)
    assert.equal("order: this id is empty.", refused({ "" }).message)
    assert.truthy(refused({ ".." }).message:find("dot segment", 1, true))
    assert.truthy(refused({ "a\0b" }).message:find("control character", 1, true))
  end)

  it("refuses ids that are no strings, over-long, or not UTF-8", function()
    for _, id in ipairs { 5, true, {}, print } do refused { id } end
    assert.truthy(cancel { ("x"):rep(255) })
    refused { ("x"):rep(256) }
    for _, id in ipairs { "\127", "a\r\n", "\t", "\255", "a\237\160\128" } do refused { id } end
  end)
end)

describe("A path of the caller", function()
  it("goes as it is, its query included", function()
    for _, path in ipairs { "/", "/v1/balance", "/v1/x/", "/v1/x?a[0]=b&c=//../d?e", "/v1/%2Fa",
                            "/v1/...", "/v1/.a", "/v1/a..b" } do
      assert.equal(path, core.path(nil, path))
    end
  end)

  it("is refused when it could lead elsewhere", function()
    local bad = {
      "", "v1/x", "@evil.example/v1/x", "//evil.example/v1/x", "http://evil.example/", "/v1//x",
      "/v1/x//", "/v1/../x", "/v1/..", "/v1/./x", "/v1/.", "/v1/%2e%2E/x", "/v1/.%2e", "/v1/%2e",
      "/v1/..?a=b", "/v1/x#y", "/v1/x y", "/v1/x\n", "/v1/x\0", "/v1/x\127", "/v1/é", "/v1\\x",
      "?a=b", "/v1/x?a=b c", "/v1/x?a=b#c",
    }
    for _, path in ipairs(bad) do
      local sent, problem = core.path(nil, path)
      assert.is_nil(sent, path)
      assert.same({ "path", "path" }, { problem.kind, problem.param })
    end
    for _, path in ipairs { 5, true, {} } do
      assert.is_nil((core.path(nil, path)))
    end
  end)
end)
