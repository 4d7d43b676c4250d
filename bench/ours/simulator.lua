-- The whole client on the simulator in process, and what must be done at the least: lua-cjson and
-- the walk that makes integers, of the same answer. Prints microseconds of CPU for each and the
-- bytes of the answer: for the order that the other programs of the bench retrieve, loaded into
-- the simulator, then for one just made, which is smaller.
local calls = ...
local cjson = require "cjson.safe"
local core = require "stripe.core"
local floor = require "floor"
local stripe = require "stripe"
calls = tonumber(calls)

local key = "sk_test_" .. ("0"):rep(24)
local simulator = stripe.simulator.new { clock = 1795406528 }
local client = stripe.new { api_key = key, transport = simulator }

local file = assert(io.open("bench/order.json"))
local served = assert(core.decode(file:read("*a")))
file:close()
assert(simulator:account(key):load { served })

local made = assert(client.climate.orders:create {
  metric_tons = "0.75", product = client.climate.products:list().data[1].id,
  beneficiary = { public_name = "Harbour Street Bicycles" },
})

local function time(f)
  local _, cpu = floor.clocks()
  for _ = 1, calls do f() end
  local _, cpu_end = floor.clocks()
  return (cpu_end - cpu) / calls * 1e6
end

for _, id in ipairs { served.id, made.id } do
  local body = simulator:handle {
    method = "GET", url = "https://api.stripe.com/v1/climate/orders/" .. id, body = "",
    headers = { { "Authorization", "Bearer " .. key } },
  }.body
  local function retrieve() return assert(client.climate.orders:retrieve(id)) end
  local function decode() return floor.walk(cjson.decode(body)) end
  assert(retrieve().id == decode().id)
  time(retrieve)
  print(("%.3f %.3f %d"):format(time(retrieve), time(decode), #body))
end
