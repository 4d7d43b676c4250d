--- Handlers for stripe-worker in the specs. What they do is a line in the file JOURNAL of the
-- environment: "run <event> <attempt>" when a handler begins, "committed <event>" after. It works
-- for WORK seconds, and as long as there is the file HOLD.

local core = require "stripe.core"

local queue = ...
local path = assert(os.getenv "JOURNAL")
local seconds = tonumber(os.getenv "WORK" or "0")
local hold = os.getenv "HOLD"

local function held()
  local file = hold and io.open(hold)
  if file then file:close() end
  return file
end

local function write(...)
  local file = assert(io.open(path, "a"))
  file:write(table.concat({ ... }, " ") .. "\n") -- one write, so that lines of two don't mix
  file:close()
end

return {
  lease = tonumber(os.getenv "LEASE"),
  store = require "stripe.webhook".store.redis { connection = queue.connection },
  on = {
    ["climate.order.canceled"] = function() error "not this one, sk_test_51abcdefghijkl" end,
    ["*"] = function(ctx)
      write("run", ctx.id, ctx.attempt)
      core.sleep(seconds)
      while held() do core.sleep(0.005) end
    end,
  },
  on_event = function(seen)
    if seen.result == "committed" then write("committed", seen.id) end
  end,
}
