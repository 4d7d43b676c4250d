--- A journal against SIGKILL: a script is killed in each of its moments and run again.

local SimProcess = require "spec.support.sim_process"
local mortal = require "spec.support.mortal"

local SCRIPT = "spec/support/journal_script.lua"

describe("a script with a journal", function()
  local sim, path

  setup(function() sim = SimProcess.start() end)
  teardown(function() sim:stop() end)
  before_each(function() path = os.tmpname() end)
  after_each(function()
    for _, suffix in ipairs { "", "-wal", "-shm" } do os.remove(path .. suffix) end
  end)

  local function orders(name)
    local ids = {}
    for order in assert(sim:client().climate.orders:list { limit = 100 }):each() do
      if order.metadata.entry == name then ids[#ids + 1] = order.id end
    end
    return ids
  end

  it("places one order, whichever moment it is killed in", function()
    local steps = 0
    repeat
      steps = steps + 1
      local name = "killed in step " .. steps
      local lived = mortal.run(SCRIPT, { sim.url, path, name }, steps)
      local ended, id = mortal.run(SCRIPT, { sim.url, path, name })
      assert.is_true(ended, id)
      assert.same({ id:match "%S+" }, orders(name))
    until lived
    assert.is_true(steps > 10, "it had only " .. steps .. " moments")
  end)

  it("places one order when answers get lost as well", function()
    for i, fault in ipairs { "lost", "server_error", "reset", "conflict", "rate_limit" } do
      for _, step in ipairs { 4, 6, 7 } do
        local name = ("%s %d"):format(fault, step)
        sim:control("POST", "/faults",
          { fault = fault, match = { operation = "climate.orders.create" }, times = 2 })
        for _ = 1, 3 do mortal.run(SCRIPT, { sim.url, path, name }, step) end
        local ended, id = mortal.run(SCRIPT, { sim.url, path, name })
        for _ = 1, 2 do
          if not ended then ended, id = mortal.run(SCRIPT, { sim.url, path, name }) end
        end
        assert.is_true(ended, id)
        assert.same({ id:match "%S+" }, orders(name), i)
        sim:control("DELETE", "/faults")
      end
    end
  end)
end)
