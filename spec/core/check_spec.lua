local core = require "stripe.core"
local support = require "spec.support.params"

local encode, refusal = support.encode, support.refusal

-- What an order needs, with changes.
local function order(changes)
  local params = { product = "climsku_x", metric_tons = "1" }
  for name, value in pairs(changes) do params[name] = value end
  return params
end

local function refused(kind, param, operation, params, options)
  local problem = refusal(operation, params, options)
  assert.same({ kind, param }, { problem.kind, problem.param })
  return problem
end

local function many(n, value)
  local list = {}
  for i = 1, n do list[i] = value end
  return list
end

describe("A refusal", function()
  it("names the full path and ends with how to send it anyway", function()
    local problem = refused("missing", "request[headers][1][value]", "forwarding.requests.create", {
      payment_method = "pm_1", replacements = { "card_cvc" }, url = "https://x.y",
      request = { headers = { { name = "a", value = "b" }, { name = "c" } } },
    })
    assert.equal("request[headers][1][value]: this required parameter is missing. " ..
                 "To send the request without it, pass validate = false.", problem.message)
    problem = refused("type", "amount", "climate.orders.create", { product = "x", amount = true })
    assert.equal("amount: this must be a whole number, not a boolean. " ..
                 "To send it anyway, pass validate = false.", problem.message)
  end)

  it("holds no value, which may be a secret", function()
    local problem = refused("enum", "source_currency", "crypto.onramp_sessions.create",
                            { source_currency = "usb" })
    assert.falsy(problem.message:find("usb", 1, true))
    assert.is_nil(problem.value)
  end)
end)

describe("Names", function()
  it("must be known, and near ones are suggested", function()
    local problem = refused("unknown", "metric_ton", "climate.orders.create",
                            { product = "x", metric_ton = "1" })
    assert.equal("metric_tons", problem.suggestion)
    assert.same({ "metric_ton" }, problem.names)
    assert.truthy(problem.message:find("did you mean metric_tons?", 1, true))
    for typed, meant in pairs { prodcut = "product", metricTons = "metric_tons", amout = "amount",
                                curency = "currency", meta_data = "metadata" } do
      assert.equal(meant, refused("unknown", typed, "climate.orders.create",
                                  order { [typed] = "x" }).suggestion)
    end
  end)

  it("are checked at every depth", function()
    local problem = refused("unknown", "options[document][require_selfie]",
                            "identity.verification_sessions.create",
                            { options = { document = { require_selfie = true } } })
    assert.is_nil(problem.suggestion)
    problem = refused("unknown", "options[documnet]", "identity.verification_sessions.create",
                      { options = { documnet = {} } })
    assert.equal("document", problem.suggestion)
    refused("unknown", "created[get]", "events.list", { created = { get = 1 } })
  end)

  it("are none for an operation without parameters", function()
    local problem = refused("unknown", "expand", "webhook_endpoints.delete", { expand = { "x" } })
    assert.truthy(problem.message:find("takes none", 1, true))
  end)
end)

describe("Required parameters", function()
  it("must be given", function()
    refused("missing", "product", "climate.orders.create", { amount = 1 })
    refused("missing", "url", "webhook_endpoints.create", { enabled_events = { "*" } })
    refused("missing", "file", "file_links.create", {})
    refused("missing", "file", "file_links.create", nil)
  end)

  it("are not given by an empty table", function()
    refused("missing", "enabled_events", "webhook_endpoints.create",
            { url = "https://x.y", enabled_events = {} })
  end)

  it("are asked for in a table only when that has members", function()
    assert.truthy(encode("climate.orders.create", order { beneficiary = {} }))
    refused("missing", "file_link_data[create]", "files.create",
            { purpose = "pci_document", file = { content = "x" },
              file_link_data = { expires_at = 1 } }, { boundary = "B" })
    refused("missing", "request[headers][0][name]", "forwarding.requests.create",
            { request = { headers = { {} } } })
  end)
end)

