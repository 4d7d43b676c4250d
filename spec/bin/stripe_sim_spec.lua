--- The program stripe-sim, as a process.

local http = require "spec.support.http_client"

if not http.available then
  describe("stripe-sim", function() pending "needs lua-http" end)
  return
end

local cqueues = require "cqueues"

-- Starts it: { line = its first line, port, pid, finish() -> rest of its output and exit status }.
local function start(arguments)
  local pipe = assert(io.popen("echo $$; exec bin/stripe-sim --port 0 --quiet " .. arguments
    .. ' 2>&1; echo "exit $?"'))
  local pid, line = pipe:read "*l", pipe:read "*l"
  return {
    pid = pid, line = line, port = tonumber((line or ""):match ":(%d+)$"),
    rest = function()
      local rest = pipe:read "*a"
      pipe:close()
      return rest
    end,
  }
end

local function run(arguments)
  local pipe = assert(io.popen("bin/stripe-sim " .. arguments .. ' 2>&1; echo "exit $?"'))
  local output = pipe:read "*a"
  pipe:close()
  return output
end

-- Asks over a connection of its own; returns status and body.
local function ask(port, ...)
  local arguments, n, response, problem = { ... }, select("#", ...), nil, nil
  local loop = cqueues.new()
  loop:wrap(function()
    response, problem = http.connect(port):ask((unpack or table.unpack)(arguments, 1, n))
  end)
  assert(loop:loop(10))
  assert(response, problem)
  return response.status, response.body
end

local ORDER = "product=climsku_frontier_offtake_portfolio_2027&metric_tons=1"
local FORM = { ["Content-Type"] = "application/x-www-form-urlencoded" }

describe("stripe-sim", function()
  it("prints where it listens, and ends on a signal", function()
    local sim = start ""
    assert.matches("^listening on http://127%.0%.0%.1:%d+$", sim.line)
    assert.equal(200, (ask(sim.port, "GET", "/v1/climate/products")))
    os.execute("kill -TERM " .. sim.pid)
    assert.equal("", sim.rest())
  end)

  it("keeps its state in a file, on exit and when it is told to", function()
    local path = os.tmpname()
    os.remove(path)
    local sim = start("--clock 1800000000 --state " .. path)
    assert.equal(200, (ask(sim.port, "POST", "/v1/climate/orders", ORDER, FORM)))
    assert.equal(200, (ask(sim.port, "POST", "/_sim/save")))
    os.execute("kill -KILL " .. sim.pid)
    sim.rest()
    sim = start("--state " .. path)
    assert.equal(200, (ask(sim.port, "POST", "/v1/climate/orders", ORDER, FORM)))
    os.execute("kill -INT " .. sim.pid)
    sim.rest()
    sim = start("--state " .. path)
    local _, body = ask(sim.port, "GET", "/v1/climate/orders")
    assert.equal(2, select(2, body:gsub('"id":"climorder_', "")))
    os.execute("kill -TERM " .. sim.pid)
    sim.rest()
    os.remove(path)
  end)

  it("gives the same ids for the same seed, and time that stands", function()
    local bodies = {}
    for i, seed in ipairs { "7", "7", "8" } do
      local sim = start("--clock 1800000000 --seed " .. seed)
      local _, body = ask(sim.port, "POST", "/v1/climate/orders", ORDER, FORM)
      bodies[i] = body
      os.execute("kill -TERM " .. sim.pid)
      sim.rest()
    end
    assert.equal(bodies[1], bodies[2])
    assert.not_equal(bodies[1], bodies[3])
    assert.matches('"created":1800000000', bodies[1])
  end)

  it("says what it can't do, and exits with 1", function()
    assert.matches("go together.*exit 1", run "--port 0 --cert x")
    assert.matches("write%-cert goes with %-%-tls.*exit 1", run "--port 0 --write-cert none.pem")
    assert.matches("without %-%-cert.*exit 1",
      run "--port 0 --tls --cert x --key x --write-cert none.pem")
    assert.matches("^stripe%-sim: none.pem: No such file", run "--cert none.pem --key x")
    assert.matches("at most 65535.*exit", run "--port 70000")
    assert.matches("no whole number.*exit", run "--clock soon")
    local path = os.tmpname()
    local file = io.open(path, "w")
    file:write "{"
    file:close()
    assert.matches("stripe%-sim: .*exit 1", run("--port 0 --state " .. path))
    os.remove(path)
    assert.matches("stripe%-sim: .*exit 1", run "--port 0 --state spec/none/state.json")
  end)
end)
