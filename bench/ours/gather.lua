-- This library, many calls at once.
local url, version, calls, wide, _, ca = ...
local floor = require "floor"
local stripe = require "stripe"
local client, id = require "bench.ours.client"(url, version, ca)
wide = tonumber(wide)

-- Keeps no order, as none of the others does that are measured.
local function retrieve()
  local order, err = client.climate.orders:retrieve(id)
  return order and order.id, err
end

local function run(n)
  local functions = {}
  for i = 1, n do functions[i] = retrieve end
  local _, errors = stripe.gather(functions, { concurrency = wide })
  if errors then error(select(2, next(errors))) end
end

run(wide) -- opens the connections
local wall, cpu = floor.clocks()
run(tonumber(calls))
local wall_end, cpu_end = floor.clocks()
print(("%.6f %.6f"):format(wall_end - wall, cpu_end - cpu))
