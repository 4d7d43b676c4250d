local core = require "stripe.core"
local support = require "spec.support.params"

local read, misread, encode = support.read, support.misread, support.encode

local function misreads(kind, param, operation, text, content_type)
  local problem = misread(operation, text, content_type)
  assert.same({ kind, param }, { problem.kind, problem.param })
  return problem
end

describe("The reader", function()
  it("gives parameters their types", function()
    assert.same({ product = "p", amount = 100, metadata = { a = "1" }, expand = { "x", "y" } },
                read("climate.orders.create",
                     "product=p&amount=100&metadata[a]=1&expand[0]=x&expand[1]=y"))
    assert.same({ connect = true, url = "u", enabled_events = { "*" } },
                read("webhook_endpoints.create", "connect=true&url=u&enabled_events[0]=*"))
    assert.same({ disabled = false }, read("webhook_endpoints.update", "disabled=false"))
    assert.same({ metric_tons = "1.50", product = "p" },
                read("climate.orders.create", "metric_tons=1.50&product=p"))
  end)

  it("reads integers as integers where Lua has them", function()
    local amount = read("climate.orders.create", "product=p&amount=-5").amount
    assert.equal("-5", tostring(amount))
  end)

  it("chooses the alternative of a union by what the text is", function()
    assert.same({ created = 5 }, read("events.list", "created=5"))
    assert.same({ created = { gte = 5, lt = 9 } },
                read("events.list", "created[gte]=5&created[lt]=9"))
    assert.same({ expires_at = "now" }, read("file_links.update", "expires_at=now"))
    assert.same({ expires_at = 5 }, read("file_links.update", "expires_at=5"))
    assert.same({ expires_at = core.null }, read("file_links.update", "expires_at="))
  end)

  it("takes an empty value for null where that may be, and for an empty list", function()
    assert.same({ beneficiary = core.null, metadata = core.null },
                read("climate.orders.update", "beneficiary=&metadata="))
    assert.same({ metadata = { a = core.null, b = "c" } },
                read("climate.orders.update", "metadata[a]=&metadata[b]=c"))
    assert.same({ enabled_events = {} }, read("webhook_endpoints.update", "enabled_events="))
  end)

  it("takes lists with and without numbers, in any order", function()
    local wanted = { expand = { "a", "b", "c" } }
    assert.same(wanted, read("events.list", "expand[]=a&expand[]=b&expand[]=c"))
    assert.same(wanted, read("events.list", "expand[2]=c&expand[0]=a&expand[1]=b"))
    assert.same(wanted, read("events.list", "expand[7]=b&expand[3]=a&expand[]=c"))
    local headers = { { name = "a", value = "1" }, { name = "b", value = "" } }
    local rest = "&payment_method=p&url=u&replacements[]=card_cvc"
    assert.same(headers, read("forwarding.requests.create",
      "request[headers][0][name]=a&request[headers][0][value]=1&" ..
      "request[headers][1][name]=b&request[headers][1][value]=" .. rest).request.headers)
    assert.same(headers, read("forwarding.requests.create",
      "request[headers][][name]=a&request[headers][][value]=1&" ..
      "request[headers][][name]=b&request[headers][][value]=" .. rest).request.headers)
  end)

  it("takes escaped brackets, plus for space, and pairs without a value or a name", function()
    assert.same({ metadata = { ["a b"] = "c d+" } },
                read("climate.orders.update", "metadata%5Ba%20b%5d=c+d%2B"))
    assert.same({ a = "", b = "", c = "d=e" }, read(nil, "&a&&b=&c=d=e&"))
    assert.same({ [""] = "x" }, read(nil, "=x"))
  end)

  it("takes the last of equal names", function()
    assert.same({ limit = 3 }, read("events.list", "limit=1&limit=2&limit=3"))
    assert.same({ expand = { "b" } }, read("events.list", "expand[0]=a&expand[0]=b"))
  end)

  it("reads texts, lists and maps without an operation", function()
    assert.same({ a = { "1", "2" }, b = { c = { d = "e" } }, f = { ["1"] = "x", ["3"] = "y" } },
                read(nil, "a[1]=2&a[0]=1&b[c][d]=e&f[1]=x&f[3]=y"))
    assert.same({}, read(nil, ""))
    assert.same({ kyc_details = { a = { "1" }, b = "" } },
                read("crypto.onramp_sessions.create", "kyc_details[a][0]=1&kyc_details[b]="))
  end)

  it("keeps keys of metadata that look like numbers", function()
    assert.same({ metadata = { ["0"] = "a", ["1"] = "b", ["06"] = "c" } },
                read("climate.orders.update", "metadata[0]=a&metadata[1]=b&metadata[06]=c"))
  end)

  it("takes a name that is not well formed as it is", function()
    for _, name in ipairs { "[a]", "a[b", "a]b", "a[b]c", "a[b]]", "[" } do
      assert.same({ [name] = "x" }, read(nil, name .. "=x"))
    end
    assert.same({ a = { ["b[c]"] = "x" } }, read(nil, "a[b[c]]=x"))
  end)
end)

