--- A batch against SIGKILL, with failures of the API in between.

local SimProcess = require "spec.support.sim_process"
local mortal = require "spec.support.mortal"

local SCRIPT = "spec/support/batch_script.lua"

-- MORTAL_SEED gives another run, MORTAL_ROUNDS more kills.
local SEED = tonumber(os.getenv "MORTAL_SEED" or 11)
local ROUNDS = tonumber(os.getenv "MORTAL_ROUNDS" or 12)
local ROWS = 25

describe("a batch that is killed again and again", function()
  it("does each row once", function()
    local sim = SimProcess.start()
    local journal, results, rows = os.tmpname(), os.tmpname(), os.tmpname()
    finally(function()
      sim:stop()
      os.remove(results)
      os.remove(rows)
      for _, suffix in ipairs { "", "-wal", "-shm" } do os.remove(journal .. suffix) end
    end)
    local file = assert(io.open(rows, "w"))
    file:write "no,tons\n"
    for i = 1, ROWS do file:write(("r%d,0.%d\n"):format(i, i)) end
    file:close()

    local random = SEED
    local function below(n)
      random = (random * 16807) % 2147483647
      return random % n
    end
    local faults = { "lost", "server_error", "reset", "conflict", "rate_limit" }
    for _ = 1, ROUNDS do
      sim:control("POST", "/faults", {
        fault = faults[below(#faults) + 1], times = 1 + below(3),
        match = { operation = "climate.orders.create" },
      })
      mortal.run(SCRIPT, { sim.url, journal, results, rows }, 1 + below(60))
    end
    sim:control("DELETE", "/faults")
    local complete, output
    for _ = 1, 20 do
      complete, output = mortal.run(SCRIPT, { sim.url, journal, results, rows })
      if complete then break end
    end
    assert.is_true(complete, output)
    local seen, count = {}, 0
    for order in assert(sim:client().climate.orders:list { limit = 100 }):each() do
      assert.is_nil(seen[order.metadata.row], "seed " .. SEED)
      seen[order.metadata.row] = order.metric_tons
      count = count + 1
    end
    assert.equal(ROWS, count, "seed " .. SEED)
  end)
end)
