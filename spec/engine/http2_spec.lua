--- HTTP/2 against a real server of it: nginx.

local core = require "stripe.core"
local nginx = require "spec.support.nginx"
local stripe = require "stripe"

local AT_ONCE = 20

-- A call answers with its own path, and with the most requests that were ever answered at once.
local HTTP = [[
  lua_shared_dict flight 1m;
  log_format line '$connection $server_protocol $uri';
  lingering_timeout 100ms; # or it takes 5 s to go away
  ssl_certificate {{directory}}/certificate.pem;
  ssl_certificate_key {{directory}}/key.pem;
  server {
    listen 127.0.0.1:{{few}} ssl http2;
    keepalive_requests 5;
    include {{directory}}/answers;
  }
  server {
    listen 127.0.0.1:{{old}} ssl;
    include {{directory}}/answers;
  }
]]

local SERVER = [[
  listen 127.0.0.1:{{new}} ssl http2;
  http2_max_concurrent_streams 128;
  include {{directory}}/answers;
]]

local ANSWERS = [[
  location / {
    access_log access line;
    default_type application/json;
    content_by_lua_block {
      local flight = ngx.shared.flight
      local now = flight:incr("now", 1, 0)
      flight:set("most", math.max(now, flight:get "most" or 0))
      if ngx.var.uri:find "slow" then ngx.sleep(0.3) end
      local latest = ngx.now() + 20
      while ngx.var.uri:find "together" and flight:get "most" < {{at_once}}
        and ngx.now() < latest do
        ngx.sleep(0.01)
      end
      ngx.say(('{"id":"%s","most":%d}'):format(ngx.var.uri, flight:get "most"))
      flight:incr("now", -1)
    }
  }
]]

local function certify()
  local directory = os.tmpname()
  os.remove(directory)
  assert(os.execute("mkdir " .. directory))
  assert(os.execute(("LD_PRELOAD= openssl req -x509 -newkey ec -nodes -days 2 -subj /CN=localhost "
    .. "-pkeyopt ec_paramgen_curve:prime256v1 -addext subjectAltName=DNS:localhost "
    .. "-keyout %s/key -out %s/certificate 2>%s/log"):format(directory, directory, directory)))
  local files = { answers = (ANSWERS:gsub("{{at_once}}", AT_ONCE)) }
  for name, file in pairs { ["key.pem"] = "key", ["certificate.pem"] = "certificate" } do
    local opened = assert(io.open(directory .. "/" .. file, "rb"))
    files[name] = opened:read "*a"
    opened:close()
  end
  os.execute("rm -r " .. directory)
  return files
end

