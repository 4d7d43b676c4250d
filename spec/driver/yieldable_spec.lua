local yieldable = require "stripe.driver.yieldable"

describe("Whether a coroutine can yield", function()
  -- Asks in a coroutine, through a function that calls what it gets; then tries it out.
  local function inside(through)
    local said
    local co = coroutine.create(function()
      through(function()
        said = yieldable()
        if said then coroutine.yield("yielded") end
      end)
    end)
    local ok, value = coroutine.resume(co)
    assert.is_true(ok)
    if said then assert.equal("yielded", value) end
    return said
  end

  it("is so in plain functions", function()
    assert.is_true(inside(function(f) f() end))
    assert.is_true(inside(function(f) local function deeper() f() end deeper() end))
  end)

  it("is not so in a callback of a C function", function()
    assert.is_false(inside(function(f) return (("x"):gsub("x", f)) end))
    assert.is_false(inside(function(f) table.sort({ 1, 2 }, function() f() return false end) end))
  end)

  it("is so in a pcall and in the iterator of a loop where this Lua can do it", function()
    local able = coroutine.wrap(function() return (pcall(coroutine.yield, 1)) end)() == 1
    assert.equal(able, inside(pcall))
    assert.equal(able, inside(function(f)
      local done
      for _ in function()
        if done then return nil end
        done = true
        f()
        return true
      end do done = true end
    end))
  end)
end)
