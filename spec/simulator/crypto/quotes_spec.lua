--- Onramp quotes of the crypto family: each sentence is a row of docs/simulator/crypto.md.

local asking = require "spec.support.asking"
local decimal = require("stripe.core").decimal

local QUOTES = "/v1/crypto/onramp/quotes"

describe("onramp quotes", function()
  local a, sim, get

  before_each(function()
    a = asking.open()
    sim, get = a.sim, a.get
  end)

  local function ask(query)
    local object, status, text = get(QUOTES, query)
    assert.equal(200, status, object.error and object.error.message)
    return object, text
  end

  local function refused(query, code, param)
    local object, status = get(QUOTES, query)
    assert.equal(400, status)
    assert.same({ code, param }, { object.error.code, object.error.param })
  end

  -- "network: currency currency" of all that were quoted
  local function quoted(object)
    local found = {}
    for network, list in pairs(object.destination_network_quotes) do
      local names = {}
      for i, quote in ipairs(list) do names[i] = quote.destination_currency end
      table.sort(names)
      if #names > 0 then found[network] = table.concat(names, " ") end
    end
    return found
  end

  it("stand at both documented paths", function()
    local object = get("/v1/crypto/onramp_quotes")
    assert.equal("crypto.onramp.quotes", object.object)
    assert.equal("crypto.onramp.quotes", ask().object)
  end)

  it("default to 100.00 usd", function()
    local object = ask()
    assert.same({ "100.00", "usd", false },
      { object.source_amount, object.source_currency, object.livemode })
  end)

  it("are every valid pair of the documented networks", function()
    assert.same({ avalanche = "avax usdc", base_network = "eth usdc", bitcoin = "btc",
      ethereum = "eth usdc", polygon = "matic usdc", solana = "sol usdc", stellar = "usdc xlm" },
      quoted(ask()))
  end)

  it("are every valid pair of the currencies and networks asked for", function()
    assert.same({ base_network = "eth", optimism = "eth" },
      quoted(ask("destination_currencies[]=eth&destination_currencies[]=btc"
        .. "&destination_networks[]=base&destination_networks[]=optimism")))
    assert.same({ worldchain = "wld" },
      quoted(ask("destination_currencies[]=wld&destination_networks[]=worldchain")))
  end)

  it("are [] for networks without a match", function()
    local _, text = ask("destination_currencies[]=eth&destination_networks[]=base"
      .. "&destination_networks[]=solana")
    for _, network in ipairs { "solana", "bitcoin", "stellar" } do
      assert.truthy(text:find('"' .. network .. '":%s*%[%]'), network)
    end
  end)

  it("are null for the other networks when a destination amount is asked for", function()
    local object, text = ask("destination_amount=0.5&destination_currencies[]=eth"
      .. "&destination_networks[]=base")
    assert.same({ base_network = "eth" }, quoted(object))
    for _, network in ipairs { "solana", "ethereum", "stellar", "worldchain" } do
      assert.truthy(text:find('"' .. network .. '":%s*null'), network)
    end
  end)

  it("compute the source amount of a destination amount, rounded up to cents", function()
    local object = ask("destination_amount=0.5&destination_currencies[]=eth"
      .. "&destination_networks[]=base")
    assert.equal("1716.21", object.source_amount)
    local quote = object.destination_network_quotes.base_network[1]
    assert.equal("0.500000000000000000", quote.destination_amount)
    object = ask("destination_amount=0.00000001&destination_currencies[]=btc"
      .. "&destination_networks[]=bitcoin")
    assert.equal("0.01", object.source_amount)
  end)

  it("have ids of 64 hexadecimal digits, all different", function()
    local object = ask()
    local seen = { [object.id] = true }
    for _, list in pairs(object.destination_network_quotes) do
      for _, quote in ipairs(list) do
        assert.equal(64, #quote.id)
        assert.truthy(quote.id:find("^[0-9a-f]+$"))
        assert.is_nil(seen[quote.id])
        seen[quote.id] = true
      end
    end
    assert.equal(64, #object.id)
  end)

  it("have the fixed decimals of each asset", function()
    local places = { eth = 18, btc = 8, sol = 9, usdc = 6, xlm = 8, avax = 18, matic = 18 }
    local seen = {}
    for _, list in pairs(ask().destination_network_quotes) do
      for _, quote in ipairs(list) do
        local digits = quote.destination_amount:match("^%d+%.(%d+)$")
        assert.equal(places[quote.destination_currency], #digits, quote.destination_currency)
        seen[quote.destination_currency] = true
      end
    end
    for currency in pairs(places) do assert.truthy(seen[currency], currency) end
  end)

  it("have the fees of the documented examples", function()
    local object = ask()
    local function fees(network)
      local quote = object.destination_network_quotes[network][1]
      return { quote.fees.network_fee_monetary, quote.fees.transaction_fee_monetary,
        quote.source_total_amount }
    end
    assert.same({ "0.06", "4.04", "104.10" }, fees "avalanche")
    assert.same({ "0.07", "4.04", "104.11" }, fees "base_network")
    assert.same({ "11.89", "4.27", "116.16" }, fees "bitcoin")
    assert.same({ "0.01", "4.04", "104.05" }, fees "solana")
  end)

  it("have a total that is amount and both fees, exactly", function()
    for _, query in ipairs { "source_amount=99999999.99", "source_amount=0.01",
      "source_amount=33.33&source_currency=eur" } do
      local object = ask(query)
      for _, list in pairs(object.destination_network_quotes) do
        for _, quote in ipairs(list) do
          local sum = decimal.new(object.source_amount) + quote.fees.network_fee_monetary
            + quote.fees.transaction_fee_monetary
          assert.equal(tostring(sum), quote.source_total_amount)
        end
      end
    end
  end)

  it("write source_amount with two decimals", function()
    assert.equal("7.50", ask("source_amount=7.5").source_amount)
  end)

  it("have a rate_fetched_at with a fraction, near now", function()
    local at = ask().rate_fetched_at
    assert.truthy(at > a.start and at < a.start + 1)
    assert.not_equal(0, at % 1)
  end)

  it("take source_amount or destination_amount, not both", function()
    refused("source_amount=1&destination_amount=1&destination_currencies[]=eth"
      .. "&destination_networks[]=base", "crypto_onramp_invalid_source_destination_pair",
      "destination_amount")
  end)

  it("of a destination amount need exactly one currency and one network", function()
    local code = "crypto_onramp_incomplete_destination_currency_and_network_pair"
    refused("destination_amount=1", code, "destination_currencies")
    refused("destination_amount=1&destination_currencies[]=eth", code, "destination_networks")
    refused("destination_amount=1&destination_currencies[]=eth&destination_networks[]=base"
      .. "&destination_networks[]=ethereum", code, "destination_networks")
  end)

  it("refuse wrong amounts and pairs", function()
    refused("source_amount=0", "crypto_onramp_invalid_source_amount", "source_amount")
    refused("source_amount=1.234", "crypto_onramp_invalid_source_amount", "source_amount")
    refused("destination_amount=0.0000001&destination_currencies[]=usdc"
      .. "&destination_networks[]=base", "crypto_onramp_invalid_destination_amount",
      "destination_amount")
    refused("destination_amount=1&destination_currencies[]=btc&destination_networks[]=base",
      "crypto_onramp_invalid_destination_currency_and_network_pair", "destination_networks")
  end)

  it("are in usd or eur only", function()
    assert.equal("eur", ask("source_currency=eur").source_currency)
    refused("source_currency=gbp", nil, "source_currency")
  end)

  it("follow the prices that a test sets", function()
    local query = "destination_currencies[]=eth&destination_networks[]=base"
    assert.truthy(sim.crypto:price("eth", "2000"))
    assert.equal("0.050000000000000000",
      ask(query).destination_network_quotes.base_network[1].destination_amount)
    assert.truthy(sim.crypto:price("eth", { usd = "4000" }))
    assert.equal("0.025000000000000000",
      ask(query).destination_network_quotes.base_network[1].destination_amount)
    sim:reset()
    assert.equal("0.029133963792309798",
      ask(query).destination_network_quotes.base_network[1].destination_amount)
    for _, wrong in ipairs { "0", "-1", "much" } do
      assert.is_nil((sim.crypto:price("eth", wrong)))
    end
    assert.is_nil((sim.crypto:price("doge", "1")))
  end)

  it("are the same for the same seed", function()
    local first = ask().id
    a = asking.open()
    get = a.get
    assert.equal(first, ask().id)
  end)
end)
