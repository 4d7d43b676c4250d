--- Buying a plan against SIGKILL in each of its moments, with failures of the API in between.

local SimProcess = require "spec.support.sim_process"
local core = require "stripe.core"
local decimal = require("stripe").decimal
local mortal = require "spec.support.mortal"

local SCRIPT = "spec/support/climate_script.lua"

-- MORTAL_SEED gives another run, MORTAL_ROUNDS a longer one.
local SEED = tonumber(os.getenv "MORTAL_SEED" or 7)
local ROUNDS = tonumber(os.getenv "MORTAL_ROUNDS" or 5)

local FAULTS = {
  "lost", "server_error", "reset", "conflict", "rate_limit", "lock_timeout", "truncate",
}

local DAY = 24 * 3600

describe("a purchase that is killed", function()
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

  -- The orders of a purchase: their number, and the sum of their totals.
  local function bought(reference)
    local count, total = 0, 0
    for order in assert(sim:client().climate.orders:list { limit = 100 }):each() do
      if order.metadata.climate_reference == reference then
        count, total = count + 1, total + order.amount_total
      end
    end
    return count, total
  end

  local function finish(reference)
    local ended, output
    for _ = 1, 20 do
      ended, output = mortal.run(SCRIPT, { sim.url, path, reference })
      if ended then return tonumber(output:match "^%d+") end
    end
    error(output)
  end

  it("is made once and whole, whichever moment it is killed in", function()
    local step = 0
    repeat
      step = step + 1
      local reference = "killed in " .. step
      local lived = mortal.run(SCRIPT, { sim.url, path, reference }, step)
      local total = finish(reference)
      local count, sum = bought(reference)
      assert.equal(2, count, reference)
      assert.equal(total, sum, reference)
      sim:control("POST", "/reset")
    until lived
    assert.is_true(step > 15, "it had only " .. step .. " moments")
  end)

  it("is made once and whole when the API fails as well", function()
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
          match = { operation = below(3) > 0 and "climate.orders.create" or nil },
        })
        mortal.run(SCRIPT, { sim.url, path, reference }, 1 + below(20))
      end
      local total = finish(reference)
      local count, sum = bought(reference)
      assert.equal(2, count, reference)
      assert.equal(total, sum, reference)
      sim:control("POST", "/reset")
    end
  end)

  -- What was bought of a purchase, checked against itself: each of its lines once.
  local function lines_of(reference)
    local seen, tons, total = {}, decimal.new(0), 0
    for order in assert(sim:client().climate.orders:list { limit = 100 }):each() do
      local metadata = order.metadata
      if metadata.climate_reference == reference then
        assert.is_nil(seen[metadata.climate_line], reference)
        seen[metadata.climate_line] = order
        tons, total = tons:add(order.metric_tons), total + order.amount_total
      end
    end
    return seen, tons, total
  end

  it("reaches its tons by its policies, whatever sells out, costs more, or takes days", function()
    local random = SEED * 31 + 1
    local function below(n)
      random = (random * 16807) % 2147483647
      return random % n
    end
    local products = { "climsku_marine_removal_2029", "climsku_enhanced_weathering_2028" }
    local options = {
      terms = { metric_tons = "7000" }, shift = 0,
      buy = { on_sold_out = "replace", on_price_change = "accept" },
    }
    for round = 1, ROUNDS do
      local reference = ("policies %d/%d"):format(SEED, round)
      local function run(step)
        return mortal.run(SCRIPT, { sim.url, path, reference, core.json(options) }, step)
      end
      run(6 + below(12)) -- the plan is made, and perhaps an order
      for _ = 1, 2 + below(3) do
        local change = below(4)
        if change == 0 then
          sim:control("POST", "/climate/products/" .. products[1 + below(2)] .. "/stock",
            { metric_tons = tostring(below(3) * 1000), active = true })
        elseif change == 1 then
          sim:control("POST", "/climate/products/" .. products[1 + below(2)] .. "/price",
            { usd = 20000 + below(30000) })
        elseif change == 2 then
          sim:control("POST", "/clock/advance", { seconds = DAY + 3600 })
          options.shift = options.shift + DAY + 3600
        end
        sim:control("POST", "/faults", {
          fault = FAULTS[below(#FAULTS) + 1], times = 1 + below(2),
          match = { operation = below(3) > 0 and "climate.orders.create" or nil },
        })
        run(1 + below(40))
      end
      local ended, output
      for _ = 1, 30 do
        ended, output = run()
        if ended then break end
      end
      assert.is_true(ended, reference .. ": " .. output)
      local _, tons, total = lines_of(reference)
      assert.equal(("%d\t7000"):format(total), output:match "^[^\n]+", reference)
      assert.equal(0, decimal.cmp(tons, 7000), reference)
      sim:control("POST", "/reset")
    end
  end)
end)
