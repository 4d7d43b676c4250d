local cjson = require "cjson"
local core = require "stripe.core"
local scripted = require "spec.support.scripted_client"
local stripe = require "stripe"

local list = scripted.list

local function query(request) return request.url:match("%?(.*)$") end

describe("a page", function()
  local script, client

  local function open(answers, options)
    script = scripted.new(answers)
    client = script:client(options)
    return client.climate.orders
  end

  local function ids(items)
    local found = {}
    for i, item in ipairs(items) do found[i] = item.id end
    return table.concat(found, " ")
  end

  local three = { list({ "a", "b" }, true), list({ "c", "d" }, true), list({ "e" }, false) }

  it("is plain data: its state is in the metatable", function()
    local page = open { list({ "a" }, true) }:list()
    local names = {}
    for name in pairs(page) do names[#names + 1] = name end
    table.sort(names)
    assert.same({ "data", "has_more", "object", "url" }, names)
    assert.same({ object = "list", has_more = true, url = "/v1/climate/orders",
      data = { { id = "a", object = "climate.order" } } }, cjson.decode(cjson.encode(page)))
    assert.equal("stripe.page (1 items, more)", tostring(page))
  end)

  it("leads to the next one with the same parameters", function()
    local first = open(three):list { limit = 2 }
    local second = first:next_page()
    assert.equal("c d", ids(second.data))
    assert.equal("limit=2&starting_after=b", query(script.requests[2]))
    local third = second:next_page()
    assert.equal("limit=2&starting_after=d", query(script.requests[3]))
    local none, err = third:next_page()
    assert.is_nil(none)
    assert.is_nil(err)
    assert.equal(3, #script.requests)
  end)

  it("is not changed by what becomes of the table of parameters", function()
    local params = { created = { gte = 1 }, type = "a.b", limit = 2 }
    script = scripted.new(three)
    local page = script:client().events:list(params)
    params.type, params.created.gte, params.ending_before = "c.d", 2, "x"
    assert(page:next_page())
    assert.equal("created[gte]=1&limit=2&starting_after=b&type=a.b", query(script.requests[2]))
  end)

  it("is not changed by what becomes of the table of options", function()
    for _, ask in ipairs {
      function(options) return script:client().events:list(nil, options) end,
      function(options) return script:client():request("GET", "/v1/events", nil, options) end,
    } do
      script = scripted.new(three)
      local options = { account = "acct_1", headers = { ["X-A"] = "one" } }
      local page = ask(options)
      options.account, options.headers["X-A"] = "acct_2", "two"
      assert(page:next_page())
      assert.equal("acct_1", script.requests[2].headers["stripe-account"])
      assert.equal("one", script.requests[2].headers["x-a"])
    end
  end)

  it("leads back to the one before", function()
    local page = open { list({ "c", "d" }, false), list({ "a", "b" }, false) }
      :list { limit = 2, starting_after = "b" }
    local before = page:previous_page()
    assert.equal("a b", ids(before.data))
    assert.equal("ending_before=c&limit=2", query(script.requests[2]))
    assert.is_nil(before:previous_page())
    assert.equal(2, #script.requests)
  end)

  it("gives the response of a page", function()
    local _, err, response = open(three):list():next_page()
    assert.is_nil(err)
    assert.equal("req_scripted", response.request_id)
  end)

  it("can be asked twice for the next one", function()
    local page = open { list({ "a" }, true), list({ "b" }, false), list({ "b" }, false) }:list()
    assert.equal("b", ids(page:next_page().data))
    assert.equal("b", ids(page:next_page().data))
  end)

  it("can be walked forth and back and forth", function()
    local page = open { list({ "a" }, true), list({ "b" }, true), list({ "a" }, false),
      list({ "b" }, true) }:list()
    page = page:next_page():previous_page():next_page()
    assert.equal("b", ids(page.data))
  end)

  describe("walked item by item", function()
    it("goes through all pages", function()
      local found = {}
      for item, err in open(three):list { limit = 2 }:each() do
        assert.is_nil(err)
        found[#found + 1] = item
      end
      assert.equal("a b c d e", ids(found))
    end)

    it("goes away from ending_before, nearest first", function()
      local items = open { list({ "f", "g" }, true), list({ "d", "e" }, false) }
        :list { limit = 2, ending_before = "h" }:collect()
      assert.equal("g f e d", ids(items))
      assert.equal("ending_before=f&limit=2", query(script.requests[2]))
    end)

    it("stops within a page, and asks for no page that it does not need", function()
      assert.equal("a b c", ids(open(three):list():collect { max_items = 3 }))
      assert.equal(2, #script.requests)
      assert.equal("a b", ids(open(three):list():collect { max_items = 2 }))
      assert.equal(1, #script.requests)
      assert.equal("", ids(open(three):list():collect { max_items = 0 }))
    end)

    it("runs the body once more with the error, then ends", function()
      local orders = open({ list({ "a" }, true), scripted.failure("reset") }, { max_retries = 0 })
      local seen = {}
      for item, err in orders:list():each() do
        seen[#seen + 1] = { item = item, code = err and err.code }
      end
      assert.equal(2, #seen)
      assert.equal("a", seen[1].item.id)
      assert.is_false(seen[2].item)
      assert.equal("reset", seen[2].code)
    end)

    it("collects what came before the error", function()
      local orders = open({ list({ "a", "b" }, true), scripted.failure("reset") },
        { max_retries = 0 })
      local items, err, sofar = orders:list():collect()
      assert.is_nil(items)
      assert.equal("reset", err.code)
      assert.equal("a b", ids(sofar))
    end)

    it("ends at an empty page, even one that promises more", function()
      assert.equal("", ids(open { list({}, true) }:list():collect()))
      assert.equal("a", ids(open { list({ "a" }, true), list({}, true) }:list():collect()))
      assert.is_nil((open { list({}, true) }:list():next_page()))
    end)

    it("does not go in circles", function()
      local items, err = open { list({ "a" }, true), list({ "a" }, true) }:list():collect()
      assert.is_nil(items)
      assert.equal("api_error", err.type)
      assert.matches("cursor a came back", err.message)
      items, err = open { list({ "a" }, true), list({ "b" }, true), list({ "a" }, true) }
        :list():collect()
      assert.is_nil(items)
      assert.matches("came back", err.message)
      items, err = open { list({ "x" }, true) }:list { starting_after = "x" }:collect()
      assert.is_nil(items)
      assert.matches("came back", err.message)
    end)

    it("gives nothing twice to tasks that share it", function()
      local slow, seen = {}, {}
      for i, answer in ipairs(three) do slow[i] = scripted.after(1, answer) end
      local step = open(slow):list():each()
      local function take()
        local item = step() -- no loop of for: that of 5.1 can't wait
        while item do
          seen[#seen + 1] = item.id
          item = step()
        end
      end
      local _, errors = stripe.gather({ take, take }, { driver = script.driver })
      assert.equal("a b c d e", table.concat(seen, " "))
      assert.is_nil(errors[1])
      assert.matches("another task waits for a page in this iterator", errors[2].message, 1, true)
    end)

    it("can't go on from an item without an id", function()
      local answer = scripted.json(200, { object = "list", has_more = true, url = "/v1/x",
        data = { { object = "climate.order" } } })
      local page = open { answer }:list()
      local none, err = page:next_page()
      assert.is_nil(none)
      assert.equal("api_error", err.type)
    end)
  end)

  describe("with prefetch", function()
    it("asks for the next page while this one is worked on", function()
      local orders = open { list({ "a", "b" }, true), scripted.after(4, list({ "c" }, false)) }
      local driver = script.driver
      local before = driver.now()
      for item in orders:list():each { prefetch = true } do
        if item.id ~= "c" then driver.sleep(3) end
      end
      assert.equal(6, driver.now() - before)
    end)

    it("asks for nothing that max_items leaves out", function()
      open(three):list():collect { prefetch = true, max_items = 2 }
      assert.equal(1, #script.requests)
    end)

    it("brings the error of the next page in its turn", function()
      local orders = open({ list({ "a" }, true), scripted.failure("reset") }, { max_retries = 0 })
      local items, err, sofar = orders:list():collect { prefetch = true }
      assert.is_nil(items)
      assert.equal("reset", err.code)
      assert.equal("a", ids(sofar))
    end)

    it("turns what is thrown meanwhile into an error", function()
      local orders = open { list({ "a" }, true), function() error("transport bug") end }
      local _, err = orders:list():collect { prefetch = true }
      assert.equal("lua_error", err.type)
      assert.matches("transport bug", err.message)
      assert.is_string(err.traceback)
    end)
  end)

  describe("has a cursor", function()
    it("from which a list call goes on, filters included", function()
      local page = open(three):list { limit = 2, expand = { "data.product" } }
      local cursor = cjson.decode(cjson.encode(page:cursor()))
      assert.same({ limit = 2, expand = { "data.product" }, starting_after = "b" }, cursor)
      assert.equal("c d", ids(client.climate.orders:list(page:cursor()).data))
    end)

    it("in the direction of the walk", function()
      local page = open { list({ "f", "g" }, true) }:list { ending_before = "h" }
      assert.same({ ending_before = "f" }, page:cursor())
    end)

    it("that stays where it was when the page is empty", function()
      assert.same({ starting_after = "z" },
        open { list({}, false) }:list { starting_after = "z" }:cursor())
      assert.same({}, open { list({}, false) }:list():cursor())
    end)
  end)

  it("is asked for with one cursor at most", function()
    local page, err = open {}:list { starting_after = "a", ending_before = "b" }
    assert.is_nil(page)
    assert.equal("validation_error", err.type)
    assert.equal(0, #script.requests)
  end)

  it("keeps the account and the headers of its call, not its idempotency key", function()
    local page = open(three):list({}, {
      account = "acct_1", headers = { ["X-Trace"] = "1" }, idempotency_key = "once",
    })
    page:next_page()
    local request = script.requests[2]
    assert.equal("acct_1", request.headers["stripe-account"])
    assert.equal("1", request.headers["x-trace"])
    assert.equal("once", script.requests[1].headers["idempotency-key"])
    assert.is_nil(request.headers["idempotency-key"])
  end)

  it("of a request by path goes on with that path", function()
    open { list({ "a" }, true, "/v1/customers"), list({ "b" }, false, "/v1/customers") }
    local page = client:request("GET", "/v1/customers", { email = "x" })
    assert.equal("b", ids(page:next_page().data))
    assert.equal("https://api.stripe.com/v1/customers?email=x&starting_after=a",
      script.requests[2].url)
  end)

  describe("inside an object", function()
    local function file(url, more)
      return scripted.json(200, { id = "file_1", object = "file", links = {
        object = "list", has_more = more ~= false, url = url,
        data = { { id = "link_1", object = "file_link" } },
      } })
    end

    it("follows its own url, with the account of its object", function()
      open { file("/v1/file_links?file=file_1"), list({ "link_2" }, false, "/v1/file_links") }
      local object = client.files:retrieve("file_1", nil, { account = "acct_1" })
      assert.equal("link_1 link_2", ids(object.links:collect()))
      assert.equal("https://api.stripe.com/v1/file_links?file=file_1&starting_after=link_1",
        script.requests[2].url)
      assert.equal("acct_1", script.requests[2].headers["stripe-account"])
      assert.same({ file = "file_1", starting_after = "link_1" }, object.links:cursor())
    end)

    it("never follows it to another host", function()
      open { file("https://evil.example/v1/file_links?file=file_1"), list({}, false) }
      client.files:retrieve("file_1").links:next_page()
      assert.matches("^https://api.stripe.com/v1/file_links%?file=file_1", script.requests[2].url)
    end)

    it("does not follow it to what is no list of the catalogue", function()
      for _, url in ipairs {
        "/v1/accounts", "/v1/events/evt_1/../x", "", "//evil.example/v1/events", "v1/events",
        "/v1/events/evt_1", "/v1/files/file_1/contents", "/v1/file_links?file=f&unknown=1",
      } do
        open { file(url) }
        local none, err = client.files:retrieve("file_1").links:next_page()
        assert.is_nil(none)
        assert.equal("validation_error", err.type)
        assert.equal(1, #script.requests, url)
      end
    end)

    it("is a page in the items of a list, too", function()
      open { scripted.json(200, { object = "list", url = "/v1/files", has_more = false, data = {
        { id = "file_1", object = "file", links = { object = "list", data = core.empty_array,
          has_more = false, url = "/v1/file_links?file=file_1" } },
      } }) }
      local page = client.files:list()
      assert.same({}, page.data[1].links:collect())
    end)
  end)

  it("explains a dot for a colon, and options it does not know", function()
    local page = open(three):list()
    assert.error_matches(function() page.each() end, "takes a colon")
    assert.error_matches(function() page.next_page({}) end, "takes a colon")
    assert.error_matches(function() page:each { max_item = 3 } end,
      'unknown option "max_item" %(did you mean "max_items"%?%)')
    assert.error_matches(function() page:each { sk_live_51HxTravelers99 = 3 } end,
      'unknown option "sk_live_%*%*%*')
    assert.error_matches(function() page:collect { max_items = "3" } end, "must be a number")
    assert.error_matches(function() page:each(3) end, "options must be a table")
    assert.error_matches(function() page:each { max_items = -1 } end, "negative")
  end)
end)
