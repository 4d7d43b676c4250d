--- Erasing against SIGKILL in each of its moments, with failures of the API in between.

local SimProcess = require "spec.support.sim_process"
local core = require "stripe.core"
local mortal = require "spec.support.mortal"

local SCRIPT = "spec/support/identity_script.lua"

-- MORTAL_SEED gives another run, MORTAL_ROUNDS a longer one.
local SEED = tonumber(os.getenv "MORTAL_SEED" or 3)
local ROUNDS = tonumber(os.getenv "MORTAL_ROUNDS" or 5)

local FAULTS = { "lost", "server_error", "reset", "conflict", "rate_limit", "lock_timeout" }

describe("an erasure that is killed", function()
  local sim, journal, audit

  setup(function() sim = SimProcess.start() end)
  teardown(function() sim:stop() end)
  before_each(function()
    journal, audit = os.tmpname(), os.tmpname()
    sim:control("POST", "/reset")
  end)
  after_each(function()
    os.remove(audit)
    for _, suffix in ipairs { "", "-wal", "-shm" } do os.remove(journal .. suffix) end
  end)

  local function create(batch)
    local sessions, ids = sim:client().identity.verification_sessions, {}
    for i = 1, 3 do
      ids[i] = assert(sessions:create {
        type = "document", metadata = { batch = batch, name = "Ada" },
      }).id
    end
    assert(sessions:create { type = "document", metadata = { batch = "another" } })
    return ids
  end

  local function run(batch, step) return mortal.run(SCRIPT, { sim.url, journal, audit, batch },
    step) end

  -- Runs it to its end: each session is redacted, canceled once, logged; no other is touched.
  local function finish(batch, ids)
    local output, whole
    for _ = 1, 20 do
      output = select(2, run(batch))
      whole = output:find("3 of 3 sessions redacted", 1, true)
      if whole then break end
      sim:control("POST", "/clock/advance", { seconds = 2 * 24 * 3600 })
    end
    assert.is_truthy(whole, output)
    local client, canceled = sim:client(), {}
    for event in assert(client.events:list { limit = 100 }):each() do
      if event.type == "identity.verification_session.canceled" then
        local id = event.data.object.id
        canceled[id] = (canceled[id] or 0) + 1
      end
    end
    local logged = {}
    for line in io.lines(audit) do
      local entry = core.decode(line)
      if entry and entry.reference == batch and entry.event == "redacted" then
        logged[entry.session] = (logged[entry.session] or 0) + 1
      end
    end
    local count = 0
    for _, id in ipairs(ids) do
      local session = assert(client.identity.verification_sessions:retrieve(id))
      assert.equal("redacted", session.redaction.status)
      assert.equal(1, logged[id])
    end
    for _, n in pairs(canceled) do
      assert.equal(1, n)
      count = count + 1
    end
    assert.equal(#ids, count)
    local text = assert(io.open(audit)):read "*a"
    assert.is_nil(text:find("Ada", 1, true))
    sim:control("POST", "/reset")
  end

  it("is made whole, whichever moment it is killed in", function()
    local step = 0
    repeat
      step = step + 1
      local batch = "killed in " .. step
      local ids = create(batch)
      local lived = run(batch, step)
      finish(batch, ids)
    until lived
    assert.is_true(step > 20, "it had only " .. step .. " moments")
  end)

  it("is made whole when the API fails as well", function()
    local random = SEED
    local function below(n)
      random = (random * 16807) % 2147483647
      return random % n
    end
    for round = 1, ROUNDS do
      local batch = ("seed %d round %d"):format(SEED, round)
      local ids = create(batch)
      for _ = 1, 3 do
        sim:control("POST", "/faults", {
          fault = FAULTS[below(#FAULTS) + 1], times = 1 + below(3),
          match = {
            operation = below(3) > 0 and "identity.verification_sessions.redact" or nil,
          },
        })
        run(batch, 1 + below(35))
      end
      finish(batch, ids)
    end
  end)
end)
