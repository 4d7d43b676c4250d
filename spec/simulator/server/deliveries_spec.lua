--- The server delivers by itself.

local core = require "stripe.core"
local http = require "spec.support.http_client"
local stripe = require "stripe"

if not http.available then
  describe("the server", function() pending "needs lua-http" end)
  return
end

local cqueues = require "cqueues"
local http_server = require "http.server"
local new_headers = require("http.headers").new

local FORM = "application/x-www-form-urlencoded"
local ORDER = "product=climsku_frontier_offtake_portfolio_2027&metric_tons=1"

-- A server that takes deliveries: `respond(body, headers)` -> status.
local function receiver(respond)
  local self = { requests = {} }
  self.server = assert(http_server.listen { host = "127.0.0.1", port = 0,
    onerror = function() end,
    onstream = function(_, stream)
      local headers = assert(stream:get_headers(5))
      local body = assert(stream:get_body_as_string(5))
      table.insert(self.requests, { body = body, headers = headers })
      local status = respond and respond(body, headers) or 200
      local answer = new_headers()
      answer:append(":status", tostring(status))
      stream:write_headers(answer, false, 5)
      stream:write_chunk("thanks", true, 5)
    end })
  assert(self.server:listen())
  local _, _, port = self.server:localname()
  self.url = ("http://127.0.0.1:%d/hook"):format(port)
  cqueues.running():wrap(function() self.server:loop() end)
  return self
end

local function object(response)
  assert.equal(200, response.status, response.body)
  return (assert(core.decode(response.body)))
end

local function serve(options, f)
  http.serve(options, function(server, sim, connect)
    local connection = connect()
    local function post(path, form)
      return object(connection:ask("POST", path, form, { ["Content-Type"] = FORM }))
    end
    local function control(path, value)
      return object(connection:ask("POST", "/_sim/" .. path, value and core.json(value)))
    end
    local function log()
      return object(connection:ask("GET", "/_sim/deliveries")).data
    end
    f { server = server, sim = sim, connect = connect, post = post, control = control, log = log,
      connection = connection,
      endpoint = function(url)
        return post("/v1/webhook_endpoints", "url=" .. url .. "&enabled_events[]=*")
      end }
  end)
end

