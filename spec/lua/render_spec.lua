local core = require "stripe.core"
local render, null = core.render, core.null

-- Every object of the catalogue: { name, fields }.
local objects = {}
for _, about in pairs(core.catalogue()) do
  objects[about.object] = about.fields
end

-- An instance with every field that the catalogue lists, and the JSON that it should become,
-- made here from the same list by other means.

local function quoted(text)
  return '"' .. text .. '"'
end

local instance

local function sample(field)
  if field.expand == "id" then return "id_1", '"id_1"' end
  if field.type == "string" then return "text", '"text"' end
  if field.type == "integer" then return 42, "42" end
  if field.type == "number" then return 1.5, "1.5" end
  if field.type == "boolean" then return false, "false" end
  if field.type == "array" then
    local value, json = sample(field.item)
    return { value, value }, "[" .. json .. "," .. json .. "]"
  elseif field.type == "list" then
    local value, json = sample(field.item)
    return { object = "list", data = { value }, has_more = false, url = "/v1/x" },
      '{"object":"list","data":[' .. json .. '],"has_more":false,"url":"/v1/x"}'
  elseif field.map then
    local value, json = sample(field.map)
    return { b = value, a = value }, '{"a":' .. json .. ',"b":' .. json .. "}"
  elseif field.fields or field.object then
    return instance(field.object, field.fields or objects[field.object])
  end
  return { b = 1, a = "x" }, '{"a":"x","b":1}'
end

