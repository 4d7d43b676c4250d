local Operations = require "stripe.operations"

describe("the operations", function()
  local function find(name)
    for op, operation in ipairs(Operations.list) do
      if Operations.name(op) == name then return operation end
    end
  end

  it("have full names", function()
    assert.is_table(find "climate.orders.create")
    assert.is_table(find "events.list")
    assert.is_nil(Operations.name(nil))
    assert.is_nil(Operations.name(#Operations.list + 1))
  end)

  it("tell whether they take a parameter", function()
    assert.is_true(Operations.takes(find "webhook_endpoints.create", "api_version"))
    assert.is_false(Operations.takes(find "climate.orders.create", "api_version"))
    assert.is_false(Operations.takes(find "files.contents", "api_version"))
  end)
end)
