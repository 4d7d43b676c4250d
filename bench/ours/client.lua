-- A client of ours for the arguments that every program takes.
local stripe = require "stripe"

return function(url, version, ca, others)
  local options = {
    api_key = "sk_test_" .. ("0"):rep(24), base_url = url:match("^%a+://[^/]*"),
    http_version = version, ca_file = ca,
  }
  for name, value in pairs(others or {}) do options[name] = value end
  return stripe.new(options), url:match("[^/]*$")
end
