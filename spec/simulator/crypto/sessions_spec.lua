--- Onramp sessions of the crypto family: each sentence is a row of docs/simulator/crypto.md.

local asking = require "spec.support.asking"

local SESSIONS = "/v1/crypto/onramp_sessions"
local EVM = "0xB00F0759DbeeF5E543Cc3E3B07A6442F5f3928a2"
local SOLANA = "7Np41oeYqPefeNQEHSv1UDhYrehxin3NStELsSKCT4K2"
local HEADLESS = {
  ["Stripe-Version"] = "2026-10-28.endive;crypto_onramp_beta=v2",
  ["Stripe-OAuth-Token"] = "liwltoken_1",
}
local HEADLESS_FORM = "ui_mode=headless&crypto_customer_id=crc_1&payment_token=cpt_1"
  .. "&destination_currency=usdc&destination_network=base&destination_networks[]=base"
  .. "&source_amount=50.00&source_currency=usd"

describe("an onramp session", function()
  local a, sim, get, post, events

  before_each(function()
    a = asking.open()
    sim, get, post, events = a.sim, a.get, a.post, a.events
  end)

  local function create(form, headers)
    local object, status = post(SESSIONS, form, headers)
    assert.equal(200, status, object.error and object.error.message)
    return object
  end

  local function refused(form, code, param, headers)
    local object, status = post(SESSIONS, form, headers)
    assert.equal(400, status)
    assert.same({ code, param }, { object.error.code, object.error.param })
    return object.error
  end

  local function again(object) return get(SESSIONS .. "/" .. object.id) end

  local function walk(object, ...)
    for _, status in ipairs { ... } do
      assert.truthy(sim.crypto:move(object.id, { status = status }))
    end
    return again(object)
  end

  describe("when it is created", function()
    it("is initialized, with a client secret that begins with its id", function()
      local object = create()
      assert.equal("initialized", object.status)
      assert.truthy(object.id:find("^cos_"))
      assert.truthy(object.client_secret:find(object.id .. "_secret_%w+$"))
      assert.same({ "crypto.onramp_session", a.start, false, false },
        { object.object, object.created, object.livemode, object.kyc_details_provided })
      assert.same({}, object.metadata)
    end)

    it("has no event", function()
      create()
      assert.same({}, events())
    end)

    it("shows the full supported lists when they are left out", function()
      local details = create().transaction_details
      assert.same({ "btc", "eth", "matic", "sol", "xlm", "avax", "usdc" },
        details.destination_currencies)
      assert.same({ "bitcoin", "ethereum", "base", "polygon", "solana", "stellar", "avalanche" },
        details.destination_networks)
      assert.is_false(details.lock_wallet_address)
      assert.equal("instant", details.settlement_speed)
    end)

    it("shows as null what is not known yet", function()
      local _, _, text = get(SESSIONS .. "/" .. create().id)
      for _, name in ipairs { "redirect_url", "destination_amount", "destination_currency",
        "destination_network", "fees", "source_amount", "source_currency", "transaction_id",
        "wallet_address", "wallet_addresses" } do
        assert.truthy(text:find('"' .. name .. '":%s*null'), name)
      end
    end)

    it("keeps what was asked for, to the last digit", function()
      local details = create("destination_amount=0.253568242640499553&destination_currency=eth"
        .. "&destination_network=ethereum&destination_currencies[]=eth"
        .. "&destination_networks[]=ethereum&settlement_speed=standard"
        .. "&wallet_addresses[ethereum]=" .. EVM).transaction_details
      assert.same({ "0.253568242640499553", "eth", "ethereum", "standard", EVM }, {
        details.destination_amount, details.destination_currency, details.destination_network,
        details.settlement_speed, details.wallet_addresses.ethereum })
      assert.same({ "eth" }, details.destination_currencies)
      assert.same({ "ethereum" }, details.destination_networks)
    end)

    it("has kyc_details_provided when any is given", function()
      assert.is_true(create("customer_information[email]=jenny@example.com").kyc_details_provided)
      assert.is_true(create("kyc_details[first_name]=Jenny").kyc_details_provided)
    end)

    it("needs all or none of a date of birth", function()
      refused("customer_information[dob][year]=1990", "parameter_missing",
        "customer_information[dob][month]")
    end)

    it("keeps metadata", function()
      assert.same({ k = "v" }, create("metadata[k]=v").metadata)
    end)
  end)

  describe("is refused with", function()
    it("crypto_onramp_disabled, an api_error with `updated`, while minting is off", function()
      a.account.settings.minting_disabled = 1749999999
      local err = refused(nil, "crypto_onramp_disabled")
      assert.same({ "api_error", 1749999999 }, { err.type, err.updated })
    end)

    it("crypto_onramp_unsupported_country or _unsupportable_customer by place", function()
      refused("customer_ip_address=203.0.113.7", "crypto_onramp_unsupported_country",
        "customer_ip_address")
      refused("customer_ip_address=2001:db8::1", "crypto_onramp_unsupported_country",
        "customer_ip_address")
      local err = refused("customer_ip_address=192.0.2.50", "crypto_onramp_unsupportable_customer",
        "customer_ip_address")
      assert.equal("Based on the information provided about the customer, we're currently unable "
        .. "to support them.", err.message)
      create("customer_ip_address=8.8.8.8")
      create("customer_ip_address=2606:4700::1111")
    end)

    it("customer_ip_address when that is malformed", function()
      for _, address in ipairs { "256.1.1.1", "1.2.3", "::1::2", "12345::", "no.where", "1:2" } do
        refused("customer_ip_address=" .. address, "customer_ip_address", "customer_ip_address")
      end
    end)

    it("crypto_onramp_invalid_source_destination_pair for both amounts", function()
      refused("source_amount=1&source_currency=usd&destination_amount=1&destination_currency=eth"
        .. "&destination_network=base", "crypto_onramp_invalid_source_destination_pair",
        "destination_amount")
    end)

    it("crypto_onramp_incomplete_destination_currency_and_network_pair for half a pair", function()
      local code = "crypto_onramp_incomplete_destination_currency_and_network_pair"
      refused("destination_currency=eth", code, "destination_network")
      refused("destination_network=base", code, "destination_currency")
    end)

    it("crypto_onramp_invalid_destination_currency_and_network_pair for a wrong pair", function()
      local code = "crypto_onramp_invalid_destination_currency_and_network_pair"
      refused("destination_currency=btc&destination_network=base", code, "destination_network")
      refused("destination_currency=ripusd&destination_network=ethereum", code,
        "destination_network")
      refused("destination_currency=usdc&destination_network=celo", code, "destination_network")
    end)

    it("crypto_onramp_missing_source_currency", function()
      refused("source_amount=10", "crypto_onramp_missing_source_currency", "source_currency")
    end)

    it("crypto_onramp_invalid_source_amount when not positive or finer than cents", function()
      for _, amount in ipairs { "0", "0.00", "-1", "1.001", "x", "1e2" } do
        refused("source_currency=usd&source_amount=" .. amount,
          "crypto_onramp_invalid_source_amount", "source_amount")
      end
      create("source_currency=usd&source_amount=1.10")
    end)

    it("crypto_onramp_missing_destination_currency", function()
      refused("destination_amount=1", "crypto_onramp_missing_destination_currency",
        "destination_currency")
    end)

    it("crypto_onramp_invalid_destination_amount when not positive or finer than the asset",
      function()
        local function amount(text, currency, network)
          return "destination_amount=" .. text .. "&destination_currency=" .. currency
            .. "&destination_network=" .. network
        end
        local code = "crypto_onramp_invalid_destination_amount"
        refused(amount("0", "eth", "base"), code, "destination_amount")
        refused(amount("-1", "eth", "base"), code, "destination_amount")
        refused(amount("0.0000000000000000001", "eth", "base"), code, "destination_amount")
        refused(amount("0.000000001", "btc", "bitcoin"), code, "destination_amount")
        create(amount("0.000000000000000001", "eth", "base"))
        create(amount("0.00000001", "btc", "bitcoin"))
      end)

    it("crypto_onramp_invalid_destination_currencies_and_networks without a pair", function()
      refused("destination_currencies[]=btc&destination_networks[]=base"
        .. "&destination_networks[]=solana",
        "crypto_onramp_invalid_destination_currencies_and_networks", "destination_networks")
      create("destination_currencies[]=btc&destination_currencies[]=usdc"
        .. "&destination_networks[]=base")
    end)

    it("crypto_onramp_conflicting_destination_currency outside the list", function()
      refused("destination_currencies[]=usdc&destination_currency=eth&destination_network=base",
        "crypto_onramp_conflicting_destination_currency", "destination_currency")
    end)

    it("crypto_onramp_conflicting_destination_network outside the list", function()
      refused("destination_networks[]=solana&destination_currency=usdc&destination_network=base",
        "crypto_onramp_conflicting_destination_network", "destination_network")
    end)

    it("crypto_onramp_wallet_addresses_not_all_networks_supported", function()
      refused("destination_networks[]=solana&wallet_addresses[ethereum]=" .. EVM,
        "crypto_onramp_wallet_addresses_not_all_networks_supported", "wallet_addresses[ethereum]")
    end)

    it("crypto_onramp_no_wallet_address_to_lock", function()
      refused("lock_wallet_address=true", "crypto_onramp_no_wallet_address_to_lock",
        "lock_wallet_address")
      create("lock_wallet_address=false")
    end)

    it("crypto_onramp_merchant_not_properly_setup without a name or URL", function()
      a.account.settings.business_url = nil
      refused(nil, "crypto_onramp_merchant_not_properly_setup")
      a.account.settings.business_url, a.account.settings.business_name = "https://x.example", nil
      refused(nil, "crypto_onramp_merchant_not_properly_setup")
    end)

    it("parameter_missing when wallet_addresses come without a network", function()
      refused("wallet_addresses[ethereum]=" .. EVM, "parameter_missing", "destination_networks")
    end)

    it("an error for an address that is none on its network", function()
      for network, address in pairs { ethereum = SOLANA, base_network = EVM .. "0", solana = EVM,
        bitcoin = EVM, stellar = "GABC", sui = EVM } do
        refused("destination_networks[]=" .. network:gsub("_network", "")
          .. "&wallet_addresses[" .. network .. "]=" .. address, nil,
          "wallet_addresses[" .. network .. "]")
      end
    end)

    it("an error for values that are in no enum", function()
      local err = refused("destination_currency=doge&destination_network=base", nil,
        "destination_currency")
      assert.truthy(err.message:find("^Invalid destination_currency: must be one of avax, btc"))
    end)
  end)

  it("takes the addresses of each network", function()
    for network, address in pairs { ethereum = EVM, base_network = EVM, polygon = EVM,
      avalanche = EVM, solana = SOLANA, bitcoin = "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
      stellar = "GAAZI4TCR3TY5OJHCTJC2A4QSY6CJWJH5IAJTGKIN2ER7LBNVKOCCWN7" } do
      local object = create("destination_networks[]=" .. network:gsub("_network", "")
        .. "&wallet_addresses[" .. network .. "]=" .. address)
      assert.equal(address, object.transaction_details.wallet_addresses[network])
    end
  end)

  describe("moves", function()
    it("from initialized to fulfillment_complete, an event at each step", function()
      local object = create("source_amount=100.00&source_currency=usd&destination_currency=eth"
        .. "&destination_network=base")
      walk(object, "requires_payment", "fulfillment_processing", "fulfillment_complete")
      local told = {}
      for i, event in ipairs(events("crypto.onramp_session.updated")) do
        told[i] = event.data.previous_attributes.status .. " -> " .. event.data.object.status
      end
      assert.same({ "initialized -> requires_payment",
        "requires_payment -> fulfillment_processing",
        "fulfillment_processing -> fulfillment_complete" }, told)
      assert.equal(3, #events())
    end)

    it("to rejected from every status that is not final", function()
      walk(create(), "rejected")
      walk(create(), "requires_payment", "rejected")
      local object = walk(create(), "requires_payment", "fulfillment_processing", "rejected")
      assert.equal("rejected", object.status)
    end)

    it("nowhere else, unless forced", function()
      local object = create()
      for _, status in ipairs { "initialized", "fulfillment_processing", "fulfillment_complete",
        "quote_ready" } do
        assert.is_nil((sim.crypto:move(object.id, { status = status })), status)
      end
      walk(object, "requires_payment", "fulfillment_processing", "fulfillment_complete")
      local moved, why = sim.crypto:move(object.id, { status = "rejected" })
      assert.is_nil(moved)
      assert.equal("an onramp session that is fulfillment_complete can't become rejected", why)
      assert.truthy(sim.crypto:move(object.id, { status = "requires_payment", force = true }))
      assert.equal("requires_payment", again(object).status)
      object = create()
      assert.truthy(sim.crypto:move(object.id, { status = "fulfillment_complete", force = true }))
      assert.truthy(again(object).transaction_details.transaction_id)
    end)

    it("of unknown sessions and to unknown statuses are refused", function()
      assert.is_nil((sim.crypto:move("cos_x", { status = "rejected" })))
      assert.is_nil((sim.crypto:move(create().id, { status = "done" })))
      assert.is_nil((sim.crypto:move(create().id)))
    end)

    it("fill in fees, amounts and wallet once the customer was onboarded", function()
      local object = create("source_amount=100&source_currency=usd&destination_currency=eth"
        .. "&destination_network=base")
      assert.is_nil(object.transaction_details.fees)
      local details = walk(object, "requires_payment").transaction_details
      assert.same({ network_fee_amount = "0.07", transaction_fee_amount = "4.04" }, details.fees)
      assert.same({ "100.00", "0.029133963792309798" },
        { details.source_amount, details.destination_amount })
      assert.truthy(details.wallet_address:find("^0x%x+$"))
      assert.is_nil(details.transaction_id)
    end)

    it("compute the source amount of a destination amount", function()
      local object = create("destination_amount=0.5&destination_currency=eth"
        .. "&destination_network=base")
      local details = walk(object, "requires_payment").transaction_details
      assert.same({ "usd", "1716.21", "0.500000000000000000" }, { details.source_currency,
        details.source_amount, details.destination_amount })
    end)

    it("default to 100.00 usd and the first pair of the lists", function()
      local details = walk(create("destination_currencies[]=sol&destination_networks[]=base"
        .. "&destination_networks[]=solana"), "requires_payment").transaction_details
      assert.same({ "usd", "100.00", "sol", "solana", "0.653552055" }, { details.source_currency,
        details.source_amount, details.destination_currency, details.destination_network,
        details.destination_amount })
    end)

    it("let the customer choose within the lists only", function()
      local object = create("destination_currencies[]=usdc&destination_networks[]=base"
        .. "&destination_networks[]=solana")
      assert.is_nil((sim.crypto:move(object.id, { status = "requires_payment",
        destination_network = "polygon" })))
      assert.is_nil((sim.crypto:move(object.id, { status = "requires_payment",
        destination_currency = "eth" })))
      assert.equal("initialized", again(object).status)
      assert.truthy(sim.crypto:move(object.id, { status = "requires_payment",
        destination_network = "solana", source_amount = "25.50", source_currency = "eur",
        wallet_address = SOLANA }))
      local details = again(object).transaction_details
      assert.same({ "solana", "25.50", "eur", "27.540000", SOLANA }, { details.destination_network,
        details.source_amount, details.source_currency, details.destination_amount,
        details.wallet_address })
    end)

    it("keep to a locked wallet", function()
      local object = create("destination_networks[]=ethereum&lock_wallet_address=true"
        .. "&wallet_addresses[ethereum]=" .. EVM)
      local other = EVM:gsub("2$", "3")
      assert.is_nil((sim.crypto:move(object.id, { status = "requires_payment",
        wallet_address = other })))
      local details = walk(object, "requires_payment").transaction_details
      assert.same({ EVM, true }, { details.wallet_address, details.lock_wallet_address })
    end)

    it("give a transaction id like an on-chain hash at fulfillment_complete only", function()
      local object = create("destination_currency=eth&destination_network=base"
        .. "&source_amount=10&source_currency=usd")
      local details = walk(object, "requires_payment", "fulfillment_processing").transaction_details
      assert.is_nil(details.transaction_id)
      local hash = walk(object, "fulfillment_complete").transaction_details.transaction_id
      assert.equal(66, #hash)
      assert.truthy(hash:find("^0x%x+$"))
      object = create("destination_currency=sol&destination_network=solana")
      walk(object, "requires_payment", "fulfillment_processing")
      sim.crypto:move(object.id, { status = "fulfillment_complete", transaction_id = "mine" })
      assert.equal("mine", again(object).transaction_details.transaction_id)
    end)

    it("show the fees that a test names", function()
      local object = create()
      sim.crypto:move(object.id, { status = "requires_payment",
        fees = { network_fee_amount = "1.00", transaction_fee_amount = "2.00" } })
      assert.same({ network_fee_amount = "1.00", transaction_fee_amount = "2.00" },
        again(object).transaction_details.fees)
    end)

    it("take no fee that is no amount, and change nothing then", function()
      local object = create("source_amount=100&source_currency=usd")
      for _, fee in ipairs { "abc", "-1", 1e300 } do
        local moved, why = sim.crypto:move(object.id, { status = "requires_payment",
          fees = { network_fee_amount = fee } })
        assert.is_nil(moved)
        assert.equal("network_fee_amount must be a decimal that is not negative", why)
      end
      assert.equal("initialized", again(object).status)
    end)
  end)

  describe("of a customer in some place", function()
    it("does not buy usdc on solana in the EU", function()
      local form = "customer_ip_address=198.51.100.49&destination_currency=usdc"
      refused(form .. "&destination_network=solana", "crypto_onramp_unsupportable_customer",
        "customer_ip_address")
      create(form .. "&destination_network=base")
    end)

    it("does not buy xlm, usdc on stellar, on avalanche or polygon in New York", function()
      for pair, network in pairs { xlm = "stellar", avax = "avalanche", matic = "polygon" } do
        refused("customer_ip_address=192.0.2.36&destination_currency=" .. pair
          .. "&destination_network=" .. network, "crypto_onramp_unsupportable_customer",
          "customer_ip_address")
      end
      local object = create("customer_ip_address=192.0.2.36&destination_currencies[]=usdc"
        .. "&destination_networks[]=stellar&destination_networks[]=base")
      assert.equal("base", walk(object, "requires_payment").transaction_details.destination_network)
    end)
  end)

  describe("in lists and retrievals", function()
    it("comes newest first, in pages", function()
      local first = create()
      sim:advance(1)
      local second = create()
      local page = get(SESSIONS, "limit=1")
      assert.same({ second.id, true }, { page.data[1].id, page.has_more })
      page = get(SESSIONS, "starting_after=" .. second.id)
      assert.same({ first.id, false }, { page.data[1].id, page.has_more })
    end)

    it("is found by created, currency, network and status", function()
      local first = create("destination_currency=eth&destination_network=base")
      sim:advance(10)
      local second = create("destination_currency=usdc&destination_network=base")
      walk(second, "requires_payment")
      local function ids(query)
        local found = {}
        for i, object in ipairs(get(SESSIONS, query).data) do found[i] = object.id end
        return found
      end
      assert.same({ first.id }, ids("destination_currency=eth"))
      assert.same({ second.id, first.id }, ids("destination_network=base"))
      assert.same({ second.id }, ids("status=requires_payment"))
      assert.same({ second.id }, ids("created[gt]=" .. a.start))
      assert.same({}, ids("status=rejected"))
    end)

    it("is 404 when unknown", function()
      local object, status = get(SESSIONS .. "/cos_x")
      assert.same({ 404, "resource_missing" }, { status, object.error.code })
    end)

    it("cannot be canceled: there is no such call", function()
      assert.equal(404, select(2, post(SESSIONS .. "/" .. create().id .. "/cancel")))
    end)
  end)

  describe("that is headless", function()
    local wallet = "&wallet_address=" .. EVM

    local function headless(form)
      return create(HEADLESS_FORM .. (form or wallet), HEADLESS)
    end

    local function call(object, verb, form)
      return post(SESSIONS .. "/" .. object.id .. "/" .. verb, form, HEADLESS)
    end

    it("needs the beta flag: without it the parameters are unknown", function()
      refused("ui_mode=headless&payment_token=x", "parameter_unknown", "payment_token")
    end)

    it("needs the customer's token", function()
      local _, status = post(SESSIONS, HEADLESS_FORM, { ["Stripe-Version"] =
        HEADLESS["Stripe-Version"] })
      assert.equal(401, status)
    end)

    it("needs a customer and a payment token", function()
      refused("ui_mode=headless", "parameter_missing", "crypto_customer_id", HEADLESS)
      refused("ui_mode=headless&crypto_customer_id=crc_1", "parameter_missing", "payment_token",
        HEADLESS)
    end)

    it("with a wallet needs the one network that matches", function()
      local form = "ui_mode=headless&crypto_customer_id=crc_1&payment_token=cpt_1"
        .. "&destination_currency=usdc&destination_network=base" .. wallet
      refused(form, "parameter_missing", "destination_networks", HEADLESS)
      refused(form .. "&destination_networks[]=base&destination_networks[]=solana",
        "crypto_onramp_conflicting_destination_network", "destination_networks", HEADLESS)
      refused(HEADLESS_FORM .. "&wallet_address=" .. SOLANA, nil, "wallet_address", HEADLESS)
      assert.equal(EVM, headless().transaction_details.wallet_address)
    end)

    it("buys usdc on solana, ethereum and base in the sandbox", function()
      refused("ui_mode=headless&crypto_customer_id=c&payment_token=p&destination_currency=eth"
        .. "&destination_network=base",
        "crypto_onramp_invalid_destination_currency_and_network_pair", "destination_network",
        HEADLESS)
    end)

    it("is quoted: amounts and fees of now, status quote_ready", function()
      local object = headless()
      local quoted, status = call(object, "quote")
      assert.same({ 200, "quote_ready" }, { status, quoted.status })
      local details = quoted.transaction_details
      assert.same({ "50.00", "50.000000", "0.07" }, { details.source_amount,
        details.destination_amount, details.fees.network_fee_amount })
      sim.crypto:price("usdc", "2")
      assert.equal("25.000000", call(object, "quote").transaction_details.destination_amount)
      assert.equal(1, #events("crypto.onramp_session.updated"))
    end)

    it("tells in its event of the fees, too, that a choice of the customer changed", function()
      local object = headless()
      call(object, "quote")
      sim.crypto:move(object.id, { status = "requires_payment", source_amount = "200" })
      assert.same({ status = "quote_ready", transaction_details = {
        destination_amount = "50.000000", source_amount = "50.00",
        fees = { transaction_fee_amount = "3.04" },
      } }, events("crypto.onramp_session.updated")[2].data.previous_attributes)
    end)

    it("is checked out with 200 and goes on to fulfillment", function()
      local object = headless()
      call(object, "quote")
      local paid, status = call(object, "checkout", "mandate_data[customer_acceptance][type]=online"
        .. "&mandate_data[customer_acceptance][online][ip_address]=8.8.8.8"
        .. "&mandate_data[customer_acceptance][online][user_agent]=x")
      assert.same({ 200, "fulfillment_processing" }, { status, paid.status })
      assert.is_nil(paid.transaction_details.last_error)
      assert.equal("fulfillment_complete", walk(object, "fulfillment_complete").status)
    end)

    it("is checked out with 202 and last_error while something is left to do", function()
      for _, code in ipairs { "action_required", "missing_kyc", "missing_document_verification",
        "charged_with_expired_quote", "transaction_limit_reached", "location_not_supported",
        "transaction_failed", "missing_consumer_wallet" } do
        local object = headless()
        call(object, "quote")
        assert.truthy(sim.crypto:checkout(object.id, { last_error = code }))
        local unfinished, status = call(object, "checkout")
        assert.same({ 202, "requires_payment", code }, { status, unfinished.status,
          unfinished.transaction_details.last_error })
        local paid = call(object, "checkout")
        assert.equal("fulfillment_processing", paid.status)
        assert.is_nil(paid.transaction_details.last_error)
      end
      assert.is_nil((sim.crypto:checkout(headless().id, { last_error = "mood" })))
    end)

    it("ends every checkout as the account's settings say", function()
      a.account.settings.crypto_checkout_error = "missing_kyc"
      local object = headless()
      call(object, "quote")
      assert.equal("missing_kyc", call(object, "checkout").transaction_details.last_error)
    end)

    it("without a wallet is missing_consumer_wallet", function()
      local object = headless("")
      call(object, "quote")
      assert.equal("missing_consumer_wallet",
        call(object, "checkout").transaction_details.last_error)
    end)

    it("with a quote older than a minute is charged_with_expired_quote", function()
      local object = headless()
      call(object, "quote")
      sim:advance(61)
      assert.equal("charged_with_expired_quote",
        call(object, "checkout").transaction_details.last_error)
      assert.is_nil(call(object, "quote").transaction_details.last_error)
      sim:advance(60)
      assert.equal("fulfillment_processing", call(object, "checkout").status)
    end)

    it("is not checked out before it is quoted, nor quoted after it was paid", function()
      local object = headless()
      local answer, status = call(object, "checkout")
      assert.same({ 400, "status_transition_invalid" }, { status, answer.error.code })
      call(object, "quote")
      call(object, "checkout")
      answer, status = call(object, "quote")
      assert.same({ 400, "status_transition_invalid" }, { status, answer.error.code })
    end)

    it("is what quote and checkout are for", function()
      local plain = create()
      assert.equal(400, select(2, call(plain, "quote")))
      assert.equal(404, select(2, call({ id = "cos_x" }, "checkout")))
      local object = headless()
      local path = SESSIONS .. "/" .. object.id .. "/quote"
      assert.equal(404, select(2, post(path, nil, { ["Stripe-OAuth-Token"] = "x" })))
      assert.equal(401, select(2, post(path, nil,
        { ["Stripe-Version"] = HEADLESS["Stripe-Version"] })))
    end)
  end)
end)
