--- stripe.resty inside a real nginx, against stripe-sim.

local SimProcess = require "spec.support.sim_process"
local nginx = require "spec.support.nginx"
local stripe = require "stripe"

local HTTP = [[
  lua_shared_dict stripe 1m;
  lua_shared_dict events 1m;
  lua_shared_dict start 1m;
  client_body_buffer_size 4k;
  init_by_lua_block {
    resty = require "stripe.resty"
    client = resty.client {
      api_key = "sk_test_1", base_url = "{{upstream}}", max_retries = 0,
      limits = { test = 50, max_wait = 0.2, breaker_failures = 4, breaker_pause = 30 },
    }
    other = client:with { api_key = "sk_test_2" }
    slow = resty.client {
      api_key = "sk_test_3", base_url = "{{upstream}}", max_retries = 0,
      limits = { test = 0.01, max_wait = 0 },
    }
    local function note(ctx)
      if ctx.object.id == "fail" then return nil, "it failed" end
      ngx.shared.stripe:incr("seen:" .. ctx.id, 1, 0)
      return true
    end
    local secrets = { "whsec_test" }
    webhook = resty.webhook {
      secrets = secrets, store = { dict = "events" }, on = { ["climate.order.*"] = note },
      max_body = 20000, validate = false,
    }
    later = resty.webhook {
      secrets = secrets, store = { dict = "events" }, on = { ["climate.order.*"] = note },
      background = true,
    }
    guard = resty.webhook { secrets = secrets }
    nulls = resty.webhook {
      secrets = secrets, store = false, null = ngx.null, on = { ["*"] = function(ctx)
        ngx.log(ngx.NOTICE, ctx.id, " was null: ", ctx.previous_attributes.name == ngx.null)
      end },
    }
    forgetful = resty.webhook { secrets = secrets, on = { ["climate.order.*"] = note } }
    paced = resty.client {
      api_key = "sk_test_5", base_url = "{{upstream}}", limits = { test = 20, burst = 0 },
    }
    crawling = resty.client {
      api_key = "sk_test_7", base_url = "{{upstream}}",
      limits = { test = 0.02, burst = 0, max_wait = 60 },
    }
    local starting = resty.client {
      api_key = "sk_test_6", base_url = "{{upstream}}", dict = "start",
      limits = { test = 20, burst = 0 },
    }
    for _ = 1, 3 do
      local list, err = starting:request("GET", "/v1/climate/products")
      ngx.log(ngx.NOTICE, "at the start: ", tostring(list and list.object or err))
    end
    elsewhere = resty.client {
      api_key = "sk_test_4", base_url = "{{upstream}}", max_retries = 0, dict = "events",
    }
    quotes = resty.quotes { client = client, ttl = 30, params = { source_currency = "usd" } }
  }
  log_format stripe "$uri $stripe_calls $stripe_status";
]]

