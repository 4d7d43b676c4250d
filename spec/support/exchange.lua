--- A fresh simulator and raw HTTP exchanges with it, for the specs of its framework.

local core = require "stripe.core"
local simulator = require "stripe.simulator"

local KEY = "sk_test_exchange"
local START = 1800000000

local function header_of(response, name)
  for _, header in ipairs(response.headers) do
    if header[1]:lower() == name:lower() then return header[2] end
  end
end

--- Opens a simulator with a clock frozen at `start`.
-- Returns a table: `sim`, `key`, `start`, and `send(method, path, body, headers)`, which returns
-- the raw response with `object` (the decoded body) and `header(name)` added.
local function open(options)
  options = options or {}
  options.clock = options.clock or START
  local sim = simulator.new(options)
  local exchange = { sim = sim, key = KEY, start = START }

  function exchange.complete(response)
    if response.body then
      response.object = core.decode(response.body)
      response.header = function(name) return header_of(response, name) end
    end
    return response
  end

  function exchange.send(method, path, body, headers)
    local list = { Authorization = "Bearer " .. KEY }
    if body then list["Content-Type"] = "application/x-www-form-urlencoded" end
    for name, value in pairs(headers or {}) do list[name] = value or nil end
    return exchange.complete(sim:handle {
      method = method, url = "https://api.stripe.com" .. path, headers = list, body = body,
    })
  end

  function exchange.get(path, headers) return exchange.send("GET", path, nil, headers) end
  function exchange.post(path, body, headers)
    return exchange.send("POST", path, body or "", headers)
  end

  return exchange
end

return { open = open }