function instance(name, fields)
  local value, json = {}, {}
  for _, field in ipairs(fields) do
    local one, text = sample(field)
    if field.name == "object" and name then one, text = name, quoted(name) end
    value[field.name] = one
    if field.expand ~= "hidden" then json[#json + 1] = quoted(field.name) .. ":" .. text end
  end
  return value, "{" .. table.concat(json, ",") .. "}"
end

describe("rendering", function()
  for name, fields in pairs(objects) do
    it("writes every field of a " .. name .. ", in the catalogue's order", function()
      local value, json = instance(name, fields)
      assert.equal(json, render(value))
      value.object = nil
      value.unknown_extra = "never written"
      if name ~= "crypto.onramp.quotes" then
        assert.equal(json, render(value, nil, name))
      end
    end)

    it("fills in what an empty " .. name .. " lacks", function()
      local expected = {}
      for _, field in ipairs(fields) do
        if (field.required or field.nullable) and field.expand ~= "hidden" then
          local json = "null"
          if field.name == "object" then json = quoted(name)
          elseif field.type == "array" and not field.nullable then json = "[]"
          elseif field.map and not field.nullable then json = "{}" end
          expected[#expected + 1] = quoted(field.name) .. ":" .. json
        end
      end
      assert.equal("{" .. table.concat(expected, ",") .. "}", render({}, nil, name))
    end)
  end

  it("writes an order as Stripe does", function()
    assert.equal('{"id":"climorder_1","object":"climate.order","amount_fees":20,'
      .. '"amount_subtotal":800,"amount_total":820,"beneficiary":{"public_name":"Jenny"},'
      .. '"canceled_at":null,"cancellation_reason":null,"certificate":null,"confirmed_at":null,'
      .. '"created":1750000000,"currency":"usd","delayed_at":null,"delivered_at":null,'
      .. '"delivery_details":[],"expected_delivery_year":2030,"livemode":false,'
      .. '"metadata":{"order":"6735"},"metric_tons":"0.01","product":"climsku_1",'
      .. '"product_substituted_at":null,"status":"open"}',
      render {
        object = "climate.order", id = "climorder_1", amount_fees = 20, amount_subtotal = 800,
        amount_total = 820, beneficiary = { public_name = "Jenny" }, created = 1750000000,
        currency = "usd", delivery_details = {}, expected_delivery_year = 2030, livemode = false,
        metadata = { order = "6735" }, metric_tons = core.decimal.new("0.01"),
        product = "climsku_1", status = "open",
      })
  end)

  it("knows an empty list from an empty map", function()
    local product = render({ object = "climate.product", current_prices_per_metric_ton = {},
      suppliers = {} })
    assert.matches('"current_prices_per_metric_ton":{}', product, 1, true)
    assert.matches('"suppliers":[]', product, 1, true)
    local request = render({ object = "forwarding.request", replacements = core.empty_array })
    assert.matches('"replacements":[]', request, 1, true)
  end)

  it("believes the object's own name first", function()
    assert.matches('"object":"climate.supplier","info_url":null',
      render({ object = "climate.supplier" }, nil, "climate.order"), 1, true)
  end)

  it("writes null where the table says so", function()
    local endpoint = render({ object = "webhook_endpoint", description = null, url = "u",
      metadata = null, secret = null })
    assert.matches('"description":null', endpoint, 1, true)
    assert.matches('"metadata":null', endpoint, 1, true)
    assert.matches('"secret":null', endpoint, 1, true)
  end)

  it("writes numbers as text where the API has text", function()
    local function tons(value)
      return render({ object = "climate.product", metric_tons_available = value })
        :match('"metric_tons_available":("[^"]*")')
    end
    assert.equal('"12"', tons(12))
    assert.equal('"0.1"', tons(0.1))
    assert.equal('"0.00000001"', tons(1e-8))
    assert.equal('"0.253568242640499553"', tons("0.253568242640499553"))
    assert.equal('"1.50"', tons(core.decimal.new("1.50")))
  end)

  it("writes whole floats as integers", function()
    local order = render({ object = "climate.order", amount_total = 1e3 / 4 * 4 })
    assert.matches('"amount_total":1000,', order, 1, true)
  end)

  describe("of hidden fields", function()
    local session = {
      object = "identity.verification_session",
      verified_outputs = { first_name = "Jenny", dob = { day = 1, month = 2, year = 1990 },
        id_number = "123" },
    }

    local function outputs(expand)
      return render(session, expand):match('"verified_outputs":(.*)}')
    end

    it("leaves them out unless expand names them", function()
      assert.is_nil(outputs(nil))
      assert.is_nil(outputs({ last_verification_report = {} }))
    end)

    it("goes as deep as the tree does", function()
      local plain = '"email":null,"first_name":"Jenny","id_number_type":null,"last_name":null,'
        .. '"phone":null'
      assert.equal('{"address":null,' .. plain .. "}", outputs({ verified_outputs = {} }))
      assert.equal('{"address":null,' .. plain .. "}", outputs({ verified_outputs = true }))
      assert.equal('{"address":null,"dob":{"day":1,"month":2,"year":1990},' .. plain .. "}",
        outputs({ verified_outputs = { dob = true } }))
      assert.matches('"id_number":"123"', outputs({ verified_outputs = { id_number = {} } }),
        1, true)
    end)

    it("is null where there is nothing to show", function()
      local empty = { object = "identity.verification_session" }
      assert.matches('"verified_outputs":null}$', render(empty, { verified_outputs = {} }))
    end)

    it("reaches through an expanded object, and through a list", function()
      local report = { object = "identity.verification_report", id = "vr_1",
        document = { number = "X1", status = "verified" } }
      local holder = { object = "identity.verification_session", last_verification_report = report }
      local tree = { last_verification_report = { document = { number = {} } } }
      assert.matches('"number":"X1"', render(holder, tree), 1, true)
      assert.is_nil(render(holder):match('"number"'))
      assert.matches('"id":"vr_1"', render(holder), 1, true)
      local list = { object = "list", data = { holder }, has_more = false, url = "/v1/x" }
      assert.matches('"number":"X1"', render(list, { data = tree }), 1, true)
      assert.is_nil(render(list, tree):match('"number"'))
    end)
  end)

  it("writes a list with its members in order", function()
    assert.equal('{"object":"list","data":[],"has_more":false,"url":"/v1/climate/orders"}',
      render { url = "/v1/climate/orders", has_more = false, data = {}, object = "list" })
    local list = render { object = "list", url = "/v1/x", has_more = true,
      data = { { object = "climate.supplier", id = "a" }, { object = "climate.supplier" } } }
    assert.matches('^{"object":"list","data":%[{"id":"a","object":"climate.supplier",', list)
    assert.matches('],"has_more":true,"url":"/v1/x"}', list, 1, true)
  end)

  it("writes the links of a file as a list", function()
    local file = render { object = "file", links = { object = "list", has_more = false,
      url = "/v1/file_links?file=file_1", data = { { object = "file_link", file = "file_1" } } } }
    assert.matches('"links":{"object":"list","data":[{"id":null,"object":"file_link",', file,
      1, true)
    assert.matches('"has_more":false,"url":"/v1/file_links?file=file_1"}', file, 1, true)
  end)

  it("writes what an event is about by its own name, and the rest as it is", function()
    local function event(object, previous)
      return render({ object = "event", data = { object = object,
        previous_attributes = previous } }):match('"data":(.*),"livemode"')
    end
    assert.matches('^{"object":{"id":null,"object":"climate.supplier","info_url":null,',
      event({ object = "climate.supplier" }))
    assert.equal('{"object":{"id":"cus_1","object":"customer"}}',
      event({ object = "customer", id = "cus_1" }))
    assert.equal('{"object":{"a":1},"previous_attributes":{"metadata":{"k":null},"status":"open"}}',
      event({ a = 1 }, { status = "open", metadata = { k = null } }))
  end)

  it("writes a deleted endpoint in its short form", function()
    assert.equal('{"id":"we_1","object":"webhook_endpoint","deleted":true}',
      render { object = "webhook_endpoint", id = "we_1", deleted = true, url = "u" })
  end)

  it("writes an error without the members that it lacks", function()
    assert.equal('{"error":{"code":"resource_missing","message":"No such order: \'x\'",'
      .. '"param":"order","type":"invalid_request_error"}}',
      render { error = { type = "invalid_request_error", code = "resource_missing",
        param = "order", message = "No such order: 'x'", secret = "no" } })
  end)

  it("refuses, by its place, what does not fit the catalogue", function()
    local cases = {
      { { object = "climate.order", status = true }, "status: a string expected, got boolean" },
      { { object = "climate.order", status = {} }, "status: a string expected, got table" },
      { { object = "climate.order", amount_total = "5" },
        "amount_total: a number expected, got string" },
      { { object = "climate.order", amount_total = 1.5 }, "amount_total: a whole number expected" },
      { { object = "climate.order", amount_total = 1 / 0 },
        "amount_total: a whole number expected" },
      { { object = "climate.order", metadata = { a = true } },
        "metadata.a: a string expected, got boolean" },
      { { object = "climate.order", metadata = { "a" } },
        "metadata: a map with a key that is not a string has no JSON form" },
      { { object = "climate.order", delivery_details = { a = 1 } },
        "delivery_details: a list has the keys 1 to n and no other" },
      { { object = "climate.order", delivery_details = { { location = 5 } } },
        "delivery_details[1].location: a table expected, got number" },
      { { object = "climate.order", livemode = "no" },
        "livemode: a boolean expected, got string" },
      { { object = "climate.order", metric_tons = 1 / 3 },
        "metric_tons: a float of more than 15 digits is not exact: pass text" },
      { { object = "climate.order", id = "\255" }, "id: not valid UTF-8" },
      { { object = "climate.unknown" }, "an object that the catalogue does not know" },
      { {}, "an object that the catalogue does not know" },
      { { object = "list", data = {}, has_more = false }, "url: absent" },
      { { object = "list", data = { { object = "climate.order", id = print } }, url = "u",
        has_more = false }, "data[1].id: a string expected, got function" },
    }
    for _, case in ipairs(cases) do
      local ok, message = pcall(render, case[1])
      assert.is_false(ok)
      assert.equal(case[2], (message:gsub("^%S+:%d+: ", "")))
    end
  end)

  it("refuses a file whose links hold it again and again", function()
    local file = { object = "file" }
    file.links = { object = "list", has_more = false, url = "u",
      data = { { object = "file_link", file = file } } }
    assert.has_error(function() render(file) end,
      "links.data[1].file: nested too deeply, or holds itself")
  end)

  it("throws where it is called wrongly", function()
    assert.has_error(function() render("text") end)
    assert.has_error(function() render({}, "expand") end)
    assert.has_error(function() render({}, nil, "climate.unknown") end)
  end)

  it("is as good as new after a refusal", function()
    assert.has_error(function() render({ object = "climate.supplier", id = "a", name = {} }) end)
    assert.equal('{"id":"we_1","object":"webhook_endpoint","deleted":true}',
      render { object = "webhook_endpoint", id = "we_1", deleted = true })
  end)
end)
