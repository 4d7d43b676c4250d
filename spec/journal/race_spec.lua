--- Several processes with one journal at the same time.

local SimProcess = require "spec.support.sim_process"
local lfs = require "lfs"
local mortal = require "spec.support.mortal"

local PROCESSES, THINGS = 4, 12

describe("processes that share a journal", function()
  local sim, path

  setup(function() sim = SimProcess.start() end)
  teardown(function() sim:stop() end)
  before_each(function()
    sim:control("POST", "/reset")
    path = os.tmpname()
    os.remove(path) -- they race for making it, too
  end)
  after_each(function()
    for _, suffix in ipairs { "", "-wal", "-shm" } do os.remove(path .. suffix) end
  end)

  -- What each printed: a list of thing -> id or code.
  local function race(wait)
    local ends = {}
    for i = 1, PROCESSES do
      ends[i] = mortal.begin("spec/support/journal_racer.lua",
        { sim.url, path, tostring(THINGS), tostring(wait) })
    end
    local said = {}
    for i = 1, PROCESSES do
      local lived, output = ends[i]()
      assert.is_true(lived, output)
      said[i] = {}
      for n, word in output:gmatch "(%d+)\t(%S+)" do said[i][tonumber(n)] = word end
    end
    return said
  end

  local function placed()
    local ids, count = {}, 0
    for order in assert(sim:client().climate.orders:list { limit = 100 }):each() do
      assert.is_nil(ids[order.metadata.race])
      ids[order.metadata.race], count = order.id, count + 1
    end
    return ids, count
  end

  it("do each thing once, and wait for each other", function()
    local said = race(60)
    local ids, count = placed()
    assert.equal(THINGS, count)
    for _, words in ipairs(said) do
      for i = 1, THINGS do assert.equal(ids[tostring(i)], words[i]) end
    end
  end)

  it("are told when they don't wait", function()
    local said = race(0)
    local ids, count = placed()
    assert.equal(THINGS, count)
    for _, words in ipairs(said) do
      for i = 1, THINGS do
        if words[i] ~= "busy" then assert.equal(ids[tostring(i)], words[i]) end
      end
    end
  end)

  it("find a file that nobody else can read", function()
    race(0)
    for _, suffix in ipairs { "", "-wal", "-shm" } do
      local mode = lfs.attributes(path .. suffix, "permissions")
      assert.is_true(mode == nil or mode == "rw-------", suffix)
    end
    assert.equal("rw-------", lfs.attributes(path, "permissions"))
  end)
end)
