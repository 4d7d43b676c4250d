--- Calls inside a real nginx: in its requests, timers and light threads.

local nginx = require "spec.support.nginx"
local wire_support = require "spec.support.wire"

local path = wire_support.path

-- `/run` runs the Lua that is sent to it, and says what that returned.
local HTTP = [[
  client_body_buffer_size 1m;
  {{more_http}}
  init_by_lua_block {
    stripe = require "stripe"
    engine = require "stripe.transport.engine"
    function make(options)
      options = options or {}
      options.api_key = "sk_test_nginx"
      options.base_url = options.base_url or "{{upstream}}"
      options.max_retries = options.max_retries or 0
      options.timeout = options.timeout or 20
      return stripe.new(options)
    end
    client = make()
  }
]]

local SERVER = [[
  location = /ping { return 200 "pong"; }
  location = /run {
    content_by_lua_block {
      ngx.req.read_body()
      local f = assert(loadstring(ngx.req.get_body_data()))
      ngx.print(tostring((f())))
    }
  }
  location = /checked {
    lua_check_client_abort on;
    content_by_lua_block {
      ngx.req.read_body()
      assert(loadstring(ngx.req.get_body_data()))()
    }
  }
]]

describe("In nginx #nginx", function()
  local wire

  setup(function() wire = wire_support.start() end)
  teardown(function() wire:stop() end)

  local function start(options)
    options = options or {}
    local values = { upstream = wire:url(), more_http = options.http or "" }
    return nginx.start {
      http = HTTP, server = SERVER, values = values, before = options.before,
      main = options.main or "env TMPDIR={{directory}};",
    }
  end

  -- Runs Lua in a request: what it returned.
  local function run(server, lua, where)
    local answer = server:ask(where or "/run", { body = lua })
    assert(answer, "no answer: " .. server:log())
    assert(answer.status == 200, answer.body .. server:log())
    return answer.body
  end

  -- Nothing went wrong that nginx saw.
  local function assert_quiet(server)
    assert.same({}, server:logged "%[error%]")
    assert.same({}, server:logged "%[alert%]")
    assert.same({}, server:logged "%[crit%]")
  end

  local function one_call(asked)
    return ([[
      local object, err = client:request("GET", "%s")
      return object and object.id or tostring(err)
    ]]):format(asked)
  end

  describe("a worker", function()
    local server

    setup(function() server = start() end)
    teardown(function() server:stop() end)
    after_each(function() assert_quiet(server) end)

    it("answers others while a call waits", function()
      local asked = path("together", 2)
      local first = server:begin("/run", { body = one_call(asked) })
      assert(nginx.wait(function() return wire:requests(asked) == 1 end))
      assert.equal("pong", server:ask("/ping").body)
      assert.equal("climorder_1", run(server, one_call(asked)))
      assert.equal("climorder_1", first().body)
    end)

    it("has the calls of gather in flight together", function()
      assert.equal("40 nil", run(server, ([[
        local functions = {}
        for i = 1, 40 do
          functions[i] = function() return client:request("GET", "%s") end
        end
        local results, errors = stripe.gather(functions, { concurrency = 40 })
        return #results .. " " .. tostring(errors)
      ]]):format(path("together", 40))))
    end)

    it("keeps what the functions of gather throw, with its traceback", function()
      assert.matches("lua_error thrown .*traceback", run(server, [[
        local _, errors = stripe.gather {
          function() error("thrown", 0) end,
          function() client:request("GET", "/v1/slow/throws") error("later", 0) end,
        }
        assert(errors[2].message == "later")
        return errors[1].type .. " " .. errors[1].message .. " " .. errors[1].traceback
      ]]))
    end)

    it("fetches pages ahead", function()
      local asked = path("pages", 3)
      assert.equal("item_1 item_2 item_3 item_4 item_5 item_6", run(server, ([[
        local ids = {}
        for item, err in assert(client:request("GET", "%s")):each { prefetch = true } do
          assert(not err, tostring(err))
          ids[#ids + 1] = item.id
        end
        return table.concat(ids, " ")
      ]]):format(asked)))
      assert.equal(3, wire:requests(asked))
    end)

    it("waits between two attempts", function()
      local asked = path "reset_first"
      assert.equal("climorder_1 2", run(server, ([[
        local order, _, response = make { max_retries = 2 }:request("GET", "%s")
        return order.id .. " " .. #response.attempts
      ]]):format(asked)))
    end)

    it("ends calls by a canceller, those that sleep as well", function()
      assert.equal("canceled canceled maybe", run(server, ([[
        local canceller = stripe.canceller()
        local _, errors = stripe.gather {
          function() return client:request("POST", "%s", nil, { cancel = canceller }) end,
          function()
            return make { max_retries = 50 }
              :request("POST", "%s", nil, { cancel = canceller })
          end,
          function() ngx.sleep(0.3) canceller:cancel("enough") end,
        }
        return errors[1].code .. " " .. errors[2].code .. " " .. errors[1].sent
      ]]):format(path "never", path "failing")))
    end)

    it("ends calls at their deadline", function()
      assert.equal("deadline", run(server, ([[
        local _, err = client:request("GET", "%s", nil, { deadline = 0.1 })
        return err.code
      ]]):format(path "never")))
    end)

    it("uploads, and tells how far it is", function()
      assert.matches("^size 300000 of 300%d%d%d, %d+ times$", run(server, [[
        local done, total, times = 0, 0, 0
        local file = assert(client.files:create({
          purpose = "identity_document",
          file = { data = ("x"):rep(300000), filename = "x.png", type = "image/png" },
        }, { progress = function(a, b) done, total, times = a, b, times + 1 end }))
        assert(done == total and file.size == total)
        return ("size 300000 of %d, %d times"):format(total, times)
      ]]))
    end)

    it("downloads in pieces, to a sink that waits", function()
      assert.equal("3000003", run(server, [[
        local count = 0
        assert(client.files:contents("bytes_3000003", function(bytes)
          count = count + #bytes
          ngx.sleep(0.001)
        end))
        return count
      ]]))
    end)

    it("ends a download whose sink fails", function()
      assert.matches("aborted.*disk is full", run(server, [[
        local _, err = client.files:contents("bytes_3000003", function()
          return nil, "the disk is full"
        end)
        return err.code .. " " .. err.message
      ]]))
    end)

    it("calls in coroutines of the user's own", function()
      assert.equal("climorder_1", run(server, [[
        return coroutine.wrap(function()
          return client:request("GET", "/v1/slow/coroutine").id
        end)()
      ]]))
    end)

    it("calls in timers, in many at once", function()
      assert.equal("8", run(server, ([[
        local n = 0
        for i = 1, 8 do
          ngx.timer.at(0, function()
            if client:request("GET", "%s") then n = n + 1 end
          end)
        end
        while n < 8 do ngx.sleep(0.005) end
        return n
      ]]):format(path("together", 8))))
    end)

    it("refuses what Lua can't suspend, before anything is sent", function()
      assert.equal("validation_error phase no", run(server, [[
        local err
        table.sort({ 2, 1 }, function(a, b)
          local _
          _, err = client:request("GET", "/v1/in_sort")
          return a < b
        end)
        return err.type .. " " .. err.code .. " " .. err.sent
      ]]))
      assert.equal(0, wire:requests "/v1/in_sort")
    end)

    it("takes a simulator for a transport", function()
      assert.equal("climate.order", run(server, [[
        local simulator = stripe.simulator.new { seed = 7, clock = 1767225600 }
        simulator.faults:add { match = { method = "POST" }, times = 1, fault = { delay = 0.05 } }
        local simulated = stripe.new { api_key = "sk_test_sim", transport = simulator }
        local product = simulated.climate.products:list().data[1]
        return simulated.climate.orders:create({
          product = product.id, metric_tons = "1", currency = "usd",
        }).object
      ]]))
    end)

    it("waits in place where it is told to", function()
      assert.equal("climorder_1", run(server, [[
        return make { driver = "blocking" }:request("GET", "/v1/slow/blocking").id
      ]]))
    end)

    it("opens the engine again after stripe.close", function()
      assert.equal("canceled climorder_1", run(server, ([[
        local thread = ngx.thread.spawn(function() return client:request("GET", "%s") end)
        ngx.sleep(0.05)
        stripe.close()
        local _, _, err = ngx.thread.wait(thread)
        return err.code .. " " .. client:request("GET", "/v1/ok/again").id
      ]]):format(path "never")))
    end)

    it("goes on with a call whose client went away", function()
      for _, where in ipairs { "/run", "/checked" } do
        local asked = path("together", 2)
        local gone = ([[client:request("POST", "%s")]]):format(asked)
        -- It goes when its call has long been under way.
        assert.is_nil(server:ask(where, { body = gone, timeout = 1 }))
        wire:until_asked(asked, 1)
        assert.equal("climorder_1", run(server, one_call(asked)))
        assert(nginx.wait(function()
          return run(server, "return engine.active()") == "0"
        end), "the call does not end")
      end
      -- Where nginx watches its client, nobody was left to take the answer.
      run(server, "for _ = 1, 3 do collectgarbage() end")
      assert.equal(1, #server:logged "nobody waits any more for POST .* status 200")
    end)

    it("leaves no path behind, and has one thread", function()
      run(server, one_call(path "ok"))
      local pid = server:workers()[1]
      local threads = io.popen("cat /proc/" .. pid .. "/task/*/comm")
      local names = threads:read "*a"
      threads:close()
      assert.equal(1, select(2, names:gsub("stripe", "")))
      local left = io.popen("ls " .. server.directory)
      assert.is_nil(left:read "*a":find "stripe%-")
      left:close()
    end)
  end)

  local function works(server)
    local asked = path("together", 12)
    assert.equal("12 nil", run(server, ([[
      local functions = {}
      for i = 1, 12 do functions[i] = function() return client:request("GET", "%s") end end
      local results, errors = stripe.gather(functions)
      return #results .. " " .. tostring(errors and errors[1])
    ]]):format(asked)))
    local several = {}
    for i = 1, 6 do several[i] = "/run" end
    for _, answer in ipairs(server:ask_all(several, { body = one_call(path("together", 6)) })) do
      assert.equal("climorder_1", answer.body)
    end
    assert.equal("climorder_1", run(server, one_call(path "slow")))
  end

  it("calls work where timers are refused", function()
    local server = start { http = "lua_max_pending_timers 0;" }
    works(server)
    assert_quiet(server)
    server:stop()
  end)

  it("calls work where timers never run", function()
    local server = start { http = "lua_max_running_timers 0;" }
    works(server)
    server:stop()
  end)

  it("calls work where the bell has no place", function()
    local server = start { main = "env TMPDIR=/nonexistent;" }
    works(server)
    assert_quiet(server)
    server:stop()
  end)

  it("another takes over from a request that ends while it leads", function()
    local server = start { http = "lua_max_pending_timers 0;" }
    local asked = path("together", 3)
    local leads = ([[client:request("GET", "%s")]]):format(path "never")
    local gone = server:begin("/checked", { body = leads, timeout = 3 })
    assert(nginx.wait(function() return run(server, "return engine.active()") == "1" end))
    local answers = { server:begin("/run", { body = one_call(asked) }),
      server:begin("/run", { body = one_call(asked) }) }
    gone()
    assert(nginx.wait(function() return wire:requests(asked) == 2 end))
    assert.equal("climorder_1", run(server, one_call(asked)))
    for _, answer in ipairs(answers) do assert.equal("climorder_1", answer().body) end
    server:stop()
  end)

  it("each request may have a Lua state of its own, and all have one engine", function()
    local server = start { http = "lua_code_cache off;" }
    local before = wire:connections()
    local several = {}
    for i = 1, 4 do several[i] = "/run" end
    for _ = 1, 5 do
      for _, answer in ipairs(server:ask_all(several, { body = one_call(path "ok") })) do
        assert.equal("climorder_1", answer.body)
      end
    end
    assert.is_true(wire:connections() - before <= 4)
    local pid = server:workers()[1]
    local function descriptors()
      local pipe = io.popen("ls /proc/" .. pid .. "/fd | wc -l")
      local n = tonumber(pipe:read "*a")
      pipe:close()
      return n
    end
    local open = descriptors()
    for _ = 1, 10 do run(server, one_call(path "ok")) end
    assert(nginx.wait(function() return descriptors() <= open end, 5), "descriptors stay open")
    assert.same({}, server:logged "%[error%]")
    server:stop()
  end)

  it("the library may be loaded in a request", function()
    local server = nginx.start {
      server = [[
        location / {
          content_by_lua_block {
            local client = require("stripe").new {
              api_key = "sk_test_1", base_url = "{{upstream}}", max_retries = 0,
            }
            local stripe = require "stripe"
            local results = stripe.gather {
              function() return client:request("GET", "/v1/slow/loaded") end,
              function() return stripe.simulator.new() end,
            }
            ngx.print(results[1].id, " ", tostring(results[2] ~= nil))
          }
        }
      ]],
      values = { upstream = wire:url() },
    }
    assert.equal("climorder_1 true", server:ask("/").body)
    server:stop()
  end)

  it("a resolver that hangs holds nobody up", function()
    if os.getenv "STRIPE_NGINX_BEFORE" then return pending "something else is preloaded" end
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
    local server = start { before = "LD_PRELOAD=" .. library }
    local waiting = server:begin("/run", { body = [[
      local _, err = make { base_url = "https://api.test", timeout = 3 }:request("GET", "/v1/x")
      return err.code
    ]] })
    assert(nginx.wait(function() return run(server, "return engine.active()") == "1" end))
    assert.equal("climorder_1", run(server, one_call(path "ok")))
    assert.equal("timeout", waiting().body)
    assert_quiet(server)
    assert.equal(0, server:finish "TERM")
    server:stop()
  end)
end)
