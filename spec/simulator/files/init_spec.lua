--- The files family: each sentence is a row of docs/simulator/files.md.

local asking = require "spec.support.asking"
local core = require "stripe.core"
local stripe = require "stripe"

local DAY = 86400
local PNG = "\137PNG\r\n\026\n\000\001"
local PDF = "%PDF-1.4\n\000\255"
local JPG = "\255\216\255\224"

-- The purposes that may be uploaded, with a file that each allows.
local UPLOADS = {
  account_requirement = "a.pdf", additional_verification = "a.png", business_icon = "a.gif",
  business_logo = "a.png", customer_signature = "a.svg", dispute_evidence = "a.pdf",
  identity_document = "a.jpg", issuing_regulatory_reporting = "a.json", pci_document = "a.pdf",
  platform_terms_of_service = "a.md", tax_document_user_upload = "a.pdf",
  terminal_android_apk = "a.apk", terminal_reader_splashscreen = "a.png",
  terminal_wifi_certificate = "a.pem", terminal_wifi_private_key = "a.key",
}

describe("files", function()
  local a, sim, get, post

  before_each(function()
    a = asking.open()
    sim, get, post = a.sim, a.get, a.post
  end)

  local function upload(purpose, name, content, fields)
    local all = { purpose = purpose }
    for field, value in pairs(fields or {}) do all[field] = value end
    return a.upload({ name or "evidence.pdf", content or "content" }, all)
  end

  local function create(...)
    local object, status = upload(...)
    assert.equal(200, status, object.error and object.error.message)
    return object
  end

  local function refused(param, object, status)
    assert.same({ 400, "invalid_request_error", param },
      { status, object.error and object.error.type, object.error and object.error.param })
    return object.error.message
  end

  local function contents(id, url)
    return sim:handle { method = "GET", headers = { Authorization = "Bearer " .. a.key },
      url = url or "https://files.stripe.com/v1/files/" .. id .. "/contents" }
  end

  describe("uploaded as multipart/form-data", function()
    it("come back with their name, size, type and purpose", function()
      local object = create("dispute_evidence", "shot.png", PNG)
      assert.matches("^file_%w+$", object.id)
      assert.same({ "file", a.start, "shot.png", #PNG, "png", "dispute_evidence" },
        { object.object, object.created, object.filename, object.size, object.type,
          object.purpose })
      assert.same(object, (get("/v1/files/" .. object.id)))
    end)

    it("have neither livemode nor metadata, and no title", function()
      local _, _, text = get("/v1/files/" .. create("dispute_evidence").id)
      assert.is_nil(text:find("livemode", 1, true))
      assert.is_nil(text:find("metadata", 1, true))
      assert.truthy(text:find('"title":null', 1, true))
    end)

    it("need file and purpose", function()
      local answer, status = a.post("/v1/files", '--x\r\nContent-Disposition: form-data; '
        .. 'name="purpose"\r\n\r\npci_document\r\n--x--\r\n',
        { ["Content-Type"] = "multipart/form-data; boundary=x" })
      assert.equal("Missing required param: file.", refused("file", answer, status))
      assert.equal("Missing required param: purpose.",
        refused("purpose", a.upload({ "a.pdf", "x" }, {})))
    end)

    it("can't be text in a form", function()
      refused("file", post("/v1/files", "purpose=pci_document&file=abc"))
    end)

    it("may have 15 purposes, fewer than files of Stripe's own have", function()
      local n = 0
      for purpose, name in pairs(UPLOADS) do
        assert.equal(purpose, create(purpose, name).purpose)
        n = n + 1
      end
      assert.equal(15, n)
      for _, purpose in ipairs { "selfie", "sigma_scheduled_query", "fun" } do
        assert.matches("^Invalid purpose: must be one of account_requirement, ",
          refused("purpose", upload(purpose)))
      end
    end)

    it("emit file.created, whose object shows the link made with it", function()
      create("dispute_evidence", nil, nil, { ["file_link_data[create]"] = "true" })
      local event = a.events("file.created")[1]
      assert.equal("evidence.pdf", event.data.object.filename)
      assert.equal(1, #event.data.object.links.data)
      assert.same({ "file.created" }, a.events())
    end)

    it("answer again what they answered when the key is repeated", function()
      local headers = { ["Idempotency-Key"] = "k" }
      local fields = { purpose = "pci_document" }
      local first = a.upload({ "a.pdf", "one" }, fields, headers)
      assert.equal(first.id, a.upload({ "a.pdf", "one" }, fields, headers).id)
      local answer = a.upload({ "a.pdf", "two" }, fields, headers)
      assert.equal("idempotency_error", answer.error.type)
      assert.equal(1, #get("/v1/files").data)
    end)

    it("leave no content in the journal", function()
      create("dispute_evidence", "a.pdf", "the secret content")
      local entry = a.account:requests()[1]
      assert.same({ filename = "a.pdf", size = 18 },
        { filename = entry.params.file.filename, size = entry.params.file.size })
      assert.is_nil(core.json(entry):find("the secret content", 1, true))
    end)
  end)

  describe("are of the type", function()
    it("that their first bytes say, else of their name's extension", function()
      for _, case in ipairs {
        { "a.txt", PDF, "pdf" }, { "a", PNG, "png" }, { "a.png", JPG, "jpg" },
        { "a.bin", "GIF89a", "gif" }, { "A.JPEG", "x", "jpg" }, { "a.tar.gz", "x", "gz" },
      } do
        assert.equal(case[3], create("tax_document_user_upload", case[1], case[2]).type)
      end
    end)

    it("null when nobody knows", function()
      assert.is_nil(create("tax_document_user_upload", "README", "x").type)
    end)
  end)

  describe("are limited by their purpose", function()
    it("to some types", function()
      local allowed = {
        account_requirement = "pdf jpg png", business_icon = "jpg png gif",
        business_logo = "jpg png gif", customer_signature = "jpg png svg",
        dispute_evidence = "pdf jpg png", identity_document = "pdf jpg png",
        issuing_regulatory_reporting = "json", pci_document = "pdf",
        platform_terms_of_service = "pdf txt md",
      }
      for purpose, types in pairs(allowed) do
        for kind in ("pdf jpg png gif svg json txt md exe"):gmatch "%a+" do
          local _, status = upload(purpose, "a." .. kind)
          local may = (" " .. types .. " "):find(" " .. kind .. " ", 1, true)
          assert.equal(may and 200 or 400, status, purpose .. " " .. kind)
        end
        refused("file", upload(purpose, "unknown"))
      end
    end)

    it("to a size", function()
      local KB, MB = 1024, 1024 * 1024
      local rules = require "stripe.simulator.files.rules"
      for purpose, case in pairs {
        account_requirement = { "pdf", 64 * MB }, business_icon = { "png", 512 * KB },
        business_logo = { "png", 512 * KB }, customer_signature = { "svg", 4 * MB },
        dispute_evidence = { "pdf", 5 * MB }, identity_document = { "png", 32 * MB },
        issuing_regulatory_reporting = { "json", 256 * KB }, pci_document = { "pdf", 16 * MB },
        platform_terms_of_service = { "txt", 64 * MB },
        tax_document_user_upload = { "pdf", 16 * MB },
      } do
        assert.is_nil(rules.refusal(purpose, case[1], case[2]))
        assert.is_string(rules.refusal(purpose, case[1], case[2] + 1), purpose)
      end
      create("issuing_regulatory_reporting", "a.json", ("x"):rep(256 * KB))
      refused("file", upload("issuing_regulatory_reporting", "a.json", ("x"):rep(256 * KB + 1)))
      assert.equal(1, #get("/v1/files").data)
    end)

    it("and can't be empty", function()
      refused("file", upload("additional_verification", "a.png", ""))
    end)

    it("in how long they live: 7 days, 9 months, 2 years, or for ever", function()
      local days = { customer_signature = 7, dispute_evidence = 270,
        issuing_regulatory_reporting = 730 }
      for purpose, name in pairs(UPLOADS) do
        local object = create(purpose, name)
        assert.equal(days[purpose] and a.start + days[purpose] * DAY, object.expires_at, purpose)
      end
    end)
  end)

  describe("contents", function()
    it("are the bytes that were uploaded, at the url of the file", function()
      local bytes = {}
      for i = 0, 255 do bytes[i + 1] = string.char(i) end
      bytes = table.concat(bytes) .. "\r\n--\r\n-x--\r\n--"
      local object = create("tax_document_user_upload", "a.bin", bytes)
      assert.equal("https://files.stripe.com/v1/files/" .. object.id .. "/contents", object.url)
      local answer = contents(nil, object.url)
      assert.same({ 200, bytes }, { answer.status, answer.body })
    end)

    it("need the key", function()
      local answer = sim:handle { method = "GET", url = create("dispute_evidence").url }
      assert.equal(401, answer.status)
    end)

    it("can't be downloaded with the purpose account_requirement", function()
      local answer = contents(create("account_requirement").id)
      assert.equal(403, answer.status)
      assert.equal("invalid_request_error", core.decode(answer.body).error.type)
    end)

    it("are gone when the file has expired, which can still be retrieved", function()
      local id = create("customer_signature", "a.png").id
      sim:advance(7 * DAY - 1)
      assert.equal(200, contents(id).status)
      sim:advance(1)
      assert.equal(404, contents(id).status)
      assert.equal(id, get("/v1/files/" .. id).id)
    end)

    it("are gone when the check that they belong to was redacted", function()
      local session = post("/v1/identity/verification_sessions", "type=document")
      sim.identity:submit(session.id, { outcome = "verified" })
      local image = get("/v1/identity/verification_reports").data[1].document.files[1]
      local link = post("/v1/file_links", "file=" .. image .. "&expires_at=" .. a.start + 30)
      assert.equal(200, contents(image).status)
      assert.equal(200, contents(nil, link.url).status)
      post("/v1/identity/verification_sessions/" .. session.id .. "/redact")
      assert.equal(200, contents(image).status)
      sim:advance(4 * DAY)
      assert.equal(404, contents(image).status)
      assert.equal(404, contents(nil, link.url).status)
    end)

    it("of what doesn't exist are 404", function()
      local answer = contents("file_x")
      assert.equal(404, answer.status)
      assert.equal("resource_missing", core.decode(answer.body).error.code)
    end)

    it("survive a snapshot", function()
      local id = create("dispute_evidence", "a.png", PNG).id
      local text = core.json(sim:snapshot())
      sim:reset()
      assert.equal(404, contents(id).status)
      assert(sim:restore(core.decode(text)))
      assert.equal(PNG, contents(id).body)
    end)
  end)

  describe("can't be", function()
    it("updated or deleted", function()
      local path = "/v1/files/" .. create("dispute_evidence").id
      for _, answer in ipairs { { post(path) }, { a.delete(path) } } do
        assert.equal(404, answer[2])
        assert.matches("^Unrecognized request URL", answer[1].error.message)
      end
    end)

    it("found under a wrong id", function()
      local answer, status = get("/v1/files/file_x")
      assert.same({ 404, "resource_missing", "No such file: 'file_x'" },
        { status, answer.error.code, answer.error.message })
    end)
  end)

  describe("are listed", function()
    it("newest first, by created and purpose", function()
      local first = create("dispute_evidence").id
      sim:advance(10)
      local second = create("pci_document").id
      local function ids(query)
        local found = {}
        for i, file in ipairs(get("/v1/files", query).data) do found[i] = file.id end
        return found
      end
      assert.same({ second, first }, ids())
      assert.same({ first }, ids("purpose=dispute_evidence"))
      assert.same({}, ids("purpose=selfie"))
      assert.same({ second }, ids("created[gt]=" .. a.start))
      assert.same({ first }, ids("created=" .. a.start))
      assert.same({ first }, ids("starting_after=" .. second))
      refused("purpose", get("/v1/files", "purpose=fun"))
    end)

    it("with their links", function()
      local id = create("dispute_evidence").id
      local link = post("/v1/file_links", "file=" .. id)
      local file = get("/v1/files").data[1]
      assert.same({ { link }, false, "/v1/file_links?file=" .. id },
        { file.links.data, file.links.has_more, file.links.url })
    end)
  end)

  describe("show links", function()
    it("of which none is made unless file_link_data[create] is true", function()
      assert.same({}, create("dispute_evidence").links.data)
      local object = create("dispute_evidence", nil, nil, { ["file_link_data[create]"] = "false",
        ["file_link_data[expires_at]"] = "12" })
      assert.same({}, object.links.data)
    end)

    it("made by file_link_data, with its expires_at and metadata", function()
      local object = create("dispute_evidence", nil, nil, {
        ["file_link_data[create]"] = "true", ["file_link_data[metadata][a]"] = "1",
        ["file_link_data[expires_at]"] = tostring(a.start + 60),
      })
      local link = object.links.data[1]
      assert.same({ object.id, a.start + 60, { a = "1" }, false },
        { link.file, link.expires_at, link.metadata, link.expired })
      assert.same(link, (get("/v1/file_links/" .. link.id)))
    end)

    it("that file_link_data can't have, as a refusal of the whole upload", function()
      refused("file_link_data[expires_at]", upload("dispute_evidence", nil, nil, {
        ["file_link_data[create]"] = "true", ["file_link_data[expires_at]"] = tostring(a.start),
      }))
      refused("purpose", upload("identity_document", "a.png", PNG,
        { ["file_link_data[create]"] = "true" }))
      refused("file_link_data[create]", upload("dispute_evidence", nil, nil,
        { ["file_link_data[metadata][a]"] = "1" }))
      assert.same({}, get("/v1/files").data)
      assert.same({}, a.events())
    end)

    it("as they are now, the newest ten", function()
      local id = create("dispute_evidence").id
      local newest
      for i = 1, 12 do
        newest = post("/v1/file_links", "file=" .. id .. "&expires_at=" .. a.start + i)
      end
      sim:advance(11)
      local links = get("/v1/files/" .. id).links
      assert.same({ 10, true, newest.id, false, true }, { #links.data, links.has_more,
        links.data[1].id, links.data[1].expired, links.data[2].expired })
    end)

    it("and may be named in expand", function()
      local id = create("dispute_evidence").id
      assert.same({}, get("/v1/files/" .. id, "expand[]=links").links.data)
      refused(nil, get("/v1/files/" .. id, "expand[]=purpose"))
    end)
  end)

  it("that are loaded show their loaded links, but have no contents", function()
    assert(sim:load {
      { object = "file", id = "file_1", purpose = "dispute_evidence", size = 3, filename = "x" },
      { object = "file_link", id = "link_2", file = "file_1", created = a.start - 10,
        metadata = {}, url = "https://files.stripe.com/links/two" },
      { object = "file_link", id = "link_1", file = "file_1", created = a.start - 20,
        metadata = {}, url = "https://files.stripe.com/links/one" },
    })
    assert(sim:load { { object = "file_link", id = "link_1", file = "file_1", metadata = {},
      created = a.start - 20, url = "https://files.stripe.com/links/uno" } })
    local links = get("/v1/files/file_1").links.data
    assert.same({ "link_2", "link_1" }, { links[1].id, links[2].id, links[3] })
    assert.equal("https://files.stripe.com/links/uno", links[2].url)
    assert.equal(404, contents("file_1").status)
  end)

  it("have addresses below the setting files_url", function()
    a.account.settings.files_url = "http://127.0.0.1:12111"
    local object = create("dispute_evidence", nil, nil, { ["file_link_data[create]"] = "true" })
    assert.equal("http://127.0.0.1:12111/v1/files/" .. object.id .. "/contents", object.url)
    assert.matches("^http://127%.0%.0%.1:12111/links/%w+$", object.links.data[1].url)
    assert.equal("content", contents(nil, object.links.data[1].url).body)
  end)

  describe("through the client", function()
    local client

    before_each(function() client = stripe.new { api_key = a.key, transport = sim } end)

    it("are uploaded by name and content, and come back as a string", function()
      local file = assert(client.files:create {
        purpose = "dispute_evidence", file = { name = 'a "q".png', content = PNG },
        file_link_data = { create = true, metadata = { k = "v" } }, expand = { "links" },
      })
      assert.same({ "png", #PNG }, { file.type, file.size })
      assert.same({ k = "v" }, file.links.data[1].metadata)
      assert.equal(PNG, (assert(client.files:contents(file.id))))
      assert.equal(file.id, assert(client.files:list { purpose = "dispute_evidence" }).data[1].id)
    end)

    it("are uploaded from a path, and go to a path, a handle or a function", function()
      local path, bytes = os.tmpname(), PDF .. ("\000\255\r\n"):rep(20000)
      local out = assert(io.open(path, "wb"))
      out:write(bytes)
      out:close()
      local file = assert(client.files:create { purpose = "pci_document", file = { path = path } })
      assert.same({ path:match("[^/]*$"), #bytes, "pdf" }, { file.filename, file.size, file.type })

      local target, written, handle = os.tmpname(), nil, assert(io.tmpfile())
      assert(client.files:contents(file.id, target))
      local copy = assert(io.open(target, "rb"))
      assert.equal(bytes, copy:read("*a"))
      copy:close()
      assert(client.files:contents(file.id, handle))
      handle:seek("set")
      assert.equal(bytes, handle:read("*a"))
      handle:close()
      assert(client.files:contents(file.id, function(piece) written = (written or "") .. piece end))
      assert.equal(bytes, written)
      os.remove(path)
      os.remove(target)
    end)

    it("have links that are a page", function()
      local file = assert(client.files:create {
        purpose = "dispute_evidence", file = { name = "a.pdf", content = PDF },
      })
      for _ = 1, 12 do assert(client.file_links:create { file = file.id }) end
      assert(client.file_links:create {
        file = assert(client.files:create {
          purpose = "dispute_evidence", file = { name = "b.pdf", content = PDF },
        }).id,
      })
      local links = assert(client.files:retrieve(file.id)).links
      assert.equal(10, #links.data)
      local all, seen = assert(links:collect { max_items = 100 }), {}
      assert.equal(12, #all)
      for _, link in ipairs(all) do
        assert.equal(file.id, link.file)
        assert.is_nil(seen[link.id])
        seen[link.id] = true
      end
    end)

    it("that are refused come as errors", function()
      local got, err = client.files:create {
        purpose = "pci_document", file = { name = "a.exe", content = "MZ" },
      }
      assert.is_nil(got)
      assert.same({ "invalid_request_error", "file", 400 }, { err.type, err.param, err.status })
      got, err = client.files:contents("file_x", function() error("never called") end)
      assert.is_nil(got)
      assert.same({ "resource_missing", 404 }, { err.code, err.status })
    end)
  end)
end)
