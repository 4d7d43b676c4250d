local memory = require "spec.support.memory"
local stripe = require "stripe"
local wire_support = require "spec.support.wire"

local path = wire_support.path

describe("More calls than libcurl is good at", function()
  local wire

  setup(function() wire = wire_support.start() end)
  teardown(function() wire:stop() stripe.close() end)
  before_each(function() stripe.close() end)

  -- So many calls, all of them under way before one is answered.
  local function together(client, n)
    local calls, asked = {}, path("together", n)
    for i = 1, n do calls[i] = function() return client:request("GET", asked .. "?0.05") end end
    local results, errors = stripe.gather(calls, { concurrency = n })
    assert.is_nil(errors)
    assert.equal(n, #results)
    assert.equal(n, wire:requests(asked))
  end

  it("are in flight together, and use the connections of those before them", function()
    local client, before = wire:client { max_connections = 0 }, wire:connections()
    together(client, 150)
    assert.equal(150, wire:connections() - before)
    together(client, 150)
    together(client, 70)
    assert.equal(150, wire:connections() - before)
  end)

  it("share what connections there may be to a host", function()
    local client, before = wire:client { max_connections = 100 }, wire:connections()
    local calls = {}
    local asked = path("crowd", 100) -- none is answered before all connections are in use
    for i = 1, 150 do calls[i] = function() return client:request("GET", asked) end end
    local results, errors = stripe.gather(calls, { concurrency = 150 })
    assert.is_nil(errors)
    assert.equal(150, #results)
    assert.equal(100, wire:connections() - before)
  end)

  it("leave nothing open when there have been few for a while", function()
    if memory.watched then return pending "what watches memory is preloaded itself" end
    local later = wire:file "later" -- when it is there, it is 100 seconds later
    local library = wire_support.compile(wire, "clock", ([[
      #include <stdio.h>
      #include <sys/syscall.h>
      #include <time.h>
      #include <unistd.h>
      int clock_gettime(clockid_t id, struct timespec *t)
      {
          int result = (int)syscall(SYS_clock_gettime, id, t);
          if (access("%s", F_OK) == 0) t->tv_sec += 100;
          return result;
      }
    ]]):format(later))
    local script = wire:write("few.lua", ([[
      local stripe = require "stripe"
      local client = stripe.new {
        api_key = "sk_test_1", base_url = arg[1], max_connections = 0, max_retries = 0,
        timeout = 1000,
      }
      local memory = require "spec.support.memory"
      local function open() return memory.descriptors "socket:" end
      local calls = {}
      for i = 1, 150 do
        calls[i] = function() return client:request("GET", "%s?0.05") end
      end
      local before = open()
      assert(not select(2, stripe.gather(calls, { concurrency = 150 })))
      assert(open() - before >= 150, "only " .. open() - before) -- libcurl has its own, too
      io.open("%s", "w"):close()
      for _ = 1, 3 do assert(client:request("GET", "%s")) end
      assert(open() - before < 10, open() - before .. " are left")
    ]]):format(path("together", 150), later, path "ok"))
    local ok, output = wire_support.run(script, wire:url(), "LD_PRELOAD=" .. library)
    assert.equal("", output)
    assert.is_true(ok)
  end)
end)
