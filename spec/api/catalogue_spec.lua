local core = require "stripe.core"
local facts = require "spec.support.facts"
local published = require "spec.vectors.catalogue_facts"

local same = { missing = {}, extra = {} }

local function keys(map)
  local list = {}
  for key in pairs(map) do list[#list + 1] = key end
  table.sort(list)
  return list
end

--- The description at a path such as "transaction_details.wallet_address" in a list of fields or
-- parameters.
local function at(list, path)
  local found
  for name in path:gmatch("[^.]+") do
    found = nil
    for _, one in ipairs(list) do
      if one.name == name then found = one end
    end
    assert(found, "nothing is called " .. path)
    local inside = found.item or found
    list = inside.fields or inside.params
  end
  return found
end

describe("the catalogue", function()
  local catalogue = core.catalogue()
  local operations, objects = {}, {}

  setup(function()
    for resource, about in pairs(catalogue) do
      objects[about.object] = about.fields
      for name, operation in pairs(about.operations) do
        operations[resource .. "." .. name] = operation
        if operation.fields then objects["deleted_" .. operation.returns] = operation.fields end
      end
    end
  end)

  it("has every operation that is published, and no other", function()
    local expected = facts.headings(published.operations)
    assert.same(keys(expected), keys(operations))
    assert.equal(41, #keys(operations))
    for name, operation in pairs(operations) do
      assert.same(same, facts.differ(expected[name], facts.operation(operation)), name)
    end
  end)

  it("has every parameter of every operation, and no other", function()
    local expected = facts.headings(published.parameters)
    for name, operation in pairs(operations) do
      local given = facts.flatten(operation.params or {})
      assert.same(same, facts.differ(expected[name] or {}, given), name)
    end
  end)

  it("has every field of every object, and no other", function()
    local expected = facts.headings(published.fields)
    assert.same(keys(expected), keys(objects))
    for name, fields in pairs(objects) do
      assert.same(same, facts.differ(expected[name], facts.flatten(fields)), name)
    end
  end)

  it("knows how the ids of each object begin", function()
    local prefixes = {}
    for _, about in pairs(catalogue) do
      if about.id_prefix then
        prefixes[#prefixes + 1] = about.object .. " " .. about.id_prefix
      end
    end
    local expected = {}
    for line in published.id_prefixes:gmatch("[^\n]+") do expected[#expected + 1] = line end
    assert.same(same, facts.differ(expected, prefixes))
  end)

  it("is plain data, which JSON can hold", function()
    assert.same(core.catalogue(), (core.decode(core.json(core.catalogue()))))
  end)

  it("is a fresh table each time", function()
    core.catalogue()["climate.orders"].operations.create = nil
    assert.table(core.catalogue()["climate.orders"].operations.create)
  end)

  it("says which parameters exclude each other", function()
    assert.same({ { "amount", "metric_tons" } }, operations["climate.orders.create"].exclusive)
    assert.same({ { "type", "types" }, { "starting_after", "ending_before" } },
      operations["events.list"].exclusive)
    for name, operation in pairs(operations) do
      if operation.list then
        local last = operation.exclusive[#operation.exclusive]
        assert.same({ "starting_after", "ending_before" }, last, name)
      end
    end
  end)

  it("says which parameters need others", function()
    assert.same({ { any_of = { "amount", "metric_tons" } } },
      operations["climate.orders.create"].requires)
    assert.same({ { any_of = { "type", "verification_flow" } } },
      operations["identity.verification_sessions.create"].requires)
    assert.same({
      { param = "source_amount", all_of = { "source_currency" } },
      { param = "destination_amount", all_of = { "destination_currency", "destination_network" } },
      { param = "destination_currency", all_of = { "destination_network" } },
      { param = "destination_network", all_of = { "destination_currency" } },
      {
        param = "lock_wallet_address", any_of = { "wallet_addresses", "wallet_address" },
        when = true,
      },
    }, operations["crypto.onramp_sessions.create"].requires)
  end)

  it("says how exact an amount of each asset may be", function()
    local create = operations["crypto.onramp_sessions.create"]
    assert.same({
      destination_amount = {
        by = "destination_currency",
        assets = {
          avax = 18, btc = 8, eth = 18, matic = 18, sol = 9, usdc = 6, usdt = 6, wld = 18, xlm = 8,
        },
      },
    }, create.precision)
    assert.equal(2, at(create.params, "source_amount").decimals)
    assert.equal("decimal", at(create.params, "destination_amount").format)
  end)

  it("says which operations always need the beta flag", function()
    local betas = {}
    for name, operation in pairs(operations) do betas[name] = operation.beta end
    assert.same({
      ["crypto.onramp_sessions.quote"] = "crypto_onramp_beta=v2",
      ["crypto.onramp_sessions.checkout"] = "crypto_onramp_beta=v2",
    }, betas)
    assert.equal("crypto_onramp_beta=v2", catalogue["crypto.onramp_sessions"].beta)
  end)

  it("marks secrets and personal data in answers", function()
    local sensitive = {
      ["identity.verification_session"] = "client_secret url provided_details verified_outputs",
      ["identity.verification_report"] = [[document.address document.dob document.expiration_date
        document.files document.first_name document.issued_date document.issuing_country
        document.last_name document.number document.sex document.unparsed_place_of_birth
        document.unparsed_sex email.email id_number.dob id_number.first_name id_number.id_number
        id_number.last_name phone.phone selfie.document selfie.selfie]],
      ["crypto.onramp_session"] = [[client_secret redirect_url transaction_details.wallet_address
        transaction_details.wallet_addresses]],
      ["forwarding.request"] = [[request_details.body request_details.headers.value
        response_details.body response_details.headers.value]],
      ["webhook_endpoint"] = "secret",
      ["file_link"] = "url",
    }
    for object, paths in pairs(sensitive) do
      for _, path in ipairs(facts.words(paths)) do
        assert.is_true(at(objects[object], path).sensitive, object .. " " .. path)
      end
    end
    assert.is_nil(at(objects["climate.order"], "beneficiary").sensitive)
  end)

  it("marks secrets and personal data in parameters", function()
    local sensitive = {
      ["identity.verification_sessions.create"] = "provided_details",
      ["identity.verification_sessions.update"] = "provided_details",
      ["crypto.onramp_sessions.create"] = [[customer_information customer_ip_address kyc_details
        payment_token wallet_address wallet_addresses]],
      ["crypto.onramp_sessions.checkout"] = "mandate_data",
      ["forwarding.requests.create"] = "request.body request.headers.value",
      ["files.create"] = "file",
    }
    for name, paths in pairs(sensitive) do
      for _, path in ipairs(facts.words(paths)) do
        assert.is_true(at(operations[name].params, path).sensitive, name .. " " .. path)
      end
    end
  end)

  it("names an object inside itself, without its fields again", function()
    local links = at(objects.file, "links").item
    assert.equal("file_link", links.object)
    assert.equal("file", at(links.fields, "file").object)
    assert.is_nil(at(links.fields, "file").fields)
  end)
end)

describe("the names", function()
  local names = core.names()

  for name, count in pairs {
    event_types = 275, extra_event_types = 1, explicit_event_types = 1,
    api_versions = 129, error_codes = 209, crypto_onramp_error_codes = 17,
  } do
    it("have the " .. count .. " " .. name:gsub("_", " "), function()
      assert.same(same, facts.differ(facts.words(published[name]), names[name]))
      assert.equal(count, #names[name])
    end)
  end

  it("end with the API version that the catalogue was written from", function()
    assert.equal("2026-10-28.endive", core.api_version)
    assert.equal(core.api_version, names.api_versions[#names.api_versions])
  end)
end)
