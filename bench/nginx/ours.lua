-- bench: this library.
local answer = require "bench.nginx.answer"
local stripe = require "stripe"
local target = require "target"

local client = stripe.new {
  api_key = "sk_test_" .. ("0"):rep(24), base_url = "https://localhost:" .. target.port,
  ca_file = target.ca, max_retries = 0,
}

return function()
  answer(client.climate.orders:retrieve(target.id))
end
