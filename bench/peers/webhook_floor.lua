-- The least that a webhook can take: an HMAC of the event, lua-cjson, and the walk that makes
-- integers. Nothing is compared, and no header read.
local calls = ...
local cjson = require "cjson.safe"
local floor = require "floor"
local hmac = require "hmac"

local file = assert(io.open("bench/event.json"))
local payload = file:read("*a")
file:close()
local text = "1795406731." .. payload

local function run(n)
  for _ = 1, n do
    hmac("whsec_bench_4f1cd7feda9826e746b7d482", text)
    floor.walk(cjson.decode(payload))
  end
end

run(100)
local wall, cpu = floor.clocks()
run(tonumber(calls))
local wall_end, cpu_end = floor.clocks()
print(("%.6f %.6f"):format(wall_end - wall, cpu_end - cpu))