describe("The reader refuses", function()
  it("unknown names, all of them, before anything else", function()
    local problem = misreads("unknown", "foo", "climate.orders.create",
                             "foo=1&beneficiary[name]=x&amount=x&bar[]=1&metric_ton=1")
    assert.same({ "foo", "beneficiary[name]", "bar", "metric_ton" }, problem.names)
    assert.is_nil(problem.suggestion)
    problem = misreads("unknown", "metric_ton", "climate.orders.create", "metric_ton=1&x=1")
    assert.equal("metric_tons", problem.suggestion)
    assert.equal("metric_ton: this parameter is unknown; did you mean metric_tons?",
                 problem.message)
    misreads("unknown", "request[headers][0][nam]", "forwarding.requests.create",
             "request[headers][0][nam]=a")
    misreads("unknown", "created[get]", "events.list", "created[get]=1")
    misreads("unknown", "expand", "webhook_endpoints.delete", "expand[]=x")
  end)

  it("what is missing", function()
    misreads("missing", "product", "climate.orders.create", "amount=x")
    misreads("missing", "request[headers][0][value]", "forwarding.requests.create",
             "request[headers][0][name]=a&payment_method=p&url=u&replacements[]=card_cvc")
    misreads("missing", "file", "file_links.create", "")
  end)

  it("what is no integer, no boolean, no decimal, with the text", function()
    for _, text in ipairs { "abc", "1.0", "+1", " 1", "1 ", "0x1", "-", "9223372036854775808" } do
      local problem = misreads("type", "limit", "events.list", "limit=" .. text:gsub("+", "%%2B"))
      assert.same({ "integer", text }, { problem.expected, problem.value })
    end
    local problem = misreads("type", "created", "events.list", "created=yesterday")
    assert.same({ "integer", "yesterday" }, { problem.expected, problem.value })
    problem = misreads("type", "disabled", "webhook_endpoints.update", "disabled=1")
    assert.same({ "boolean", "1" }, { problem.expected, problem.value })
    problem = misreads("type", "metric_tons", "climate.orders.create", "product=p&metric_tons=1e5")
    assert.same({ "decimal", "1e5" }, { problem.expected, problem.value })
  end)

  it("tables for texts and texts for tables", function()
    misreads("type", "limit", "events.list", "limit[a]=1")
    misreads("type", "type", "events.list", "type[]=1")
    misreads("type", "expand", "events.list", "expand=x")
    misreads("type", "expand", "events.list", "expand[a]=x")
    misreads("type", "metadata", "climate.orders.update", "metadata=x")
    misreads("type", "metadata[a]", "climate.orders.update", "metadata[a][b]=x")
    misreads("type", "options", "identity.verification_sessions.update", "options=x")
  end)

  it("unknown values of every enum", function()
    local problem = misreads("enum", "settlement_speed", "crypto.onramp_sessions.create",
                             "settlement_speed=overnight")
    assert.same({ "instant", "standard" }, problem.values)
    assert.equal("overnight", problem.value)
    misreads("enum", "expires_at", "file_links.update", "expires_at=tomorrow")
    misreads("enum", "enabled_events[0]", "webhook_endpoints.create", "url=u&enabled_events[]=x")
  end)

  it("what breaks a limit", function()
    assert.equal(100, misreads("range", "limit", "events.list", "limit=1000").limit)
    misreads("too_long", "type", "events.list", "type=" .. ("x"):rep(5001))
    misreads("too_many", "types", "events.list", ("types[]=x&"):rep(21))
    misreads("too_few", "destination_currencies", "crypto.onramp_sessions.create",
             "destination_currencies=")
    misreads("precision", "source_amount", "crypto.onramp_sessions.create", "source_amount=1.234")
    misreads("metadata", "metadata[x[y]]", "climate.orders.update", "metadata[x[y]]=z")
    misreads("metadata", "metadata[0]", "climate.orders.update", "metadata[]=z")
    misreads("metadata", "metadata[a]", "climate.orders.update", "metadata[a]=" .. ("x"):rep(501))
    local keys = {}
    for i = 1, 51 do keys[i] = "metadata[k" .. i .. "]=v" end
    misreads("metadata", "metadata", "climate.orders.update", table.concat(keys, "&"))
  end)

  it("empty values of what cannot be cleared", function()
    misreads("not_clearable", "product", "climate.orders.create", "product=")
    misreads("not_clearable", "limit", "events.list", "limit=")
    misreads("not_clearable", "expand[0]", "events.list", "expand[]=")
  end)

  it("one name both for a value and for a table", function()
    misreads("table", "a[b]", nil, "a=1&a[b]=2")
    misreads("table", "a", nil, "a[b]=2&a=1")
    misreads("table", "a[b][c]", nil, "a[b]=2&a[b][c]=1")
  end)

  it("broken escapes and bytes that are no UTF-8", function()
    for _, text in ipairs { "a=%", "a=%4", "a=%zz", "%=1", "%FF=1" } do
      assert.equal("text", misread(nil, text).kind)
    end
    misreads("text", "a[b]", nil, "a[b]=%FF")
  end)

  it("to show a sensitive value", function()
    local problem = misreads("type", "customer_information[dob][year]",
      "crypto.onramp_sessions.create",
      "customer_information[dob][year]=secret&customer_information[dob][month]=1" ..
      "&customer_information[dob][day]=1")
    assert.is_nil(problem.value)
  end)
end)

