-- The fair floor: a minimal binding of libcurl, lua-cjson, and the walk that makes integers.
local url, version, calls, _, headers, ca = ...
local floor = require "floor"
local cjson = require "cjson.safe"

local handle = floor.new(version, headers, ca)
local base, id = url:match("^(.*/)([^/]*)$")

local function retrieve()
  local status, body = handle:get(base .. id)
  local order = cjson.decode(body)
  if status ~= 200 or not order then error(body) end
  return floor.walk(order)
end

assert(retrieve().id == id)
local wall, cpu = floor.clocks()
for _ = 1, tonumber(calls) do
  retrieve()
end
local wall_end, cpu_end = floor.clocks()
print(("%.6f %.6f"):format(wall_end - wall, cpu_end - cpu))