describe("Types", function()
  local wrong = {
    { "climate.orders.create", "amount", { "1000", "x", true, { 1 }, { a = 1 }, {}, 1.5 } },
    { "climate.orders.create", "product", { 5, 1.5, true, { "x" }, { a = "x" }, {} } },
    { "climate.orders.create", "beneficiary", { "x", 5, true, { { public_name = "x" } } } },
    { "climate.orders.create", "expand", { "product", 5, true, { a = "product" } } },
    { "climate.orders.create", "metadata", { "x", 5, true, { "x" } } },
    { "crypto.onramp_sessions.create", "lock_wallet_address", { "true", 1, {}, { true } } },
    { "crypto.onramp_sessions.create", "kyc_details", { "x", 5, { "x" } } },
    { "events.list", "created", { "1700000000", 1.5, true, { 1 } } },
    { "file_links.update", "expires_at", { true, 1.5, { gte = 1 } } },
  }

  for _, case in ipairs(wrong) do
    local operation, name, values = case[1], case[2], case[3]
    it("must be that of " .. operation .. " " .. name, function()
      for _, value in ipairs(values) do
        refused("type", name, operation, { [name] = value })
      end
    end)
  end

  it("tell a fraction from the whole number that is wanted", function()
    for _, value in ipairs { 1.5, core.decimal.new("1.0") } do
      local problem = refusal("climate.orders.create", order { amount = value })
      assert.equal("amount: this must be a whole number, not a number with decimals. " ..
                   "To send it anyway, pass validate = false.", problem.message)
    end
    local problem = refusal("crypto.onramp_sessions.create", { lock_wallet_address = 2 ^ 60 })
    assert.matches("not a number%.", problem.message)
  end)

  it("say how a value is meant to be written", function()
    local function message(name, value)
      return refusal("climate.orders.create", order { [name] = value }).message
    end
    assert.truthy(message("amount", "1000"):find("without quotes", 1, true))
    assert.truthy(message("product", 5):find("write it in quotes", 1, true))
  end)

  it("of elements and of members of maps are checked too", function()
    refused("type", "expand[1]", "climate.orders.create", order { expand = { "product", 5 } })
    refused("type", "metadata[a]", "climate.orders.create", order { metadata = { a = {} } })
    refused("type", "metadata[a]", "climate.orders.create", order { metadata = { a = { b = 1 } } })
    refused("type", "metadata[a]", "climate.orders.create",
            order { metadata = { a = core.empty_array } })
  end)

  it("of an empty array is a list", function()
    refused("type", "product", "climate.orders.create", order { product = core.empty_array })
  end)
end)

describe("Decimals", function()
  it("are digits and perhaps a point", function()
    for _, text in ipairs { "1", "-1", "+1", "0.5", "001.50", "100000000000000000000.000000001" } do
      assert.truthy(encode("climate.orders.create", order { metric_tons = text }), text)
    end
    for _, text in ipairs { "1e5", " 1", "1 ", "1,5", ".5", "1.", "-", ".", "1.2.3", "0x1", "inf",
                            "1\0" } do
      refused("type", "metric_tons", "climate.orders.create", order { metric_tons = text })
    end
  end)

  it("are no floats that need more than 15 digits", function()
    for _, number in ipairs { 0.1 + 0.2, 1 / 3, 2 ^ 70 } do
      local problem = refused("number", "metric_tons", "climate.orders.create",
                              order { metric_tons = number })
      assert.truthy(problem.message:find("pass it as text", 1, true))
      refused("number", "metadata[a]", "climate.orders.update", { metadata = { a = number } })
    end
  end)

  it("of money have two digits behind the point at most", function()
    local function amount(text)
      return { source_amount = text, source_currency = "usd" }
    end
    assert.truthy(encode("crypto.onramp_sessions.create", amount "100.50"))
    assert.truthy(encode("crypto.onramp_sessions.create", amount "100.500"))
    local problem = refused("precision", "source_amount", "crypto.onramp_sessions.create",
                            amount "100.505")
    assert.equal(2, problem.limit)
    refused("precision", "source_amount", "crypto.onramp_quotes.retrieve",
            { source_amount = 1.234 })
  end)

  it("of an asset have as many digits as that can be divided into", function()
    local digits = { avax = 18, btc = 8, eth = 18, matic = 18, sol = 9, usdc = 6, usdt = 6,
                     wld = 18, xlm = 8 }
    for asset, most in pairs(digits) do
      local function session(count)
        return { destination_amount = "0." .. ("1"):rep(count), destination_currency = asset,
                 destination_network = "ethereum" }
      end
      assert.truthy(encode("crypto.onramp_sessions.create", session(most)))
      local problem = refused("precision", "destination_amount", "crypto.onramp_sessions.create",
                              session(most + 1))
      assert.equal(most, problem.limit)
    end
    local unlimited = { destination_amount = "0." .. ("1"):rep(30), destination_currency = "ripusd",
                        destination_network = "ethereum" }
    assert.truthy(encode("crypto.onramp_sessions.create", unlimited))
  end)
end)

