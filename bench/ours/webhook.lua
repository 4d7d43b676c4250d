-- stripe.webhook.construct_event of one event after the other.
local calls = ...
local floor = require "floor"
local stripe = require "stripe"

local SECRET = "whsec_bench_4f1cd7feda9826e746b7d482"
local construct_event = stripe.webhook.construct_event

local file = assert(io.open("bench/event.json"))
local payload = file:read("*a")
file:close()
local header = stripe.webhook.sign(payload, SECRET)

local function run(n)
  for _ = 1, n do assert(construct_event(payload, header, SECRET)) end
end

run(100)
local wall, cpu = floor.clocks()
run(tonumber(calls))
local wall_end, cpu_end = floor.clocks()
print(("%.6f %.6f"):format(wall_end - wall, cpu_end - cpu))
