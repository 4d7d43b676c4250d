--- Minting sessions against SIGKILL in each of its moments, with failures of the API in between.

local SimProcess = require "spec.support.sim_process"
local mortal = require "spec.support.mortal"

local SCRIPT = "spec/support/onramp_script.lua"

-- MORTAL_SEED gives another run, MORTAL_ROUNDS a longer one.
local SEED = tonumber(os.getenv "MORTAL_SEED" or 5)
local ROUNDS = tonumber(os.getenv "MORTAL_ROUNDS" or 5)

local FAULTS = { "lost", "server_error", "reset", "conflict", "rate_limit", "lock_timeout" }

describe("minting that is killed", function()
  local sim, path

  setup(function() sim = SimProcess.start() end)
  teardown(function() sim:stop() end)
  before_each(function()
    path = os.tmpname()
    sim:control("POST", "/reset")
  end)
  after_each(function()
    for _, suffix in ipairs { "", "-wal", "-shm" } do os.remove(path .. suffix) end
  end)

  -- Runs it to its end, and compares what it says with what there is: one session for each
  -- reference, each with its secret.
  local function finish(reference)
    local ended, output
    for _ = 1, 20 do
      ended, output = mortal.run(SCRIPT, { sim.url, path, reference })
      if ended then break end
    end
    assert.is_true(ended, output)
    local there, count = {}, 0
    for session in assert(sim:client().crypto.onramp_sessions:list { limit = 100 }):each() do
      local mark = session.metadata.onramp_reference
      if mark:sub(1, #reference) == reference then
        assert.is_nil(there[mark], mark)
        there[mark], count = session, count + 1
      end
    end
    assert.equal(2, count, reference)
    for _, network in ipairs { "base", "solana" } do
      local session = there[reference .. " " .. network]
      assert.is_truthy(output:find(session.id .. "\t" .. session.client_secret, 1, true), output)
    end
  end

  it("makes one session for each reference, whichever moment it is killed in", function()
    local step = 0
    repeat
      step = step + 1
      local reference = "killed in " .. step
      local lived = mortal.run(SCRIPT, { sim.url, path, reference }, step)
      finish(reference)
    until lived
    assert.is_true(step > 20, "it had only " .. step .. " moments")
  end)

  it("makes one session for each reference when the API fails as well", function()
    local random = SEED
    local function below(n)
      random = (random * 16807) % 2147483647
      return random % n
    end
    for round = 1, ROUNDS do
      local reference = ("seed %d round %d"):format(SEED, round)
      for _ = 1, 3 do
        sim:control("POST", "/faults", {
          fault = FAULTS[below(#FAULTS) + 1], times = 1 + below(2),
          match = { operation = below(3) > 0 and "crypto.onramp_sessions.create" or nil },
        })
        mortal.run(SCRIPT, { sim.url, path, reference }, 1 + below(40))
      end
      finish(reference)
    end
  end)
end)
