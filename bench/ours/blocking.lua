-- This library, one call after the other.
local url, version, calls, _, _, ca = ...
local floor = require "floor"
local client, id = require "bench.ours.client"(url, version, ca)

local function retrieve()
  local order, err = client.climate.orders:retrieve(id)
  if not order then error(err) end
  return order
end

assert(retrieve().id == id)
local wall, cpu = floor.clocks()
for _ = 1, tonumber(calls) do
  retrieve()
end
local wall_end, cpu_end = floor.clocks()
print(("%.6f %.6f"):format(wall_end - wall, cpu_end - cpu))
