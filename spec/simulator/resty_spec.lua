--- The simulator inside nginx.

local core = require "stripe.core"
local nginx = require "spec.support.nginx"
local stripe = require "stripe"

local KEY = "Bearer sk_test_1"
local ORDER = "product=climsku_frontier_offtake_portfolio_2027&metric_tons=1"

local HTTP = [[
  init_by_lua_block { simulator = require "stripe.simulator.resty" }
  exit_worker_by_lua_block { simulator.leave() }
  client_max_body_size 128m;
  client_body_buffer_size 8k;
  lua_check_client_abort on;
]]

-- Starts an nginx that serves the simulator, with options as Lua has them.
local function start(options, more)
  more = more or {}
  return nginx.start {
    http = (more.http or HTTP), workers = more.workers, server = ([[
      reset_timedout_connection on;
      location / {
        content_by_lua_block { require("stripe.simulator.resty").serve { %s } }
      }
      location /stateless/ {
        lua_code_cache off;
        content_by_lua_block { require("stripe.simulator.resty").serve() }
      }
      location = /break {
        content_by_lua_block {
          local requests = require "stripe.simulator.request"
          local read = requests.read
          function requests.read()
            requests.read = read
            error "broken on purpose"
          end
        }
      }
      location = /sink {
        content_by_lua_block {
          ngx.req.read_body()
          sunk = { ngx.req.get_body_data(), ngx.req.get_headers() }
          ngx.sleep(tonumber(ngx.var.arg_wait) or 0)
          ngx.header["X-Sink"] = "yes"
          ngx.status = tonumber(ngx.var.arg_status) or 201
          ngx.print "taken"
        }
      }
      location = /sunk {
        content_by_lua_block {
          ngx.header["X-Signature"] = sunk and sunk[2]["Stripe-Signature"]
          ngx.print(sunk and sunk[1] or "nothing")
          sunk = nil
        }
      }
    ]]):format(options or ""),
  }
end

local function with_key(options)
  local given = { headers = { Authorization = KEY } }
  for name, value in pairs(options or {}) do
    if name == "headers" then
      for header, text in pairs(value) do given.headers[header] = text end
    else
      given[name] = value
    end
  end
  return given
end

local function decoded(answer)
  assert(answer, "no answer came")
  assert.equal(200, answer.status, answer.body)
  return (assert(core.decode(answer.body)))
end

local function ask(server, path, options) return server:ask(path, with_key(options)) end
local function get(server, path) return decoded(ask(server, path)) end
local function post(server, path, form, headers)
  return decoded(ask(server, path, { body = form, headers = headers }))
end
local function control(server, path, value)
  return decoded(server:ask("/_sim/" .. path,
    { method = "POST", body = value and core.json(value) }))
end
local function fault(server, kind)
  control(server, "faults", { fault = kind, match = { path = "/v1/climate/orders" } })
end
local function fault_of_post(server, kind)
  control(server, "faults", { fault = kind, match = { method = "POST" } })
end
local function upload(server, bytes, more)
  local file = assert(io.open(server:file "upload", "wb"))
  file:write("\137PNG\r\n\26\n", bytes)
  file:close()
  return decoded(ask(server, "/v1/files", { more = "-H Expect: -F purpose=dispute_evidence "
    .. "-F 'file=@" .. server:file "upload" .. ";type=image/png' " .. (more or "") }))
end
local function forward_form(server, query)
  return "payment_method=pm_card_visa&url=" .. server:url "/sink" .. (query or "")
    .. '&replacements[0]=card_number&request[body]={"number":""}'
end
local function orders(server) return #get(server, "/v1/climate/orders").data end

