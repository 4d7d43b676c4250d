-- bench: this library beside its peers, against a local nginx. `make bench-plain` runs it; the
-- results go to standard output and to bench/results.md.
--
-- From the environment: BENCH_CALLS (per run), BENCH_ROUNDS, BENCH_NODE_MODULES (where the Node SDK
-- is; empty: nowhere).

local Measure = require "bench.measure"
local Page = require "bench.page"
local Report = require "bench.report"
local Server = require "bench.server"
local Simulators = require "bench.simulators"

local CALLS = tonumber(os.getenv "BENCH_CALLS") or 3000
local ROUNDS = tonumber(os.getenv "BENCH_ROUNDS") or 5
local NODE_MODULES = os.getenv "BENCH_NODE_MODULES" or ""
local LUA = assert(os.getenv "BENCH_LUA", "run me by: make bench-plain")
local BUILD = "build/bench/"

local two_cores = tonumber(Measure.output("nproc")) > 1
local client_core = two_cores and "taskset -c 0 " or ""
local server = Server.start(two_cores and "taskset -c 1" or "")

local headers = BUILD .. "headers"
os.execute(("%s bench/ours/headers.lua >%s"):format(LUA, headers))

local protocols = {
  { name = "HTTP/1.1", url = server.http, version = "1.1" },
  { name = "TLS, HTTP/1.1", url = server.tls, version = "1.1" },
  { name = "TLS, HTTP/2", url = server.h2, version = "2", only = true },
}

-- name, program, how many at once; those of HTTP/2 are marked.
local peers = {
  { "libcurl, C, easy loop", BUILD .. "curl_easy", 1, role = "easy", bare = true,
    h2 = true },
  { "fair floor: Lua, libcurl, cjson, walk", LUA .. " bench/peers/floor.lua", 1, role = "floor",
    h2 = true },
  { "lua-stripe, blocking", LUA .. " bench/ours/blocking.lua", 1, role = "ours", h2 = true },
  { "libcurl, C, multi, 64", BUILD .. "curl_multi", 64, role = "multi", bare = true,
    h2 = true },
  { "lua-stripe, gather, 64", LUA .. " bench/ours/gather.lua", 64, role = "gather", h2 = true },
  { "libcurl, C, multi, 1000", BUILD .. "curl_multi", 1000, role = "multi1000", bare = true },
  { "lua-stripe, gather, 1000", LUA .. " bench/ours/gather.lua", 1000, role = "gather1000" },
  { "lua-http, lua-cjson, walk", LUA .. " bench/peers/lua_http.lua", 1, role = "lua-http",
    h2 = true },
}
local node = ("env NODE_EXTRA_CA_CERTS=%s node bench/peers/stripe_node.mjs"):format(server.ca)
if NODE_MODULES ~= "" then
  peers[#peers + 1] = { "stripe-node, one by one", node, 1, role = "node", itself = true }
  peers[#peers + 1] = { "stripe-node, 64 at once", node, 64, role = "node64", itself = true }
else
  print("stripe-node is left out: no npm here, or it could not install the SDK")
end

local function program_of(peer, protocol)
  local program = {
    name = peer[1], wide = peer[3], role = peer.role, compiles_itself = peer.itself, calls = CALLS,
  }
  function program.command(calls, tool)
    return ("%s%s%s %s %s %d %d %s %s"):format(client_core, tool or "", peer[2], protocol.url,
      protocol.version, calls, peer[3], peer.bare and "-" or headers, server.ca)
  end
  return program
end

local function measure_wire(counter)
  local all = {}
  for _, protocol in ipairs(protocols) do
    protocol.programs = {}
    for _, peer in ipairs(peers) do
      if peer.h2 or not protocol.only then
        local program = program_of(peer, protocol)
        table.insert(protocol.programs, program)
        protocol[peer.role] = program
        all[#all + 1] = program
      end
    end
  end
  Measure.times(all, ROUNDS)
  for _, program in ipairs(counter and all or {}) do Measure.instructions(counter, program) end
end

local function numbers(command)
  local list = {}
  local text = Measure.output(command)
  for number in text:gmatch("[%d.]+") do list[#list + 1] = tonumber(number) end
  return list
end

local function measure_memory()
  return numbers(("LD_PRELOAD=./%sheap.so %s bench/ours/memory.lua %s 1.1 1000 1 - %s"):format(
    BUILD, LUA, server.slow, server.ca))
end

-- Milliseconds of the whole process, in turn with one that doesn't load the library.
local function measure_require()
  local now = require "floor".clocks
  local with, without = {}, {}
  for i = 1, 21 do
    for list, argument in pairs { [with] = "stripe", [without] = "" } do
      local before = now()
      os.execute(("%s%s bench/ours/require.lua %s >/dev/null"):format(client_core, LUA, argument))
      list[i] = (now() - before) * 1000
    end
  end
  local memory = numbers(LUA .. " bench/ours/require.lua stripe")
  local bare = numbers(LUA .. " bench/ours/require.lua")
  return {
    ms = Measure.median(with) - Measure.median(without),
    heap = memory[1] - bare[1], resident = memory[2] - bare[2],
  }
end

-- Microseconds of a call to the simulator, and of decoding and walking its answer, which has so
-- many bytes: for the order of the other programs, and for one just made.
local function measure_simulator()
  local served, made = { {}, {} }, { {}, {} }
  for i = 1, ROUNDS do
    local n = numbers(("%s%s bench/ours/simulator.lua 3000"):format(client_core, LUA))
    served[1][i], served[2][i], served.bytes = n[1], n[2], n[3]
    made[1][i], made[2][i], made.bytes = n[4], n[5], n[6]
  end
  for _, order in ipairs { served, made } do
    order.whole, order.least = Measure.median(order[1]), Measure.median(order[2])
  end
  return { served = served, made = made }
end

-- An event of 3 KB verified and decoded: this library, the floor, and the Node SDK.
local function measure_webhooks(counter)
  local function program(name, command, itself)
    return {
      name = name, calls = 10 * CALLS, compiles_itself = itself,
      command = function(calls, tool)
        return ("%s%s%s %d"):format(client_core, tool or "", command, calls)
      end,
    }
  end
  local list = {
    program("fair floor: one HMAC, cjson, walk", LUA .. " bench/peers/webhook_floor.lua"),
    program("lua-stripe, `webhook.construct_event`", LUA .. " bench/ours/webhook.lua"),
  }
  if NODE_MODULES ~= "" then
    list[3] = program("stripe-node, `constructEvent`", "node bench/peers/webhook_node.mjs", true)
  end
  Measure.times(list, ROUNDS)
  for _, one in ipairs(counter and list or {}) do Measure.instructions(counter, one) end
  return list
end

local function everything()
  local counter = Measure.counter()
  measure_wire(counter)
  return {
    protocols = protocols, counter = counter, calls = CALLS, rounds = ROUNDS,
    memory = measure_memory(), loading = measure_require(), simulator = measure_simulator(),
    webhooks = measure_webhooks(counter),
    simulators = Simulators.measure(
      { load = client_core, server = two_cores and "1" or nil }, CALLS, ROUNDS),
  }
end

local ok, results = xpcall(everything, debug.traceback)
server:stop()
if not ok then error(results, 0) end

local text = Report.write(results)
Page.plain(text)
print(text)
