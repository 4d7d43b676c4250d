local stripe = require "stripe"
local core = require "stripe.core"

local decimal = stripe.decimal

local NOW = 1800000000
local WALLET = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"

describe("the onramp workflow", function()
  local sim, client, onramp, journal

  before_each(function()
    sim = stripe.simulator.new { clock = NOW }
    client = stripe.new { api_key = "sk_test_1", transport = sim, max_retries = 0 }
    onramp = stripe.workflow.onramp(client)
    journal = assert(stripe.journal { memory = true, now = function() return NOW end })
  end)

  local function requests(method, path)
    local count = 0
    for _, entry in ipairs(sim:requests()) do
      if entry.method == method and entry.path == path then count = count + 1 end
    end
    return count
  end

  local function minted() return requests("POST", "/v1/crypto/onramp_sessions") end

  describe("quotes", function()
    it("each currency on each network, the cheapest for one first", function()
      local quote = assert(onramp:quote { source_amount = "250.00" })
      local seen = 0
      for _, group in ipairs(quote.groups) do
        assert.equal(group.quotes[1], quote.best[group.currency])
        for i, row in ipairs(group.quotes) do
          seen = seen + 1
          assert.equal(group.currency, row.currency)
          assert.is_true(row.balances)
          assert.equal(decimal.new(row.total), decimal.add(row.source_amount, row.network_fee)
            :add(row.transaction_fee))
          local before = group.quotes[i - 1]
          if before then
            assert.is_true(decimal.cmp(decimal.mul(before.total, row.destination_amount),
              decimal.mul(row.total, before.destination_amount)) <= 0)
          end
        end
      end
      assert.equal(seen, #quote.quotes)
      assert.equal("solana", quote.best.usdc.network)
      assert.equal("base", quote.best.eth.network)
    end)

    it("in the order in which currencies are asked for", function()
      local quote = assert(onramp:quote {
        source_amount = 100, currencies = { "usdc", "btc", "eth" },
        networks = { "ethereum", "bitcoin", "base" }, source_currency = "eur",
      })
      local order = {}
      for i, group in ipairs(quote.groups) do order[i] = group.currency end
      assert.same({ "usdc", "btc", "eth" }, order)
      assert.equal("eur", quote.source_currency)
      assert.equal("base", quote.best.usdc.network)
    end)

    it("by fractions, not by rounded prices", function()
      local function transport()
        local function entry(network, total, amount)
          return { id = network, destination_currency = "usdc", destination_network = network,
            destination_amount = amount, source_total_amount = total,
            fees = { network_fee_monetary = "0.00", transaction_fee_monetary = "0.00" } }
        end
        return { status = 200, headers = {}, body = core.json {
          id = "q", object = "crypto.onramp.quotes", livemode = false, rate_fetched_at = 1.5,
          source_amount = "100.00", source_currency = "usd", destination_network_quotes = {
            ethereum = { entry("ethereum", "100.00", "99.999999999999999998") },
            base_network = { entry("base", "100.00", "99.999999999999999999") },
            polygon = { entry("polygon", "100.00", "0.00") },
            solana = { { id = "odd", destination_currency = "usdc" } },
          },
        } }
      end
      local other = stripe.workflow.onramp(stripe.new { api_key = "sk_test_1",
        transport = transport })
      local quote = assert(other:quote { source_amount = "100.00" })
      assert.same({ "base", "ethereum", "polygon" }, { quote.quotes[1].network,
        quote.quotes[2].network, quote.quotes[3].network })
      assert.equal(quote.quotes[1].price, quote.quotes[2].price)
      assert.is_nil(quote.quotes[3].price)
      assert.equal("solana", quote.unavailable[1].network)
    end)

    it("an amount of crypto on every network, and says where there is none", function()
      local quote = assert(onramp:quote {
        destination_amount = "100", currencies = { "usdc" },
        networks = { "ethereum", "bitcoin", "solana", "sui" },
      })
      assert.same({ "solana", "ethereum" }, { quote.quotes[1].network, quote.quotes[2].network })
      assert.equal("100.000000", quote.quotes[1].destination_amount)
      local where = {}
      for _, each in ipairs(quote.unavailable) do where[each.network] = each.reason end
      assert.matches("supported", where.bitcoin)
      assert.equal("no quote", where.sui)
      assert.is_true(#assert(onramp:quote { destination_amount = "1", currencies = { "usdc" } })
        .quotes >= 7)
      assert.matches("bitcoin: ", tostring(quote), 1, true)
    end)

    it("at either of the documented paths", function()
      assert(onramp:quote { source_amount = "1.00" })
      assert.equal(1, requests("GET", "/v1/crypto/onramp/quotes"))
      assert(onramp:quote { source_amount = "1.00", quotes_path = true })
      assert.equal(1, requests("GET", "/v1/crypto/onramp_quotes"))
      sim.faults:add { fault = { status = 404, body = { error = {
        type = "invalid_request_error", message = "Unrecognized request URL" } } } }
      assert(onramp:quote { source_amount = "1.00" })
      assert.equal(2, requests("GET", "/v1/crypto/onramp_quotes"))
    end)

    it("as a table", function()
      local text = tostring(assert(onramp:quote {
        source_amount = "100.00", currencies = { "usdc" }, networks = { "base", "solana" },
      }))
      assert.matches("usdc +solana +100.000000 +100.00 +0.01 +4.04 +104.05 +1.040500", text)
      assert.matches("Amounts and fees in USD", text)
      assert.is_true(text:find("solana", 1, true) < text:find("base", 1, true))
    end)

    it("nothing that makes no sense", function()
      local function misuse(message, options)
        assert.error_matches(function() onramp:quote(options) end, message, 1, true)
      end
      misuse("one of them", {})
      misuse("one of them", { source_amount = "1", destination_amount = "1" })
      misuse('"source_amount" must be a positive decimal', { source_amount = "0" })
      misuse('"destination_amount" must be', { destination_amount = "x" })
      misuse("must name one currency", { destination_amount = "1" })
      misuse("must name one", { destination_amount = "1", currencies = { "eth", "btc" } })
      misuse('"networks" must be a list', { source_amount = "1", networks = "base" })
      misuse('did you mean "networks"', { source_amount = "1", network = { "base" } })
      local quote, err = onramp:quote { source_amount = "1", currencies = { "uscd" } }
      assert.is_nil(quote)
      assert.equal("validation_error", err.type)
      quote, err = onramp:quote { destination_amount = "0.1234567", currencies = { "usdc" } }
      assert.is_nil(quote)
      assert.equal(400, err.status)
      quote, err = onramp:quote {
        destination_amount = "0.0000000000000000001", currencies = { "eth" },
      }
      assert.is_nil(quote)
      assert.equal("crypto_onramp_invalid_destination_amount", err.code) -- not "not on avalanche"
    end)
  end)

  local function params(more)
    local given = {
      journal = journal, reference = "order-1", source_amount = "100.00", source_currency = "usd",
      destination_currency = "usdc", destination_network = "base",
      destination_networks = { "base", "solana" }, wallet_addresses = { base_network = WALLET },
    }
    for name, value in pairs(more or {}) do given[name] = value end
    return given
  end

  describe("starts", function()
    it("a session that names its reference", function()
      local session, err, info = onramp:start(params { metadata = { basket = "6" } })
      assert.is_nil(err)
      assert.equal("order-1", session.metadata.onramp_reference)
      assert.equal("6", session.metadata.basket)
      assert.matches("^cos_.*_secret_", session.client_secret)
      assert.is_false(info.stored)
    end)

    it("no second one, and gives the first as it is now", function()
      local first = assert(onramp:start(params()))
      sim.crypto:move(first.id, { status = "requires_payment" })
      local again, _, info = onramp:start(params())
      assert.equal(first.id, again.id)
      assert.equal(first.client_secret, again.client_secret)
      assert.equal("requires_payment", again.status)
      assert.is_true(info.stored)
      assert.equal(1, minted())
    end)

    it("no second one when the answer was lost", function()
      sim.faults:add { fault = "lost" }
      local session, err = onramp:start(params())
      assert.is_nil(session)
      assert.equal("maybe", err.sent)
      session = assert(onramp:start(params()))
      assert.matches("_secret_", session.client_secret)
      assert.equal(1, #client.crypto.onramp_sessions:list().data)
    end)

    it("no second one when the key of the lost answer is forgotten", function()
      local now = NOW
      journal = assert(stripe.journal { memory = true, now = function() return now end })
      sim.faults:add { fault = "lost" }
      onramp:start(params())
      now = now + 2 * 24 * 3600
      sim:advance(2 * 24 * 3600)
      local session, _, info = onramp:start(params())
      assert.is_true(info.reconciled)
      assert.matches("_secret_%w+$", session.client_secret)
      assert.equal(1, #client.crypto.onramp_sessions:list().data)
      assert.equal(session.id, onramp:find("order-1").id)
      assert.is_nil(onramp:find "order-9")
    end)

    it("another for another reference, and none for one that has other parameters", function()
      assert(onramp:start(params()))
      assert(onramp:start(params { reference = "order-2" }))
      assert.equal(2, minted())
      local session, err = onramp:start(params { source_amount = "200.00" })
      assert.is_nil(session)
      assert.equal("changed", err.code)
      assert.equal(2, minted())
    end)

    it("and keeps no secret in the journal", function()
      local session = assert(onramp:start(params()))
      local text = core.json(journal:get("onramp/order-1"))
      assert.is_nil(text:find(session.client_secret, 1, true))
      assert.is_nil(text:find(WALLET, 1, true))
    end)

    it("again with other parameters when it was refused", function()
      sim.faults:add { fault = { status = 400, body = { error = {
        type = "invalid_request_error", code = "crypto_onramp_unsupported_country",
        message = "no" } } } }
      local session, err = onramp:start(params())
      assert.is_nil(session)
      assert.equal("crypto_onramp_unsupported_country", err.code)
      assert(onramp:start(params { source_amount = "50.00" }))
    end)

    it("nothing in a dry run", function()
      local preview = assert(onramp:start(params { dry_run = true }))
      assert.equal("POST", preview.method)
      assert.is_nil(journal:get("onramp/order-1"))
      assert.equal(0, minted())
    end)

    it("only what can be right, and leaves no trace of the rest", function()
      local function refused(code, param, more, without)
        local given = params(more)
        for _, name in ipairs(without or {}) do given[name] = nil end
        local session, err = onramp:start(given)
        assert.is_nil(session, code)
        assert.equal("validation_error", err.type)
        assert.equal("no", err.sent)
        assert.equal(code, err.code)
        assert.equal(param, err.param)
        assert.is_nil(journal:get("onramp/order-1"))
      end
      refused("crypto_onramp_invalid_source_destination_pair", "destination_amount",
        { destination_amount = "1" })
      refused("crypto_onramp_missing_source_currency", "source_currency", nil,
        { "source_currency" })
      for _, amount in ipairs { "0", "-1", "x", "1.005", true } do
        refused("crypto_onramp_invalid_source_amount", "source_amount",
          { source_amount = amount })
      end
      refused("crypto_onramp_invalid_destination_amount", "destination_amount",
        { destination_amount = "0.00" }, { "source_amount", "source_currency" })
      refused("crypto_onramp_incomplete_destination_currency_and_network_pair",
        "destination_network", nil, { "destination_network" })
      refused("crypto_onramp_conflicting_destination_currency", "destination_currency",
        { destination_currencies = { "eth" } })
      refused("crypto_onramp_conflicting_destination_network", "destination_network",
        { destination_networks = { "solana" } })
      refused("parameter_invalid_empty", "destination_networks", { destination_networks = {} })
      refused("crypto_onramp_wallet_addresses_not_all_networks_supported",
        "wallet_addresses[ethereum]", { wallet_addresses = { ethereum = WALLET } })
      refused("parameter_missing", "destination_networks", nil, { "destination_networks",
        "destination_network", "destination_currency" })
      refused("crypto_onramp_no_wallet_address_to_lock", "lock_wallet_address",
        { lock_wallet_address = true }, { "wallet_addresses" })
      refused("parameter_unknown", "wallet_addresses[base]",
        { wallet_addresses = { base = WALLET } })
      refused("invalid_wallet", "wallet_addresses[destination_tags][stellar]",
        { wallet_addresses = { base_network = WALLET, destination_tags = { stellar = "1" } } })
      refused("customer_ip_address", "customer_ip_address", { customer_ip_address = "1.2.3" })
      refused("parameter_missing", "customer_information[dob][day]",
        { customer_information = { dob = { year = 1990, month = 1 } } })
    end)

    it("with addresses that can be right", function()
      local function message(wallets)
        local networks = {}
        for network in pairs(wallets) do
          networks[#networks + 1] = network == "base_network" and "base" or network
        end
        local _, err = onramp:start(params {
          reference = "wallets", wallet_addresses = wallets, destination_networks = networks,
          destination_currency = "usdc", destination_network = networks[1],
        })
        return err and err.code == "invalid_wallet" and err.message
      end
      assert.matches("wallet_addresses[base_network]: no address on base: the checksum",
        message { base_network = WALLET:lower():gsub("ae", "Ae", 1) }, 1, true)
      assert.is_falsy(message { base_network = WALLET:lower() })
      assert.matches("test network", message { bitcoin = "mo9ncXisMeAoXwqcV5EWuyncbmCcQN4rVs" })
      assert.matches("secret key", message {
        stellar = "SBU2RRGLXH3E5CQHTD3ODLDF2BWDCYUSSBLLZ5GNW7JXHDIYKXZWHOKR" })
      assert.matches("another network", message { solana = WALLET })
    end)

    it("takes internet addresses of both kinds", function()
      for i, address in ipairs { "8.8.8.8", "::1", "2001:4860:4860::8888", "1:2:3:4:5:6:7:8" } do
        assert(onramp:start(params { reference = "ip" .. i, customer_ip_address = address }))
      end
      for _, address in ipairs { "256.1.1.1", "1.2.3.4.5", ":::", "1:2", "::g", "1::2::3", "" } do
        local _, err = onramp:start(params { reference = "ip", customer_ip_address = address })
        assert.equal("customer_ip_address", err and err.code, address)
      end
    end)

    it("nothing without a journal and a reference", function()
      assert.error_matches(function() onramp:start(params { journal = false }) end,
        "second session")
      assert.error_matches(function() onramp:start(params { reference = "" }) end, "reference")
      assert.error_matches(function()
        onramp:start(params { metadata = { onramp_reference = "x" } })
      end, "that is the reference")
      assert.error_matches(function() onramp.start(params()) end, "colon")
      assert.error_matches(function() stripe.workflow.onramp {} end, "takes a client")
    end)
  end)

  describe("waits", function()
    local driver, slept, at_sleep, session

    before_each(function()
      slept, at_sleep = 0, {}
      local blocking = require "stripe.driver.blocking"
      local clock, count = 0, 0
      driver = setmetatable({
        now = function() return clock end,
        sleep = function(seconds)
          clock, slept, count = clock + seconds, slept + seconds, count + 1
          local act = at_sleep[count]
          if act then act() end
        end,
      }, { __index = blocking })
      session = assert(onramp:start(params()))
    end)

    local function move(status, force)
      return function() assert(sim.crypto:move(session.id, { status = status, force = force })) end
    end

    local function statuses(result)
      local list = {}
      for i, change in ipairs(result.history) do list[i] = change.status end
      return list
    end

    it("until the crypto is delivered", function()
      at_sleep = { move "requires_payment", nil, move "fulfillment_processing",
        move "fulfillment_complete" }
      local told = {}
      local result = assert(onramp:wait(session.id, { driver = driver, interval = 10,
        on_change = function(seen, change) told[#told + 1] = seen.status .. tostring(change.at) end
      }))
      assert.is_true(result.complete)
      assert.equal("complete", result.outcome)
      assert.is_nil(result.reason)
      assert.same({ "initialized", "requires_payment", "fulfillment_processing",
        "fulfillment_complete" }, statuses(result))
      assert.equal(4, #told)
      assert.same({}, result.illegal)
      assert.equal(40, slept)
      assert.is_truthy(result.session.transaction_details.transaction_id)
    end)

    it("until it is rejected", function()
      at_sleep = { move "rejected" }
      local result = assert(onramp:wait(session, { driver = driver }))
      assert.equal("rejected", result.outcome)
      assert.is_false(result.complete)
    end)

    it("no longer than its deadline", function()
      local result = assert(onramp:wait(session.id, { driver = driver, interval = 7,
        deadline = 20 }))
      assert.equal("open", result.outcome)
      assert.equal("deadline", result.reason)
      assert.equal(20, slept)
      result = assert(onramp:wait(session.id, { driver = driver, deadline = 0 }))
      assert.equal("initialized", result.status)
      assert.equal(20, slept)
    end)

    it("no longer than its canceller lets it", function()
      local canceller = stripe.canceller()
      at_sleep = { function() canceller:cancel() end }
      local result = assert(onramp:wait(session.id, { driver = driver, cancel = canceller }))
      assert.equal("canceled", result.reason)
    end)

    it("over steps that it did not see", function()
      at_sleep = { function()
        move "requires_payment" ()
        move "fulfillment_processing" ()
        move "fulfillment_complete" ()
      end }
      local result = assert(onramp:wait(session.id, { driver = driver }))
      assert.is_true(result.complete)
      assert.same({}, result.illegal)
    end)

    it("over steps that should not be, and says so", function()
      at_sleep = { move "requires_payment", move "fulfillment_processing",
        move("requires_payment", true), move "fulfillment_processing",
        move "fulfillment_complete" }
      local result = assert(onramp:wait(session.id, { driver = driver }))
      assert.is_true(result.complete)
      assert.equal(1, #result.illegal)
      assert.equal("fulfillment_processing", result.illegal[1].from)
      assert.equal("requires_payment", result.illegal[1].status)
    end)

    it("over statuses that it does not know", function()
      local seen = { "initialized", "on_hold", "fulfillment_complete" }
      local n = 0
      local other = stripe.workflow.onramp(stripe.new { api_key = "sk_test_1",
        transport = function()
          n = n + 1
          return { status = 200, headers = {}, body = core.json { id = "cos_1",
            object = "crypto.onramp_session", status = seen[n], transaction_details = {} } }
        end })
      local result = assert(other:wait("cos_1", { driver = driver }))
      assert.is_true(result.complete)
      assert.same({ "on_hold" }, result.unknown)
      assert.same({}, result.illegal)
      assert.is_false(result.history[2].known)
    end)

    it("over failures that pass, not over others", function()
      sim.faults:add { fault = "server_error", times = 2 }
      at_sleep = { nil, move "rejected" }
      local result = assert(onramp:wait(session.id, { driver = driver }))
      assert.equal("rejected", result.outcome)
      local none, err = onramp:wait("cos_none", { driver = driver })
      assert.is_nil(none)
      assert.equal(404, err.status)
    end)

    it("by webhook, in either spelling, once for each step", function()
      local ended, changes = {}, {}
      local handler = stripe.webhook.handler {
        secrets = false, client = client,
        on = onramp:handlers {
          reference = "order-1",
          on_change = function(seen, change)
            changes[#changes + 1] = { change.from, change.status, change.legal, seen.status }
          end,
          on_end = function(seen, outcome)
            ended[#ended + 1] = seen.id .. outcome
            return true
          end,
        },
      }
      move "requires_payment" ()
      move "fulfillment_processing" ()
      move "fulfillment_complete" ()
      local other = assert(onramp:start(params { reference = "order-2" }))
      sim.crypto:move(other.id, { status = "rejected" })
      local events = assert(assert(client.events:list { limit = 100 }):collect())
      assert.equal(4, #events)
      for i, event in ipairs(events) do -- the newest first: out of order
        if i % 2 == 0 then event.type = "crypto.onramp_session_updated" end
        assert.equal("committed", handler:process(event).result)
        handler:process(event)
      end
      assert.same({ session.id .. "complete" }, ended)
      assert.same({
        { "fulfillment_processing", "fulfillment_complete", true, "fulfillment_complete" },
        { "requires_payment", "fulfillment_processing", true, "fulfillment_complete" },
        { "initialized", "requires_payment", true, "fulfillment_complete" },
      }, changes)
    end)

    it("for nothing that makes no sense", function()
      assert.error_matches(function() onramp:wait() end, "id of a session")
      assert.error_matches(function() onramp:wait("x", { interval = 0 }) end, "interval")
      assert.error_matches(function() onramp:wait("x", { deadlin = 1 }) end, "deadline")
      assert.error_matches(function() onramp:handlers { on_chang = 1 } end, "on_change")
    end)
  end)

  describe("reconciles", function()
    local function fulfilled(reference, more, move)
      local session = assert(onramp:start(params {
        reference = reference, destination_networks = more and more.destination_networks,
        destination_network = more and more.destination_network,
        wallet_addresses = more and {}, source_amount = more and more.source_amount,
      }))
      for _, status in ipairs { "requires_payment", "fulfillment_processing" } do
        assert(sim.crypto:move(session.id, { status = status }))
      end
      move = move or {}
      move.status = "fulfillment_complete"
      assert(sim.crypto:move(session.id, move))
      return assert(client.crypto.onramp_sessions:retrieve(session.id))
    end

    local function row(session)
      local details = session.transaction_details
      return {
        transaction_id = details.transaction_id, amount = details.destination_amount,
        currency = details.destination_currency, network = details.destination_network,
        source_amount = details.source_amount,
      }
    end

    local function kinds(report)
      local list = {}
      for i, problem in ipairs(report.problems) do list[i] = problem.kind end
      table.sort(list)
      return list
    end

    it("sessions with transactions, and adds them up exactly", function()
      local rows, source, fees, destination = {}, decimal.new(0), decimal.new(0), decimal.new(0)
      for i = 1, 25 do
        local session = fulfilled("order-" .. i, { source_amount = ("%d.%02d"):format(i, i),
          destination_network = i % 5 == 0 and "solana" or "base",
          destination_networks = { "base", "solana" } })
        local details = session.transaction_details
        rows[i] = row(session)
        source = source:add(details.source_amount)
        fees = fees:add(details.fees.network_fee_amount)
          :add(details.fees.transaction_fee_amount)
        destination = destination:add(details.destination_amount)
      end
      onramp:start(params { reference = "open" })
      local report = assert(onramp:reconcile { transactions = rows })
      assert.is_true(report.balanced, tostring(report))
      assert.equal(26, report.sessions)
      assert.equal(1, report.open)
      assert.equal(1, #report.totals)
      assert.equal(tostring(source), report.totals[1].source)
      assert.equal(tostring(fees), report.totals[1].fees)
      assert.equal(tostring(source:add(fees)), report.totals[1].total)
      assert.same({ "base", "solana" }, { report.groups[1].network, report.groups[2].network })
      assert.equal(20, report.groups[1].matched)
      assert.equal(report.groups[1].destination, report.groups[1].received)
      assert.equal(destination, decimal.add(report.groups[1].destination,
        report.groups[2].destination))
    end)

    it("what doesn't balance, each with its kind", function()
      local good = fulfilled "good"
      local less = fulfilled "less"
      local twice = fulfilled("twice", nil, { transaction_id = good.transaction_details
        .transaction_id:upper():gsub("X", "x", 1) })
      local lost = fulfilled "lost"
      local rows = { row(good), row(less), row(good), { transaction_id = "0xdead", amount = "1" } }
      rows[2].amount = tostring(decimal.sub(rows[2].amount, "0.000001"))
      rows[2].network = "solana"
      local report = assert(onramp:reconcile { transactions = rows })
      assert.is_false(report.balanced)
      assert.same({ "amount_differs", "duplicate_transaction", "duplicate_transaction",
        "network_differs", "unmatched_session", "unmatched_transaction" }, kinds(report))
      local by_kind = {}
      for _, problem in ipairs(report.problems) do by_kind[problem.kind] = problem end
      assert.equal(less.id, by_kind.amount_differs.session)
      assert.equal(lost.id, by_kind.unmatched_session.session)
      assert.equal("0xdead", by_kind.unmatched_transaction.transaction_id)
      assert.equal(twice.id, by_kind.duplicate_transaction.session)
      assert.matches("It does not balance: 6 problems", tostring(report))
    end)

    it("what the sessions themselves lack", function()
      local function session(id, details, status)
        local filled = {
          source_amount = "100.00", source_currency = "usd", destination_amount = "99.000000",
          destination_currency = "usdc", destination_network = "base", wallet_address = WALLET,
          fees = { network_fee_amount = "0.07", transaction_fee_amount = "4.04" },
          transaction_id = "0x" .. id,
        }
        for name, value in pairs(details) do filled[name] = value ~= "" and value or nil end
        return { id = "cos_" .. id, object = "crypto.onramp_session", created = 1,
          status = status or "fulfillment_complete", transaction_details = filled }
      end
      local other = stripe.workflow.onramp(stripe.new { api_key = "sk_test_1",
        transport = function()
          return { status = 200, headers = {}, body = core.json { object = "list",
            has_more = false, url = "/v1/crypto/onramp_sessions", data = {
              session("a1", { transaction_id = "" }), session("a2", { wallet_address = "" }),
              session("a3", { fees = "" }), session("a4", { source_total_amount = "104.12" }),
              session("a5", { source_total_amount = "104.11" }),
              session("a6", {}, "requires_payment"), session("a7", {}, "on_hold"),
              session("a8", { transaction_id = "" }, "rejected"),
            } } }
        end })
      local report = assert(other:reconcile())
      assert.same({ "early_transaction", "early_transaction", "missing_amounts",
        "missing_transaction", "missing_wallet", "total_differs" }, kinds(report))
      assert.equal(4, report.totals[1].sessions)
      assert.equal("400.00", report.totals[1].source)
      assert.equal(1, report.rejected)
      assert.equal(2, report.open)
    end)

    it("by time and reference", function()
      fulfilled "one"
      sim:advance(3600)
      fulfilled "two"
      assert.equal(1, assert(onramp:reconcile { since = NOW + 1 }).sessions)
      assert.equal(1, assert(onramp:reconcile { before = NOW + 1 }).sessions)
      assert.equal(1, assert(onramp:reconcile { reference = "two" }).sessions)
      assert.equal(2, assert(onramp:reconcile { since = NOW, before = NOW + 3601 }).sessions)
    end)

    it("with transactions from a file, as text, CSV and JSON", function()
      local session = fulfilled "one"
      local path = os.tmpname()
      finally(function()
        os.remove(path)
        os.remove(path .. ".csv")
      end)
      local file = assert(io.open(path .. ".csv", "w"))
      file:write("transaction_id,amount,network\n", session.transaction_details.transaction_id,
        ",", session.transaction_details.destination_amount, ",base_network\n")
      file:close()
      local report = assert(onramp:reconcile { transactions = path .. ".csv" })
      assert.is_true(report.balanced, tostring(report))
      assert.matches("104.11 USD in all: 100.00 and 4.11 of fees %(1 session%)", tostring(report))
      assert.matches("It balances.\n", tostring(report), 1, true)
      assert.matches("\r\nusdc,base,1,1,100.000000,100.000000,usd,100.00,0.07,4.04,104.11\r\n",
        report:csv(), 1, true)
      assert.matches(session.id .. ",0x%x+,usdc,base", report:csv "pairs")
      assert.matches("^kind,session,", report:csv "problems")
      local decoded = assert(core.decode(report:json()))
      assert.equal("104.11", decoded.totals[1].total)
      assert.same({}, decoded.problems)
      assert.is_nil(report:json():find(WALLET, 1, true))
    end)

    it("nothing that can't be read", function()
      local function failed(message, transactions)
        local report, err = onramp:reconcile { transactions = transactions }
        assert.is_nil(report)
        assert.equal("transactions", err.code)
        assert.matches(message, err.message)
      end
      failed("No such file", "/nowhere/x.csv")
      failed("no transaction_id", { { amount = "1" } })
      failed("no transaction_id", { 5 })
      failed("transaction 1: amount: a float of more than 15 significant digits, use text",
        { { transaction_id = "0x1", amount = 0.029133963792309798 } })
      failed("transaction 1: fees: must be a decimal, not a boolean",
        { { transaction_id = "0x1", fees = true } })
      failed("amount: not a decimal", { { transaction_id = "x", amount = "1,5" } })
      assert.error_matches(function() onramp:reconcile { transactions = 1 } end, "list of")
      assert.error_matches(function() onramp:reconcile { since = "x" } end, "Unix seconds")
      assert.error_matches(function() assert(onramp:reconcile()):csv "x" end, "groups")
    end)
  end)

  it("checks addresses", function()
    assert.is_true(onramp:check_wallet("base", WALLET))
    assert.equal("length", select(3, onramp:check_wallet("ethereum", "0x12")))
    assert.error_matches(function() onramp:check_wallet(WALLET) end, "a network and an address")
  end)
end)
