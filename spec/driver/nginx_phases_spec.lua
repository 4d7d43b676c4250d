--- In which phases of nginx a call works: the table of docs/nginx.md, row by row.

local nginx = require "spec.support.nginx"
local wire_support = require "spec.support.wire"

local CONFIGURATION = [[
  lua_shared_dict results 1m;
  lua_ssl_verify_depth 2;

  init_by_lua_block {
    local stripe = require "stripe"
    client = stripe.new {
      api_key = "sk_test_phases", base_url = "{{upstream}}", max_retries = 0, timeout = 10,
    }
    function ask(place)
      local object, err = client:request("POST", "/v1/" .. place)
      ngx.shared.results:set(place, object and object.id or tostring(err))
    end
    ask "init_by_lua"
    assert(require("stripe.transport.engine").active() == 0)
    assert(not require("stripe.transport.engine").pollfd(), "the engine is still open")
    function gather(place, options)
      local path = "/v1/gathered_" .. place
      local blocking = options and client:with(options)
      local function one() return (blocking or client):request("GET", path) end
      local results, errors = stripe.gather({ one, one }, options)
      ngx.shared.results:set("gathered_" .. place,
        errors and tostring(errors[1]) .. " " .. tostring(errors[2]) or results[2].id)
    end
  }
  init_worker_by_lua_block {
    ask "init_worker_by_lua"
    gather "init_worker"
    gather("init_worker_blocking", { driver = "blocking" })
    ngx.timer.at(0, function() ask "ngx.timer.at" end)
  }
  exit_worker_by_lua_block {
    ask "exit_worker_by_lua"
    ngx.log(ngx.WARN, "at exit: ", ngx.shared.results:get "exit_worker_by_lua")
  }

  upstream balanced {
    server 0.0.0.1;
    balancer_by_lua_block {
      ask "balancer_by_lua"
      require("ngx.balancer").set_current_peer("127.0.0.1", {{port}})
    }
  }

  server {
    listen unix:{{directory}}/tls ssl;
    ssl_certificate {{directory}}/cert.pem;
    ssl_certificate_key {{directory}}/key.pem;
    ssl_protocols TLSv1.2;
    ssl_session_tickets off;
    keepalive_timeout 0;
    ssl_client_hello_by_lua_block { ask "ssl_client_hello_by_lua" }
    ssl_certificate_by_lua_block { ask "ssl_certificate_by_lua" }
    location / { return 204; }
  }
]]

local SERVER = [[
  server_rewrite_by_lua_block {
    if ngx.var.uri == "/phases" then ask "server_rewrite_by_lua" end
  }
  location = /phases {
    set_by_lua_block $nothing { ask "set_by_lua" return "" }
    rewrite_by_lua_block { ask "rewrite_by_lua" }
    access_by_lua_block { ask "access_by_lua" }
    content_by_lua_block { ask "content_by_lua" ngx.say "done" }
    header_filter_by_lua_block { ask "header_filter_by_lua" }
    body_filter_by_lua_block { ask "body_filter_by_lua" }
    log_by_lua_block { ask "log_by_lua" }
  }
  location = /balanced { proxy_pass http://balanced/nothing; }
  location = /nothing { return 204; }
  location = /result {
    content_by_lua_block { ngx.print(ngx.shared.results:get(ngx.var.arg_of) or "") }
  }
  location = /sort {
    content_by_lua_block {
      local err
      table.sort({ 2, 1 }, function(a, b)
        local _
        _, err = client:request("GET", "/v1/sort")
        return a < b
      end)
      ngx.say(tostring(err))
    }
  }
  location = /gathered {
    set_by_lua_block $nothing { gather "set" return "" }
    content_by_lua_block {
      table.sort({ 2, 1 }, function(a, b) gather "sort" return a < b end)
      ngx.ctx.page = client:request("GET", "/v1/pages/gathered/3")
      ngx.say "done"
    }
    header_filter_by_lua_block {
      gather "header_filter"
      local failed
      for item, err in ngx.ctx.page:each { prefetch = true } do failed = err end
      ngx.shared.results:set("gathered_prefetch", tostring(failed))
    }
    body_filter_by_lua_block { gather "body_filter" }
    log_by_lua_block { gather "log" }
  }
]]

-- The rows of the table: phase, what a call does there.
local function rows()
  local file = assert(io.open "docs/nginx.md")
  local text = file:read "*a"
  file:close()
  local table_of_phases = text:match "\n| phase |.-\n\n"
  return table_of_phases:gmatch "\n| (`[^\n]-) | ([%a ]+) |"
end

describe("A call in nginx, in the phase #nginx", function()
  local wire, server

  -- ngx_lua asks for a stored session only in servers of their own, with a cache to miss.
  local SESSIONS = [[
    ssl_session_fetch_by_lua_block { ask "ssl_session_fetch_by_lua" }
    ssl_session_store_by_lua_block { ask "ssl_session_store_by_lua" }
  ]]

  local function start()
    return nginx.start {
      http = SESSIONS .. CONFIGURATION, server = SERVER, values = { upstream = wire:url() },
      files = { ["cert.pem"] = wire:read "n.pem", ["key.pem"] = wire:read "n.key" },
    }
  end

  setup(function()
    wire = wire_support.start()
    local directory = wire.directory
    assert(os.execute(("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "
      .. "-days 2 -subj /CN=localhost -keyout %s/n.key -out %s/n.pem 2>/dev/null")
      :format(directory, directory)))
    server = start()
    server:ask "/phases"
    server:ask "/balanced"
    local secure = { base = "https://localhost", more = "-k --unix-socket " .. server:file "tls" }
    secure.more = secure.more .. " https://localhost/first" -- the second resumes its session
    server:ask("/", secure)
  end)
  teardown(function()
    server:stop()
    wire:stop()
  end)

  local function result(phase)
    return nginx.wait(function()
      local answer = server:ask("/result?of=" .. phase)
      return answer.body ~= "" and answer.body
    end, 5)
  end

  -- Of another server, since the others still need this one.
  local function exit_result()
    local ending = start()
    ending:finish "QUIT"
    local said = ending:logged "at exit: "[1]
    ending:stop()
    return said
  end

  it("that lets nothing wait is refused in gather, too, and in pages fetched ahead", function()
    assert.equal(200, server:ask("/gathered").status)
    local places = { "init_worker", "set", "sort", "header_filter", "body_filter", "log" }
    for _, place in ipairs(places) do
      assert.matches("code phase.*code phase", result("gathered_" .. place), nil, place)
      assert.equal(0, wire:requests("/v1/gathered_" .. place))
    end
    assert.matches("code phase", result "gathered_prefetch")
    assert.equal(1, wire:requests "/v1/pages/gathered/3")
  end)

  it("without coroutines works in gather, too, if it may block", function()
    assert.equal("climorder_1", result "gathered_init_worker_blocking")
  end)

  for places, does in rows() do
    local phase = places:match "^`([^`]*)`"
    it(("%s %s"):format(phase, does), function()
      local said = phase == "exit_worker_by_lua" and exit_result() or result(phase)
      local short = phase:gsub("_by_lua$", "")
      if does == "is refused" then
        assert.matches("ngx.timer.at(0, function", said, 1, true)
        assert.matches("the phase " .. short, said, 1, true)
        assert.matches("code phase", said, 1, true)
        assert.equal(0, wire:requests("/v1/" .. phase))
      else
        assert.equal("climorder_1", said)
        assert.is_true(wire:requests("/v1/" .. phase) >= 1)
      end
    end)
  end
end)
