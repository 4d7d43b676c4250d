--- Polling against SIGKILL: a script is killed in each of its moments and run again.

local SimProcess = require "spec.support.sim_process"
local mortal = require "spec.support.mortal"

local SCRIPT = "spec/support/poll_script.lua"

describe("a script that polls", function()
  local sim, checkpoint, database, ids

  setup(function()
    sim = SimProcess.start()
    for _ = 1, 3 do sim:control("POST", "/events/trigger", { type = "climate.order.created" }) end
    ids = {}
    for event in assert(sim:client().events:list()):each() do table.insert(ids, 1, event.id) end
    assert.equal(3, #ids)
  end)
  teardown(function() sim:stop() end)
  before_each(function()
    checkpoint, database = os.tmpname(), os.tmpname()
    os.remove(checkpoint)
  end)
  after_each(function()
    for _, suffix in ipairs { "", "-wal", "-shm" } do os.remove(database .. suffix) end
    os.remove(checkpoint)
    os.remove(checkpoint .. ".new")
  end)

  local function effects()
    local file = assert(require "luasql.sqlite3".sqlite3():connect(database))
    local cursor, found = file:execute "SELECT event FROM effect ORDER BY rowid", {}
    local id = cursor:fetch()
    while id do
      found[#found + 1] = id
      id = cursor:fetch()
    end
    cursor:close()
    file:close()
    return found
  end

  local function run(step)
    return mortal.run(SCRIPT, { sim.url, checkpoint, database }, step)
  end

  it("has the effects of every event once, whichever moment it is killed in", function()
    local steps, lived = 0
    repeat
      steps = steps + 1
      lived = run(steps)
      local ended, said = run()
      assert.is_true(ended, said)
      assert.same(ids, effects(), "killed in step " .. steps)
      ended, said = run()
      assert.is_true(ended, said)
      assert.equal("0", said:match "%S+") -- the checkpoint has them all
      for _, suffix in ipairs { "", "-wal", "-shm" } do os.remove(database .. suffix) end
      os.remove(checkpoint)
    until lived
    assert.is_true(steps > 20, "it had only " .. steps .. " moments")
  end)
end)
