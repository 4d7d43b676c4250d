-- bench: the results as Markdown.

local Measure = require "bench.measure"

local Report = {}

local function version(command, pattern)
  return Measure.output(command .. " 2>&1"):match(pattern) or "-"
end

local function versions()
  local list = {
    "Lua " .. version(os.getenv "BENCH_LUA" .. " -v", "[%d.]+%-?%w*"),
    "libcurl " .. version("curl --version", "libcurl/(%S+)"),
    version("openssl version", "OpenSSL %S+"),
    "nginx " .. version("nginx -v", "nginx/(%S+)"),
    "node " .. version("node --version", "v([%d.]+)"),
    version("uname -sr", "[^\n]+"),
    version("grep -m1 'model name' /proc/cpuinfo", ": ([^\n]+)"),
    version("nproc", "%d+") .. " cores",
  }
  return table.concat(list, ", ")
end

local function figure(format, value)
  return value and format:format(value) or "-"
end

local function table_of(protocol, add)
  local base = protocol.easy.cpu
  add(("## %s"):format(protocol.name), "",
    "| | requests/s | CPU µs | CPU, x bare C | instructions |", "|---|---:|---:|---:|---:|")
  for _, program in ipairs(protocol.programs) do
    add(("| %s | %s | %s | %s | %s |"):format(program.name,
      figure("%.0f", program.wall and 1e6 / program.wall), figure("%.1f", program.cpu),
      figure("%.2f", program.cpu and base and program.cpu / base),
      figure("%.1f k", program.instructions and program.instructions / 1000)))
  end
  add("")
  for _, program in ipairs(protocol.programs) do
    if program.failed then
      add(("`%s` failed: %s"):format(program.name, program.failed:match("[^\n]*")), "")
    end
  end
end

local function ratio(a, b, field)
  return a and b and a[field] and b[field] and a[field] / b[field]
end

-- How much more the gain of many at once is than one.
local function gains(protocol, add)
  local ours, theirs = protocol.ours, protocol.easy
  for _, wide in ipairs { "", "1000" } do
    local gather, multi = protocol["gather" .. wide], protocol["multi" .. wide]
    local mine, bare = ratio(ours, gather, "wall"), ratio(theirs, multi, "wall")
    if mine and bare then
      add(("| %s: gain of gather %s over blocking, by requests/s: %.2f; of the bare multi: %.2f "
        .. "| %.2f | at least 0.8 |"):format(protocol.name, wide == "" and "64" or wide, mine,
        bare, mine / bare))
    end
  end
end

local function webhooks(list, add)
  add("## Webhooks", "", "An event of 3 KB: verified, decoded, whole numbers made integers.", "",
    "| | events/s | CPU µs | instructions |", "|---|---:|---:|---:|")
  for _, program in ipairs(list) do
    add(("| %s | %s | %s | %s |"):format(program.name,
      figure("%.0f", program.wall and 1e6 / program.wall), figure("%.1f", program.cpu),
      figure("%.1f k", program.instructions and program.instructions / 1000)))
  end
  add("")
end

local function simulators(list, add)
  add("## The simulator over HTTP", "", "Requests per second: `climate.orders:retrieve` of one "
    .. "order, and `create`, over 32 connections.", "", "| | GET | POST |", "|---|---:|---:|")
  for _, one in ipairs(list) do
    add(("| %s | %.0f | %.0f |"):format(one.name, one.get, one.post))
  end
  add("")
end

local function targets(results, add)
  add("## Targets", "", "| | measured | target |", "|---|---:|---:|")
  for _, protocol in ipairs(results.protocols) do
    local x = ratio(protocol.ours, protocol.floor, "instructions")
    add(("| %s: instructions of a blocking call, x fair floor | %s | at most 1.15 |"):format(
      protocol.name, figure("%.3f", x)))
  end
  for _, protocol in ipairs(results.protocols) do gains(protocol, add) end
  add(("| instructions of a webhook's event, x fair floor | %s | at most 1.15 |"):format(
    figure("%.3f", ratio(results.webhooks[2], results.webhooks[1], "instructions"))))
  local memory, loading, simulator = results.memory, results.loading, results.simulator
  add(("| call in flight, of 1000: Lua heap %s B and own mallocs %s B (libcurl: %s B) "
    .. "| %s KiB | at most 16 KiB |"):format(figure("%.0f", memory[1]), figure("%.0f", memory[2]),
    figure("%.0f", memory[3]), figure("%.1f", memory[1] and (memory[1] + memory[2]) / 1024)))
  add(("| the most that these came to, garbage and answers included | %s KiB | |"):format(
    figure("%.1f", memory[4] and memory[4] / 1024)))
  add(('| `require "stripe"`, beyond an interpreter with lua-cjson | %.1f ms | under 5 ms |')
    :format(loading.ms))
  add(("| its memory: Lua heap %d KiB, resident %d KiB | %.2f MiB | under 1 MiB |"):format(
    loading.heap, loading.resident, loading.heap / 1024))
  add(("| requests/s of the simulator in nginx, GET | %.0f | at least 10000 |"):format(
    results.simulators[2].get))
  local function simulated(order, what)
    add(("| simulator in process, `climate.orders:retrieve` of %s (%d bytes): %.1f µs; decode and "
      .. "walk of its answer: %.1f µs | %.2f | at most 3.5 |"):format(
      what, order.bytes, order.whole, order.least, order.whole / order.least))
  end
  simulated(simulator.served, "the order above")
  simulated(simulator.made, "an order just made, without deliveries")
end

--- The whole page.
-- @tparam table results
-- @treturn string
function Report.write(results)
  local lines = {}
  local function add(...)
    for i = 1, select("#", ...) do lines[#lines + 1] = (select(i, ...)) end
  end
  local counter = results.counter and results.counter[1] or "not counted: no perf, no valgrind"
  add("# Bench", "",
    "Written by `make bench-plain`: one `climate.orders:retrieve` after the other (or",
    "so many at once), on connections that are reused, against nginx on the other core;",
    ("medians of %d rounds of %d calls. Microseconds depend on the machine and its"):format(
      results.rounds, results.calls),
    "neighbours; instructions hardly do, and are those of user space (" .. counter .. ").", "",
    versions(), "")
  for _, protocol in ipairs(results.protocols) do table_of(protocol, add) end
  webhooks(results.webhooks, add)
  simulators(results.simulators, add)
  targets(results, add)
  return table.concat(lines, "\n") .. "\n"
end

return Report
