--- How workers of nginx begin and end with calls under way.
--
-- `STRIPE_RELOADS=100` reloads that often.

local nginx = require "spec.support.nginx"
local wire_support = require "spec.support.wire"

local path = wire_support.path

local RELOADS = tonumber(os.getenv "STRIPE_RELOADS" or 5)

local HTTP = [[
  init_by_lua_block {
    stripe = require "stripe"
    client = stripe.new {
      api_key = "sk_test_nginx", base_url = "{{upstream}}", max_retries = 0, timeout = 20,
    }
    patient = client:with { max_retries = 9 }
    assert(client:request("GET", "/v1/ok/at_start"))
  }
]]

local SERVER = [[
  location /get/ {
    rewrite ^/get(.*) $1 break;
    content_by_lua_block {
      local object, err = client:request("GET", ngx.var.uri)
      ngx.print(object and object.id or tostring(err))
    }
  }
  location /post/ {
    rewrite ^/post(.*) $1 break;
    content_by_lua_block {
      local object, err = client:request("POST", ngx.var.uri)
      ngx.print(object and object.id or tostring(err))
    }
  }
  location /patient/ {
    rewrite ^/patient(.*) $1 break;
    content_by_lua_block {
      local object, err = patient:request("POST", ngx.var.uri)
      ngx.print(object and object.id or tostring(err))
    }
  }
  location /late/ {
    rewrite ^/late(.*) $1 break;
    content_by_lua_block {
      ngx.log(ngx.NOTICE, "late has begun")
      while not ngx.worker.exiting() do ngx.sleep(0.01) end
      local object, err = client:request("GET", ngx.var.uri)
      ngx.print(object and object.id or tostring(err))
    }
  }
]]

describe("nginx #nginx", function()
  local wire

  setup(function() wire = wire_support.start() end)
  teardown(function() wire:stop() end)

  local function start(main)
    return nginx.start {
      http = HTTP, server = SERVER, values = { upstream = wire:url() }, main = main,
    }
  end

  local function until_asked(asked, n)
    assert(nginx.wait(function() return wire:requests(asked) >= n end), "nothing was sent")
  end

  -- Lets those go on that wait for one more.
  local function release(asked)
    assert(wire:client():request("GET", asked))
  end

  local function assert_clean(server)
    for _, wrong in ipairs { "%[error%]", "%[alert%]", "%[crit%]", "%[emerg%]", "on signal" } do
      assert.same({}, server:logged(wrong))
    end
  end

  -- The lines of the log about calls whose end nobody heard.
  local function lost(server) return server:logged "stripe: nobody waits any more" end

  local function output_of(command)
    local pipe = io.popen(command)
    local text = pipe:read "*a"
    pipe:close()
    return text
  end

  local function descriptors(pid)
    return tonumber(output_of("ls /proc/" .. pid .. "/fd | wc -l"))
  end

  local function resident(pid)
    return tonumber(output_of("cat /proc/" .. pid .. "/statm"):match "^%d+ (%d+)") * 4096
  end

  it("ends its calls before a worker that is told to quit does", function()
    local server = start()
    local asked = path("together", 4)
    local answers = {
      server:begin("/get" .. asked), server:begin("/post" .. asked), server:begin("/post" .. asked),
    }
    until_asked(asked, 3)
    local late = server:begin "/late/v1/ok/late"
    assert(nginx.wait(function() return server:log():find "late has begun" end))
    server:signal "QUIT"
    assert(nginx.wait(function() return server:log():find "gracefully shutting down" end))
    release(asked)
    for _, answer in ipairs(answers) do assert.equal("climorder_1", answer().body) end
    assert.equal("climorder_1", late().body)
    assert.equal(0, server:finish "QUIT")
    assert.same({}, lost(server))
    assert_clean(server)
    server:stop()
  end)

  it("tells which calls a worker cut off that had to end at once", function()
    local server = start()
    local never, failing = path "never", path "failing"
    local answers = {
      server:begin("/post" .. never), server:begin("/get" .. never),
      server:begin("/patient" .. failing),
    }
    until_asked(never, 2)
    until_asked(failing, 1)
    assert.equal(0, server:finish "TERM")
    for _, answer in ipairs(answers) do answer() end
    local lines = table.concat(lost(server), "\n")
    assert.equal(2, #lost(server))
    local keys = 0
    for _, line in ipairs(wire:log "request POST") do
      if line:find(never, 1, true) or line:find(failing .. " ", 1, true) then
        assert.matches(line:match "(%S+)$", lines, 1, true)
        keys = keys + 1
      end
    end
    assert.is_true(keys >= 2)
    assert_clean(server)
    server:stop()
  end)

  it("ends at once with a hundred calls under way", function()
    local server = start()
    local asked, paths = path "never", {}
    for i = 1, 100 do paths[i] = "/post" .. asked end
    local all = server:begin("/get/v1/ok/x", { more = server:url(table.concat(paths, " " ..
      server:url())) .. " --parallel --parallel-immediate --parallel-max 101" })
    until_asked(asked, 64)
    assert.equal(0, server:finish "TERM")
    all()
    assert.is_true(#lost(server) >= 64)
    assert_clean(server)
    server:stop()
  end)

  it("gives up calls when its workers may wait no longer", function()
    local server = start "worker_shutdown_timeout 500ms;"
    local asked = path "never"
    local answer = server:begin("/post" .. asked)
    until_asked(asked, 1)
    assert.equal(0, server:finish "QUIT")
    answer()
    assert.equal(1, #lost(server))
    assert.same({}, server:logged "on signal")
    server:stop()
  end)

  it("loses nothing, and keeps nothing, over reloads under load", function()
    local server = start()
    local before_descriptors, before_resident
    local answered = 0
    for i = 1, RELOADS + 2 do
      local asked = path("together", 4)
      local answers = {}
      for k = 1, 3 do answers[k] = server:begin("/post" .. asked) end
      until_asked(asked, 3)
      local old = table.concat(server:workers(), " ")
      server:signal "HUP"
      assert(nginx.wait(function() return table.concat(server:workers(), " ") ~= old end))
      release(asked)
      for _, answer in ipairs(answers) do
        assert.equal("climorder_1", answer().body)
        answered = answered + 1
      end
      assert(nginx.wait(function() return #server:workers() == 1 end), "an old worker stays")
      if i == 2 then -- from here on, nothing is new
        before_descriptors, before_resident = descriptors(server.pid), resident(server.pid)
      end
    end
    assert.equal(3 * (RELOADS + 2), answered)
    -- nginx closes what belonged to a worker after it has waited for its end.
    assert(nginx.wait(function() return descriptors(server.pid) <= before_descriptors end, 5),
      "descriptors stay open")
    local grown = resident(server.pid) - before_resident
    local watched = os.getenv "STRIPE_NGINX_BEFORE" -- what watches memory keeps what was freed
    assert.is_true(watched ~= nil or grown < 2 ^ 20, grown .. " bytes more")
    assert.same({}, lost(server))
    assert_clean(server)
    assert.equal(0, server:finish "QUIT")
    server:stop()
  end)

  it("leaves no thread and no path behind", function()
    local server = start()
    assert.equal("climorder_1", server:ask("/get" .. path "ok").body)
    local pid = server:workers()[1]
    assert.equal(0, server:finish "TERM")
    assert.equal("", output_of("ls /proc/" .. pid .. "/task 2>/dev/null"))
    server:stop()
  end)
end)
