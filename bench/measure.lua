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
-- @tparam table programs each with `command(calls, tool)` and `calls`; gets `wall` and `cpu`,
--   medians of microseconds per call, or `failed`
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

-- Programs that count user-space instructions: the processor's own count where the kernel permits
-- it, or that of a simulation; and what they print at the end.
local counters = {
  { "perf", "perf stat -x, -e instructions:u -- ", "(%d+),[^\n]*instructions" },
  { "callgrind", "valgrind --tool=callgrind --callgrind-out-file=/dev/null ", "Collected : (%d+)" },
}

local function count(counter, command)
  return tonumber(output(command .. " 2>&1"):match(counter[3]))
end

--- What counts instructions here; nil: nothing.
-- @treturn ?table its name first
function Measure.counter()
  for _, counter in ipairs(counters) do
    if count(counter, counter[2] .. "true") then return counter end
  end
end

--- User-space instructions per call: the difference of two runs, so that neither the start nor the
-- connections count.
-- @tparam table counter
-- @tparam table program gets `instructions`
function Measure.instructions(counter, program)
  if program.failed or (counter[1] == "callgrind" and program.compiles_itself) then return end
  local few = math.max(100, program.wide or 1)
  local less = count(counter, program.command(few, counter[2]))
  local more = count(counter, program.command(3 * few, counter[2]))
  if less and more then program.instructions = (more - less) / (2 * few) end
end

return Measure
