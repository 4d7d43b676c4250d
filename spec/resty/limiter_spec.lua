local Limiter = require "stripe.resty.limiter"
local Metrics = require "stripe.resty.metrics"
local shared_dict = require "spec.support.shared_dict"
local stripe = require "stripe"

local KEY, LIVE = "sk_test_abc", "sk_live_abc"

describe("the limiter of nginx's workers", function()
  local time, slept, dict

  before_each(function()
    time, slept = 1000, {}
    dict = shared_dict.new(function() return time end)
  end)

  local function make(options)
    local given = {
      dict = dict, now = function() return time end,
      sleep = function(seconds)
        slept[#slept + 1] = seconds
        time = time + seconds
      end,
    }
    for name, value in pairs(options or {}) do given[name] = value end
    return assert(Limiter.new(given))
  end

  local function report(limiter, attempt, key) limiter:report(key or KEY, attempt) end

  it("lets a second's worth through at once, then one after the other", function()
    local limiter = make { test = 10 }
    for _ = 1, 10 do assert.equal(0, limiter:acquire(KEY)) end
    local waits = 0
    for _ = 1, 20 do waits = waits + limiter:acquire(KEY) end
    assert.near(2, waits, 0.001)
    assert.near(1002, time, 0.001)
  end)

  it("shares the rate among all who have the dictionary", function()
    local one, other = make { test = 10 }, make { test = 10 }
    for _ = 1, 5 do
      assert.equal(0, one:acquire(KEY))
      assert.equal(0, other:acquire(KEY))
    end
    assert.near(0.1, one:acquire(KEY), 0.001)
    assert.near(0.1, other:acquire(KEY), 0.001)
  end)

  it("counts each key and mode by itself, live ones with their own rate", function()
    local limiter = make { test = 1, live = 3 }
    assert.equal(0, limiter:acquire(KEY))
    for _ = 1, 3 do assert.equal(0, limiter:acquire(LIVE)) end
    assert.equal(0, limiter:acquire "sk_test_other")
    assert.is_true(limiter:acquire(LIVE) > 0)
  end)

  it("fills up again with time, but no further than its burst", function()
    local limiter = make { test = 10 }
    for _ = 1, 10 do limiter:acquire(KEY) end
    time = time + 0.5
    for _ = 1, 5 do assert.equal(0, limiter:acquire(KEY)) end
    assert.is_true(limiter:acquire(KEY) > 0)
    time = time + 100
    for _ = 1, 10 do assert.equal(0, limiter:acquire(KEY)) end
    assert.is_true(limiter:acquire(KEY) > 0)
  end)

  it("waits no longer than it may, nor than the call may, and reserves nothing then", function()
    local limiter = make { test = 1, max_wait = 2 }
    limiter.sleep = function() end
    assert.equal(0, limiter:acquire(KEY))
    assert.near(1, limiter:acquire(KEY), 0.001)
    assert.near(2, limiter:acquire(KEY), 0.001)
    local none, why = limiter:acquire(KEY)
    assert.is_nil(none)
    assert.matches("1 requests a second are allowed, and the next is free in 3.0 s", why, 1, true)
    none = limiter:acquire(KEY, 0.5)
    assert.is_nil(none)
    time = time + 1
    assert.near(2, limiter:acquire(KEY), 0.001)
  end)

  it("says so where nothing can wait", function()
    local limiter = make { test = 1 }
    limiter.sleep = function() error "API disabled in the context of log_by_lua*" end
    limiter:acquire(KEY)
    local none, why = limiter:acquire(KEY)
    assert.is_nil(none)
    assert.matches("can't wait", why)
  end)

  it("waits until the canceller fires at the latest, and says how long that was", function()
    local canceller = stripe.canceller()
    local limiter = make { test = 1 }
    limiter.sleep = function(_, given)
      assert.equal(canceller, given)
      time = time + 0.25
      given:cancel()
    end
    assert.equal(0, limiter:acquire(KEY, nil, 1, canceller))
    assert.equal(0.25, limiter:acquire(KEY, nil, 1, canceller))
  end)

  it("keeps no key in the dictionary", function()
    make():acquire(KEY)
    for _, name in ipairs(dict:get_keys()) do assert.is_nil(name:find("abc", 1, true)) end
  end)

  describe("has a budget of repeats", function()
    it("which the first attempts pay for", function()
      local limiter = make { test = 0, retry_ratio = 0.5, retry_reserve = 2 }
      assert.equal(0, limiter:acquire(KEY, nil, 2))
      assert.equal(0, limiter:acquire(KEY, nil, 2))
      local none, why = limiter:acquire(KEY, nil, 2)
      assert.is_nil(none)
      assert.matches("repeated already", why)
      limiter:acquire(KEY, nil, 1)
      assert.is_nil((limiter:acquire(KEY, nil, 2)))
      limiter:acquire(KEY, nil, 1)
      assert.equal(0, limiter:acquire(KEY, nil, 3))
    end)

    it("which saves up only so many", function()
      local limiter = make { test = 0, retry_ratio = 1, retry_reserve = 3 }
      for _ = 1, 50 do limiter:acquire(KEY, nil, 1) end
      for _ = 1, 3 do assert.equal(0, limiter:acquire(KEY, nil, 2)) end
      assert.is_nil((limiter:acquire(KEY, nil, 2)))
    end)
  end)

  describe("breaks the circuit", function()
    local function broken()
      local limiter = make { test = 0, breaker_failures = 3, breaker_pause = 5 }
      for _ = 1, 3 do report(limiter, { status = 500 }) end
      return limiter
    end

    it("after so many failures, for a while", function()
      local limiter = broken()
      local none, why = limiter:acquire(KEY)
      assert.is_nil(none)
      assert.matches("Stripe fails; nothing is sent for another 5.0 s", why, 1, true)
      assert.equal(0, limiter:acquire "sk_test_other")
    end)

    it("and lets one try afterwards", function()
      local limiter = broken()
      time = time + 5
      assert.equal(0, limiter:acquire(KEY))
      local none, why = limiter:acquire(KEY)
      assert.is_nil(none)
      assert.matches("one request is trying", why)
      report(limiter, { failure = "timeout" })
      assert.is_nil((limiter:acquire(KEY)))
      time = time + 5
      assert.equal(0, limiter:acquire(KEY))
      report(limiter, { status = 200 })
      assert.equal(0, limiter:acquire(KEY))
      assert.equal(0, limiter:acquire(KEY))
    end)

    it("and learns nothing from one that its caller ended", function()
      local limiter = broken()
      time = time + 5
      for _, failure in ipairs { "canceled", "deadline", "aborted" } do
        assert.equal(0, limiter:acquire(KEY))
        report(limiter, { failure = failure })
      end
      assert.equal(0, limiter:acquire(KEY))
      assert.is_nil((limiter:acquire(KEY)))
    end)

    it("not for what is no fault of Stripe's, nor while most goes well", function()
      local limiter = make { test = 0, breaker_failures = 3 }
      for _ = 1, 9 do
        report(limiter, { status = 404 })
        report(limiter, { status = 429 })
        report(limiter, { failure = "canceled" })
      end
      for _ = 1, 5 do report(limiter, { status = 503 }) end
      assert.equal(0, limiter:acquire(KEY))
    end)

    it("not for failures that are long ago", function()
      local limiter = make { test = 0, breaker_failures = 3, breaker_window = 10 }
      report(limiter, { status = 500 })
      report(limiter, { status = 500 })
      time = time + 11
      report(limiter, { status = 500 })
      assert.equal(0, limiter:acquire(KEY))
    end)

    it("unless it is switched off", function()
      local limiter = make { test = 0, breaker_failures = false }
      for _ = 1, 100 do report(limiter, { status = 500 }) end
      assert.equal(0, limiter:acquire(KEY))
    end)
  end)

  it("counts what it does", function()
    local metrics = assert(Metrics.new { dict = dict })
    local limiter = make { test = 1, max_wait = 1, metrics = metrics, breaker_failures = 2 }
    limiter:acquire(KEY)
    limiter:acquire(KEY)
    limiter:acquire(KEY, 0)
    limiter:report(KEY, { n = 1, status = 200, duration = 0.2 }, "climate.orders.create")
    limiter:report(KEY, { n = 2, failure = "timeout", duration = 7 }, "climate.orders.create")
    for _ = 1, 2 do limiter:report(KEY, { n = 1, status = 500, duration = 0.01 }, "x\"y") end
    local text = metrics:text()
    for _, line in ipairs {
      'stripe_attempts_total{operation="climate.orders.create",outcome="200"} 1',
      'stripe_attempts_total{operation="climate.orders.create",outcome="timeout"} 1',
      'stripe_attempts_total{operation="x\\"y",outcome="500"} 2',
      "stripe_retries_total 1", "stripe_limiter_refused_total 1",
      "stripe_limiter_wait_seconds_total 1", "stripe_circuit_opened_total 1",
      'stripe_attempt_duration_seconds_bucket{le="0.05"} 2',
      'stripe_attempt_duration_seconds_bucket{le="0.25"} 3',
      'stripe_attempt_duration_seconds_bucket{le="10"} 4',
      'stripe_attempt_duration_seconds_bucket{le="+Inf"} 4',
      "stripe_attempt_duration_seconds_count 4", "# TYPE stripe_attempts_total counter",
      "# TYPE stripe_attempt_duration_seconds histogram",
    } do
      assert.matches("\n" .. line .. "\n", "\n" .. text, 1, true)
    end
    assert.equal(1, select(2, text:gsub("# TYPE stripe_attempt_duration_seconds", "")))
  end)

  it("goes on in a dictionary that is full", function()
    local limiter = make { retry_ratio = false, breaker_failures = false }
    limiter:acquire(KEY)
    dict:set("of somebody else", 1)
    dict.room = dict.n
    local add = dict.add
    function dict:add(...)
      self:delete "of somebody else" -- as nginx does where there is no room
      return add(self, ...)
    end
    assert.equal(0, limiter:acquire(KEY))
  end)

  it("names what is wrong with its options", function()
    assert.error_matches(function() Limiter.new { dict = dict, max_wait = false } end, '"max_wait"')
    assert.error_matches(function() Limiter.new { dict = dict, test = "x" } end, "or false$")
    assert.error_matches(function() Limiter.new { dict = dict, tset = 1 } end, '"tset"')
    assert.error_matches(function() Limiter.new { dict = dict, test = -1 } end, '"test"')
    local none, why = Limiter.new { dict = "nowhere" }
    assert.is_nil(none)
    assert.matches("lua_shared_dict nowhere 1m;", why, 1, true)
    assert.is_nil((Limiter.new { dict = 3 }))
  end)
end)
