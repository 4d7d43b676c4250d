-- bench: requests per second of the simulator behind a port, by bin/stripe-sim and inside nginx,
-- each with one core of its own.

local Measure = require "bench.measure"
local nginx = require "spec.support.nginx"
local sim_process = require "spec.support.sim_process"

local Simulators = {}

local KEY = "sk_test_" .. ("0"):rep(24)
local CONNECTIONS = 32
local FORM = "product=climsku_frontier_offtake_portfolio_2027&metric_tons=1"

local function in_nginx()
  local server = nginx.start {
    http = [[
      keepalive_requests 1000000000;
      init_by_lua_block { require "stripe.simulator.resty" }
    ]],
    server = [[
      location / { content_by_lua_block { require("stripe.simulator.resty").serve() } }
    ]],
  }
  server.pid = assert(nginx.wait(function() return server:workers()[1] end))
  return server
end

local function text(port, line, body)
  local head = { line .. " HTTP/1.1", "Host: 127.0.0.1:" .. port, "Accept: */*",
    "User-Agent: bench", "Authorization: Bearer " .. KEY }
  if body then
    head[#head + 1] = "Content-Type: application/x-www-form-urlencoded"
    head[#head + 1] = "Content-Length: " .. #body
  end
  return table.concat(head, "\r\n") .. "\r\n\r\n" .. (body or "")
end

-- Requests per second, the median.
local function rate(pin, port, request, count, rounds)
  local path = os.tmpname()
  local file = assert(io.open(path, "wb"))
  file:write(request)
  file:close()
  local rates = {}
  for i = 1, rounds do
    local said = Measure.output(("%sbuild/bench/load %d %d %d <%s 2>&1"):format(pin, port, count,
      CONNECTIONS, path))
    local seconds, bad = said:match "^([%d.]+) (%d+)"
    assert(bad == "0", "the load generator said: " .. said)
    rates[i] = count / tonumber(seconds)
  end
  os.remove(path)
  return Measure.median(rates)
end

local function measure(name, server, pins, calls, rounds)
  if pins.server then
    os.execute(("taskset -a -c -p %s %s >/dev/null"):format(pins.server, server.pid))
  end
  local port = server.port
  local order = Measure.output(("curl -s -u %s: -d '%s' http://127.0.0.1:%d/v1/climate/orders")
    :format(KEY, FORM, port))
  local id = assert(order:match '"id":"(climorder_%w+)"', "no order was made: " .. order)
  local get = rate(pins.load, port, text(port, "GET /v1/climate/orders/" .. id), 5 * calls, rounds)
  local post = rate(pins.load, port, text(port, "POST /v1/climate/orders", FORM), calls, rounds)
  return { name = name, get = get, post = post }
end

--- Measures both.
-- @tparam table pins `load`: words before the load generator; `server`: the core of the server, or
--   nil
-- @tparam integer calls POSTs of a round, and a fifth of its GETs
-- @tparam integer rounds
-- @treturn {table,...} `{ name, get, post }`, requests per second
function Simulators.measure(pins, calls, rounds)
  local list = {}
  for i, one in ipairs { { "bin/stripe-sim", sim_process.start }, { "nginx", in_nginx } } do
    local server = one[2]()
    local ok, result = pcall(measure, one[1], server, pins, calls, rounds)
    server:stop()
    if not ok then error(result, 0) end
    list[i] = result
  end
  return list
end

return Simulators
