--- The program stripe-climate, against stripe-sim.

local SimProcess = require "spec.support.sim_process"
local core = require "stripe.core"

describe("stripe-climate", function()
  local sim, directory

  setup(function()
    sim = SimProcess.start()
    directory = os.tmpname()
    os.remove(directory)
    os.execute("mkdir " .. directory)
  end)
  teardown(function()
    sim:stop()
    os.execute("rm -rf " .. directory)
  end)
  before_each(function()
    sim:control("POST", "/reset")
    os.execute("rm -rf " .. directory .. "/*")
  end)

  -- Runs it: what it printed, and its exit code.
  local function run(arguments, environment)
    local here = io.popen("pwd"):read "*l"
    local pipe = assert(io.popen(("cd %s; %s %s/bin/stripe-climate %s 2>&1; echo \"exit $?\"")
      :format(directory, environment or "STRIPE_SECRET_KEY=", here, arguments)))
    local output = pipe:read "*a"
    pipe:close()
    local text, code = output:match "^(.*)exit (%d+)\n$"
    return text, tonumber(code)
  end

  local function against(arguments) return run("--api-base " .. sim.url .. " " .. arguments) end

  it("plans into a file, buys that once, and adds it up", function()
    local text, code = against "plan --tons 2.5 --out plan.json"
    assert.equal(0, code, text)
    assert.matches("708.13 USD", text, 1, true)
    for _ = 1, 2 do
      text, code = against "buy plan.json --reference november"
      assert.equal(0, code, text)
      assert.matches("november: 2.5 t for 708.13 USD", text, 1, true)
    end
    text, code = against "report"
    assert.equal(0, code)
    assert.matches("ordered: 2.5 t for 708.13 USD, 20.63 USD of it fees (1 order)", text, 1, true)
    assert.equal(0, select(2, against "report --format svg --out tons.svg"))
    assert.is_truthy(io.open(directory .. "/tons.svg"))
  end)

  it("prints JSON", function()
    local text = against "--json plan --budget 500.00 --currency eur"
    local plan = assert(core.decode(text))
    assert.equal(50000, plan.amount_total)
    local bought = assert(core.decode((against "--json buy --budget 500 --reference x")))
    assert.equal(50000, bought.amount_total)
    local failed = against "--json cancel climorder_none"
    assert.equal("resource_missing", core.decode(failed:match "^[^\n]+").error.code)
  end)

  it("sends nothing that changes anything in a dry run", function()
    local text, code = against "--dry-run buy --tons 1 --reference x"
    assert.equal(0, code)
    assert.matches("Nothing was bought", text)
    assert.same({}, sim:client { api_key = "sk_test_simulator" }.climate.orders:list().data)
  end)

  it("watches, and says by its exit code whether there is more to come", function()
    against "buy --tons 1 --reference x"
    local _, code = against "watch --reference x --directory ."
    assert.equal(3, code)
    local order = sim:client { api_key = "sk_test_simulator" }.climate.orders:list().data[1]
    sim:control("POST", "/climate/orders/" .. order.id .. "/deliver", {})
    local text
    text, code = against("watch --directory . " .. order.id)
    assert.equal(0, code, text)
    assert.is_truthy(io.open(directory .. "/" .. order.id .. ".csv"))
  end)

  it("cancels, and says what comes back", function()
    against "buy --tons 1 --reference x"
    local order = sim:client { api_key = "sk_test_simulator" }.climate.orders:list().data[1]
    assert.matches("275.00 USD would come back", (against("--dry-run cancel " .. order.id)), 1,
      true)
    local text, code = against("cancel " .. order.id)
    assert.equal(0, code)
    assert.matches("canceled, 275.00 USD come back", text, 1, true)
  end)

  it("tells failures apart by its exit code", function()
    local function expect(code, arguments, environment)
      local text, got = run("--api-base " .. sim.url .. " " .. arguments, environment)
      assert.equal(code, got, text)
      return text
    end
    expect(2, "plan --tons x")
    expect(2, "plan --budget 1.005")
    expect(2, "plan")
    expect(2, "buy missing.json --reference x")
    expect(1, "cancel climorder_none")
    expect(1, "plan --tons 1 --max-price 1.00")
    sim:control("POST", "/faults", { fault = "lost", times = 3,
      match = { operation = "climate.orders.create" } })
    expect(3, "buy --tons 1 --reference x")
    expect(0, "buy --tons 1 --reference x")
  end)

  it("takes a plan or its terms, and says what is missing", function()
    against "plan --tons 1 --out plan.json"
    local text, code = against "buy plan.json --tons 2 --reference x"
    assert.equal(2, code)
    assert.matches("not both", text, 1, true)
    text, code = against "watch"
    assert.equal(2, code)
    assert.matches("--reference NAME, or their ids", text, 1, true)
    assert.equal(2, select(2, against "watch --reference x climorder_1"))
    text, code = against "watch --reference typo"
    assert.equal(1, code)
    assert.matches('no order has the reference "typo"', text, 1, true)
    text = against "plan --tons 1 --max-price 1.00"
    assert.matches("Left out: Marine carbon removal 2029, a ton costs 283.25 USD", text, 1, true)
  end)

  it("names its own flags where the workflow names options", function()
    local text, code = against("buy --tons 1 --cap marine_carbon_removal=0.5 --reference x "
      .. "--pathways marine_carbon_removal")
    assert.equal(1, code)
    assert.matches("buy it with --partial, or plan on other terms", text, 1, true)
  end)

  it("makes the directory for what it keeps", function()
    against "buy --tons 1 --reference x"
    assert.equal(3, select(2, against "watch --reference x --directory a/b"))
    assert.equal("directory", require("lfs").attributes(directory .. "/a/b", "mode"))
  end)

  it("prints lists as lists, and what was bought before a failure", function()
    local text = against "--json plan --tons 1 --max-price 1.00"
    assert.matches('"lines":[]', text, 1, true)
    sim:control("POST", "/faults", { fault = "server_error", times = 10,
      match = { operation = "climate.orders.create" } })
    text = against "--json buy --tons 1 --reference x"
    local failed = core.decode(text:match "^[^\n]+")
    assert.equal(500, failed.error.status)
    assert.equal("x", failed.sofar.reference)
  end)

  it("clears up a doubt", function()
    sim:control("POST", "/faults", { fault = "lost", times = 3,
      match = { operation = "climate.orders.create" } })
    assert.equal(3, select(2, against "buy --tons 1 --reference 2026/11"))
    local order = sim:client { api_key = "sk_test_simulator" }.climate.orders:list().data[1]
    assert.equal(2, select(2, against "resolve climate/2026%2F11/1"))
    assert.equal(2, select(2, run "resolve climate/2026%2F11/1 --absent --object x"))
    local text, code = run "resolve climate/2026%2F11/1 --object cos_1"
    assert.equal(2, code)
    assert.matches("--object cos_1: the id begins with climorder_", text, 1, true)
    text, code = run "--dry-run resolve climate/2026%2F11/1 --absent"
    assert.equal(0, code, text)
    assert.matches("climate/2026%2F11/1 is open\nNothing was noted.", text, 1, true)
    text, code = run("resolve climate/2026%2F11/1 --object " .. order.id)
    assert.equal(0, code, text)
    text, code = run "resolve climate/2026%2F11/1 --absent"
    assert.equal(1, code) -- not 4: there is no doubt any more
    assert.matches('no request of "climate/2026%2F11/1" is open', text, 1, true)
    text, code = against "buy --tons 1 --reference 2026/11"
    assert.equal(0, code, text)
    assert.matches(order.id, text, 1, true)
    text, code = run "resolve nothing --absent"
    assert.equal(1, code)
    assert.matches('the journal has no "nothing"', text, 1, true)
    text, code = run "--journal elsewhere.db resolve nothing --absent"
    assert.equal(2, code)
    assert.matches("there is no journal elsewhere.db here", text, 1, true)
    assert.is_nil(io.open "elsewhere.db")
  end)

  it("keeps the journals of modes and accounts apart", function()
    against "buy --tons 1 --reference x"
    local text, code = run("--live --api-base " .. sim.url .. " buy --tons 1 --reference x",
      "STRIPE_SECRET_KEY=sk_live_verysecretindeed")
    assert.equal(2, code)
    assert.matches("the journal of test keys, not of live keys", text, 1, true)
    text, code = against "--account acct_1 buy --tons 1 --reference x"
    assert.equal(2, code)
    assert.matches("not of test keys and the account acct_1", text, 1, true)
    assert.equal("rw-------",
      require("lfs").attributes(directory .. "/stripe-journal.db", "permissions"))
  end)

  it("says that it was interrupted, not that its arguments are wrong", function()
    sim:control("POST", "/faults", { fault = { delay = 2 }, times = 1,
      match = { operation = "climate.orders.create" } })
    local here = io.popen("pwd"):read "*l"
    local pipe = assert(io.popen(("cd %s; %s/bin/stripe-climate --api-base %s buy --tons 1 "
      .. "--reference x 2>&1 & echo $!; wait $!; echo \"exit $?\"")
      :format(directory, here, sim.url)))
    local pid, buyer = pipe:read "*l", sim:client { api_key = "sk_test_simulator" }
    for _ = 1, 2000 do -- until it waits for the answer
      if buyer.climate.orders:list().data[1] then break end
      core.sleep(0.01)
    end
    os.execute("kill -INT " .. pid)
    local output = pipe:read "*a"
    pipe:close()
    assert.equal("stripe-climate: interrupted; what was begun is written down: run it again\n"
      .. "exit 3\n", output)
    for _ = 1, 5 do -- until the answer that nobody waits for has gone
      if select(2, against "buy --tons 1 --reference x") ~= 3 then break end
    end
    assert.equal(0, select(2, against "buy --tons 1 --reference x"))
    assert.equal(1,
      #sim:client { api_key = "sk_test_simulator" }.climate.orders:list().data)
  end)

  it("explains itself", function()
    local text, code = run "--help"
    assert.equal(0, code)
    for _, words in ipairs { "STRIPE_SECRET_KEY", "Exit codes:", "in doubt", "resolve" } do
      assert.matches(words, text, 1, true)
    end
    assert.matches("NAME=TONS or NAME=50%.", (run "buy --help"), 1, true)
  end)

  it("refuses a live key that nobody said to use, and never prints it", function()
    local text, code = run("plan --tons 1", "STRIPE_SECRET_KEY=sk_live_verysecretindeed")
    assert.equal(2, code)
    assert.matches("--live", text, 1, true)
    assert.is_nil(text:find("verysecret", 1, true))
    assert.equal(2, select(2, run("plan --tons 1")))
  end)
end)
