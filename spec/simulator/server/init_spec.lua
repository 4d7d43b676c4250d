--- The simulator behind a port.

local core = require "stripe.core"
local http = require "spec.support.http_client"

local ORDER = "product=climsku_frontier_offtake_portfolio_2027&metric_tons=1"
local FORM = "application/x-www-form-urlencoded"
local PNG = "\137PNG\r\n\26\nreally"

if not http.available then
  describe("the server", function() pending "needs lua-http" end)
  return
end

local cqueues = require "cqueues"
local errno = require "cqueues.errno"
local together = http.together

local function serve(f, options)
  http.serve(options or {}, f)
end

local function order(connection, key)
  return connection:ask("POST", "/v1/climate/orders", ORDER,
    { ["Idempotency-Key"] = key or false, ["Content-Type"] = FORM })
end

local function control(connection, path, value)
  return connection:ask("POST", "/_sim/" .. path, value and core.json(value))
end

local function object(response) return (assert(core.decode(response.body))) end

local function upload(connection, content)
  local body = "--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\ndispute_evidence\r\n"
    .. "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n"
    .. "Content-Type: image/png\r\n\r\n" .. content .. "\r\n--b--\r\n"
  return connection:ask("POST", "/v1/files", body,
    { ["Content-Type"] = "multipart/form-data; boundary=b" })
end