describe("the server's deliveries", function()
  it("arrive in the background, signed", function()
    serve({}, function(s)
      local hook = receiver()
      local endpoint = s.endpoint(hook.url)
      local order = s.post("/v1/climate/orders", ORDER)
      while #hook.requests == 0 do cqueues.sleep(0.005) end
      local request = hook.requests[1]
      local event, err = stripe.webhook.construct_event(request.body,
        request.headers:get "stripe-signature", endpoint.secret)
      assert(event, err)
      assert.equal(order.id, event.data.object.id)
      assert.equal("POST", request.headers:get ":method")
      assert.equal("application/json; charset=utf-8", request.headers:get "content-type")
      s.control "deliveries/flush"
      local entry = s.log()[1]
      assert.same({ "succeeded", 200, "thanks" },
        { entry.status, entry.attempts[1].status, entry.attempts[1].body })
      assert.equal(request.headers:get "stripe-signature",
        entry.attempts[1].headers["Stripe-Signature"])
      hook.server:close()
    end)
  end)

  it("don't keep the request that caused them, nor each other", function()
    serve({}, function(s)
      local go = false
      local slow = receiver(function()
        while not go do cqueues.sleep(0.005) end
      end)
      local quick = receiver()
      s.endpoint(slow.url)
      s.endpoint(quick.url)
      s.post("/v1/climate/orders", ORDER)
      while #slow.requests == 0 or #quick.requests == 0 do cqueues.sleep(0.005) end
      local states = {}
      for _, entry in ipairs(s.log()) do states[#states + 1] = entry.status end
      table.sort(states)
      assert.equal("pending", states[1])
      go = true
      s.control "deliveries/flush"
      for _, entry in ipairs(s.log()) do assert.equal("succeeded", entry.status) end
      slow.server:close()
      quick.server:close()
    end)
  end)

  it("are tried again when the clock is moved, and pending_webhooks counts down", function()
    serve({}, function(s)
      local status = 503
      local hook = receiver(function() return status end)
      s.endpoint(hook.url)
      s.post("/v1/climate/orders", ORDER)
      s.control "deliveries/flush"
      assert.equal("pending", s.log()[1].status)
      status = 204
      s.control("clock/advance", { seconds = 300 })
      s.control "deliveries/flush"
      assert.equal(2, #s.log()[1].attempts)
      local events = object(s.connection:ask("GET", "/v1/events"))
      assert.equal(0, events.data[1].pending_webhooks)
      hook.server:close()
    end)
  end)

  it("are tried again by the wall clock", function()
    local time = 1800000000.25
    local options = { simulator = { clock = function() return time end } }
    serve(options, function(s)
      local hook = receiver(function() return 500 end)
      s.endpoint(hook.url)
      s.post("/v1/climate/orders", ORDER)
      s.control "deliveries/flush"
      assert.equal(300, s.sim:seconds_until_due())
      time = time + 300
      s.sim.wake() -- what the sleep would end with
      s.control "deliveries/flush"
      assert.equal(2, #hook.requests)
      hook.server:close()
    end)
  end)

  it("are held, released in another order, resent and duplicated by routes", function()
    serve({}, function(s)
      local hook = receiver()
      s.endpoint(hook.url)
      s.control "events/hold"
      local ids = {}
      for i = 1, 3 do ids[4 - i] = s.post("/v1/climate/orders", ORDER).id end
      s.control "deliveries/flush"
      assert.equal(0, #s.log()[1].attempts)
      s.control("events/release", { order = "reverse" })
      s.control "deliveries/flush"
      local got = {}
      for i, request in ipairs(hook.requests) do
        got[i] = core.decode(request.body).data.object.id
      end
      assert.same(ids, got)
      local event = core.decode(hook.requests[1].body).id
      assert.equal(event, s.control("events/duplicate", { id = event }).id)
      assert.equal(event, s.control("events/resend", { id = event }).id)
      s.control "deliveries/flush"
      assert.equal(5, #hook.requests)
      assert.equal(event, core.decode(hook.requests[5].body).id)
      assert.equal(404, s.connection:ask("POST", "/_sim/events/resend",
        '{"id":"evt_none"}').status)
      hook.server:close()
    end)
  end)

  it("are signed by two secrets when a route rolls one", function()
    serve({}, function(s)
      local hook = receiver()
      local endpoint = s.endpoint(hook.url)
      local rolled = s.control("webhook_endpoints/" .. endpoint.id .. "/roll_secret",
        { expires_in = 60 })
      s.post("/v1/climate/orders", ORDER)
      s.control "deliveries/flush"
      local request = hook.requests[1]
      for _, secret in ipairs { endpoint.secret, rolled.secret } do
        assert(stripe.webhook.verify(request.body, request.headers:get "stripe-signature", secret))
      end
      hook.server:close()
    end)
  end)

  it("leave this machine for allowed addresses alone", function()
    serve({}, function(s)
      s.endpoint "http://0.0.0.0:1/hook"
      s.post("/v1/climate/orders", ORDER)
      s.control "deliveries/flush"
      assert.equal("not_allowed", s.log()[1].attempts[1].error.kind)
      s.control("webhook_endpoints/allow", { url = "http://0.0.0.0:1" })
      s.control("clock/advance", { seconds = 300 })
      s.control "deliveries/flush"
      assert.equal("connect", s.log()[1].attempts[2].error.kind)
    end)
  end)

  it("are a few at once, and all come to their end", function()
    serve({}, function(s)
      local now, most = 0, 0
      local hook = receiver(function()
        now = now + 1
        most = math.max(most, now)
        cqueues.sleep(0.01)
        now = now - 1
      end)
      s.endpoint(hook.url)
      s.control "events/hold"
      for _ = 1, 60 do s.control("events/trigger", { type = "file.created" }) end
      s.control "events/release"
      s.control "deliveries/flush"
      assert.equal(60, #hook.requests)
      assert.is_true(most > 1 and most <= 16, most)
      hook.server:close()
    end)
  end)

  it("are logged in a line", function()
    local lines = {}
    local log = require "stripe.simulator.server.log" ("normal",
      { write = function(_, ...) lines[#lines + 1] = table.concat { ... } end })
    serve({ log = log }, function(s)
      local hook = receiver()
      s.endpoint(hook.url .. "?token=secret")
      s.post("/v1/climate/orders", ORDER)
      s.control "deliveries/flush"
      hook.server:close()
    end)
    local text = table.concat(lines)
    assert.matches("delivery of climate.order.created evt_%w+ to http://127.0.0.1:%d+/hook: 200, "
      .. "try 1", text)
    assert.is_nil(text:find("token", 1, true))
  end)
end)

describe("bin/stripe-sim", function()
  local sim_process = require "spec.support.sim_process"

  it("keeps what is pending in its state file", function()
    local file = os.tmpname()
    os.remove(file)
    local sim = sim_process.start("--state " .. file)
    local client = sim:client()
    assert(client.webhook_endpoints:create {
      url = "http://127.0.0.1:1/", enabled_events = { "*" } })
    assert(client.climate.orders:create {
      product = "climsku_frontier_offtake_portfolio_2027", metric_tons = 1 })
    sim:control("POST", "/deliveries/flush")
    sim:stop()
    sim = sim_process.start("--state " .. file)
    local entry = sim:control("GET", "/deliveries").data[1]
    assert.same({ "pending", 1 }, { entry.status, #entry.attempts })
    sim:control("POST", "/clock/advance", { seconds = 300 })
    sim:control("POST", "/deliveries/flush")
    assert.equal(2, #sim:control("GET", "/deliveries").data[1].attempts)
    sim:stop()
    os.remove(file)
  end)

  it("delivers to where --deliver-to says, and signs by --sign-clock", function()
    local sim = sim_process.start("--clock 1700000000 --sign-clock simulator"
      .. " --deliver-to http://0.0.0.0:1/a --deliver-to https://0.0.0.0:1")
    local client = sim:client()
    for _, url in ipairs { "http://0.0.0.0:1/a/b", "http://0.0.0.0:1/b" } do
      assert(client.webhook_endpoints:create { url = url, enabled_events = { "*" } })
    end
    sim:control("POST", "/events/trigger", { type = "file.created" })
    sim:control("POST", "/deliveries/flush")
    local kinds = {}
    for _, entry in ipairs(sim:control("GET", "/deliveries").data) do
      local attempt = entry.attempts[1]
      kinds[attempt.url] = attempt.error.kind
      if attempt.headers then
        assert.matches("^t=1700000000,", attempt.headers["Stripe-Signature"])
      end
    end
    assert.same({ ["http://0.0.0.0:1/a/b"] = "connect",
      ["http://0.0.0.0:1/b"] = "not_allowed" }, kinds)
    sim:stop()
  end)
end)