describe("Integers", function()
  it("stay within their bounds", function()
    for _, limit in ipairs { 1, 100 } do
      assert.equal("limit=" .. limit, encode("events.list", { limit = limit }))
    end
    assert.equal(1, refused("range", "limit", "events.list", { limit = 0 }).limit)
    assert.equal(100, refused("range", "limit", "events.list", { limit = 101 }).limit)
  end)

  it("are no floats beyond 2^53", function()
    refused("number", "amount", "climate.orders.create", { product = "x", amount = 2 ^ 54 })
    refused("number", "amount", "climate.orders.create", { product = "x", amount = 1e300 })
    assert.truthy(encode("climate.orders.create", { product = "x", amount = 2 ^ 53 }))
  end)
end)

describe("Enums", function()
  it("that are closed are refused, with what is near", function()
    local endpoint = { url = "https://x.y", enabled_events = { "*", "climate.order.create" } }
    local problem = refused("enum", "enabled_events[1]", "webhook_endpoints.create", endpoint)
    assert.equal("climate.order.created", problem.suggestion)
    assert.truthy(#problem.values > 200)
    problem = refused("enum", "status", "crypto.onramp_sessions.list", { status = "paid" })
    assert.is_nil(problem.suggestion)
    assert.truthy(problem.message:find('"rejected" or "requires_payment"', 1, true))
    refused("enum", "api_version", "webhook_endpoints.create",
            { url = "https://x.y", enabled_events = { "*" }, api_version = "2026-01-01" })
    refused("enum", "expires_at", "file_links.update", { expires_at = "tomorrow" })
  end)

  it("that are open are refused only when one typing error away", function()
    local function speed(value, options)
      return encode("crypto.onramp_sessions.create", { settlement_speed = value }, options)
    end
    assert.truthy(speed "instant")
    assert.truthy(speed "overnight")
    for _, typed in ipairs { "instan", "instannt", "instent", "isntant" } do
      local body, problem = speed(typed)
      assert.is_nil(body)
      assert.same({ "enum", "instant" }, { problem.kind, problem.suggestion })
    end
    assert.truthy(speed "isntan")
  end)

  it("that are open are refused always by strict validation", function()
    refused("enum", "settlement_speed", "crypto.onramp_sessions.create",
            { settlement_speed = "overnight" }, { validate = "strict" })
    assert.truthy(encode("crypto.onramp_sessions.create", { settlement_speed = "standard" },
                         { validate = "strict" }))
  end)
end)

describe("Limits", function()
  it("of texts count UTF-8 characters", function()
    assert.truthy(encode("climate.orders.create", order { product = ("é"):rep(5000) }))
    local problem = refused("too_long", "product", "climate.orders.create",
                            order { product = ("é"):rep(5001) })
    assert.equal(5000, problem.limit)
    assert.truthy(encode("webhook_endpoints.update", { url = ("x"):rep(6000) }))
  end)

  it("of lists count elements", function()
    local function onramp(list) return { destination_currencies = list } end
    local problem = refused("too_few", "destination_currencies", "crypto.onramp_sessions.create",
                            onramp {})
    assert.equal(1, problem.limit)
    refused("too_few", "destination_currencies", "crypto.onramp_sessions.create",
            onramp(core.empty_array))
    assert.truthy(encode("crypto.onramp_sessions.create", onramp { "usdc" }))
    assert.truthy(encode("events.list", { types = many(20, "x") }))
    problem = refused("too_many", "types", "events.list", { types = many(21, "x") })
    assert.equal(20, problem.limit)
  end)
end)

describe("Clearing", function()
  it("is refused where the catalogue does not allow it", function()
    refused("not_clearable", "product", "climate.orders.create", order { product = "" })
    refused("not_clearable", "product", "climate.orders.create", order { product = core.null })
    refused("not_clearable", "limit", "events.list", { limit = core.null })
    refused("not_clearable", "expand", "events.list", { expand = core.null })
    refused("not_clearable", "expand[0]", "events.list", { expand = { "" } })
    refused("not_clearable", "expand[0]", "events.list", { expand = { core.null } })
    refused("not_clearable", "options", "identity.verification_sessions.update", { options = "" })
    assert.equal("options[document]=",
                 encode("identity.verification_sessions.update", { options = { document = "" } }))
  end)
end)

describe("Metadata", function()
  local function metadata(map)
    return encode("climate.orders.update", { metadata = map })
  end

  local function refuse(map)
    local body, problem = metadata(map)
    assert.is_nil(body)
    assert.equal("metadata", problem.kind)
    return problem
  end

  it("has 50 keys at most, deleted ones not counted", function()
    local map = {}
    for i = 1, 50 do map["k" .. i] = "v" end
    map.gone, map.cleared = core.null, ""
    assert.truthy(metadata(map))
    map.k51 = "v"
    local problem = refuse(map)
    assert.same({ "metadata", 50 }, { problem.param, problem.limit })
  end)

  it("has keys of 1 to 40 characters without brackets", function()
    assert.truthy(metadata { [("é"):rep(40)] = "v" })
    assert.equal(40, refuse({ [("é"):rep(41)] = "v" }).limit)
    refuse { [""] = "v" }
    assert.equal("metadata[x[y]]", refuse({ ["x[y]"] = "v" }).param)
    refuse { ["x]"] = "v" }
  end)

  it("has values of 500 characters at most", function()
    assert.truthy(metadata { k = ("é"):rep(500) })
    assert.equal(500, refuse({ k = ("é"):rep(501) }).limit)
  end)
end)

describe("Groups of parameters", function()
  local session = "crypto.onramp_sessions.create"

  local function ok(operation, params)
    assert.truthy(encode(operation, params))
  end

  it("of which one is needed refuse none and two", function()
    local problem = refused("incomplete", "amount", "climate.orders.create", { product = "x" })
    assert.same({ "amount", "metric_tons" }, problem.names)
    assert.truthy(problem.message:find("one of amount and metric_tons is needed", 1, true))
    refused("exclusive", "metric_tons", "climate.orders.create",
            { product = "x", amount = 1, metric_tons = "1" })
    refused("incomplete", "type", "identity.verification_sessions.create", {})
    ok("identity.verification_sessions.create", { verification_flow = "vf_1" })
    ok("identity.verification_sessions.create", { verification_flow = "vf_1", type = "document" })
  end)

  it("refuse both cursors of a list, and both filters of events", function()
    refused("exclusive", "ending_before", "climate.orders.list",
            { starting_after = "a", ending_before = "b" })
    refused("exclusive", "types", "events.list", { type = "a", types = { "b" } })
    ok("events.list", { type = "a", types = {} })
  end)

  it("of an onramp session go together", function()
    local amount = { destination_amount = "1", destination_currency = "eth",
                     destination_network = "ethereum" }
    ok(session, amount)
    refused("incomplete", "source_currency", session, { source_amount = "1" })
    refused("incomplete", "destination_currency", session,
            { destination_amount = "1", destination_network = "ethereum" })
    refused("incomplete", "destination_network", session,
            { destination_amount = "1", destination_currency = "eth" })
    refused("incomplete", "destination_network", session, { destination_currency = "eth" })
    refused("incomplete", "destination_currency", session, { destination_network = "ethereum" })
    amount.source_amount, amount.source_currency = "1", "usd"
    refused("exclusive", "destination_amount", session, amount)
  end)

  it("want a wallet for an address that is locked", function()
    ok(session, { lock_wallet_address = false })
    ok(session, { lock_wallet_address = true, wallet_addresses = { ethereum = "0x1" } })
    ok(session, { lock_wallet_address = true, wallet_address = "0x1" })
    local problem = refused("incomplete", "lock_wallet_address", session,
                            { lock_wallet_address = true })
    assert.truthy(problem.message:find("wallet_addresses or wallet_address", 1, true))
  end)

  it("want networks and currencies for a quote in crypto", function()
    refused("incomplete", "destination_currencies", "crypto.onramp_quotes.retrieve",
            { destination_amount = "1" })
    refused("incomplete", "destination_networks", "crypto.onramp_quotes.retrieve",
            { destination_amount = "1", destination_currencies = { "eth" } })
  end)
end)

describe("What has no form on the wire", function()
  -- Refused with an operation, without one, and without validation.
  local function never(kind, param, value)
    refused(kind, param, nil, { a = value })
    refused(kind, "metadata" .. param:sub(2), "climate.orders.update", { metadata = value },
            { validate = false })
  end

  it("is a list with holes or names, or a key that is neither", function()
    never("table", "a", { [1] = 1, [3] = 3 })
    never("table", "a", { [2] = 1 })
    never("table", "a", { 1, 2, x = 3 })
    never("table", "a", { [0] = 1 })
    never("table", "a", { [1.5] = 1 })
    never("table", "a", { [-1] = 1 })
    never("table", "a", { [true] = 1 })
    never("table", "a", { [{}] = 1 })
    never("table", "a[b]", { b = { 1, nil, 3 } })
    never("table", "a[1]", { {}, { 1, x = 2 } })
  end)

  it("is a list in place of all parameters", function()
    for _, params in ipairs { { 1, 2 }, { { a = 1 } }, { 1, a = 2 }, { [true] = 1 } } do
      local problem = refusal(nil, params)
      assert.equal("table", problem.kind)
      assert.is_nil(problem.param)
    end
    assert.equal("table", refusal(nil, "a=1").kind)
  end)

  it("is a table that contains itself", function()
    local cycle = { b = {} }
    cycle.b.c = cycle
    local problem = refused("table", "a[b][c]", nil, { a = cycle })
    assert.truthy(problem.message:find("contains itself", 1, true))
    local root = {}
    root.x = { root }
    refused("table", "x[0]", nil, root)
  end)

  it("is a table nested too deep", function()
    local function nest(depth)
      local value = "x"
      for _ = 1, depth do value = { a = value } end
      return value
    end
    assert.truthy(encode(nil, nest(64)))
    assert.equal("table", refusal(nil, nest(65)).kind)
    assert.equal("table", refusal(nil, nest(100000)).kind)
  end)

  it("is a number that is not finite", function()
    never("number", "a[b]", { b = 0 / 0 })
    never("number", "a[b]", { b = 1 / 0 })
    never("number", "a[b]", { b = -1 / 0 })
  end)

  it("is text that is not UTF-8", function()
    for _, bytes in ipairs { "\255", "a\128", "\192\128", "\224\128\128", "\237\160\128",
                             "\240\128\128\128", "\244\144\128\128", "\245\128\128\128",
                             "\195", "\226\130", "\240\159\152" } do
      never("text", "a[b]", { b = bytes })
      never("text", "a", { [bytes] = "b" })
    end
    assert.truthy(encode(nil, { a = "\0é€😀\239\191\191\244\143\191\191\237\159\191\238\128\128" }))
  end)

  it("is a function, a coroutine, a userdata", function()
    never("type", "a[b]", { b = print })
    never("type", "a[b]", { b = coroutine.create(function() end) })
    never("type", "a[b]", { b = io.stdout })
  end)

  if rawget(_G, "jit") then
    it("is a 64-bit integer of LuaJIT", function()
      local integer = require("ffi").new("int64_t", 5)
      local problem = refused("type", "a", nil, { a = integer })
      assert.truthy(problem.message:find("cdata", 1, true))
      never("type", "a[b]", { b = integer })
    end)
  end

  it("is a name longer than any server reads", function()
    assert.equal("text", refusal(nil, { [("x"):rep(70000)] = 1 }).kind)
  end)
end)

describe("The catalogue", function()
  it("has no object with more members than a check can keep apart", function()
    local function walk(params)
      assert.truthy(#params <= 64)
      for _, param in ipairs(params) do
        if param.params then walk(param.params) end
        if param.item and param.item.params then walk(param.item.params) end
      end
    end
    for _, resource in pairs(core.catalogue()) do
      for _, operation in pairs(resource.operations) do walk(operation.params or {}) end
    end
  end)
end)