describe("the server", function()
  it("answers as the simulator does, and dates it", function()
    serve(function(_, _, connect)
      local response = order(connect())
      assert.equal(200, response.status, response.body)
      assert.equal("climate.order", object(response).object)
      assert.equal("application/json", response.headers["content-type"])
      assert.matches("^req_", response.headers["request-id"])
      assert.matches("^%a%a%a, %d%d %a%a%a %d%d%d%d %d%d:%d%d:%d%d GMT$", response.headers.date)
    end)
  end)

  it("takes the key from Basic authentication too, and refuses none", function()
    serve(function(_, _, connect)
      local connection = connect()
      order(connection)
      local function status(authorization)
        local response = connection:ask("GET", "/v1/climate/orders", nil,
          { Authorization = authorization })
        return response.status, #(object(response).data or {})
      end
      assert.same({ 200, 1 }, { status "Basic c2tfdGVzdF9zZXJ2ZXI6" })
      assert.same({ 200, 0 }, { status "Bearer sk_test_other" })
      assert.equal(401, (status "Bearer nonsense"))
    end)
  end)

  it("answers many requests on one connection", function()
    serve(function(_, _, connect)
      local connection = connect()
      for _ = 1, 20 do assert.equal(200, order(connection).status) end
      assert.equal(10, #object(connection:ask("GET", "/v1/climate/orders")).data)
    end)
  end)

  it("answers pipelined requests in their order", function()
    serve(function(_, _, connect)
      local connection, text = connect(), {}
      control(connection, "faults", { fault = { delay = 0.01 } })
      for i = 1, 5 do
        text[i] = ("GET /v1/climate/orders/order%d HTTP/1.1\r\nHost: x\r\n"):format(i)
          .. "Authorization: Bearer sk_test_server\r\n\r\n"
      end
      connection:write(table.concat(text))
      for i = 1, 5 do
        assert.matches("'order" .. i .. "'", connection:read().body)
      end
    end)
  end)

  it("reads a body that comes in chunks, and says when it may come", function()
    serve(function(_, _, connect)
      local connection = connect()
      connection:write("POST /v1/climate/orders HTTP/1.1\r\nHost: x\r\nContent-Type: " .. FORM
        .. "\r\nAuthorization: Bearer sk_test_server\r\nTransfer-Encoding: chunked\r\n"
        .. "Expect: 100-continue\r\n\r\n")
      assert.equal(100, connection:read().status)
      local half = math.floor(#ORDER / 2)
      connection:write(("%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n"):format(half, ORDER:sub(1, half),
        #ORDER - half, ORDER:sub(half + 1)))
      assert.equal(200, connection:read().status)
    end)
  end)

  it("answers HEAD without a body, and the next request too", function()
    serve(function(_, _, connect)
      local connection = connect()
      local response = connection:ask("HEAD", "/v1/climate/products")
      assert.equal(404, response.status)
      assert.is_true(tonumber(response.headers["content-length"]) > 0)
      assert.equal(200, order(connection).status)
    end)
  end)

  it("refuses what is no HTTP with a 400", function()
    serve(function(_, _, connect)
      local connection = connect()
      connection:write "BOO\r\n\r\n"
      local response = connection:read()
      assert.is_true(response == nil or response.status == 400)
      assert.equal(200, order(connect()).status)
    end)
  end)

  it("refuses bodies of which nobody knows the end, and goes on", function()
    serve(function(_, sim, connect)
      local head = "POST /v1/climate/orders HTTP/1.1\r\nHost: x\r\n"
        .. "Authorization: Bearer sk_test_server\r\n"
      for _, framing in ipairs {
        "Content-Length: -5", "Content-Length: 1.5", "Content-Length: 0x10", "Content-Length: all",
        "Content-Length: 3\r\nContent-Length: 4",
        "Content-Length: 3\r\nTransfer-Encoding: chunked",
      } do
        local connection = connect()
        connection:write(head .. framing .. "\r\n\r\n0\r\n\r\nGET /v1/events HTTP/1.1\r\n\r\n")
        local response = connection:read()
        assert.same({ 400, "close" }, { response.status, response.headers.connection }, framing)
        assert.is_nil(connection:read())
        assert.equal(404, connect():ask("GET", "/v1/nothing").status)
      end
      for _, request in ipairs(sim:requests()) do assert.equal("/v1/nothing", request.path) end
    end)
  end)

  it("takes lines of 20 kB", function()
    serve(function(_, _, connect)
      local response = connect():ask("GET", "/v1/climate/orders?limit=1&x="
        .. ("y"):rep(20000))
      assert.equal(400, response.status)
      assert.matches("unknown parameter: x", response.body)
    end)
  end)

  it("refuses a body over 128 MiB before it comes, also one in chunks", function()
    serve(function(_, _, connect)
      local head = "POST /v1/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk_test_server\r\n"
      for _, rest in ipairs {
        "Content-Length: 134217729\r\n\r\n", "Content-Length: 99999999999999999999\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n8000001\r\n",
      } do
        local connection = connect()
        connection:write(head .. rest)
        local response = connection:read()
        assert.equal(413, response.status)
        assert.equal("close", response.headers.connection)
        assert.matches("134217728 bytes", response.body)
      end
    end)
  end)

  it("carries out nothing whose body is cut off, and goes on", function()
    serve(function(_, sim, connect)
      local head = "POST /v1/climate/orders HTTP/1.1\r\nHost: x\r\n"
        .. "Authorization: Bearer sk_test_server\r\nContent-Type: " .. FORM .. "\r\n"
      for _, rest in ipairs {
        ("Content-Length: %d\r\n\r\n%s"):format(#ORDER + 1, ORDER),
        ("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n"):format(#ORDER, ORDER),
      } do
        local connection = connect()
        connection:write(head .. rest)
        connection:close()
        assert.equal(0, #object(connect():ask("GET", "/v1/climate/orders")).data)
      end
      for _, request in ipairs(sim:requests()) do assert.equal("GET", request.method) end
    end)
  end)

  it("gives a 500 for what throws, logs where, and goes on", function()
    local logged
    local log = { exchange = function() end, trouble = function() end,
      failure = function(traceback) logged = traceback end }
    serve(function(_, sim, connect)
      local handle = sim.handle
      function sim.handle() error "boom" end
      local connection = connect()
      local response = order(connection)
      assert.equal(500, response.status)
      assert.equal("api_error", object(response).error.type)
      assert.matches("boom.*traceback", logged)
      sim.handle = handle
      assert.equal(200, order(connection).status)
    end, { log = log })
  end)

  it("says why a port can't be had", function()
    serve(function(listening, sim)
      local second, problem = require("stripe.simulator.server").listen(sim,
        { port = listening.port })
      assert.is_nil(second)
      assert.matches("[Aa]ddress", problem)
    end)
  end)
end)

describe("a file on the server", function()
  it("has a URL that opens here, with the key", function()
    serve(function(listening, _, connect)
      local connection = connect()
      local file = object(upload(connection, PNG))
      assert.equal(listening.url .. "/v1/files/" .. file.id .. "/contents", file.url)
      local path = file.url:sub(#listening.url + 1)
      local response = connection:ask("GET", path)
      assert.same({ 200, PNG }, { response.status, response.body })
      assert.equal(401, connection:ask("GET", path, nil, { Authorization = false }).status)
    end)
  end)

  it("has links that open here for everybody, until they expire", function()
    serve(function(listening, sim, connect)
      local connection = connect()
      local file = object(upload(connection, PNG))
      local link = object(connection:ask("POST", "/v1/file_links", "file=" .. file.id
        .. "&expires_at=1800000100", { ["Content-Type"] = FORM }))
      local path = link.url:sub(#listening.url + 1)
      assert.equal(listening.url .. path, link.url)
      local anyone = { Authorization = false }
      local response = connection:ask("GET", path, nil, anyone)
      assert.same({ 200, PNG }, { response.status, response.body })
      assert.equal(200, connection:ask("HEAD", path, nil, anyone).status)
      assert.equal(404, connection:ask("GET", "/links/none", nil, anyone).status)
      sim:advance(101)
      assert.equal(404, connection:ask("GET", path, nil, anyone).status)
    end)
  end)

  it("keeps its address here when a state from elsewhere is restored", function()
    serve(function(listening, _, connect)
      local connection = connect()
      order(connection)
      local nobody = { Authorization = false }
      local snapshot = object(connection:ask("GET", "/_sim/snapshot", nil, nobody))
      snapshot.accounts[1].settings.files_url = "https://files.example"
      assert.equal(200, connection:ask("POST", "/_sim/restore", core.json(snapshot), nobody).status)
      local file = object(upload(connection, PNG))
      assert.equal(listening.url, file.url:sub(1, #listening.url))
    end)
  end)
end)

describe("a fault on the server", function()
  -- Waits until there is an order, whose answer may be delayed.
  local function until_ordered(connection)
    repeat cqueues.sleep(0.005) until #object(connection:ask("GET", "/v1/climate/orders")).data > 0
  end

  it("delay keeps nobody else waiting", function()
    serve(function(_, _, connect)
      control(connect(), "faults", { fault = { delay = 0.5 }, match = { method = "POST" } })
      local finished = {}
      together(function()
        assert.equal(200, order(connect()).status)
        finished[#finished + 1] = "delayed"
      end, function()
        until_ordered(connect())
        assert.equal(200, order(connect()).status)
        finished[#finished + 1] = "other"
      end)
      assert.same({ "other", "delayed" }, finished)
    end)
  end)

  it("delay keeps the key in use: 409, and afterwards the answer again", function()
    serve(function(_, _, connect)
      control(connect(), "faults", { fault = { delay = 0.5 }, match = { method = "POST" } })
      local first
      together(function()
        first = order(connect(), "k")
      end, function()
        until_ordered(connect())
        local response = order(connect(), "k")
        assert.equal(409, response.status)
        assert.equal("idempotency_key_in_use", object(response).error.code)
      end)
      local again = order(connect(), "k")
      assert.same({ 200, "true" }, { again.status, again.headers["idempotent-replayed"] })
      assert.equal(first.body, again.body)
    end)
  end)

  it("reset breaks the connection", function()
    serve(function(_, _, connect)
      local connection = connect()
      control(connection, "faults", { fault = "reset" })
      local response, code = order(connection)
      assert.is_nil(response)
      if rawget(_G, "jit") then assert.equal(errno.ECONNRESET, code) end
      assert.equal(0, #object(connect():ask("GET", "/v1/climate/orders")).data)
    end)
  end)

  it("lost breaks it when the work is done", function()
    serve(function(_, _, connect)
      local connection = connect()
      control(connection, "faults", { fault = "lost" })
      assert.is_nil((order(connection, "k")))
      local again = order(connect(), "k")
      assert.equal("true", again.headers["idempotent-replayed"])
      assert.equal(1, #object(connect():ask("GET", "/v1/climate/orders")).data)
    end)
  end)

  it("truncate ends the body early", function()
    serve(function(_, _, connect)
      local connection = connect()
      control(connection, "faults", { fault = { kind = "truncate", bytes = 10 } })
      local response = order(connection)
      assert.equal(200, response.status)
      assert.equal('{"id":"cli', response.body)
      assert.is_false(response.whole)
    end)
  end)

  it("may be any status, 204 and its like without a body", function()
    serve(function(_, _, connect)
      local connection = connect()
      for _, status in ipairs { 204, 304, 299, 599 } do
        control(connection, "faults", { fault = { status = status, body = "x" } })
        local response = connection:ask("GET", "/v1/climate/products")
        assert.equal(status, response.status)
        assert.equal((status == 204 or status == 304) and "" or "x", response.body)
      end
      assert.equal(200, order(connection).status)
    end)
  end)
end)

describe("forwarding on the server", function()
  -- A destination for so many connections: f(peer, head, body) for each, then it is gone.
  local function destination(times, f)
    local socket = require("cqueues.socket").listen { host = "127.0.0.1", port = 0 }
    socket:listen()
    local _, _, port = socket:localname()
    cqueues.running():wrap(function()
      for _ = 1, times do
        local peer = socket:accept()
        peer:setmode("b", "b")
        peer:onerror(function(_, _, code) return code end)
        local head, length = {}, 0
        repeat
          local line = peer:xread "*L"
          head[#head + 1] = line
          length = line and tonumber(line:lower():match "^content%-length: (%d+)") or length
        until not line or line == "\r\n"
        f(peer, table.concat(head), length > 0 and peer:xread(length) or "")
        peer:flush()
        peer:close()
      end
      socket:close()
    end)
    return ("http://127.0.0.1:%d/pay"):format(port)
  end

  local function forward(connection, url, key)
    return connection:ask("POST", "/v1/forwarding/requests", "url=" .. url
      .. "&payment_method=pm_card_visa&replacements[0]=card_number"
      .. "&request[body]={\"n\":1,\"card\":{\"number\":\"\"}}"
      .. "&request[headers][0][name]=X-Mine&request[headers][0][value]=yes",
      { ["Idempotency-Key"] = key or false, ["Content-Type"] = FORM })
  end

  it("really goes out, with the card, and brings the answer back", function()
    serve(function(_, _, connect)
      local head, body
      local url = destination(1, function(peer, ...)
        head, body = ...
        peer:write "HTTP/1.1 201 Created\r\nX-Theirs: a\r\nContent-Length: 2\r\n\r\nok"
      end)
      local forwarded = object(forward(connect(), url))
      assert.matches("^POST /pay HTTP/1.1\r\n", head)
      assert.matches("\r\n[Xx]%-[Mm]ine: yes\r\n", head)
      assert.is_nil(head:lower():find "\r\nte:")
      assert.equal('{"n":1,"card":{"number":"4242424242424242"}}', body)
      assert.equal(201, forwarded.response_details.status)
      assert.equal("ok", forwarded.response_details.body)
      assert.equal("127.0.0.1", forwarded.request_context.destination_ip_address)
    end)
  end)

  it("keeps nobody else waiting, and its key in use", function()
    serve(function(_, _, connect)
      local condition, reached = require("cqueues.condition").new(), false
      local url = destination(1, function(peer)
        reached = true
        condition:wait()
        peer:write "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
      end)
      local first
      together(function()
        first = forward(connect(), url, "f")
      end, function()
        while not reached do cqueues.sleep(0.005) end
        local connection = connect()
        assert.equal(200, order(connection).status)
        assert.equal(409, forward(connection, url, "f").status)
        condition:signal()
      end)
      assert.equal(200, first.status, first.body)
      assert.equal(first.body, forward(connect(), url, "f").body)
    end)
  end)

  it("tells refused, broken and unreadable destinations apart", function()
    serve(function(_, _, connect)
      local say
      local url = destination(2, function(peer)
        if say then peer:write(say) end
      end)
      local function code_of(address)
        local response = forward(connect(), address)
        return response.status, object(response).error.code
      end
      assert.same({ 502, "forwarding_api_upstream_connection_error" }, { code_of(url) })
      say = "HELLO\r\n\r\n"
      assert.same({ 502, "forwarding_api_upstream_error" }, { code_of(url) })
      assert.same({ 502, "forwarding_api_upstream_connection_error" }, { code_of(url) })
      assert.equal(400, (code_of "https://not-allowed.example/"))
    end)
  end)
end)

describe("the server's own routes", function()
  it("save does what it was given", function()
    local saved = 0
    local function save()
      saved = saved + 1
      if saved == 2 then return nil, "disk full" end
      return true
    end
    serve(function(_, _, connect)
      local connection = connect()
      local response = control(connection, "save")
      assert.same({ 200, "{}" }, { response.status, response.body })
      response = control(connection, "save")
      assert.same({ 500, "disk full" }, { response.status, object(response).error.message })
    end, { save = save })
  end)

  it("save is refused without a file", function()
    serve(function(_, _, connect)
      assert.equal(400, control(connect(), "save").status)
    end)
  end)
end)

describe("TLS on the server", function()
  it("shows a certificate of its own that can be trusted", function()
    local context, pem = require("stripe.simulator.server.tls").own "localhost"
    local trusting = require("openssl.ssl.context").new("TLS", false)
    local store = require("openssl.x509.store").new()
    store:add(require("openssl.x509").new(pem))
    trusting:setStore(store)
    trusting:setVerify(require("openssl.ssl.context").VERIFY_PEER)
    serve(function(listening, _, connect)
      assert.matches("^https://127%.0%.0%.1:%d+$", listening.url)
      assert.equal(200, order(connect(trusting)).status)
    end, { context = context })
  end)

  it("says what is wrong with a given certificate", function()
    local context, problem = require("stripe.simulator.server.tls").given("spec/none.pem", "x")
    assert.is_nil(context)
    assert.matches("none.pem", problem)
  end)
end)