describe("HTTP/2", function()
  local server, ports

  setup(function()
    local files = certify()
    for _ = 1, 5 do -- somebody may have a port
      local first = 31000 + core.random(1):byte() * 4
      ports = { new = first, few = first + 1, old = first + 2 }
      local up, made = pcall(nginx.start,
        { http = HTTP, server = SERVER, values = ports, files = files })
      server = up and made
      if up then return end
    end
    error "no ports for nginx"
  end)
  teardown(function()
    stripe.close()
    if server then server:stop() end
  end)

  local function client(port, options)
    options = options or {}
    options.api_key = "sk_test_http2000000000"
    options.base_url = ("https://localhost:%d"):format(ports[port])
    options.ca_file = server:file "certificate.pem"
    options.http_version = options.http_version or "2"
    options.max_retries = 0
    return stripe.new(options)
  end

  local function read(word)
    local connections, protocols, n, m, lines = {}, {}, 0, 0, 0
    for line in io.lines(server:file "access") do
      local connection, protocol, path = line:match "^(%d+) (%S+) (%S+)$"
      if path and path:find(word, 1, true) then
        if not connections[connection] then n = n + 1 end
        if not protocols[protocol] then m = m + 1 end
        connections[connection], protocols[protocol] = true, true
        lines = lines + 1
      end
    end
    return lines, connections, n, protocols, m
  end

  -- The connections and the protocols of the calls whose path holds a word, as keys; how many of
  -- each there were. nginx notes a call after it has answered it.
  local function logged(word, calls)
    assert(nginx.wait(function() return read(word) >= (calls or 1) end), word .. " is not logged")
    return select(2, read(word))
  end

  local function call(of, word, i)
    local path = ("/v1/%s/%d"):format(word, i or 1)
    local object, err, response = of:request("GET", path)
    assert(object, err)
    assert.equal(path, object.id)
    assert.equal(1, #response.attempts)
    return object
  end

  it("carries calls in flight together on one connection, each with its own answer", function()
    local of = client "new"
    call(of, "first")
    local list = {}
    for i = 1, AT_ONCE do list[i] = function() return call(of, "together", i).most end end
    local most, errors = stripe.gather(list, { concurrency = AT_ONCE })
    assert.is_nil(errors)
    table.sort(most)
    assert.equal(AT_ONCE, most[AT_ONCE])
    local connections, n, protocols, m = logged("together", AT_ONCE)
    assert.equal(1, n)
    assert.same({ 1, true }, { m, protocols["HTTP/2.0"] })
    assert.same(connections, (logged "first"))
  end)

  it("is not spoken unless it is asked for", function()
    call(client("new", { http_version = "1.1" }), "unasked")
    local _, _, protocols = logged "unasked"
    assert.same({ ["HTTP/1.1"] = true }, protocols)
  end)

  it("shares no connection with HTTP/1.1, or calls would get the answers of others", function()
    stripe.close()
    call(client("new", { http_version = "1.1" }), "apart_plain_1")
    local of, list = client "new", {}
    for i = 1, AT_ONCE do list[i] = function() return call(of, "slow_apart", i).id end end
    local _, errors = stripe.gather(list, { concurrency = AT_ONCE })
    assert.is_nil(errors)
    call(client("new", { http_version = "1.1" }), "apart_plain_2")
    local _, _, protocols = logged("slow_apart", AT_ONCE)
    assert.same({ ["HTTP/2.0"] = true }, protocols)
    _, _, protocols = logged "apart_plain_2"
    assert.same({ ["HTTP/1.1"] = true }, protocols)
  end)

  it("gives way to HTTP/1.1 where the server does not speak it", function()
    local of = client "old"
    for i = 1, 3 do call(of, "fallback", i) end
    local _, n, protocols = logged("fallback", 3)
    assert.equal(1, n)
    assert.same({ ["HTTP/1.1"] = true }, protocols)
  end)

  it("goes on over another connection when the server sends GOAWAY", function()
    local of = client "few"
    for i = 1, 12 do call(of, "leaving", i) end
    local _, n, protocols = logged("leaving", 12)
    assert.is_true(n >= 2 and n <= 4, n .. " connections of at most 5 requests each")
    assert.same({ ["HTTP/2.0"] = true }, protocols)
  end)

  it("goes on when the server went away while the connection was idle", function()
    local of = client "new"
    call(of, "before")
    server:reload()
    call(of, "after")
    local before, after = logged "before", logged "after"
    for connection in pairs(before) do assert.is_nil(after[connection]) end
  end)

  it("ends one call and leaves the others of its connection alone", function()
    local of = client "new"
    call(of, "before_the_others")
    local canceller = stripe.canceller()
    local list = {}
    for i = 1, 4 do list[i] = function() return call(of, "slow_beside", i).id end end
    list[5] = function()
      return of:request("GET", "/v1/slow_beside/5", nil, { cancel = canceller })
    end
    list[6] = function()
      canceller:cancel "no longer wanted"
      return true
    end
    local results, errors = stripe.gather(list, { concurrency = 6 })
    assert.equal("canceled", errors[5].code)
    for i = 1, 4 do assert.equal("/v1/slow_beside/" .. i, results[i]) end
    assert.is_nil(errors[1] or errors[2] or errors[3] or errors[4])
  end)
end)
