-- Prints the headers that this library sends of itself, a line each.
local client, id = require "bench.ours.client"("http://127.0.0.1/", "1.1", nil, {
  transport = function(request)
    for _, header in ipairs(request.headers) do print(header[1] .. ": " .. header[2]) end
    return { status = 200, headers = {}, body = "{}" }
  end,
})
client.climate.orders:retrieve("climorder_0" .. id)
