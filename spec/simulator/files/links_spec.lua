--- The file_links family: each sentence is a row of docs/simulator/files.md.

local asking = require "spec.support.asking"
local stripe = require "stripe"

local PATH = "/v1/file_links"

-- The purposes whose files may have links; the first of those below can be uploaded.
local LINKABLE = {
  business_icon = true, business_logo = true, customer_signature = true, dispute_evidence = true,
  issuing_regulatory_reporting = true, pci_document = true, tax_document_user_upload = true,
  terminal_android_apk = true, terminal_reader_splashscreen = true,
  finance_report_run = true, financial_account_statement = true,
  identity_document_downloadable = true, selfie = true, sigma_scheduled_query = true,
}

describe("file links", function()
  local a, sim, get, post, file

  before_each(function()
    a = asking.open()
    sim, get, post = a.sim, a.get, a.post
    file = a.upload({ "a.pdf", "the content" }, { purpose = "dispute_evidence" })
  end)

  local function create(form)
    local object, status = post(PATH, "file=" .. file.id .. "&" .. (form or ""))
    assert.equal(200, status, object.error and object.error.message)
    return object
  end

  local function refused(code, param, object, status)
    assert.same({ 400, "invalid_request_error", code, param }, { status,
      object.error and object.error.type, object.error and object.error.code,
      object.error and object.error.param })
    return object.error.message
  end

  local function again(link, query) return get(PATH .. "/" .. link.id, query) end

  -- What anybody gets at an address.
  local function download(url) return sim:handle { method = "GET", url = url, headers = {} } end

  describe("created", function()
    it("last for ever unless expires_at says otherwise", function()
      local link = create()
      assert.matches("^link_%w+$", link.id)
      assert.same({ "file_link", a.start, file.id, false, false, {} }, { link.object, link.created,
        link.file, link.livemode, link.expired, link.metadata })
      assert.is_nil(link.expires_at)
      sim:advance(100 * 365 * 86400)
      assert.is_false(again(link).expired)
    end)

    it("have metadata and an expires_at", function()
      local link = create("expires_at=" .. a.start + 60 .. "&metadata[a]=1")
      assert.same({ a.start + 60, { a = "1" } }, { link.expires_at, link.metadata })
      assert.same(link, (again(link)))
    end)

    it("need a file, which must exist", function()
      assert.equal("Missing required param: file.",
        refused("parameter_missing", "file", post(PATH, "metadata[a]=1")))
      assert.equal("No such file: 'file_x'",
        refused("resource_missing", "file", post(PATH, "file=file_x")))
    end)

    it("must expire in the future", function()
      for _, time in ipairs { a.start, a.start - 1, 0 } do
        refused(nil, "expires_at", post(PATH, "file=" .. file.id .. "&expires_at=" .. time))
      end
      refused("parameter_invalid_integer", "expires_at",
        post(PATH, "file=" .. file.id .. "&expires_at=now"))
    end)

    it("are for files of 14 purposes", function()
      local names = {
        "account_requirement", "additional_verification", "document_provider_identity_document",
        "platform_terms_of_service", "terminal_wifi_certificate", "terminal_wifi_private_key",
      }
      for name in pairs(LINKABLE) do names[#names + 1] = name end
      assert.equal(20, #names)
      local n = 0
      for _, purpose in ipairs(names) do
        assert(sim:load { { object = "file", id = "file_1", purpose = purpose, size = 1 } })
        local _, status = post(PATH, "file=file_1&expires_at=" .. a.start + 30)
        assert.equal(LINKABLE[purpose] and 200 or 400, status, purpose)
        n = n + (status == 200 and 1 or 0)
      end
      assert.equal(14, n)
      local uploaded = a.upload({ "a.png", "x" }, { purpose = "identity_document" })
      refused(nil, "file", post(PATH, "file=" .. uploaded.id .. "&expires_at=" .. a.start + 30))
    end)

    it("have no event", function()
      create()
      assert.same({ "file.created" }, a.events())
    end)
  end)

  describe("to images of an identity check", function()
    local image

    before_each(function()
      local session = post("/v1/identity/verification_sessions",
        "type=document&options[document][require_matching_selfie]=true")
      sim.identity:submit(session.id, { outcome = "verified" })
      image = get("/v1/identity/verification_reports").data[1]
    end)

    local function link(id, expires_at)
      return post(PATH, "file=" .. id .. (expires_at and "&expires_at=" .. expires_at or ""))
    end

    it("must expire within 30 seconds of their creation", function()
      for _, id in ipairs { image.document.files[1], image.selfie.selfie } do
        refused(nil, "expires_at", link(id))
        refused(nil, "expires_at", link(id, a.start + 31))
        assert.equal(a.start + 30, link(id, a.start + 30).expires_at)
      end
    end)

    it("can't be made to live longer", function()
      local made = link(image.document.files[1], a.start + 10)
      sim:advance(5)
      refused(nil, "expires_at", post(PATH .. "/" .. made.id, "expires_at="))
      refused(nil, "expires_at", post(PATH .. "/" .. made.id, "expires_at=" .. a.start + 31))
      assert.equal(a.start + 30,
        post(PATH .. "/" .. made.id, "expires_at=" .. a.start + 30).expires_at)
    end)
  end)

  describe("expire", function()
    it("when their time comes", function()
      local link = create("expires_at=" .. a.start + 60)
      sim:advance(59)
      assert.is_false(again(link).expired)
      sim:advance(1)
      assert.is_true(again(link).expired)
      assert.equal(a.start + 60, again(link).expires_at)
    end)

    it("at once by expires_at=now", function()
      sim:advance(5)
      local link = create()
      link = post(PATH .. "/" .. link.id, "expires_at=now")
      assert.same({ true, a.start + 5 }, { link.expired, link.expires_at })
    end)

    it("and then can't be updated", function()
      local link = create("expires_at=" .. a.start + 60)
      sim:advance(60)
      for _, form in ipairs { "expires_at=" .. a.start + 100, "expires_at=", "metadata[a]=1" } do
        refused(nil, nil, post(PATH .. "/" .. link.id, form))
      end
      assert.same({}, again(link).metadata)
    end)
  end)

  describe("updated", function()
    it("get another time, or none", function()
      local path = PATH .. "/" .. create("expires_at=" .. a.start + 60).id
      assert.equal(a.start + 90, post(path, "expires_at=" .. a.start + 90).expires_at)
      assert.is_nil(post(path, "expires_at=").expires_at)
      sim:advance(100)
      assert.is_false(get(path).expired)
    end)

    it("must expire in the future, or now", function()
      local link = create("expires_at=" .. a.start + 60)
      local path = PATH .. "/" .. link.id
      refused(nil, "expires_at", post(path, "metadata[a]=1&expires_at=" .. a.start))
      local _, status = post(path, "expires_at=later")
      assert.equal(400, status)
      assert.same(link, (get(path)))
    end)

    it("merge metadata", function()
      local path = PATH .. "/" .. create("metadata[a]=1&metadata[b]=2").id
      assert.same({ b = "2", c = "3" }, post(path, "metadata[a]=&metadata[c]=3").metadata)
      assert.same({ b = "2", c = "3" }, post(path).metadata)
      assert.same({}, post(path, "metadata=").metadata)
    end)

    it("keep their file", function()
      refused("parameter_unknown", "file", post(PATH .. "/" .. create().id, "file=" .. file.id))
    end)
  end)

  describe("have a public url", function()
    it("where anyone gets the content, without a key", function()
      local url = create().url
      assert.matches("^https://files%.stripe%.com/links/%w+$", url)
      local answer = download(url)
      assert.same({ 200, "the content" }, { answer.status, answer.body })
      assert.same({ { "Content-Type", "application/octet-stream" } }, answer.headers)
    end)

    it("of their own each", function()
      assert.not_equal(create().url, create().url)
    end)

    it("where nothing is left when they expire, or their file does", function()
      local url = create("expires_at=" .. a.start + 60).url
      local lasting = create().url
      assert.equal(200, download(url).status)
      sim:advance(60)
      assert.equal(404, download(url).status)
      assert.equal(200, download(lasting).status)
      sim:advance(270 * 86400)
      assert.equal(404, download(lasting).status)
    end)

    it("where nothing is found under another address", function()
      create()
      assert.equal(404, download("https://files.stripe.com/links/x").status)
    end)
  end)

  it("expand their file", function()
    local link = create()
    local expanded = again(link, "expand[]=file")
    assert.same({ file.id, link.id },
      { expanded.file.id, expanded.file.links.data[1].id })
    assert.equal(file.id, again(link).file)
    assert.equal(file.id, get(PATH, "expand[]=data.file").data[1].file.id)
    assert.equal(file.id, post(PATH, "expand[]=file&file=" .. file.id).file.id)
  end)

  it("are listed newest first, by created, expired and file", function()
    local first = create("expires_at=" .. a.start + 20).id
    sim:advance(10)
    local other = a.upload({ "b.pdf", "x" },
      { purpose = "dispute_evidence", ["file_link_data[create]"] = "true" })
    local second = create().id
    local third = other.links.data[1].id
    sim:advance(10)
    local function ids(query)
      local found = {}
      for i, link in ipairs(get(PATH, query).data) do found[i] = link.id end
      return found
    end
    assert.same({ second, third, first }, ids())
    assert.same({ second, first }, ids("file=" .. file.id))
    assert.same({ third }, ids("file=" .. other.id))
    assert.same({ first }, ids("expired=true"))
    assert.same({ second, third }, ids("expired=false"))
    assert.same({ second }, ids("expired=false&file=" .. file.id))
    assert.same({ second, third }, ids("created[gt]=" .. a.start))
    assert.same({ third }, ids("limit=1&starting_after=" .. second))
    assert.same({}, ids("file=file_x"))
  end)

  it("that don't exist are 404", function()
    for _, ask in ipairs { get, post } do
      local answer, status = ask(PATH .. "/link_x")
      assert.same({ 404, "resource_missing", "No such file link: 'link_x'" },
        { status, answer.error.code, answer.error.message })
    end
  end)

  it("can't be deleted", function()
    assert.equal(404, select(2, a.delete(PATH .. "/" .. create().id)))
  end)

  it("are made and ended through the client", function()
    local client = stripe.new { api_key = a.key, transport = sim }
    local link = assert(client.file_links:create { file = file.id, metadata = { a = "1" } })
    assert.is_true(assert(client.file_links:update(link.id, { expires_at = "now" })).expired)
    local list = assert(client.file_links:list { expired = true, expand = { "data.file" } })
    assert.equal("a.pdf", list.data[1].file.filename)
    local again_, err = client.file_links:update(link.id, { expires_at = stripe.null })
    assert.is_nil(again_)
    assert.equal(400, err.status)
  end)
end)