describe("Hostile text", function()
  it("is not nested deeper than the limit", function()
    local deep = "a" .. ("[b]"):rep(63)
    assert.truthy(read(nil, deep .. "=1"))
    assert.equal("table", misread(nil, deep .. "[b]=1").kind)
    assert.equal("table", misread(nil, "a" .. ("[]"):rep(10000) .. "=1").kind)
    assert.equal("text", misread(nil, "a" .. ("[]"):rep(100000) .. "=1").kind)
  end)

  it("has no more pairs and tables than the limit", function()
    local pairs_list = {}
    for i = 1, 8192 do pairs_list[i] = "k" .. i .. "=" end
    assert.truthy(read(nil, table.concat(pairs_list, "&")))
    pairs_list[8193] = "x="
    local problem = misread(nil, table.concat(pairs_list, "&"))
    assert.same({ "too_many", 8192 }, { problem.kind, problem.limit })
    assert.equal("too_many", misread(nil, ("a[]=&"):rep(10000)).kind)
    assert.equal("too_many", misread(nil, ("a[][][][]=&"):rep(8000)).kind)
    assert.equal("too_many", misread(nil, ("a=&"):rep(10000)).kind)
  end)

  it("may have names longer than any parameter", function()
    assert.equal("text", misread("events.list", ("x"):rep(100000) .. "=1").kind)
  end)
end)

