-- What a call in flight holds: bytes of Lua's heap, of our own mallocs, of libcurl's (and of the
-- libraries under it), and the most that Lua's heap and our mallocs came to, garbage included.
local url, version, calls, _, _, ca = ...
local stripe = require "stripe"
local heap = require "heap"
local client, id = require "bench.ours.client"(url, version, ca, { max_connections = 0 })
calls = tonumber(calls)

local function held()
  return collectgarbage("count") * 1024, heap.bytes "stripe/",
    heap.bytes "libcurl" + heap.bytes "libssl" + heap.bytes "libcrypto" + heap.bytes "nghttp"
end

assert(client.climate.orders:retrieve(id))
collectgarbage()
collectgarbage()
local lua, own, curl = held()
local most = 0

local function retrieve()
  local order, err = client.climate.orders:retrieve(id)
  local lua_now, own_now = held()
  most = math.max(most, lua_now - lua + own_now - own)
  return order, err
end

local functions = {}
for i = 1, calls do functions[i] = retrieve end
local in_flight
functions[calls + 1] = function() -- the others have been sent
  collectgarbage()
  collectgarbage()
  local lua_now, own_now, curl_now = held()
  in_flight = { lua_now - lua, own_now - own, curl_now - curl }
end
local results, errors = stripe.gather(functions, { concurrency = calls + 1 })
assert(not errors and results[calls].id == id)
print(("%.0f %.0f %.0f %.0f"):format(in_flight[1] / calls, in_flight[2] / calls,
  in_flight[3] / calls, most / calls))
