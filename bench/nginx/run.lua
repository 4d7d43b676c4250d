-- bench: calls out of nginx with ngx_lua, by this library and in other ways. `make bench-nginx`
-- runs it; the results go to standard output and to bench/results.md.
--
-- From the environment: BENCH_ROUNDS, BENCH_SECONDS (of a measurement), BENCH_ONLY (a Lua pattern:
-- which ways to call), BENCH_LOADS (a pattern, too).

local Host = require "bench.host"
local Measure = require "bench.measure"
local Page = require "bench.page"
local Report = require "bench.nginx.report"
local Servers = require "bench.nginx.servers"

local ROUNDS = tonumber(os.getenv "BENCH_ROUNDS") or 5
local SECONDS = tonumber(os.getenv "BENCH_SECONDS") or 4
local ONLY = os.getenv "BENCH_ONLY" or ""
local LOADS = os.getenv "BENCH_LOADS" or ""
local LUA = assert(os.getenv "BENCH_LUA", "run me by: make bench-nginx")
local WARM_UP = 3 -- seconds

-- Calls a second, seconds until each is answered, what shows in the report.
local loads = {
  { rate = 1000, delay = 0.2, name = "200 in flight" },
  { rate = 2500, delay = 0.2, name = "500 in flight" },
  { rate = 2000, delay = 0.5, name = "1000 in flight" },
}

local callers = {
  { "control", "no call: `ngx.sleep`", role = "control" },
  { "cosocket", "a minimal client on cosockets", role = "cosocket" },
  { "resty_http", "lua-resty-http", role = "resty_http", needs = "resty.http" },
  { "ours", "lua-stripe", role = "ours" },
  -- where no socket for the bell can be made, the driver polls
  { "ours", "lua-stripe, polling", role = "polling", main = "env TMPDIR=/proc;" },
  { "alone", "libcurl alone, in C", role = "alone" }, -- no nginx
}

local blocking = { name = "4 calls/s", rate = 4, delay = 0.2 }
local cold = { name = "2500 calls/s, cold", rate = 2500, delay = 0.2 }

local function run_alone(place, load, warm_up)
  return Host.output(("%sbuild/bench/nginx_alone %s %s %s %g %g %g 2>&1"):format(
    Servers.at_front, Servers.url(place, load.delay), Servers.certificate(place),
    Servers.header_file(place), load.rate, SECONDS, warm_up))
end

local function run_in_nginx(place, program, load, warm_up)
  local worker = Servers.front(place, program.caller, load.delay, program.main)
  return Host.output(("%sbuild/bench/nginx_load %d /call %g %g %g %s 2>&1"):format(
    Servers.aside, place.port, load.rate, SECONDS, warm_up, worker))
end

local function measure(place, program, load, warm_up)
  if program.broken then return end
  local alone = program.role == "alone"
  Servers.stop_front(place)
  local text = alone and run_alone(place, load, warm_up)
    or run_in_nginx(place, program, load, warm_up)
  local run = {}
  for name, value in text:gmatch("([%w_]+)=([%d.]+)") do run[name] = tonumber(value) end
  if not (alone and run.all or run.ping_p99) then
    program.broken = text
    print(program.name, text, Servers.complaints(place))
    return
  end
  for name, value in pairs(run) do
    program[name] = program[name] or {}
    table.insert(program[name], value)
  end
end

local function medians(program)
  for name, values in pairs(program) do
    if type(values) == "table" then program[name] = Measure.median(values) end
  end
end

local function program_of(caller)
  return { caller = caller[1], name = caller[2], role = caller.role, main = caller.main }
end

local function is_installed(module)
  for template in package.path:gmatch "[^;]+" do
    local file = io.open((template:gsub("%?", (module:gsub("%.", "/")))))
    if file then return file:close() end
  end
  return false
end

-- The entries of a list that match, but for ways to call that are not installed.
local function selected(list, pattern, field)
  local found = {}
  for _, entry in ipairs(list) do
    local there = not entry.needs or is_installed(entry.needs)
    if there and entry[field]:find(pattern) then found[#found + 1] = entry end
  end
  return found
end

local function everything(place)
  loads = selected(loads, LOADS, "name")
  for _, load in ipairs(loads) do
    load.programs = {}
    for i, caller in ipairs(selected(callers, ONLY, "role")) do
      local program = program_of(caller)
      load.programs[i], load[program.role] = program, program
    end
  end
  if LOADS == "" then
    blocking.program = program_of { "curl", "libcurl, blocking", role = "curl" }
    cold.program = program_of { "ours", "lua-stripe", role = "ours" }
  end
  for _ = 1, ROUNDS do
    for _, load in ipairs(loads) do
      for _, program in ipairs(load.programs) do measure(place, program, load, WARM_UP) end
    end
    if blocking.program then measure(place, blocking.program, blocking, WARM_UP) end
    if cold.program then measure(place, cold.program, cold, 0) end
  end
  for _, load in ipairs(loads) do
    for _, program in ipairs(load.programs) do medians(program) end
  end
  if blocking.program then medians(blocking.program) end
  if cold.program then medians(cold.program) end
end

local headers = "Accept-Encoding: deflate, gzip, br, zstd\n" -- as libcurl adds it
  .. Host.output(LUA .. " bench/ours/headers.lua")
local place = Servers.open({ 0.2, 0.5 }, headers)
local ok, failure = xpcall(everything, debug.traceback, place)
Servers.close(place)
if not ok then error(failure, 0) end

local lines = Report.write {
  loads = loads, blocking = blocking.program, cold = cold.program, rounds = ROUNDS,
  seconds = SECONDS,
}
if ONLY == "" and LOADS == "" then
  print(Page.nginx(lines))
else
  print(table.concat(lines, "\n"))
end
