-- bench: the results of nginx as Markdown.

local Report = {}

local function figure(format, value)
  return value and format:format(value) or "-"
end

-- Of a load: what a program costs beyond the control.
local function beyond(load, role, field)
  local program, control = load[role], load.control
  if not (program and control) or program.broken or control.broken then return nil end
  return program[field] - control[field]
end

local function row_of(load, program, add)
  if program.role == "alone" then
    add(("| %s | | | | %.1f | | | %d |"):format(program.name, program.all, program.failed))
    return
  end
  local net = program.role ~= "control"
  local loop = net and beyond(load, program.role, "loop") or program.loop
  local all = net and beyond(load, program.role, "all") or program.all
  add(("| %s | %.2f | %.2f | %s | %s | %.3f | %.3f | %d |"):format(program.name,
    program.call_p50 - load.delay * 1000, program.call_p99 - load.delay * 1000,
    figure(net and "%.1f" or "(%.1f)", loop), figure(net and "%.1f" or "(%.1f)", all),
    program.ping_p50, program.ping_p99, program.failed))
end

local function table_of(load, add)
  add(("## %s: %d calls/s, answered after %d ms"):format(load.name, load.rate, load.delay * 1000),
    "", "| | added p50, ms | p99 | event loop, µs | all CPU, µs | ping p50, ms | p99 | failed |",
    "|---|---:|---:|---:|---:|---:|---:|---:|")
  for _, program in ipairs(load.programs) do
    if program.broken then
      add(("| %s | %s | | | | | | |"):format(program.name, program.broken:match("[^\n]*")))
    else
      row_of(load, program, add)
    end
  end
  add("")
end

local function ratio(a, b)
  return a and b and a / b
end

local function whole(program)
  return program and not program.broken and program or nil
end

local TARGETS = { -- what is measured beside another program
  { "loop", "event loop's CPU per call", "at most 0.33" },
  { "all", "all CPU per call", "at most 1.40" },
  { "ping_p99", "p99 of the ping", "at most 0.50" },
}

local function value_of(load, role, field)
  local program = whole(load[role])
  if field == "ping_p99" then return program and program.ping_p99 end
  return beyond(load, role, field)
end

local function targets_of(load, add)
  local ours, alone = whole(load.ours), whole(load.alone)
  local function row(what, value, format, target)
    add(("| %s: %s | %s | %s |"):format(load.name, what, figure(format, value), target))
  end
  local function beside(role, name)
    for _, target in ipairs(TARGETS) do
      local field, what, bound = target[1], target[2], target[3]
      row(what .. ", x " .. name,
        ratio(value_of(load, "ours", field), value_of(load, role, field)), "%.2f", bound)
    end
  end
  beside("cosocket", "cosockets")
  if load.resty_http then beside("resty_http", "lua-resty-http") end
  row("all CPU per call, x libcurl alone",
    ratio(value_of(load, "ours", "all"), alone and alone.all), "%.2f", "")
  if load.rate == 2500 then
    row("p99 of the ping", ours and ours.ping_p99, "%.2f ms", "under 1 ms")
  end
  row("p99 of what a call takes beyond its answer's delay",
    ours and ours.call_p99 - load.delay * 1000, "%.1f ms", "at most 5 ms")
end

--- The part about nginx of the page of results.
-- @tparam table results
-- @treturn table lines
function Report.write(results)
  local lines = {}
  local function add(...)
    for i = 1, select("#", ...) do lines[#lines + 1] = (select(i, ...)) end
  end
  add("Written by `make bench-nginx`: a worker of nginx on one core. Each of its requests makes",
    "one `climate.orders:retrieve` over TLS; requests come at a steady rate, from the other core,",
    "where the nginx that is called runs, too. The ping is a location that answers at once, on its",
    ("own connection. CPU is per call, beyond the control's; medians of %d runs of %g seconds.")
      :format(results.rounds, results.seconds),
    "libcurl alone is a loop in C that makes the same calls and does nothing with their answers.",
    "")
  for _, load in ipairs(results.loads) do table_of(load, add) end
  local blocking, cold = results.blocking, results.cold
  if blocking and not blocking.broken then
    add(("Blocking libcurl, at 4 calls/s: the ping's p99 is %.1f ms."):format(blocking.ping_p99),
      "")
  end
  add("## Targets of nginx", "", "| | measured | target |", "|---|---:|---:|")
  for _, load in ipairs(results.loads) do targets_of(load, add) end
  if cold and not cold.broken then
    add(("| cold start at 2500 calls/s: calls that failed | %d | 0 |"):format(cold.failed),
      ("| in its last second, p99 of what a call takes beyond 200 ms | %.1f ms | |"):format(
        cold.last_p99 - 200))
  end
  return lines
end

return Report
