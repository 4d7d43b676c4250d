-- bench: what a program costs. A program makes the number of calls that it is told, and prints the
-- seconds on the wall and of CPU that these took.

local Measure = {}

local function output(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("*a")
  pipe:close()
  return text
end

Measure.output = output

local function median(values)
  table.sort(values)
  local n = #values
  return n % 2 == 1 and values[(n + 1) / 2] or (values[n / 2] + values[n / 2 + 1]) / 2
end

Measure.median = median

--- Runs all programs in turn, several times, so that a noisy minute hurts them alike.
-- @tparam table programs each with `command(calls)` and `calls`; gets `wall` and `cpu`, medians of
--   microseconds per call, or `failed`
-- @tparam integer rounds
function Measure.times(programs, rounds)
  for round = 1, rounds do
    for i = 1, #programs do
      local program = programs[(i + round - 2) % #programs + 1]
      local text = program.failed or output(program.command(program.calls) .. " 2>&1")
      local wall, cpu = text:match("^([%d.]+) ([%d.]+)%s*$")
      if wall then
        program.walls, program.cpus = program.walls or {}, program.cpus or {}
        table.insert(program.walls, wall / program.calls * 1e6)
        table.insert(program.cpus, cpu / program.calls * 1e6)
      else
        program.failed = text
      end
    end
  end
  for _, program in ipairs(programs) do
    if not program.failed then
      program.wall, program.cpu = median(program.walls), median(program.cpus)
    end
  end
end

local counters = {}

-- User-space instructions of one run, counted by the processor.
function counters.perf(command)
  local text = output(("perf stat -x, -e instructions:u -- %s 2>&1 >/dev/null"):format(command))
  return tonumber(text:match("(%d+),[^\n]*instructions"))
end

-- The same, counted by a simulation of it.
function counters.callgrind(command)
  local text = output(
    ("valgrind --tool=callgrind --callgrind-out-file=/dev/null %s 2>&1 >/dev/null"):format(command))
  return tonumber(text:match("Collected : (%d+)"))
end

--- What counts instructions here: "perf" where the kernel permits it, else "callgrind", else nil.
function Measure.counter()
  for _, name in ipairs { "perf", "callgrind" } do
    if counters[name]("true") then return name end
  end
end

--- User-space instructions per call: the difference of two runs, so that neither the start nor the
-- connections count.
-- @tparam string name of the counter
-- @tparam table program gets `instructions`
function Measure.instructions(name, program)
  if program.failed or (name == "callgrind" and program.compiles_itself) then return end
  local few = math.max(200, program.wide or 1)
  local less, more = counters[name](program.command(few)), counters[name](program.command(3 * few))
  if less and more then program.instructions = (more - less) / (2 * few) end
end

return Measure
