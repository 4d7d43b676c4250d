--- What every request to the simulator goes through; sentences begin with the section of the
-- facts that they prove, see docs/simulator/framework.md.

local core = require "stripe.core"
local exchange = require "spec.support.exchange"
local simulator = require "stripe.simulator"

local PRODUCT = "climsku_frontier_offtake_portfolio_2027"

describe("the simulator", function()
  local x, sim, get, post

  before_each(function()
    x = exchange.open()
    sim, get, post = x.sim, x.get, x.post
  end)

  local function order(form, headers)
    local response = post("/v1/climate/orders", "product=" .. PRODUCT .. "&"
      .. (form or "metric_tons=1"), headers)
    assert.equal(200, response.status, response.body)
    return response
  end

  describe("as a transport", function()
    it("takes headers as a map or as a list, in any case", function()
      for _, headers in ipairs {
        { AUTHORIZATION = "Bearer sk_test_a" }, { { "authorization", "bearer sk_test_a" } },
      } do
        local response = sim:handle { method = "GET", url = "http://localhost:1/v1/events",
          headers = headers }
        assert.equal(200, response.status)
      end
    end)

    it("reads a body that comes in pieces", function()
      local pieces = { "product=" .. PRODUCT, "&metric_", "tons=2" }
      local response = x.complete(sim:handle {
        method = "POST", url = "https://api.stripe.com/v1/climate/orders",
        headers = { Authorization = "Bearer " .. x.key },
        stream = function() return table.remove(pieces, 1) end,
      })
      assert.equal("2", response.object.metric_tons)
    end)

    it("does nothing when the body can't be read to its end", function()
      local pieces = { "product=" .. PRODUCT .. "&metric_tons=1" }
      local response, failure = sim:handle {
        method = "POST", url = "/v1/climate/orders",
        headers = { Authorization = "Bearer " .. x.key },
        stream = function()
          if pieces[1] then return table.remove(pieces) end
          return nil, "the file became shorter"
        end,
      }
      assert.is_nil(response)
      assert.same({ kind = "aborted", message = "the file became shorter", sent = "no" }, failure)
      assert.same({}, get("/v1/climate/orders").object.data)
    end)

    it("serves every operation of the catalogue", function()
      local served = require "stripe.simulator.families".operations
      for _, operation in ipairs(core.operations()) do
        local name = operation.resource .. "." .. operation.name
        assert.is_function(served[name], name)
      end
    end)

    it("refuses an option that it doesn't know, by name", function()
      assert.error_matches(function() simulator.new { sead = 1 } end, "unknown option: sead")
    end)
  end)

  describe("requests", function()
    it("1.1 the files host is served like the API host", function()
      local response = sim:handle { method = "GET", url = "https://files.stripe.com/v1/files",
        headers = { Authorization = "Bearer sk_test_a" } }
      assert.equal(200, response.status)
    end)

    it("1.1 authorizes by a bearer token or by Basic with the key as user name", function()
      local id = order().object.id
      -- base64 of "sk_test_exchange:"
      local response = get("/v1/climate/orders/" .. id,
        { Authorization = "Basic c2tfdGVzdF9leGNoYW5nZTo=" })
      assert.equal(200, response.status)
    end)

    it("1.1 takes lists as a[0]= and a[]=, brackets raw or escaped", function()
      for _, name in ipairs { "expand[0]", "expand[]", "expand%5B0%5D", "expand%5b%5d" } do
        local response = order("metric_tons=1&" .. name .. "=product")
        assert.equal("climate.product", response.object.product.object, name)
      end
    end)

    it("1.1 metadata= clears all keys, metadata[k]= deletes one", function()
      local path = "/v1/climate/orders/"
        .. order("metric_tons=1&metadata[a]=1&metadata[b]=2&metadata[c]=3").object.id
      assert.same({ a = "1", c = "3", d = "4" },
        post(path, "metadata[b]=&metadata[d]=4").object.metadata)
      assert.same({}, post(path, "metadata=").object.metadata)
    end)

    it("1.1 holds metadata to 50 keys of 40 characters, values of 500, no brackets", function()
      local many = {}
      for i = 1, 51 do many[i] = ("metadata[k%d]=v"):format(i) end
      for _, form in ipairs {
        table.concat(many, "&"), "metadata[" .. ("k"):rep(41) .. "]=v",
        "metadata[k]=" .. ("v"):rep(501), "metadata[a[b]=v",
      } do
        local response = post("/v1/climate/orders",
          "product=" .. PRODUCT .. "&metric_tons=1&" .. form)
        assert.equal(400, response.status, form)
      end
    end)

    it("1.1 holds metadata to 50 keys after an update too, which then changes nothing", function()
      local many = {}
      for i = 1, 50 do many[i] = ("metadata[k%d]=v"):format(i) end
      local file = sim:account(x.key).store:insert("file", { id = "file_1", object = "file",
        created = x.start, purpose = "dispute_evidence" })
      for path, forms in pairs {
        ["/v1/climate/orders"] = { "metric_tons=1&product=" .. PRODUCT,
          "beneficiary[public_name]=Ada" },
        ["/v1/identity/verification_sessions"] = { "type=document", "type=id_number" },
        ["/v1/webhook_endpoints"] = { "url=https://a.example&enabled_events[]=*", "disabled=true" },
        ["/v1/file_links"] = { "file=" .. file.id, "expires_at=now" },
      } do
        local made = post(path, forms[1] .. "&" .. table.concat(many, "&"))
        assert.equal(200, made.status, made.body)
        local place = path .. "/" .. made.object.id
        local before = get(place).body
        local response = post(place, forms[2] .. "&metadata[k51]=v")
        assert.same({ 400, "metadata" }, { response.status, response.object.error.param })
        assert.equal(before, get(place).body)
        assert.equal("v", post(place, "metadata[k1]=&metadata[k51]=v").object.metadata.k51)
      end
    end)

    it("1.1 holds text to 5000 characters", function()
      local response = post("/v1/climate/orders", "metric_tons=1&product=" .. ("x"):rep(5001))
      assert.equal(400, response.status)
      assert.equal("product", response.object.error.param)
    end)
  end)

  describe("responses", function()
    it("1.2 each has a Request-Id of its own, also a 401", function()
      local seen = {}
      for _, key in ipairs { "sk_test_a", "sk_test_a", "sk_test_b", "wrong" } do
        local id = get("/v1/events", { Authorization = "Bearer " .. key }).header "Request-Id"
        assert.truthy(id:find "^req_%w+$")
        assert.is_nil(seen[id])
        seen[id] = true
      end
    end)

    it("1.2 echoes Stripe-Version, Idempotency-Key and Stripe-Account", function()
      local response = order(nil, { ["Idempotency-Key"] = "k", ["Stripe-Account"] = "acct_1",
        ["Stripe-Version"] = "2026-09-30.endive" })
      assert.equal("2026-09-30.endive", response.header "Stripe-Version")
      assert.equal("k", response.header "Idempotency-Key")
      assert.equal("acct_1", response.header "Stripe-Account")
      assert.equal("application/json", response.header "Content-Type")
    end)

    it("1.2 without Stripe-Version the account's default is used", function()
      assert.equal(core.api_version, get("/v1/events").header "Stripe-Version")
      sim:account(x.key).settings.api_version = "2026-09-30.endive"
      assert.equal("2026-09-30.endive", get("/v1/events").header "Stripe-Version")
    end)

    it("1.2 takes every version of the list, and a beta flag behind it", function()
      local versions = core.names().api_versions
      assert.equal(129, #versions)
      for _, version in ipairs(versions) do
        assert.equal(200, get("/v1/events", { ["Stripe-Version"] = version }).status, version)
      end
      local flagged = core.api_version .. ";crypto_onramp_beta=v2"
      assert.equal(200, get("/v1/events", { ["Stripe-Version"] = flagged }).status)
    end)

    it("1.2 refuses a version that never was", function()
      local response = get("/v1/events", { ["Stripe-Version"] = "2026-01-01.nothing" })
      assert.equal(400, response.status)
      assert.equal("Invalid Stripe API version: 2026-01-01.nothing", response.object.error.message)
    end)

    it("1.2 refuses a beta flag that the account may not use", function()
      local flagged = core.api_version .. ";other_beta=v1"
      local response = get("/v1/events", { ["Stripe-Version"] = flagged })
      assert.equal(400, response.status)
      assert.equal("You do not have permission to pass this beta header: other_beta.",
        response.object.error.message)
    end)

    it("3.4 a preview operation is no known path without its flag", function()
      local path = "/v1/crypto/onramp_sessions/cos_1/checkout"
      local without = post(path, "")
      assert.equal(404, without.status)
      assert.equal("Unrecognized request URL (POST: " .. path .. ").",
        without.object.error.message:sub(1, #path + 34))
      local flagged = core.api_version .. ";crypto_onramp_beta=v2"
      local with = post(path, "", { ["Stripe-Version"] = flagged })
      assert.not_equal(without.object.error.message, with.object.error.message)
    end)

    it("3.4 a preview parameter is an unknown one without its flag", function()
      local response = post("/v1/crypto/onramp_sessions", "ui_mode=headless")
      assert.equal("parameter_unknown", response.object.error.code)
      assert.equal("ui_mode", response.object.error.param)
    end)
  end)

  describe("errors", function()
    local function refused(response, status, code, param)
      assert.equal(status, response.status)
      local err = response.object.error
      assert.same({ "invalid_request_error", code, param }, { err.type, err.code, err.param })
      return err.message, err
    end

    it("1.3 no key is a 401", function()
      local message = refused(get("/v1/events", { Authorization = false }), 401)
      assert.matches("^You did not provide an API key", message)
    end)

    it("1.3 a bad key is a 401 that keeps its first 11 and last 4 characters", function()
      local message = refused(get("/v1/events",
        { Authorization = "Bearer sk_bad_0123456789abcdef1234" }), 401)
      assert.equal("Invalid API Key provided: sk_bad_0123************1234", message)
      message = refused(get("/v1/events", { Authorization = "Bearer sk_x" }), 401)
      assert.equal("Invalid API Key provided: sk_x", message)
    end)

    it("1.3 a publishable key is refused as no secret one", function()
      refused(get("/v1/events", { Authorization = "Bearer pk_test_0123456789" }), 401,
        "secret_key_required")
    end)

    it("1.3 a missing parameter is named, with code and doc_url", function()
      local message, err = refused(post("/v1/climate/orders", "metric_tons=1"), 400,
        "parameter_missing", "product")
      assert.equal("Missing required param: product.", message)
      assert.matches("/error%-codes/parameter%-missing$", err.doc_url)
    end)

    it("1.3 an unknown parameter is named", function()
      local message = refused(post("/v1/climate/orders", "product=p&metric_tons=1&zzzzzz=1"), 400,
        "parameter_unknown", "zzzzzz")
      assert.equal("Received unknown parameter: zzzzzz", message)
    end)

    it("1.3 unknown parameters are named together", function()
      local form = "product=p&metric_tons=1&zzzzzz=1&yyyyyy=2"
      local message = refused(post("/v1/climate/orders", form), 400, "parameter_unknown", "zzzzzz")
      assert.equal("Received unknown parameters: zzzzzz, yyyyyy", message)
    end)

    it("1.3 JSON is no form, whatever it says it is", function()
      local function body(text, content_type)
        return post("/v1/climate/orders", text, { ["Content-Type"] = content_type })
      end
      local json = '{"product":"' .. PRODUCT .. '","metric_tons":"1"}'
      for _, response in ipairs {
        body(json, "application/json"), body(json, "Application/JSON; charset=utf-8"),
        body(json, "application/x-www-form-urlencoded"), body(" [1]", "text/plain"), body(json),
        body("metric_tons=1", "application/json"), body('{"a":"' .. ("x"):rep(1e6) .. '"}'),
      } do
        local message = refused(response, 400)
        assert.equal("Invalid request (check that your POST content type is "
          .. "application/x-www-form-urlencoded).", message)
      end
      local headers = { ["Content-Type"] = "application/json" }
      local id = order().object.id
      assert.equal(200, get("/v1/climate/orders/" .. id, headers).status)
      assert.equal(200, post("/v1/climate/orders/" .. id .. "/cancel", "", headers).status)
    end)

    it("1.3 an unknown parameter near a known one adds a suggestion", function()
      local message = refused(post("/v1/climate/orders", "product=p&metric_ton=1"), 400,
        "parameter_unknown", "metric_ton")
      assert.equal("Received unknown parameter: metric_ton. Did you mean metric_tons?", message)
    end)

    it("1.3 a bad integer says what came", function()
      local message = refused(get("/v1/climate/orders?limit=ten"), 400, "parameter_invalid_integer",
        "limit")
      assert.equal("Invalid integer: ten", message)
    end)

    it("1.3 a bad enum value lists the good ones", function()
      local path = "/v1/identity/verification_reports?type=passport"
      local message = refused(get(path), 400, nil, "type")
      assert.matches("^Invalid type: must be one of document[%w_, ]* or [%w_]+$", message)
    end)

    it("1.3 an open enum refuses what the server doesn't know as well", function()
      refused(get("/v1/identity/verification_sessions?status=nothing"), 400, nil, "status")
    end)

    it("1.3 an unknown object is a 404 with its id quoted", function()
      local message = refused(get("/v1/events/evt_x"), 404, "resource_missing", "id")
      assert.equal("No such event: 'evt_x'", message)
    end)

    it("1.3 a bad path is a 404 without code", function()
      local message, err = refused(get("/v1/nothing"), 404)
      assert.matches("^Unrecognized request URL %(GET: /v1/nothing%)%.", message)
      assert.is_nil(err.doc_url)
    end)

    it("observed 3: a wrong method on a known path is the same 404, not a 405", function()
      assert.equal("Unrecognized request URL (DELETE: /v1/climate/orders).",
        refused(x.send("DELETE", "/v1/climate/orders"), 404))
    end)

    it("observed 3: identity's objects are named in camel case", function()
      assert.equal("No such VerificationSession: 'vs_x'",
        refused(get("/v1/identity/verification_sessions/vs_x"), 404, "resource_missing", "session"))
    end)

    it("observed 3: null error fields are omitted, doc_url comes only with a code", function()
      local err = get("/v1/nothing").object.error
      local names = {}
      for name in pairs(err) do names[#names + 1] = name end
      table.sort(names)
      assert.same({ "message", "type" }, names)
    end)
  end)

  describe("lists", function()
    local ids

    before_each(function()
      ids = {}
      for i = 1, 12 do
        if i == 7 then sim:advance(100) end
        ids[i] = order().object.id
      end
    end)

    local function places(response)
      assert.equal(200, response.status, response.body)
      local at, found = {}, {}
      for i, id in ipairs(ids) do at[id] = i end
      for i, item in ipairs(response.object.data) do found[i] = at[item.id] end
      return found, response.object.has_more
    end

    local function page(query) return places(get("/v1/climate/orders?" .. query)) end

    it("1.6 hold 10 by default, newest first", function()
      local found, more = page ""
      assert.same({ 12, 11, 10, 9, 8, 7, 6, 5, 4, 3 }, found)
      assert.is_true(more)
    end)

    it("1.6 have exactly object, data, has_more and url, the path", function()
      local list = get("/v1/climate/orders?limit=1").object
      local names = {}
      for name in pairs(list) do names[#names + 1] = name end
      table.sort(names)
      assert.same({ "data", "has_more", "object", "url" }, names)
      assert.same({ "list", "/v1/climate/orders" }, { list.object, list.url })
    end)

    it("1.6 refuse a limit below 1 or above 100", function()
      for _, limit in ipairs { "0", "-1", "101" } do
        local response = get("/v1/climate/orders?limit=" .. limit)
        assert.equal(400, response.status)
        assert.equal("limit", response.object.error.param)
      end
      assert.equal(12, #page "limit=100")
    end)

    it("1.6 starting_after goes on with what is older", function()
      local found, more = page("limit=3&starting_after=" .. ids[5])
      assert.same({ 4, 3, 2 }, found)
      assert.is_true(more)
      found, more = page("limit=3&starting_after=" .. ids[4])
      assert.same({ 3, 2, 1 }, found)
      assert.is_false(more)
    end)

    it("1.6 are empty past the end", function()
      local found, more = page("starting_after=" .. ids[1])
      assert.same({}, found)
      assert.is_false(more)
      assert.matches('"data":%[%]', get("/v1/climate/orders?starting_after=" .. ids[1]).body)
    end)

    it("observed 3: ending_before gives the rows adjacent to the cursor", function()
      local found, more = page("limit=3&ending_before=" .. ids[5])
      assert.same({ 8, 7, 6 }, found)
      assert.is_true(more)
      found, more = page("limit=3&ending_before=" .. ids[9])
      assert.same({ 12, 11, 10 }, found)
      assert.is_false(more)
    end)

    it("observed 3: both cursors are refused without a code", function()
      local err = get("/v1/climate/orders?starting_after=a&ending_before=b").object.error
      assert.equal("Received both starting_after and ending_before parameters. "
        .. "Please pass in only one.", err.message)
      assert.is_nil(err.code)
    end)

    it("observed 3: an unknown cursor is a 400 resource_missing of the cursor", function()
      for _, name in ipairs { "starting_after", "ending_before" } do
        local response = get("/v1/climate/orders?" .. name .. "=climorder_x")
        assert.equal(400, response.status)
        assert.same({ "resource_missing", name },
          { response.object.error.code, response.object.error.param })
      end
    end)

    it("1.6 created takes a time or a range", function()
      local function count(query)
        local response = get("/v1/events?limit=100&type=climate.order.created&" .. query)
        assert.equal(200, response.status, response.body)
        return #response.object.data
      end
      local late = x.start + 100
      assert.equal(6, count("created=" .. late))
      assert.equal(0, count("created=" .. late + 1))
      assert.equal(6, count("created[gt]=" .. x.start))
      assert.equal(12, count("created[gte]=" .. x.start))
      assert.equal(6, count("created[lt]=" .. late))
      assert.equal(12, count("created[lte]=" .. late))
      assert.equal(0, count("created[gt]=" .. x.start .. "&created[lt]=" .. late))
    end)
  end)

  describe("accounts", function()
    it("belong to the key: what one made another doesn't see", function()
      local id = order().object.id
      local other = { Authorization = "Bearer sk_test_other" }
      assert.equal(404, get("/v1/climate/orders/" .. id, other).status)
      assert.equal(0, #get("/v1/climate/orders", other).object.data)
      assert.equal(200, get("/v1/climate/orders/" .. id).status)
    end)

    it("open for restricted keys too, and in live mode for live keys", function()
      local test = get("/v1/climate/products", { Authorization = "Bearer rk_test_1" }).object
      local live = get("/v1/climate/products", { Authorization = "Bearer sk_live_1" }).object
      assert.is_false(test.data[1].livemode)
      assert.is_true(live.data[1].livemode)
    end)

    it("below a key are chosen by Stripe-Account or Stripe-Context", function()
      local id = order(nil, { ["Stripe-Account"] = "acct_1" }).object.id
      local path = "/v1/climate/orders/" .. id
      assert.equal(404, get(path).status)
      assert.equal(200, get(path, { ["Stripe-Account"] = "acct_1" }).status)
      assert.equal(200, get(path, { ["Stripe-Context"] = "acct_1" }).status)
      assert.equal(404, get(path, { ["Stripe-Account"] = "acct_2" }).status)
      assert.equal(id, sim:account(x.key, "acct_1").store:each "climate.order"().id)
    end)

    it("named by their own id are the key's own", function()
      local id = order().object.id
      local own = sim:account(x.key).id
      assert.equal(200, get("/v1/climate/orders/" .. id, { ["Stripe-Account"] = own }).status)
    end)

    it("that are no accounts are refused with 403", function()
      local response = get("/v1/events", { ["Stripe-Account"] = "nonsense" })
      assert.equal(403, response.status)
      assert.equal("account_invalid", response.object.error.code)
    end)

    it("have the same ids in every run with the same seed, others with another", function()
      local function first_id(options)
        x = exchange.open(options)
        post = x.post
        return order().object.id
      end
      local one = first_id { seed = "a" }
      assert.equal(one, first_id { seed = "a" })
      assert.not_equal(one, first_id { seed = "b" })
      assert.not_equal(one, order(nil, { Authorization = "Bearer sk_test_other" }).object.id)
    end)

    it("have one that is the default: the first used", function()
      sim:account "sk_test_first"
      order()
      assert.equal(sim:account "sk_test_first", sim:account())
    end)

    it("the default one, touched before any key, belongs to the first test key", function()
      local default = sim:account()
      get("/v1/events", { Authorization = "Bearer sk_live_1" })
      order()
      assert.equal(default, sim:account(x.key))
      assert.equal(x.key, default.key)
    end)
  end)

  describe("controls", function()
    it("of an object act in the account that made it", function()
      sim:account "sk_test_first"
      local id = order().object.id
      assert.equal("delivered", assert(sim.climate:deliver(id)).status)
      assert.equal("delivered", get("/v1/climate/orders/" .. id).object.status)
    end)

    it("of anything else act in all accounts, also those to come", function()
      get("/v1/events")
      assert(sim.climate:stock(PRODUCT, "7"))
      for _, key in ipairs { x.key, "sk_test_later" } do
        local product = get("/v1/climate/products/" .. PRODUCT,
          { Authorization = "Bearer " .. key })
        assert.equal("7", product.object.metric_tons_available)
      end
    end)

    it("of what all accounts were given act in all of them", function()
      assert(sim.climate:product("climsku_sale", { prices = { usd = 700 } }))
      get("/v1/events")
      assert(sim.climate:stock("climsku_sale", "3"))
      for _, key in ipairs { x.key, "sk_test_later" } do
        local product = get("/v1/climate/products/climsku_sale",
          { Authorization = "Bearer " .. key })
        assert.equal("3", product.object.metric_tons_available)
      end
    end)

    it("of an account act there only", function()
      sim:account(x.key).climate:stock(PRODUCT, "7")
      local product = get("/v1/climate/products/" .. PRODUCT,
        { Authorization = "Bearer sk_test_b" })
      assert.not_equal("7", product.object.metric_tons_available)
    end)
  end)

  describe("an exchange with the outside", function()
    local families = require "stripe.simulator.families"
    local NAME = "climate.suppliers.list"
    local original = families.operations[NAME]

    after_each(function() families.operations[NAME] = original end)

    it("pauses the request until it is resumed", function()
      families.operations[NAME] = function(account, request)
        return {
          outbound = { method = "POST", url = "https://destination.example" },
          resume = function(_, failure)
            assert.equal(request, account.current)
            if failure then return nil, require "stripe.simulator.errors".invalid(failure.kind) end
            return original(account, request)
          end,
        }
      end
      local response = get "/v1/climate/suppliers"
      assert.equal("https://destination.example", response.outbound.url)
      assert.is_nil(sim:account(x.key).current)
      assert.equal(200, response.resume({ status = 200 }).status)
      assert.equal(400, get("/v1/climate/suppliers").resume(nil, { kind = "timeout" }).status)
      assert.is_nil(sim:account(x.key).current)
    end)
  end)
end)
