local core = require "stripe.core"
local support = require "spec.support.params"
local form_vectors = require "spec.vectors.form"
local multipart_vectors = require "spec.vectors.multipart"
local wire_support = require "spec.support.wire"

local encode, refusal, pairs_of = support.encode, support.refusal, support.pairs

-- The parts of a multipart body, sorted.
local function parts_of(body, boundary)
  local list, delimiter = {}, "--" .. boundary
  local at = 1
  while true do
    assert.equal(delimiter, body:sub(at, at + #delimiter - 1))
    at = at + #delimiter
    if body:sub(at) == "--\r\n" then break end
    local stop = assert(body:find("\r\n" .. delimiter, at, true))
    list[#list + 1] = body:sub(at, stop - 1)
    at = stop + 2
  end
  table.sort(list)
  return list
end

local function temporary(content)
  local path = os.tmpname()
  local file = assert(io.open(path, "wb"))
  file:write(content)
  file:close()
  return path
end

describe("A form", function()
  local vectors = form_vectors(core.null, core.decimal.new)

  for _, vector in ipairs(vectors) do
    if vector.refused then
      it("refuses what the Node library guesses at: " .. vector.name, function()
        assert.equal(vector.refused, refusal(vector.op, vector.params).kind)
      end)
    else
      it("has the bytes of the Node library: " .. vector.name, function()
        local body = assert(encode(vector.op, vector.params, { validate = vector.validate }))
        assert.same(pairs_of(vector.wire), pairs_of(body))
      end)
    end
  end

  it("keeps the order of lists and sorts maps by bytes", function()
    local params = { b = { "y", "x" }, ["a b"] = 1, B = { z = 1, ["10"] = 2, ["9"] = 3 }, a = 2 }
    assert.equal("B[10]=2&B[9]=3&B[z]=1&a=2&a%20b=1&b[0]=y&b[1]=x", encode(nil, params))
  end)

  it("is empty without parameters", function()
    assert.equal("", encode(nil, nil))
    assert.equal("", encode(nil, {}))
    assert.equal("", encode("climate.orders.list", {}))
    assert.equal("", encode("files.contents", nil))
  end)

  it("sends nothing for an empty table and an empty value for stripe.empty_array", function()
    assert.equal("b=x", encode(nil, { a = {}, b = "x", c = { d = {} } }))
    assert.equal("a=&b[c]=", encode(nil, { a = core.empty_array, b = { c = core.empty_array } }))
    assert.equal("enabled_events=",
                 encode("webhook_endpoints.update", { enabled_events = core.empty_array }))
  end)

  it("sends an empty value for stripe.null, in lists with its index", function()
    assert.equal("a=&b[0]=x&b[1]=&b[2]=y",
                 encode(nil, { a = core.null, b = { "x", core.null, "y" } }))
  end)

  it("sends whole floats as whole numbers", function()
    assert.equal("amount=5&product=p",
                 encode("climate.orders.create", { product = "p", amount = 5.0 }))
    assert.equal("a=9007199254740992&b=0", encode(nil, { a = 2 ^ 53, b = -0.0 }))
  end)

  it("sends floats with the fewest digits that mean the same number", function()
    local texts = {
      { 0.1, "0.1" }, { 1 / 3, "0.3333333333333333" }, { 1e21, "1e%2B21" },
      { 1e20, "100000000000000000000" }, { 123456789.125, "123456789.125" },
      { 1e-6, "0.000001" }, { 1.5e-7, "1.5e-7" }, { 5e-324, "5e-324" },
      { 2 ^ -44, "5.684341886080802e-14" }, { 1.7976931348623157e308, "1.7976931348623157e%2B308" },
      { -2.5, "-2.5" }, { 9.5e15, "9500000000000000" }, { 2 ^ 70, "1.1805916207174113e%2B21" },
      { 4.35, "4.35" }, { 0.1 + 0.2, "0.30000000000000004" },
    }
    for _, text in ipairs(texts) do
      assert.equal("a=" .. text[2], encode(nil, { a = text[1] }))
    end
  end)

  it("prints numbers alike whatever the locale", function()
    local before = os.setlocale(nil, "numeric")
    for _, locale in ipairs { "de_DE.UTF-8", "fr_FR.UTF-8", "cs_CZ.UTF-8", "C" } do
      os.setlocale(locale, "numeric")
      local body = encode(nil, { a = 1.5, b = 1e-7 })
      os.setlocale(before, "numeric")
      assert.equal("a=1.5&b=1e-7", body)
    end
  end)

  if math.maxinteger then
    it("sends 64-bit integers exactly", function()
      assert.equal("a=9223372036854775807&b=-9223372036854775808",
                   encode(nil, { a = math.maxinteger, b = math.mininteger }))
    end)
  end

  it("keeps every digit of a decimal", function()
    local function tons(value)
      local body = assert(encode("climate.orders.create", { product = "p", metric_tons = value }))
      return body:match("metric_tons=([^&]*)")
    end
    assert.equal("0.253568242640499553", tons("0.253568242640499553"))
    assert.equal("0.253568242640499553", tons(core.decimal.new("0.253568242640499553")))
    assert.equal("1.50", tons("1.50"))
    assert.equal("3", tons(3))
    assert.equal("0.1", tons(0.1))
    assert.equal("0.0000001", tons(1e-7))
    assert.equal("100000000000000000000", tons(1e20))
    assert.equal("-12.5", tons("-12.5"))
  end)

  it("sends what metadata may hold as text, and deletes keys with null", function()
    local metadata = {
      ["6"] = "six", yes = true, count = 3, price = 1.5, gone = core.null, empty = "",
      exact = core.decimal.new("1.50"),
    }
    assert.equal("metadata[6]=six&metadata[count]=3&metadata[empty]=&metadata[exact]=1.50&" ..
                 "metadata[gone]=&metadata[price]=1.5&metadata[yes]=true",
                 encode("climate.orders.update", { metadata = metadata }))
  end)

  it("clears what can be cleared, by an empty text or null", function()
    assert.equal("beneficiary=&metadata=",
                 encode("climate.orders.update", { beneficiary = "", metadata = core.null }))
    assert.equal("beneficiary[public_name]=",
                 encode("climate.orders.update", { beneficiary = { public_name = "" } }))
  end)

  it("sends an empty text in an element of a list, where nothing can be cleared", function()
    assert.equal("payment_method=pm_1&replacements[0]=card_cvc&request[headers][0][name]=a&" ..
                 "request[headers][0][value]=&url=https%3A%2F%2Fx.y",
                 encode("forwarding.requests.create", {
                   payment_method = "pm_1", replacements = { "card_cvc" }, url = "https://x.y",
                   request = { headers = { { name = "a", value = "" } } },
                 }))
  end)

  it("chooses the alternative of a union by what the value is", function()
    assert.equal("created=5", encode("events.list", { created = 5 }))
    assert.equal("created[gte]=5", encode("events.list", { created = { gte = 5 } }))
    assert.equal("expires_at=now", encode("file_links.update", { expires_at = "now" }))
    assert.equal("expires_at=5", encode("file_links.update", { expires_at = 5 }))
    assert.equal("expires_at=", encode("file_links.update", { expires_at = "" }))
  end)

  it("takes any members of an object that no source lists", function()
    assert.equal("kyc_details[a][0]=1&kyc_details[b][c]=true",
                 encode("crypto.onramp_sessions.create",
                        { kyc_details = { a = { 1 }, b = { c = true } } }))
  end)

  it("says when a private preview parameter was written", function()
    local function beta(params)
      return select(2, assert(encode("crypto.onramp_sessions.create", params)))
    end
    assert.is_true(beta { wallet_address = "0x1" })
    assert.is_false(beta { customer_ip_address = "1.2.3.4" })
    assert.is_false(beta { metadata = {} })
  end)

  it("looks into tables without their metamethods", function()
    local function trap() error("called") end
    local meta = { __index = trap, __pairs = trap, __len = trap }
    assert.equal("a=1", encode(nil, setmetatable({ a = 1 }, meta)))
  end)

  it("takes a table twice, as long as it does not contain itself", function()
    local shared = { x = 1 }
    assert.equal("a[x]=1&b[0][x]=1", encode(nil, { a = shared, b = { shared } }))
  end)

  it("survives a finalizer that adds parameters while it reads them", function()
    local script = temporary [[
      local core = require "stripe.core"
      for _ = 1, 40 do
        local params, n, armed = {}, 0, true
        for i = 1, 2000 do params["k" .. i] = "v" end
        for _ = 1, 300 do
          setmetatable({}, { __gc = function()
            for _ = 1, armed and 500 or 0 do
              n = n + 1
              params["added" .. n] = "v"
            end
          end })
        end
        local ok, thrown = pcall(core.encode, nil, params, { validate = false })
        armed = false
        assert(ok or thrown == "the table was changed while it was read"
          or thrown == "invalid key to 'next'", thrown)
      end
    ]]
    local ok, output = wire_support.run(script)
    os.remove(script)
    assert.is_true(ok, output)
  end)

  it("checks nothing that has a form on the wire when not to validate", function()
    local odd = { amount = "x", metadata = { ["a[b]"] = { 1 } }, no = 1.5, product = core.null }
    assert.equal("amount=x&metadata[a[b]][0]=1&no=1.5&product=",
                 encode("climate.orders.create", odd, { validate = false }))
  end)
end)

describe("An upload", function()
  for _, vector in ipairs(multipart_vectors) do
    it("has the bytes of the Node library: " .. vector.name, function()
      local body = assert(encode("files.create", vector.params, { boundary = vector.boundary }))
      assert.same(parts_of(vector.body, vector.boundary), parts_of(body, vector.boundary))
    end)
  end

  local function upload(file, purpose)
    return encode("files.create", { purpose = purpose or "pci_document", file = file },
                  { boundary = "B" })
  end

  local function refused(file, purpose)
    local body, problem = upload(file, purpose)
    assert.is_nil(body)
    return problem
  end

  it("reads a file by its path and names it after that", function()
    local path = temporary("a\0\255b")
    local body = assert(upload { path = path })
    os.remove(path)
    assert.truthy(body:find('name="file"; filename="' .. path:match("[^/]*$") .. '"\r\n', 1, true))
    assert.truthy(body:find("octet-stream\r\n\r\na\0\255b\r\n--B\r\n", 1, true))
    assert.truthy(body:find('name="purpose"\r\n\r\npci_document\r\n--B--\r\n', 1, true))
  end)

  it("sends the rest of a file handle, which stays the caller's", function()
    local path = temporary("0123456789")
    local handle = assert(io.open(path, "rb"))
    handle:read(4)
    local expected = assert(upload { content = "456789", filename = "n" })
    assert.equal(expected, upload { content = handle, filename = "n" })
    assert.equal((expected:gsub('"n"', '"blob"')), upload(handle))
    assert.equal("456789", handle:read("*a"))
    handle:close()
    os.remove(path)
    assert.matches("this file is closed", refused(handle).message, 1, true)
  end)

  it("takes the names that Stripe's libraries use", function()
    assert.equal(upload { content = "x", filename = "n", type = "t/t" },
                 upload { data = "x", name = "n", type = "t/t" })
  end)

  it("sends a file without a name or a type as a blob of bytes", function()
    local expected = upload { content = "x", filename = "blob", type = "application/octet-stream" }
    assert.equal(expected, upload { content = "x" })
    assert.equal(expected, upload { content = "x", filename = "", type = "" })
  end)

  it("refuses names that would break out of the header of their part", function()
    assert.equal("text", refused({ content = "x", filename = "a\r\nb" }).kind)
    assert.equal("text", refused({ content = "x", filename = "a\0b" }).kind)
    assert.equal("text", refused({ content = "x", filename = "\255" }).kind)
    assert.equal("text", refused({ content = "x", type = "a/b\n" }).kind)
    local key = { purpose = "x", file = { content = "x" },
                  file_link_data = { create = true, metadata = { ["a\nb"] = "c" } } }
    local problem = refusal("files.create", key, { boundary = "B", validate = false })
    assert.equal("text", problem.kind)
    assert.equal("file_link_data[metadata][a\nb]", problem.param)
  end)

  it("refuses content that holds the boundary", function()
    assert.equal("text", refused({ content = "x\r\n--B--" }).kind)
    assert.equal("text", refused({ content = "x" }, "B").kind)
  end)

  it("refuses what is no file, saying what is", function()
    local problem = refused("report.pdf")
    assert.equal("type", problem.kind)
    assert.equal("file", problem.param)
    assert.truthy(problem.message:find('{ path = "..." }', 1, true))
    for _, file in ipairs { 5, true, {}, { 1 }, { path = "a", content = "b" }, { content = 5 },
                            { path = 5 }, { filename = "n" }, { path = "a\0b" },
                            { content = "x", contents = "y" }, { path = "/no/such/file" },
                            { path = "/dev/null" }, { path = "/" } } do
      assert.equal("file", refused(file).param)
    end
  end)

  it("needs a file", function()
    local problem = refusal("files.create", { purpose = "pci_document" }, { boundary = "B" })
    assert.equal("missing", problem.kind)
    assert.equal("file", problem.param)
  end)

  it("needs a boundary, which is the caller's mistake", function()
    assert.error(function() encode("files.create", { purpose = "pci_document" }) end)
  end)
end)
