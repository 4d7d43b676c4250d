--- What the examples share: the library found in a checkout, a client, a question before money
-- moves.
--
-- By default an example talks to the simulator in its own process. With STRIPE_SECRET_KEY in the
-- environment it talks to Stripe, unless the command line says --simulator; a live key is refused
-- unless it says --live.

local root = ((arg and arg[0] or ""):match("^(.*)/") or ".") .. "/.."
local build = rawget(_G, "jit") and "luajit" or _VERSION:match("%d%.%d")
package.path = root .. "/lua/?.lua;" .. root .. "/lua/?/init.lua;" .. package.path
package.cpath = root .. "/build/" .. build .. "/?.so;" .. package.cpath

local stripe = require "stripe"

local setup = { stripe = stripe, words = {}, flags = {} }

for _, word in ipairs(arg or {}) do
  local flag = word:match("^%-%-(.+)$")
  if flag then setup.flags[flag] = true else setup.words[#setup.words + 1] = word end
end

--- Prints a line, formatted as by string.format.
function setup.say(format, ...)
  print(select("#", ...) > 0 and format:format(...) or format)
end

--- Ends the script with a readable failure: `local order = try(client.climate.orders:create{...})`.
function setup.try(value, err)
  if err then
    io.stderr:write(tostring(err), "\n")
    os.exit(1)
  end
  return value
end

--- A client, and the simulator behind it (nil when it speaks to Stripe).
function setup.open()
  local key = os.getenv("STRIPE_SECRET_KEY")
  if key and key ~= "" and not setup.flags.simulator then
    local live = key:find("^[sr]k_live_") ~= nil
    if live and not setup.flags.live then
      io.stderr:write("This is a live key: real money would move. Say --live if you mean it.\n")
      os.exit(2)
    end
    return stripe.new { api_key = key, livemode = live }, nil
  end
  local simulator = stripe.simulator.new { seed = 1, clock = 1767225600 }
  return stripe.new { api_key = "sk_test_example", transport = simulator }, simulator
end

--- Asks before money moves; --yes and the simulator answer by themselves.
function setup.confirm(question, simulator)
  if simulator or setup.flags.yes then
    setup.say("%s yes", question)
    return
  end
  io.write(question, " [y/N] ")
  io.flush()
  local answer = io.read()
  if not (answer and answer:lower():find("^y")) then
    setup.say("Nothing was bought.")
    os.exit(0)
  end
end

--- A Unix time as a date, in UTC.
function setup.date(time)
  return os.date("!%Y-%m-%d", time)
end

return setup