local SERVER = [[
  set $stripe_calls "-";
  set $stripe_status "-";
  access_log {{directory}}/access.log stripe;
  log_by_lua_block {
    local fields = resty.log_fields()
    if fields then
      ngx.var.stripe_calls, ngx.var.stripe_status = fields.calls, fields.status or fields.failure
    end
  }
  location = /order {
    content_by_lua_block {
      local order, err = client.climate.orders:retrieve(ngx.var.arg_id)
      ngx.print(order and order.id or tostring(err))
    }
  }
  location = /other {
    content_by_lua_block {
      local order, err = other.climate.orders:retrieve "climorder_1"
      ngx.print(tostring(err))
    }
  }
  location = /slow {
    content_by_lua_block {
      local order, err = slow.climate.orders:retrieve "climorder_1"
      ngx.print(tostring(err))
    }
  }
  location = /webhook { content_by_lua_block { webhook() } }
  location = /later { content_by_lua_block { later() } }
  location = /nulls { content_by_lua_block { nulls() } }
  location = /waited {
    content_by_lua_block {
      local function ask() return paced:request("GET", "/v1/climate/products") end
      require("stripe").gather { ask, ask, ask }
      local fields = resty.log_fields()
      ngx.print(fields.calls, " ", fields.waited)
    }
  }
  location = /canceled {
    content_by_lua_block {
      local stripe = require "stripe"
      local canceller = stripe.canceller()
      local function ask()
        return crawling:request("GET", "/v1/climate/products", nil, { cancel = canceller })
      end
      assert(ask())
      local _, errors = stripe.gather {
        ask, function() ngx.sleep(0.2) canceller:cancel("the user left") end,
      }
      ngx.print(errors[1].code, " ", errors[1].sent, " ", resty.log_fields().waited < 5)
    }
  }
  location = /guard_alone { content_by_lua_block { guard() } }
  location = /elsewhere {
    content_by_lua_block {
      elsewhere.climate.orders:retrieve "climorder_none"
      resty.metrics "events"
    }
  }
  location = /misuse {
    content_by_lua_block {
      ngx.req.read_body()
      local made, what = pcall(loadstring("return " .. ngx.req.get_body_data()))
      ngx.print(made and "made" or what)
    }
  }
  location = /seen {
    content_by_lua_block { ngx.print(ngx.shared.stripe:get("seen:" .. ngx.var.arg_id)) }
  }
  location = /guarded {
    access_by_lua_block { guard:verify() }
    content_by_lua_block { ngx.print("behind ", #(ngx.req.get_body_data() or "file")) }
  }
  location = /quotes { content_by_lua_block { quotes() } }
  location = /metrics { content_by_lua_block { resty.metrics() } }
]]

describe("stripe.resty #nginx", function()
  local sim, server

  setup(function()
    sim = SimProcess.start()
    server = nginx.start {
      http = HTTP, server = SERVER, values = { upstream = sim.url }, workers = 2,
    }
  end)
  teardown(function()
    server:stop()
    sim:stop()
  end)

  local number = 0

  local function event(object)
    number = number + 1
    local id = "evt_" .. number
    return ('{"id":"%s","object":"event","type":"climate.order.created","created":1,'
      .. '"livemode":false,"data":{"object":{"id":"%s","object":"climate.order"}}}'):format(id,
      object or "climorder_1"), id
  end

  local function post(path, body, signature)
    return server:ask(path, {
      method = "POST", body = body,
      headers = {
        ["Stripe-Signature"] = signature or stripe.webhook.sign(body, "whsec_test"),
        ["Content-Type"] = "application/json",
      },
    })
  end

  local function metric(name)
    local text = server:ask("/metrics").body
    return tonumber(("\n" .. text):match("\n" .. name:gsub("%p", "%%%0") .. " (%S+)")) or 0
  end

  -- A function that tells by how much a metric has grown since.
  local function growth(name)
    local before = metric(name)
    return function() return metric(name) - before end
  end

  it("gives all requests of a worker one client, whose attempts are counted and logged", function()
    local order = assert(sim:client().climate.orders:create {
      product = "climsku_marine_removal_2029", metric_tons = "1", currency = "usd",
    })
    local counted = 'stripe_attempts_total{operation="climate.orders.retrieve",outcome="%d"}'
    local good, bad = growth(counted:format(200)), growth(counted:format(404))
    local timed = growth "stripe_attempt_duration_seconds_count"
    assert.equal(order.id, server:ask("/order?id=" .. order.id).body)
    assert.matches("No such climate order", server:ask("/order?id=climorder_none").body)
    assert.equal(1, good())
    assert.equal(1, bad())
    assert.equal(2, timed())
    local text = assert(nginx.wait(function()
      local file = io.open(server:file "access.log")
      local all = file and file:read "*a" or ""
      if file then file:close() end
      return select(2, all:gsub("/order", "")) == 2 and all
    end))
    assert.matches("/order 1 200\n/order 1 404\n", text, 1, true)
  end)

  it("limits attempts among the workers", function()
    local paths, counted = {}, growth "stripe_limiter_refused_total"
    for i = 1, 10 do paths[i] = "/slow" end
    local refused, answered = 0, 0
    for _, answer in ipairs(server:ask_all(paths)) do
      if answer.body:find("the limiter refused: 0.01 requests a second", 1, true) then
        refused = refused + 1
      elseif answer.body:find("No such climate order", 1, true) then
        answered = answered + 1
      end
    end
    assert.equal(1, answered)
    assert.equal(9, refused)
    assert.equal(refused, counted())
  end)

  it("notes how long a request waited for the limiter", function()
    local waited = tonumber(server:ask("/waited").body:match "^3 ([%d.]+)$")
    assert.is_true(waited > 0 and waited < 0.2, tostring(waited)) -- 0.15, however long calls take
  end)

  it("waits no longer for the limiter when the call is canceled", function()
    assert.equal("canceled no true", server:ask("/canceled").body)
  end)

  it("waits for the limiter in init_by_lua, too", function()
    assert.equal(3, #server:logged "at the start: list")
  end)

  describe("as an endpoint for webhooks", function()
    it("handles an event once, for all workers", function()
      local committed = growth(
        'stripe_webhook_events_total{type="climate.order.created",result="committed"}')
      local body, id = event()
      local answer = post("/webhook", body)
      assert.equal(200, answer.status)
      assert.equal('{"result":"committed"}', answer.body)
      assert.equal("application/json", answer.headers["content-type"])
      for _ = 1, 10 do assert.equal('{"result":"duplicate"}', post("/webhook", body).body) end
      assert.equal("1", server:ask("/seen?id=" .. id).body)
      assert.equal(1, committed())
    end)

    it("refuses what is not signed, and tells the reason to the log alone", function()
      local answer = post("/webhook", event(), "t=1,v1=00")
      assert.equal(400, answer.status)
      assert.equal('{"result":"refused"}', answer.body)
      assert.is_true(#server:logged "stripe webhook .*refused: signature_error" > 0)
      assert.equal(400, server:ask("/webhook", { method = "POST", body = "{}" }).status)
      assert.is_nil(server:log():find("whsec_test", 1, true))
    end)

    it("takes bodies that nginx put into a file", function()
      local body = event():gsub("}$", ',"padding":"' .. ("x"):rep(10000) .. '"}')
      assert.equal(200, post("/webhook", body).status)
    end)

    it("keeps nulls when it is told to", function()
      local body, id = event()
      body = body:gsub('"data":{', '"data":{"previous_attributes":{"name":null},')
      assert.equal(200, post("/nulls", body).status)
      assert.equal(1, #server:logged(id .. " was null: true"))
    end)

    it("answers 413 for what is too large, 405 for what is no POST", function()
      assert.equal(413, post("/webhook", ("x"):rep(20001)).status)
      local answer = server:ask "/webhook"
      assert.equal(405, answer.status)
      assert.equal("POST", answer.headers.allow)
    end)

    it("answers 500 when the function fails, so that Stripe tries again", function()
      local body = event "fail"
      assert.equal(500, post("/webhook", body).status)
      assert.equal(500, post("/webhook", body).status)
      assert.is_true(#server:logged "failed: .*it failed" >= 2)
    end)

    it("can hand over to a timer", function()
      local body, id = event()
      local answer = post("/later", body)
      assert.equal('{"result":"accepted"}', answer.body)
      assert.is_true(nginx.wait(function()
        return server:ask("/seen?id=" .. id).body == "1"
      end))
      assert.equal(400, post("/later", body, "t=1,v1=00").status)
    end)

    it("hands over more than there may be timers", function()
      local small = nginx.start {
        http = [[
          lua_shared_dict events 1m;
          lua_max_running_timers 2;
          init_by_lua_block {
            later = require("stripe.resty").webhook {
              secrets = { "whsec_test" }, store = { dict = "events" }, background = true,
              on = { ["*"] = function(ctx)
                ngx.sleep(0.1)
                ngx.log(ngx.NOTICE, "handled ", ctx.id)
              end },
            }
          }
        ]],
        server = "location = /later { content_by_lua_block { later() } }",
      }
      for _ = 1, 8 do
        local body = event()
        assert.equal(200, small:ask("/later", { method = "POST", body = body, headers = {
          ["Stripe-Signature"] = stripe.webhook.sign(body, "whsec_test"),
        } }).status)
      end
      assert.truthy(nginx.wait(function() return #small:logged "handled evt" == 8 end, 5))
      small:stop()
    end)

    -- An nginx whose timers others have, and an endpoint that could be anywhere.
    local function crowded(directive, others)
      return nginx.start {
        values = { directive = directive, others = others },
        http = [[
          lua_shared_dict events 1m;
          {{directive}}
          init_by_lua_block {
            later = require("stripe.resty").webhook {
              secrets = { "whsec_test" }, store = { dict = "events" }, background = true,
              on = { ["*"] = function(ctx)
                if ctx.object.id == "fail" and ctx.attempt == 1 then return nil, "it failed" end
                ngx.sleep(0.3)
                ngx.log(ngx.NOTICE, "handled ", ctx.id)
              end },
            }
          }
          init_worker_by_lua_block { {{others}} }
        ]],
        server = "location = /later { content_by_lua_block { later() } }",
      }
    end

    local function send(there, body)
      return there:ask("/later", { method = "POST", body = body, headers = {
        ["Stripe-Signature"] = stripe.webhook.sign(body, "whsec_test"),
      } })
    end

    it("lets the request handle what no timer can", function()
      for directive, others in pairs {
        ["lua_max_running_timers 1;"] = "ngx.timer.at(0, function() ngx.sleep(60) end)",
        ["lua_max_pending_timers 1;"] = "ngx.timer.at(60, function() end)",
      } do
        local there = crowded(directive, others)
        for _, object in ipairs { "climorder_1", "fail" } do
          local body, id = event(object)
          if object == "fail" then assert.equal(500, send(there, body).status, directive) end
          local answer = send(there, body)
          assert.same({ 200, '{"result":"committed"}' }, { answer.status, answer.body })
          assert.equal(1, #there:logged("handled " .. id))
          assert.equal('{"result":"duplicate"}', send(there, body).body)
        end
        there:stop()
      end
    end)

    it("finishes what was handed over before its worker ends", function()
      local there = crowded("", "")
      local first, second, third
      first, third = event()
      assert.equal('{"result":"accepted"}', send(there, first).body)
      there:reload()
      assert.equal(1, #there:logged("handled " .. third))
      first, third = event()
      second = event "fail"
      assert.equal('{"result":"accepted"}', send(there, first).body)
      assert.equal('{"result":"accepted"}', send(there, second).body)
      there:finish "QUIT"
      assert.equal(1, #there:logged("handled " .. third))
      there:stop()
    end)

    it("counts and refuses as elsewhere what it hands over", function()
      local committed = growth(
        'stripe_webhook_events_total{type="climate.order.created",result="committed"}')
      local refused = growth 'stripe_webhook_events_total{type="unknown",result="refused"}'
      assert.equal(200, post("/later", (event())).status)
      assert.is_true(nginx.wait(function() return committed() == 1 end, 5))
      assert.equal(400, post("/later", "{}").status)
      assert.equal(1, refused())
      number = number + 1
      local thin = ('{"id":"evt_%d","object":"v2.core.event","type":"v1.climate.order.created",'
        .. '"created":"2026-01-01T00:00:00Z","livemode":false}'):format(number)
      assert.equal(200, post("/later", thin).status)
    end)

    it("finds the signature however its name is written", function()
      for _, path in ipairs { "/webhook", "/later", "/guarded" } do
        local body = event()
        local answer = server:ask(path, {
          method = "POST", body = body,
          headers = { ["STRIPE-signature"] = stripe.webhook.sign(body, "whsec_test") },
        })
        assert.equal(200, answer.status, path)
      end
    end)

    it("says that it can only verify", function()
      assert.equal(500, post("/guard_alone", (event())).status)
      assert.is_true(#server:logged 'it can only webhook:verify' > 0)
    end)

    it("warns that workers have no memory in common", function()
      assert.equal(1, #server:logged "each of the 2 workers remembers for itself")
    end)

    it("guards what stands behind it", function()
      local body = event()
      assert.equal("behind " .. #body, post("/guarded", body).body)
      local answer = post("/guarded", body, "t=1,v1=00")
      assert.equal(400, answer.status)
      assert.equal('{"result":"refused"}', answer.body)
    end)
  end)

  describe("as an endpoint for quotes", function()
    local function asked()
      local n = 0
      for _, request in ipairs(sim:control("GET", "/requests").data) do
        if request.path:find "quotes" then n = n + 1 end
      end
      return n
    end

    it("asks Stripe once for all who ask the same", function()
      local before = asked()
      local paths = {}
      for i = 1, 20 do
        paths[i] = i % 2 == 0 and "/quotes?source_amount=120.00&destination_currencies=usdc,eth"
          or "/quotes?destination_currencies=eth,usdc&source_amount=120.00"
      end
      for _, answer in ipairs(server:ask_all(paths)) do
        assert.equal(200, answer.status)
        assert.matches('"source_amount":"120.00"', answer.body, 1, true)
      end
      assert.equal(before + 1, asked())
    end)

    it("shows nobody an error that is not his own", function()
      assert.equal(400, server:ask("/quotes?api_key=x").status)
      assert.equal(400, server:ask("/quotes?source_amount=-1").status)
      sim:control("POST", "/faults", { fault = "server_error", times = 2 })
      local answer = server:ask "/quotes?source_amount=77.00"
      assert.equal(503, answer.status)
      assert.matches("No quotes at the moment", answer.body)
      sim:control("DELETE", "/faults")
    end)

    it("says what is wrong with a query, also when it never left", function()
      for query, message in pairs {
        ["source_amount=abc"] = "source_amount: this must be decimal text",
        ["source_amount=1&destination_amount=2"] = "only one of source_amount and",
        ["destination_currencies=usdcc"] = 'did you mean \\"usdc\\"?',
      } do
        local answer = server:ask("/quotes?" .. query)
        assert.equal(400, answer.status)
        assert.matches(message, answer.body, 1, true)
        assert.is_nil(answer.body:find("validate", 1, true))
      end
    end)

    it("keeps to itself that the key is refused", function()
      sim:control("POST", "/faults", { times = 1, fault = { status = 401, body = {
        error = { type = "invalid_request_error", message = "Invalid API Key provided: sk_test_*" },
      } } })
      local answer = server:ask "/quotes?source_amount=78.00"
      assert.equal(503, answer.status)
      assert.matches("No quotes at the moment", answer.body)
      assert.is_true(#server:logged "stripe quotes: .*Invalid API Key" > 0)
    end)
  end)

  it("counts in the dictionary that was asked for", function()
    local text = server:ask("/elsewhere").body
    assert.matches("stripe_attempt_duration_seconds_count 1\n", text, 1, true)
    assert.is_nil(text:find("webhook", 1, true))
  end)

  it("names what is wrong with its options", function()
    for misuse, message in pairs {
      ["resty.webhook {}"] = 'option "secrets" is missing',
      ["resty.webhook { secrets = { nil } }"] = 'option "secrets": there is no secret',
      ["resty.webhook { secrets = 'x', max_bdy = 1 }"] = '(did you mean "max_body"?)',
      ["resty.webhook { secrets = 'x', max_body = '1' }"] = '"max_body" must be a number',
      ["resty.webhook { secrets = 'x', background = true }"] = '"background" needs the option "on"',
      ["resty.webhook { secrets = 'x', on = {}, background = true, queue = {} }"] = "not both",
      ["resty.client { api_key = 'sk_test_1', limits = 5 }"] = 'option "limits" must be a table',
      ["resty.webhook { secrets = 'x', on = {}, store = { redis = {}, prefix = 'a' } }"] =
        '"prefix" belongs inside of redis',
      ["resty.webhook { secrets = 'x', on = {}, store = { dict = 'none' } }"] = '"none"',
      ["resty.quotes { client = client, ttl = '10' }"] = '"ttl" must be a number of seconds',
      ["resty.quotes { client = client, params = 1 }"] = '"params" must be a table',
      ["resty.client { api_key = 'sk_test_1', dict = 3 }"] = 'no shared dictionary "3"',
    } do
      assert.matches(message, server:ask("/misuse", { body = misuse }).body, 1, true)
    end
  end)

  it("stops asking while Stripe fails", function()
    sim:control("POST", "/faults", { fault = "server_error", times = 200 })
    local open
    for _ = 1, 40 do
      local body = server:ask("/other").body
      open = open or body:find("Stripe fails; nothing is sent", 1, true)
      if open then break end
    end
    assert.is_truthy(open)
    assert.equal(1, metric "stripe_circuit_opened_total")
    sim:control("DELETE", "/faults")
  end)
end)
