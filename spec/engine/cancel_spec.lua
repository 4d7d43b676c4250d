local core = require "stripe.core"
local driver = require "stripe.driver.blocking"
local memory = require "spec.support.memory"
local stripe = require "stripe"
local wire_support = require "spec.support.wire"

local path = wire_support.path

describe("A call over the wire that must end early", function()
  local wire, client

  setup(function()
    wire = wire_support.start()
    client = wire:client()
  end)
  teardown(function() wire:stop() stripe.close() end)

  -- Calls f in a task, when the server has a request for a path.
  local function when_asked(asked, f)
    return driver.spawn(function()
      wire:until_asked(asked, 1, driver.sleep)
      f()
    end)
  end

  it("is canceled while it waits for an answer, its key kept for another try", function()
    local canceller, asked = stripe.canceller(), path "never"
    when_asked(asked, function() canceller:cancel("enough") end)
    local object, err = client:request("POST", asked, nil,
      { cancel = canceller, idempotency_key = "key-9" })
    assert.is_nil(object)
    assert.equal("connection_error", err.type)
    assert.equal("canceled", err.code)
    assert.matches("enough", err.message)
    assert.equal("maybe", err.sent)
    assert.equal("key-9", err.idempotency_key)
    assert.equal(1, #err.attempts)
    assert.equal("canceled", err.attempts[1].failure)
    assert.equal(1, wire:requests(asked))
  end)

  it("is canceled while it sleeps between two attempts", function()
    local canceller = stripe.canceller()
    local function soon() -- when the wait for the next attempt has begun
      driver.spawn(function()
        driver.sleep(0.02)
        canceller:cancel()
      end)
    end
    local before = core.now()
    local object, err = wire:client { max_retries = 3, on_response = soon }
      :request("POST", path "away", nil, { cancel = canceller })
    assert.is_nil(object)
    assert.equal("canceled", err.code)
    assert.equal("yes", err.sent)
    assert.is_true(core.now() - before < 30, "it waits a minute")
  end)

  it("is canceled from another call's task, and others go on", function()
    local canceller = stripe.canceller()
    local results, errors = stripe.gather {
      function() return client:request("GET", path "never", nil, { cancel = canceller }) end,
      function() return client:request("GET", path "slow") end,
      function()
        driver.sleep(0.02)
        canceller:cancel()
        return true
      end,
    }
    assert.equal("canceled", errors[1].code)
    assert.equal("climorder_1", results[2].id)
  end)

  it("ends at its timeout, and may be tried again", function()
    -- A time in which it is sent in any case.
    local object, err = wire:client { timeout = 0.5 }:request("POST", path "never")
    assert.is_nil(object)
    assert.equal("timeout", err.code)
    assert.equal("maybe", err.sent)
    assert.is_true(err.retryable)
    assert.is_string(err.idempotency_key)
  end)

  it("ends at its deadline, retries and their waits included", function()
    for _, act in ipairs { "never", "failing", "drip" } do
      local before = core.now()
      local object, err = wire:client { deadline = 0.7, max_retries = 5 }
        :request("POST", path(act))
      assert.is_nil(object)
      assert.equal("deadline", err.code)
      assert.is_string(err.idempotency_key)
      assert.not_equal("no", err.sent)
      local took = core.now() - before
      assert.is_true(took >= 0.6 and took < 3, act .. " took " .. took)
    end
  end)

  it("times out while it connects before its deadline is near", function()
    local object, err = stripe.new {
      api_key = "sk_test_1", base_url = "https://192.0.2.1", connect_timeout = 0.1, deadline = 30,
      timeout = 40, max_retries = 0,
    }:request("GET", "/v1/none")
    assert.is_nil(object)
    assert.is_true(err.code == "timeout" or err.code == "connect", err.code)
    assert.equal("no", err.sent)
  end)

  it("ends when the engine is closed, and the next one opens it again", function()
    local object, err
    local asked = path "never"
    local task = driver.spawn(function()
      object, err = client:request("POST", asked)
    end)
    wire:until_asked(asked, 1, driver.sleep)
    stripe.close()
    driver.await(task)
    assert.is_nil(object)
    assert.equal("canceled", err.code)
    assert.matches("closed", err.message)
    assert.equal("maybe", err.sent)
    assert(client:request("GET", path "ok"))
  end)

  it("leaves no connection behind after close", function()
    stripe.close()
    collectgarbage() collectgarbage() -- what other specs left open is closed now or not at all
    local before = memory.descriptors "socket:"
    local calls = {}
    for i = 1, 5 do calls[i] = function() return client:request("GET", path "slow") end end
    stripe.gather(calls)
    assert.is_true(memory.descriptors "socket:" > before)
    stripe.close()
    assert.equal(before, memory.descriptors "socket:")
    stripe.close()
  end)

  it("dies quietly with its Lua state", function()
    local script = wire:write("exit.lua", [[
      local stripe = require "stripe"
      local driver = require "stripe.driver.blocking"
      local client = stripe.new { api_key = "sk_test_1", base_url = arg[1], max_retries = 0 }
      for i = 1, 10 do
        driver.spawn(function() client:request("POST", "/v1/" .. i .. "/never/x") end)
      end
      client:request("GET", "/v1/0/ok/x")
      if os.getenv "AFTER" then
        -- What runs while the state is being closed still finds an engine that says no.
        KEPT = setmetatable({}, { __gc = function() client:request("GET", "/v1/0/ok/y") end })
      end
    ]])
    -- What is made while a state is being closed is never collected: no fault of ours.
    for _, before in ipairs { "", "AFTER=1 ASAN_OPTIONS=detect_leaks=0" } do
      local ok, output = wire_support.run(script, wire:url(), before)
      assert.equal("", output)
      assert.is_true(ok)
    end
  end)

  it("is never sent once its Lua state is closing, whatever else is", function()
    local script = wire:write("last_words.lua", [[
      local stripe = require "stripe"
      local driver = require "stripe.driver.blocking"
      local client = stripe.new {
        api_key = "sk_test_1", base_url = arg[1], max_retries = 0, max_connections = 1,
      }
      local function at_the_end(f)
        if newproxy then
          local guard = newproxy(true)
          getmetatable(guard).__gc = f
          return guard
        end
        return setmetatable({}, { __gc = f })
      end
      -- Finalizers run in the reverse order: this one has an engine, and those calls are gone.
      FIRST = at_the_end(function()
        local _, err = client:request("GET", "/v1/0/ok/late")
        print(err.code)
      end)
      client:request("GET", "/v1/0/ok/x")
      LAST = at_the_end(function() print(client:request("GET", "/v1/0/ok/y").id) end)
      for i = 1, 4 do
        driver.spawn(function()
          client:request("POST", arg[2], { text = ("x"):rep(500) }, { validate = false })
        end)
      end
    ]])
    local lost = path "slow"
    local ok, output = wire_support.run(script, wire:url() .. " " .. lost,
      "ASAN_OPTIONS=detect_leaks=0")
    assert.equal("climorder_1\naborted\n", output)
    assert.is_true(ok)
    assert.is_true(wire:requests(lost) <= 1)
  end)

  it("is not held up by a resolver that hangs", function()
    if memory.watched then return pending "what watches memory is preloaded itself" end
    local library = wire_support.compile(wire, "hang", [[
      #include <netdb.h>
      #include <unistd.h>
      int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                      struct addrinfo **res)
      {
          (void)node; (void)service; (void)hints; (void)res;
          for (;;) pause();
      }
    ]])
    local script = wire:write("hang.lua", [[
      local stripe = require "stripe"
      local core = require "stripe.core"
      local before = core.now()
      local function ask(options)
        options.api_key, options.base_url = "sk_test_1", "https://api.test"
        options.max_retries = options.max_retries or 0
        local _, err = stripe.new(options):request("POST", "/v1/x")
        assert(err.sent == "no" and err.idempotency_key)
        return err.code
      end
      assert(ask { deadline = 0.2 } == "deadline")
      assert(ask { deadline = 0.8, max_retries = 9, timeout = 0.1 } == "deadline")
      assert(ask { timeout = 0.1 } == "timeout")
      assert(ask { connect_timeout = 0.1 } == "timeout")
      local canceller = stripe.canceller()
      stripe.gather {
        function()
          local _, err = stripe.new { api_key = "sk_test_1", base_url = "https://api.test" }
            :request("POST", "/v1/x", nil, { cancel = canceller })
          assert(err.code == "canceled" and err.sent == "no", tostring(err))
        end,
        function() canceller:cancel() end,
      }
      assert(core.now() - before < 5)
    ]])
    local ok, output = wire_support.run(script, "", "LD_PRELOAD=" .. library)
    assert.equal("", output)
    assert.is_true(ok)
  end)
end)