describe("the simulator in nginx #nginx", function()
  local server

  setup(function() server = start "seed = 7, clock = 1800000000" end)
  teardown(function() server:stop() end)
  before_each(function()
    server:ask("/_sim/reset", { method = "POST" })
  end)

  it("answers as the simulator does in a process of its own", function()
    local fresh = start "seed = 7, clock = 1800000000" -- ids tell which account came first
    local sim = stripe.simulator.new { seed = 7, clock = 1800000000,
      settings = { files_url = fresh:url() } }
    local headers = { Authorization = KEY, ["Content-Type"] = "application/x-www-form-urlencoded" }
    for _, step in ipairs {
      { "POST", "/v1/climate/orders", ORDER }, { "GET", "/v1/climate/orders?limit=1" },
      { "POST", "/v1/climate/orders", "metric_tons=1" }, { "GET", "/v1/none" },
      { "DELETE", "/v1/climate/orders" },
    } do
      local method, path, body = step[1], step[2], step[3]
      local mine = ask(fresh, path, { method = method, body = body })
      local its = sim:handle { method = method, url = path, headers = headers, body = body }
      assert.same({ its.status, its.body }, { mine.status, mine.body })
      for _, header in ipairs(its.headers) do
        if header[1] ~= "Request-Id" then
          assert.equal(header[2], mine.headers[header[1]:lower()])
        end
      end
      assert.matches("^req_", mine.headers["request-id"])
      assert.equal(tostring(#its.body), mine.headers["content-length"])
      assert.is_nil(mine.headers["transfer-encoding"])
    end
    fresh:stop()
  end)

  it("takes Basic authentication, and refuses who has no key", function()
    local answer = server:ask("/v1/climate/products", { more = "-u sk_test_1:" })
    assert.equal(200, answer.status)
    assert.equal(401, server:ask "/v1/climate/products".status)
  end)

  it("takes the last of headers that come twice", function()
    local answer = ask(server, "/v1/climate/orders", { body = ORDER,
      more = "-H 'Idempotency-Key: first' -H 'Idempotency-Key: last'" })
    assert.equal("last", answer.headers["idempotency-key"])
  end)

  it("serves controls", function()
    local order = post(server, "/v1/climate/orders", ORDER)
    local order_path = "climate/orders/" .. order.id .. "/deliver"
    assert.equal("delivered", control(server, order_path, {}).status)
    assert.equal(1800000060, control(server, "clock/advance", { seconds = 60 }).now)
    assert.equal(400, server:ask("/_sim/save", { method = "POST" }).status)
    assert.equal(404, server:ask("/_sim/none", { method = "POST" }).status)
  end)

  it("takes uploads that nginx put into a file, and gives them back at their URLs", function()
    local bytes = "\137PNG\r\n\26\n" .. ("\0\255bytes"):rep(300000)
    local made = upload(server, bytes:sub(9), "-F 'file_link_data[create]=true'")
    assert.equal(#bytes, made.size)
    assert.equal(server:url(), made.url:match "^http://[^/]*")
    assert.is_true(ask(server, made.url, { base = "" }).body == bytes)
    local link = made.links.data[1].url
    assert.is_true(server:ask(link, { base = "" }).body == bytes)
    local head = server:ask(link, { base = "", more = "-I" })
    assert.same({ 200, tostring(#bytes), "" },
      { head.status, head.headers["content-length"], head.body })
    assert.equal(404, server:ask "/links/none".status)
  end)

  it("keeps its address when a state from elsewhere is restored", function()
    local elsewhere = stripe.simulator.new { clock = 1800000000,
      settings = { files_url = "http://elsewhere" } }
    elsewhere:account "sk_test_1"
    control(server, "restore", elsewhere:snapshot())
    assert.equal(server:url(), upload(server, "").url:match "^http://[^/]*")
  end)

  it("delays an answer, keeps its key in use, and nobody else waiting", function()
    fault_of_post(server, { delay = 2 }) -- which is long enough to ask three times meanwhile
    local keyed = { body = ORDER, headers = { ["Idempotency-Key"] = "slow" } }
    local first = server:begin("/v1/climate/orders", with_key(keyed))
    assert(nginx.wait(function() return orders(server) == 1 end))
    assert.equal(409, ask(server, "/v1/climate/orders", keyed).status)
    assert.equal(200, first().status)
    assert.equal("true", ask(server, "/v1/climate/orders", keyed).headers["idempotent-replayed"])
  end)

  it("has a delayed key free again when the client has gone away", function()
    fault_of_post(server, { delay = 0.5 })
    local keyed = { body = ORDER, headers = { ["Idempotency-Key"] = "gone" }, timeout = 0.2 }
    assert.is_nil(ask(server, "/v1/climate/orders", keyed))
    keyed.timeout = nil
    assert(nginx.wait(function()
      return ask(server, "/v1/climate/orders", keyed).status == 200
    end, 5))
  end)

  it("breaks connections: by a reset, after the work, in the middle of an answer", function()
    local function code(body)
      local answer = ask(server, "/v1/climate/orders",
        { body = body, more = "-w ' %{exitcode} %{size_download}'" })
      return answer and answer.body or nil, answer
    end
    local before = #server:logged "%[error%]"
    fault(server, "reset")
    assert.is_nil(code(ORDER))
    assert.equal(0, orders(server))
    fault(server, "lost")
    assert.is_nil(code(ORDER))
    assert.equal(1, orders(server))
    fault(server, { kind = "truncate", bytes = 9 })
    local body, answer = code(ORDER)
    assert.matches('^{"id":"cl', body)
    assert.matches(" 18 9$", body)
    assert.is_true(tonumber(answer.headers["content-length"]) > 100)
    assert.equal(2, orders(server))
    assert.equal(before, #server:logged "%[error%]")
  end)

  it("answers with any status", function()
    for _, status in ipairs { 204, 402, 429, 503 } do
      fault(server, { status = status, body = status ~= 204 and "{}" or nil,
        headers = { ["X-Own"] = "mine" } })
      local answer = ask(server, "/v1/climate/orders")
      assert.same({ status, "mine", status ~= 204 and "{}" or "" },
        { answer.status, answer.headers["x-own"], answer.body })
    end
  end)

  describe("forwards", function()
    local function form(query) return forward_form(server, query) end

    it("really, and brings the answer back", function()
      local made = post(server, "/v1/forwarding/requests", form())
      assert.same({ 201, "taken" }, { made.response_details.status, made.response_details.body })
      assert.equal('{"number":"4242424242424242"}', server:ask "/sunk".body)
    end)

    it("while others are served, and the key is in use", function()
      server:ask "/sunk"
      local keyed = { body = form "?wait=2", headers = { ["Idempotency-Key"] = "forward" } }
      local first = server:begin("/v1/forwarding/requests", with_key(keyed))
      assert(nginx.wait(function() return server:ask "/sunk".body ~= "nothing" end))
      assert.equal(409, ask(server, "/v1/forwarding/requests", keyed).status)
      assert.equal(200, first().status)
      assert.equal("true",
        ask(server, "/v1/forwarding/requests", keyed).headers["idempotent-replayed"])
    end)

    it("nowhere else", function()
      local answer = ask(server, "/v1/forwarding/requests", { body = (form()
        :gsub("url=[^&]*", "url=https://pay.example/")) })
      assert.equal(400, answer.status)
    end)
  end)

  describe("delivers", function()
    local function endpoint(query)
      return post(server, "/v1/webhook_endpoints",
        "url=" .. server:url "/sink" .. (query or "") .. "&enabled_events[]=*")
    end

    it("in the background, signed", function()
      local secret = endpoint "?status=200".secret
      local order = post(server, "/v1/climate/orders", ORDER)
      local arrived
      assert(nginx.wait(function()
        arrived = server:ask "/sunk"
        return arrived.body:find(order.id, 1, true)
      end))
      local event = assert(stripe.webhook.construct_event(arrived.body,
        arrived.headers["x-signature"], secret))
      assert.equal(order.id, event.data.object.id)
      control(server, "deliveries/flush")
      assert.equal("succeeded", get(server, "/_sim/deliveries").data[1].status)
    end)

    it("again when a try has failed and its time has come", function()
      endpoint "?status=500"
      post(server, "/v1/climate/orders", ORDER)
      control(server, "deliveries/flush")
      control(server, "clock/advance", { seconds = 300 })
      control(server, "deliveries/flush")
      local delivery = get(server, "/_sim/deliveries").data[1]
      assert.same({ "pending", 2, 500 },
        { delivery.status, #delivery.attempts, delivery.attempts[2].status })
    end)

    it("many, a few at once", function()
      endpoint "?status=200%26wait=0.02"
      control(server, "events/hold")
      for _ = 1, 40 do control(server, "events/trigger", { type = "file.created" }) end
      assert.equal("pending", get(server, "/_sim/deliveries").data[40].status)
      control(server, "events/release")
      assert(nginx.wait(function()
        for _, delivery in ipairs(get(server, "/_sim/deliveries").data) do
          if delivery.status ~= "succeeded" then return false end
        end
        return true
      end))
    end)
  end)

  it("gives a 500 for what throws, logs where, and goes on", function()
    server:ask "/break"
    assert.equal(500, ask(server, "/v1/climate/orders").status)
    assert.equal(200, ask(server, "/v1/climate/orders").status)
    assert.is_true(#server:logged "stripe simulator: .*broken on purpose" > 0)
  end)

  it("refuses where each request has a Lua state of its own", function()
    for _ = 1, 2 do
      local answer = server:ask "/stateless/"
      assert.equal(503, answer.status)
      assert.truthy(answer.body:find("lua_code_cache", 1, true))
    end
    assert.is_true(#server:logged "%[error%].*lua_code_cache" > 0)
  end)
end)

describe("a worker of nginx #nginx", function()
  it("can't have a simulator when it is one of several", function()
    local server = start("", { workers = 2 })
    local answer = ask(server, "/v1/climate/orders")
    assert.equal(503, answer.status)
    assert.matches("`worker_processes 1;`", assert(core.decode(answer.body)).error.message, 1, true)
    assert.equal(1, #server:logged "%[error%].*worker_processes 1")
    server:stop()
  end)

  it("has one, and no other Lua state has, when the library is loaded in a request", function()
    local server = start("url = 'http://files.test'", { http = "client_body_buffer_size 64k;" })
    assert.equal(200, ask(server, "/v1/climate/orders").status)
    assert.equal(503, server:ask "/stateless/".status)
    assert.matches("^http://files.test/", upload(server, "").url)
    server:stop()
  end)

  it("says what is wrong with the options", function()
    local server = start "colour = 1"
    assert.equal(500, ask(server, "/v1/climate/orders").status)
    assert.is_true(#server:logged "unknown option: colour" > 0)
    local answer = ask(server, "/v1/climate/orders")
    assert.equal(503, answer.status)
    assert.equal("unknown option: colour", assert(core.decode(answer.body)).error.message)
    server:stop()
  end)
end)

describe("the state of a simulator in nginx #nginx", function()
  local path, server

  before_each(function()
    path = os.tmpname()
    os.remove(path)
  end)
  after_each(function()
    server:stop()
    os.remove(path)
    os.remove(path .. ".lock")
  end)

  local function begin()
    server = start(("state = '%s'"):format(path))
    return post(server, "/v1/climate/orders", ORDER).id
  end

  local function saved()
    local file = assert(io.open(path, "rb"))
    local text = file:read "*a"
    file:close()
    return text
  end

  it("is written at the start, when asked, and at the end, for its owner alone", function()
    local id = begin()
    assert.is_nil(saved():find(id, 1, true))
    control(server, "save")
    assert.truthy(saved():find(id, 1, true))
    local pipe = io.popen("ls -l " .. path)
    assert.matches("^%-rw%-%-%-%-%-%-%-", pipe:read "*l")
    pipe:close()
    local other = post(server, "/v1/climate/orders", ORDER).id
    assert.equal(0, server:finish "TERM")
    assert.truthy(saved():find(other, 1, true))
    server:stop()
    local before = id
    begin()
    assert.equal(before, get(server, "/v1/climate/orders/" .. before).id)
    assert.equal(3, orders(server))
  end)

  it("is that of the next worker after a reload", function()
    local id = begin()
    server:reload()
    assert.equal(id, get(server, "/v1/climate/orders/" .. id).id)
    assert.same({}, server:logged "%[error%]")
  end)

  it("is handed over when the last request of the old worker has ended", function()
    begin()
    local keyed = with_key { headers = { ["Idempotency-Key"] = "over" },
      body = forward_form(server, "?wait=1") }
    local first = server:begin("/v1/forwarding/requests", keyed)
    assert(nginx.wait(function() return server:ask "/sunk".body ~= "nothing" end))
    server:signal "HUP"
    assert(nginx.wait(function() return #server:logged "gracefully shutting down" > 0 end))
    assert.equal(1, orders(server))
    local again = server:ask("/v1/forwarding/requests", keyed)
    assert.equal("true", again.headers["idempotent-replayed"])
    assert.equal(first().body, again.body)
    assert.same({}, server:logged "%[error%]")
  end)

  it("survives a worker that is killed, as it was saved", function()
    local id = begin()
    control(server, "save")
    os.execute("kill -KILL " .. server:workers()[1])
    assert(nginx.wait(function()
      local answer = ask(server, "/v1/climate/orders/" .. id)
      return answer and answer.status == 200
    end))
  end)

  it("that can't be read is told, and nothing is served", function()
    local file = assert(io.open(path, "wb"))
    file:write "{"
    file:close()
    server = start(("state = '%s'"):format(path))
    assert.equal(503, ask(server, "/v1/climate/orders").status)
    assert.is_true(#server:logged "%[error%].*stripe simulator: " > 0)
    assert.equal("{", saved())
  end)
end)
