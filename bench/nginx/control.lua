-- bench: what nginx costs without a call, as long as one would take.
local answer = require "bench.nginx.answer"
local target = require "target"
local ngx = ngx -- luacheck: ignore 113

local order = { id = target.id }

return function()
  ngx.sleep(target.delay)
  answer(order)
end
