local Dict = require "stripe.resty.dict"
local SharedDict = require "spec.support.shared_dict"

describe("a shared dictionary", function()
  local dict, time

  before_each(function()
    time = 1000
    dict = SharedDict.new(function() return time end)
  end)

  it("is found by its name in nginx only", function()
    assert.equal(dict, Dict.open(dict))
    local found, message = Dict.open "events"
    assert.is_nil(found)
    assert.matches('nginx.conf needs "lua_shared_dict events 1m;"', message, 1, true)
  end)

  it("is changed by one at a time", function()
    assert.same({ 1, 2 }, { Dict.locked(dict, "lock", function()
      assert.same({ nil, "its lock is held too long" }, { Dict.locked(dict, "lock", error) })
      assert.is_true(Dict.locked(dict, "another", function() return true end))
      return 1, 2
    end) })
    assert.is_true(Dict.locked(dict, "lock", function() return true end))
  end)

  it("is free again after what throws", function()
    assert.error_matches(function()
      Dict.locked(dict, "lock", function() error("inside", 0) end)
    end, "^inside$")
    assert.is_true(Dict.locked(dict, "lock", function() return true end))
  end)

  it("is free a second after its holder was killed", function()
    dict:safe_add("lock", 1, 1)
    assert.is_nil((Dict.locked(dict, "lock", error)))
    time = time + 1
    assert.is_true(Dict.locked(dict, "lock", function() return true end))
  end)

  it("is asked a few hundred times for a lock that is held, and waits in between", function()
    local asked = 0
    local held = { safe_add = function()
      asked = asked + 1
      return false, "exists"
    end }
    assert.is_nil((Dict.locked(held, "lock", error)))
    assert.is_true(asked > 100 and asked <= 500)
  end)

  it("says when it has no room for the lock", function()
    dict = SharedDict.new(function() return time end, 0)
    assert.same({ nil, "no memory" }, { Dict.locked(dict, "lock", error) })
  end)
end)