describe("Multipart text", function()
  local function body(parts)
    local lines = {}
    for _, part in ipairs(parts) do
      lines[#lines + 1] = "--B\r\n" .. part[1] .. "\r\n\r\n" .. part[2] .. "\r\n"
    end
    return table.concat(lines) .. "--B--\r\n"
  end

  local content_type = "multipart/form-data; boundary=B"
  local purpose = { 'Content-Disposition: form-data; name="purpose"', "pci_document" }
  local file = { 'Content-Disposition: form-data; name="file"; filename="a %22b%22;c.png"\r\n' ..
                 "Content-Type: image/png", "\0\r\n--\255\r\n-B" }

  it("gives files with their names, types and bytes", function()
    assert.same({ purpose = "pci_document",
                  file = { filename = 'a "b";c.png', type = "image/png", content = file[2] } },
                read("files.create", body { purpose, file }, content_type))
  end)

  it("may quote its boundary and write headers in any case", function()
    local text = body { { 'content-disposition: FORM-DATA; Name=a[b]', "x" } }
    assert.same({ a = { b = "x" } },
                read(nil, text, 'Multipart/Form-Data; charset=x; boundary="B"'))
  end)

  it("may hold empty fields and nothing at all", function()
    assert.same({ a = "" }, read(nil, body { { 'Content-Disposition: form-data; name="a"', "" } },
                                 content_type))
    assert.same({}, read(nil, "--B--\r\n", content_type))
  end)

  it("is told from a form by its content type", function()
    assert.same({ a = "1" }, read(nil, "a=1", "application/x-www-form-urlencoded"))
    assert.same({ a = "1" }, read(nil, "a=1", nil))
  end)

  it("has names and types of files in UTF-8 alone", function()
    for _, head in ipairs { 'filename="caf\233.pdf"', 'filename="a"\r\nContent-Type: \233' } do
      local other = { 'Content-Disposition: form-data; name="file"; ' .. head, "x" }
      misreads("text", "file", "files.create", body { purpose, other }, content_type)
    end
  end)

  it("has a file where one belongs, and nowhere else", function()
    local text = { 'Content-Disposition: form-data; name="file"', "x" }
    misreads("type", "file", "files.create", body { purpose, text }, content_type)
    local wrong = { 'Content-Disposition: form-data; name="purpose"; filename="x"', "x" }
    misreads("type", "purpose", "files.create", body { file, wrong }, content_type)
    misreads("missing", "file", "files.create", body { purpose }, content_type)
  end)

  it("is refused when it is cut or garbled anywhere", function()
    local whole = body { purpose, file }
    for stop = 0, #whole - 5 do
      assert.equal("text", misread("files.create", whole:sub(1, stop), content_type).kind)
    end
    assert.equal("text", misread(nil, body { { "X: y", "x" } }, content_type).kind)
    assert.equal("text", misread(nil, body { { 'Content-Disposition: form-data; name="a', "x" } },
                                 content_type).kind)
  end)
end)

describe("Reading what was written", function()
  local catalogue, operations = core.catalogue(), core.operations()
  local random = support.random(20261028)
  local alphabet = { "a", "Z", "0", "-", "_", " ", "+", "&", "=", "%", "é", "😀", "'", "\n", "[x]" }
  local generate

  local function text(letters, longest)
    local list = {}
    for i = 1, random(longest) do list[i] = alphabet[random(letters)] end
    return table.concat(list)
  end

  local function map(members)
    local value = {}
    for _, param in ipairs(members) do
      if param.required or random(3) > 1 then value[param.name] = generate(param) end
    end
    return next(value) and value
  end

  local function metadata()
    local value = {}
    for _ = 1, random(4) do value[text(13, 8)] = random(4) == 1 and core.null or text(15, 20) end
    return value
  end

  local function list(param)
    local value = {}
    for i = 1, random(3) do value[i] = generate(param.item) end
    return value
  end

  -- A value of the parameter, or nil.
  function generate(param)
    if param.clearable and random(5) == 1 then return core.null end
    if param.type == "any_of" then return generate(param.any_of[random(#param.any_of)]) end
    if param.format == "metadata" then return metadata() end
    if param.type == "array" then return list(param) end
    if param.type == "object" then
      local value = map(param.params or {})
      while param.required and not value do value = map(param.params) end
      return value
    end
    if param.type == "boolean" then return random(2) == 1 end
    if param.type == "integer" then return random(100) end
    if param.type == "file" then
      return { content = text(15, 30), filename = text(13, 5), type = "a/b" }
    end
    if param.format == "decimal" then return random(1000) .. "." .. random(99) end
    if param.enum then return param.enum[random(#param.enum)] end
    return text(15, 30)
  end

  -- validate = false leaves the rules of the operation out, as the reader does.
  for index, operation in ipairs(operations) do
    local params = catalogue[operation.resource].operations[operation.name].params
    if params and #params > 0 then
      it("gives the same: " .. operation.resource .. "." .. operation.name, function()
        for _ = 1, 40 do
          local given = map(params) or {}
          local form = assert(core.encode(index, given, { validate = false, boundary = "XX" }))
          local content_type = operation.multipart and "multipart/form-data; boundary=XX"
          local found, problem = core.read(index, form, content_type or nil)
          assert.same(given, found, problem and problem.message)
        end
      end)
    end
  end

  it("never fails otherwise than by a problem, whatever is read", function()
    local pieces = { "a", "[", "]", "=", "&", "%", "%5B", "0", "limit", "metadata", "created", "[]",
                     "expand", "%FF", "+", "--B", "\r\n", "--", ";", '"', "name=",
                     "Content-Disposition: form-data", "created[gte]", "\0" }
    for _ = 1, 5000 do
      local list_of_pieces = {}
      for i = 1, random(30) do list_of_pieces[i] = pieces[random(#pieces)] end
      local body = table.concat(list_of_pieces)
      for _, name in ipairs { "events.list", "climate.orders.update" } do
        local params, problem = read(name, body)
        assert.truthy(params or problem.kind)
      end
      local params, problem = read(nil, "--B" .. body, "multipart/form-data; boundary=B")
      assert.truthy(params or problem.kind)
      params, problem = read(nil, body)
      assert.truthy(params or problem.kind)
    end
  end)

  it("gives what was written without an operation, as texts", function()
    local given = { a = { "x", { b = "y" } }, ["c d"] = { e = { "1", "2" } }, f = "" }
    assert.same(given, read(nil, (encode(nil, given))))
  end)
end)
