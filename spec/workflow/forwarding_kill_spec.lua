--- Forwarding against SIGKILL in each of its moments, with failures of the API in between.

local SimProcess = require "spec.support.sim_process"
local mortal = require "spec.support.mortal"

local SCRIPT = "spec/support/forwarding_script.lua"
local URL = "https://vault.example.com/tokens"

-- MORTAL_SEED gives another run, MORTAL_ROUNDS a longer one.
local SEED = tonumber(os.getenv "MORTAL_SEED" or 13)
local ROUNDS = tonumber(os.getenv "MORTAL_ROUNDS" or 5)

local FAULTS = { "lost", "server_error", "reset", "conflict", "rate_limit", "lock_timeout" }

describe("a forward that is killed", function()
  local sim, path

  setup(function() sim = SimProcess.start() end)
  teardown(function() sim:stop() end)

  local function reset()
    sim:control("POST", "/reset")
    sim:control("POST", "/forwarding/destinations",
      { url = URL, status = 201, body = { token = "tok_1" } })
  end

  before_each(function()
    path = os.tmpname()
    reset()
  end)
  after_each(function()
    for _, suffix in ipairs { "", "-wal", "-shm" } do os.remove(path .. suffix) end
  end)

  local function run(journal, reference, step)
    return mortal.run(SCRIPT, { sim.url, journal, reference, URL }, step)
  end

  -- Runs it to its end; one request went out, and it is the one that is told of.
  local function finish(journal, reference)
    local ended, output
    for _ = 1, 20 do
      ended, output = run(journal, reference)
      if ended then break end
    end
    assert.is_true(ended, output)
    local sent = sim:client().forwarding.requests:list({ limit = 100 }).data
    assert.equal(1, #sent, reference)
    assert.equal(sent[1].id .. "\t201\ttok_1\n", output)
    reset()
  end

  for _, kind in ipairs { "with a journal", "without a journal" } do
    local function journal() return kind == "with a journal" and path or "" end

    it("goes out once, whichever moment it is killed in, " .. kind, function()
      local step = 0
      repeat
        step = step + 1
        local reference = "killed in " .. step
        local lived = run(journal(), reference, step)
        finish(journal(), reference)
      until lived
      assert.is_true(step > 3, "it had only " .. step .. " moments")
    end)

    it("goes out once when the API fails as well, " .. kind, function()
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
            match = { operation = "forwarding.requests.create" },
          })
          run(journal(), reference, 1 + below(15))
        end
        finish(journal(), reference)
      end
    end)
  end
end)
