local Error = require "stripe.error"
local cqueues = require "cqueues"
local protect = require "stripe.webhook.protect"
local scripted = require "spec.support.scripted_client"

describe("a protected function", function()
  it("returns what it returns, nils and all", function()
    assert.same({ true, 1, nil, 3, n = 4 }, { n = 4, protect(function() return 1, nil, 3 end) })
    assert.equal(1, select("#", protect(function() end)))
  end)

  it("gives what it throws as an error with its cause and where it was", function()
    local cause = {}
    local ok, err = protect(function() error(cause) end)
    assert.is_false(ok)
    assert.equal("lua_error", err.type)
    assert.equal(cause, err.cause)
    assert.matches("protect_spec", err.traceback)
    assert.equal("away", select(2, protect(function() error("away", 0) end)).message)
  end)

  it("gives an error of the library as it is", function()
    local thrown = Error.new { type = "api_error", message = "no" }
    assert.same({ false, thrown }, { protect(function() error(thrown) end) })
  end)

  it("yields to who resumes the coroutine around it", function()
    local co = coroutine.create(function()
      return protect(function() return coroutine.yield("asked") + 1, coroutine.yield("again") end)
    end)
    assert.same({ true, "asked" }, { coroutine.resume(co) })
    assert.same({ true, "again" }, { coroutine.resume(co, 41) })
    assert.same({ true, true, 42, "end" }, { coroutine.resume(co, "end") })
  end)

  it("is caught after it has yielded", function()
    local co = coroutine.create(function()
      return protect(function() coroutine.yield() error("late", 0) end)
    end)
    coroutine.resume(co)
    local _, ok, err = coroutine.resume(co)
    assert.is_false(ok)
    assert.equal("late", err.message)
    assert.is_string(err.traceback)
  end)

  it("protects another one", function()
    local co = coroutine.create(function()
      return protect(function()
        local ok, err = protect(function() coroutine.yield("in") error("inner", 0) end)
        coroutine.yield(ok, err.message)
        return "outer"
      end)
    end)
    assert.same({ true, "in" }, { coroutine.resume(co) })
    assert.same({ true, false, "inner" }, { coroutine.resume(co) })
    assert.same({ true, true, "outer" }, { coroutine.resume(co) })
  end)

  it("lets other tasks of a driver run while it sleeps", function()
    local driver, order = scripted.driver(), {}
    local slow = driver.spawn(function()
      return protect(function()
        driver.sleep(2)
        order[#order + 1] = "slow"
        error("slow", 0)
      end)
    end)
    local quick = driver.spawn(function()
      driver.sleep(1)
      order[#order + 1] = "quick"
    end)
    local _, ok, err = driver.await(slow)
    driver.await(quick)
    assert.is_false(ok)
    assert.equal("slow", err.message)
    assert.same({ "quick", "slow" }, order)
  end)

  it("lets the others of a cqueues controller run while it waits", function()
    local controller, order = cqueues.new(), {}
    controller:wrap(function()
      local ok, err = protect(function()
        cqueues.sleep(0.02)
        order[#order + 1] = "slow"
        error("slow", 0)
      end)
      order[#order + 1] = ok or err.message
    end)
    controller:wrap(function() order[#order + 1] = "quick" end)
    assert(controller:loop())
    assert.same({ "quick", "slow", "slow" }, order)
  end)

end)
