--- The program stripe-onramp, against stripe-sim.

local SimProcess = require "spec.support.sim_process"
local core = require "stripe.core"

local WALLET = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"

describe("stripe-onramp", function()
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
    local pipe = assert(io.popen(("cd %s; %s %s/bin/stripe-onramp %s 2>&1; echo \"exit $?\"")
      :format(directory, environment or "STRIPE_SECRET_KEY=", here, arguments)))
    local output = pipe:read "*a"
    pipe:close()
    local text, code = output:match "^(.*)exit (%d+)\n$"
    return text, tonumber(code)
  end

  local function against(arguments) return run("--api-base " .. sim.url .. " " .. arguments) end

  local function sessions()
    return sim:client { api_key = "sk_test_simulator" }.crypto.onramp_sessions:list().data
  end

  local function move(id, status)
    local moved = sim:control("POST", "/crypto/onramp_sessions/" .. id .. "/move",
      { status = status })
    assert.equal(status, moved.status)
  end

  local START = "start --reference order-1 --source-amount 100.00 --currency usdc --network base "
    .. "--networks base,solana --wallet base=" .. WALLET

  it("quotes, the best total first", function()
    local text, code = against "quote --source-amount 100.00 --currencies usdc"
    assert.equal(0, code, text)
    assert.matches("solana.*ethereum", text)
    local quote = assert(core.decode((against
      "--json quote --destination-amount 10 --currencies usdc --networks ethereum,base")))
    assert.equal("base", quote.quotes[1].network)
    assert.same({}, quote.unavailable)
  end)

  it("mints a session once, and follows it", function()
    local text, code = against(START)
    assert.equal(0, code, text)
    local id = text:match "session (cos_%w+) is initialized"
    assert.is_nil(text:find("_secret_", 1, true))
    text, code = against(START .. " --show-secret")
    assert.equal(0, code, text)
    assert.matches(id .. "_secret_%w+", text)
    assert.equal(1, #sessions())
    text, code = against("wait " .. id)
    assert.equal(3, code, text)
    move(id, "requires_payment")
    move(id, "fulfillment_processing")
    move(id, "fulfillment_complete")
    text, code = against "wait --reference order-1 --for 5"
    assert.equal(0, code, text)
    assert.matches("fulfillment_complete", text)
    local result = assert(core.decode((against("--json wait " .. id))))
    assert.is_true(result.complete)
    assert.same({}, result.unknown)
  end)

  it("says when a session was rejected", function()
    against(START)
    move(sessions()[1].id, "rejected")
    assert.equal(1, select(2, against("wait " .. sessions()[1].id)))
  end)

  it("reconciles with a file", function()
    against(START)
    local id = sessions()[1].id
    move(id, "requires_payment")
    move(id, "fulfillment_processing")
    move(id, "fulfillment_complete")
    local details = sessions()[1].transaction_details
    local file = assert(io.open(directory .. "/chain.csv", "w"))
    file:write("transaction_id,amount\n", details.transaction_id, ",",
      details.destination_amount, "\n")
    file:close()
    local text, code = against "reconcile --transactions chain.csv"
    assert.equal(0, code, text)
    assert.matches("It balances", text)
    text, code = against "reconcile --transactions chain.csv --format pairs --out pairs.csv"
    assert.equal(0, code, text)
    assert.is_truthy(io.open(directory .. "/pairs.csv"))
    file = assert(io.open(directory .. "/chain.csv", "a"))
    file:write("0xbeef,1\n")
    file:close()
    text, code = against "--json reconcile --transactions chain.csv"
    assert.equal(1, code)
    assert.equal("unmatched_transaction", core.decode(text).problems[1].kind)
    text = against "reconcile --since 2020-01-01 --before 2020-02-29"
    assert.matches("0 fulfilled", text)
  end)

  it("sends nothing that changes anything in a dry run", function()
    local text, code = against("--dry-run " .. START)
    assert.equal(0, code, text)
    assert.matches("Nothing was sent", text)
    assert.is_nil(text:find(WALLET, 1, true))
    assert.same({}, sessions())
    assert.is_nil(io.open(directory .. "/stripe-journal.db"))
  end)

  it("tells failures apart by its exit code", function()
    local function expect(code, arguments, message)
      local text, got = against(arguments)
      assert.equal(code, got, text)
      assert.matches(message, text, 1, true)
      return text
    end
    expect(2, "quote", "one of them")
    expect(2, "quote --source-amount 0", "positive decimal")
    expect(2, "quote --sauce 5", "unknown option")
    expect(2, "start --source-amount 5", "--reference")
    expect(2, "wait", "--reference")
    expect(2, "wait cos_1 --reference x", "--reference")
    expect(1, "wait cos_none", "cos_none")
    expect(1, "wait --reference none", "no session has the reference")
    expect(1, START:gsub("ed$", "eD"), "checksum")
    expect(1, "--json " .. START:gsub("100.00", "0"), '"crypto_onramp_invalid_source_amount"')
    expect(1, "reconcile --transactions none.csv", "none.csv")
    expect(2, "reconcile --since 2021-02-30", "there is no day")
    sim:control("POST", "/faults", { fault = "lost", times = 3,
      match = { operation = "crypto.onramp_sessions.create" } })
    expect(3, START, "may have reached Stripe")
    expect(0, START, "initialized")
    assert.equal(1, #sessions())
  end)

  it("clears up a doubt, by the line that it prints", function()
    local start = "--journal j.db " .. START:gsub("order%-1", '"the baker\'s"')
    local function begin_in_doubt()
      sim:control("POST", "/faults", { match = { operation = "crypto.onramp_sessions.create" },
        times = 3, fault = {
          status = 500, headers = { ["Idempotent-Replayed"] = "true" }, body = "{}",
        },
      })
      assert.equal(3, select(2, against(start)))
      local text, code = against(start)
      assert.equal(4, code, text)
      local line = text:match "\nThen run: stripe%-onramp (.-), or %-%-absent\n$"
      assert.is_string(line, text)
      return line
    end
    local session = sim:client { api_key = "sk_test_simulator" }.crypto.onramp_sessions:create()
    local text, code = run((begin_in_doubt():gsub("ID$", session.id)))
    assert.equal(0, code, text)
    assert.matches(session.id, (against(start)), 1, true)

    os.remove(directory .. "/j.db")
    text, code = run((begin_in_doubt():gsub("%-%-object ID$", "--absent")))
    assert.equal(0, code, text)
    assert.equal(0, select(2, against(start)))
    assert.equal(2, #sessions())
  end)

  it("refuses a live key that nobody said to use, and never prints it", function()
    local text, code = run("quote --source-amount 1", "STRIPE_SECRET_KEY=sk_live_verysecretindeed")
    assert.equal(2, code)
    assert.matches("--live", text, 1, true)
    assert.is_nil(text:find("verysecret", 1, true))
    assert.equal(2, select(2, run "quote --source-amount 1"))
  end)
end)
