--- The examples inside nginx, over HTTP; browser/ has them in a real browser.

local Example = require "spec.support.example"
local core = require "stripe.core"

local WALLET = "0xB00F0759DbeeF5E543Cc3E3B07A6442F5f3928a2"

local function output_of(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read "*a"
  pipe:close()
  return text
end

local function is_alive(pid)
  return output_of("kill -0 " .. pid .. " 2>&1 && echo yes") == "yes\n"
end

describe("the pages of the examples for nginx #nginx", function()
  local function each_file(kinds, f)
    for path in output_of("find examples/nginx -name '*." .. kinds .. "'"):gmatch "%S+" do
      local file = assert(io.open(path, "rb"))
      f(file:read "*a", path)
      file:close()
    end
  end

  it("need nothing from elsewhere, and nothing inline", function()
    local n = 0
    each_file("html", function(text, path)
      n = n + 1
      assert.is_nil(text:find "://", path)
      assert.is_nil(text:find "<script>", path)
      assert.is_nil(text:find "<style", path)
      assert.is_nil(text:find " style=", path)
      assert.is_nil(text:find " on%a+=", path)
      assert.matches('<html lang="en">', text, 1, true)
      assert.matches('name="viewport"', text, 1, true)
    end)
    assert.equal(6, n)
    each_file("css", function(text, path) assert.is_nil(text:find "url%(", path) end)
    each_file("js", function(text, path) assert.is_nil(text:find "innerHTML", path) end)
  end)
end)

describe("examples/nginx/run #nginx", function()
  local function ends(words, environment)
    local text = output_of(("env -u STRIPE_SECRET_KEY %s examples/nginx/run %s 2>&1; echo $?")
      :format(environment or "", words))
    return tonumber(text:match "(%d+)\n$"), text
  end

  it("refuses what it doesn't know", function()
    local code, text = ends "shop"
    assert.equal(2, code)
    assert.matches("'shop' is no example", text, 1, true)
    assert.equal(2, (ends ""))
    assert.equal(2, (ends "onramp --port http"))
  end)

  it("refuses a live key without --live", function()
    local code, text = ends("onramp", "STRIPE_SECRET_KEY=sk_live_never_to_be_used")
    assert.equal(2, code)
    assert.matches("--live", text, 1, true)
    assert.is_nil(text:find("never_to_be_used", 1, true))
  end)

  it("wants a secret for the webhooks of Stripe", function()
    assert.equal(2, (ends("webhook", "STRIPE_SECRET_KEY=sk_test_1")))
  end)

  for _, signal in ipairs { "INT", "TERM", "KILL" } do
    it("leaves no process and no file behind on " .. signal, function()
      local example = Example.start "onramp"
      local pids = example:pids()
      assert.equal(3, #pids)
      for _, pid in ipairs(pids) do assert.is_true(is_alive(pid)) end
      -- A background process can't be sent an INT by its shell; Ctrl-C reaches nginx as well.
      os.execute(("kill -%s %s"):format(signal, signal == "INT" and pids[2] or pids[1]))
      assert.is_true(Example.wait(function()
        return output_of("ls -A " .. example.tmp) == ""
      end))
      for i = 2, 3 do
        assert.is_true(Example.wait(function() return not is_alive(pids[i]) end))
      end
      assert.equal("", example:stop())
    end)
  end

  it("speaks to Stripe with a key, and shows no simulator then", function()
    local example = Example.start("onramp", "STRIPE_SECRET_KEY=sk_test_1")
    local browser = example:browser()
    local page = browser:get "/"
    assert.matches(">Stripe<", page.body, 1, true)
    assert.is_nil(example.simulator)
    assert.equal(404, browser:submit("/", "/simulate", { status = "requires_payment" }).status)
    assert.equal(404, browser:post("/webhook", {}).status) -- it has no secret
    assert.equal("", example:stop())
  end)
end)

describe("the onramp checkout #nginx", function()
  local example
  setup(function() example = Example.start "onramp" end)
  teardown(function() example:stop() end)

  local function bought(browser, fields)
    local form = { amount = "49.90", offer = "eth-base", wallet = WALLET }
    for name, value in pairs(fields or {}) do form[name] = value end
    return browser:submit("/", "/sessions", form)
  end

  it("sends headers that keep everything else out", function()
    for _, path in ipairs { "/", "/style.css", "/static/checkout.js", "/nowhere" } do
      local headers = example:browser():get(path).headers
      assert.matches("default-src 'none'", headers["content-security-policy"], 1, true)
      assert.is_nil(headers["content-security-policy"]:find("unsafe", 1, true))
      assert.equal("nosniff", headers["x-content-type-options"])
    end
    assert.equal("text/javascript",
      example:browser():get("/static/checkout.js").headers["content-type"])
    assert.equal("no-store", example:browser():get("/").headers["cache-control"])
  end)

  it("quotes", function()
    local quotes = assert(core.decode(example:browser():get("/quotes?source_amount=80").body))
    assert.equal("80.00", quotes.source_amount)
    assert.equal("eth", quotes.destination_network_quotes.ethereum[1].destination_currency)
    local text = example:browser():get("/quotes?source_amount=80").body
    assert.matches('"avalanche":[]', text, 1, true)
  end)

  it("makes a session, whose secret is on its page alone", function()
    local browser = example:browser()
    local answer = bought(browser)
    assert.equal(303, answer.status)
    assert.equal("/session", answer.headers.location)
    local cookie = answer.headers["set-cookie"]
    assert.matches("^onramp=cos_%w+%.%d+%.%x+; ", cookie)
    assert.matches("; HttpOnly; SameSite=Lax;", cookie, 1, true)
    assert.is_nil(cookie:find("_secret_", 1, true))
    assert.matches("cos_%w+_secret_%w+", browser:get("/session").body)
    local status = browser:get("/status").body
    assert.is_nil(status:find("_secret_", 1, true))
    assert.matches('"status":"initialized"', status, 1, true)
  end)

  it("shows a session to nobody else", function()
    local browser, other = example:browser(), example:browser()
    local cookie = bought(browser).headers["set-cookie"]:match "^[^;]+"
    assert.equal(404, other:get("/status").status)
    assert.equal(204, other:get("/updates").status)
    assert.equal(303, other:get("/session").status)
    local forged = cookie:gsub("cos_%w", "cos_X")
    assert.equal(404, other:get("/status", "-H 'Cookie: " .. forged .. "'").status)
    assert.equal(200, other:get("/status", "-H 'Cookie: " .. cookie .. "'").status)
    -- A cookie of another name, as well signed, is none.
    local visitor = example:browser():get("/").headers["set-cookie"]:match "=([^;]+)"
    assert.equal(404, other:get("/status", "-H 'Cookie: onramp=" .. visitor .. "'").status)
  end)

  it("takes forms from its own pages only", function()
    local browser = example:browser()
    browser:get "/"
    assert.equal(403, browser:post("/sessions", { amount = "1", offer = "eth-base" }).status)
    local token = browser.hidden(example:browser():get "/").token
    assert.equal(403, bought(browser, { token = token }).status)
    assert.equal(405, browser:get("/sessions").status)
  end)

  it("makes one session of a form that is sent twice", function()
    local browser = example:browser()
    local fields = browser.hidden(browser:get "/")
    fields.amount, fields.offer = "20", "btc-bitcoin"
    local function id(answer) return answer.headers["set-cookie"]:match "^onramp=(cos_%w+)" end
    local first = id(browser:post("/sessions", fields))
    assert.equal(first, id(browser:post("/sessions", fields)))
    assert.not_equal(first, id(bought(browser)))
  end)

  it("says what is wrong, escaped, and keeps what was typed", function()
    local answer = bought(example:browser(), { wallet = '"><script>alert(1)</script>' })
    assert.equal(400, answer.status)
    assert.matches('role="alert">', answer.body, 1, true)
    assert.is_nil(answer.body:find("<script>", 1, true))
    assert.matches("&quot;&gt;&lt;script&gt;", answer.body, 1, true)
    assert.matches('value="eth-base" checked', answer.body, 1, true)
    assert.equal(400, bought(example:browser(), { amount = "many" }).status)
    assert.equal(400, bought(example:browser(), { offer = "gold" }).status)
  end)

  it("pushes each change to the page, told by webhooks", function()
    local browser = example:browser()
    bought(browser)
    local heard = browser:listen("/updates", 14) -- unasked, a state may be 15 seconds old
    for _, status in ipairs { "requires_payment", "fulfillment_processing",
      "fulfillment_complete" } do
      assert.equal(303, browser:submit("/session", "/simulate", { status = status }).status)
      assert.is_truthy(Example.wait(function()
        return heard():find('"status":"' .. status .. '"', 1, true)
      end, 12))
    end
    assert.matches('"transaction_id":"0x%x+"', heard())
    assert.matches('<li class="now" data%-status="fulfillment_complete"',
      browser:get("/session").body)
  end)

  it("takes no step that isn't the next", function()
    local browser = example:browser()
    bought(browser)
    browser:submit("/session", "/simulate", { status = "fulfillment_complete" })
    assert.matches('"status":"initialized"', browser:get("/status").body, 1, true)
    assert.equal(404, example:browser():get("/_sim/requests").status)
  end)
end)

describe("the webhook receiver #nginx", function()
  local example, browser
  setup(function()
    example = Example.start "webhook"
    browser = example:browser()
  end)
  teardown(function() example:stop() end)

  local function arrivals() return assert(core.decode(browser:get("/arrivals").body)) end

  -- Does something, and returns what came of it: the results, in the order of their arrival.
  local function outcomes(action, n)
    local before = arrivals()[1]
    before = before and before.n or 0
    local fields = { action = action, type = "climate.order.created" }
    assert.equal(303, browser:submit("/", "/simulate", fields).status)
    local list = {}
    assert.is_true(Example.wait(function()
      list = {}
      for _, arrival in ipairs(arrivals()) do
        if arrival.n > before then
          table.insert(list, 1, { arrival.result, arrival.status, arrival.attempt })
        end
      end
      return #list >= n
    end))
    return list
  end

  it("commits an event once", function()
    assert.same({ { "committed", 200, 1 } }, outcomes("send", 1))
    assert.same({ { "committed", 200, 1 }, { "duplicate", 200 } }, outcomes("twice", 2))
  end)

  it("shows the attempts of what failed at first", function()
    assert.same({ { "failed", 500, 1 } }, outcomes("fail", 1))
    assert.same({ { "committed", 200, 2 } }, outcomes("later", 1))
  end)

  it("shows what was refused", function()
    assert.same({ { "refused", 400 } }, outcomes("forge", 1))
    assert.equal(400, browser:get("/webhook", "-d '{}'").status)
  end)

  it("counts", function()
    outcomes("send", 1)
    assert.matches('{type="climate.order.created",result="committed"} %d',
      browser:get("/metrics").body)
  end)

  it("does nothing for pages of others", function()
    assert.equal(403, browser:post("/simulate", { action = "send" }).status)
  end)

  it("keeps the last thirty", function()
    for _ = 1, 35 do browser:get("/webhook", "-d '{}'") end
    assert.equal(30, #arrivals())
  end)
end)

describe("the identity gate #nginx", function()
  local example
  setup(function() example = Example.start "identity" end)
  teardown(function() example:stop() end)

  local function is_in(browser) return browser:get("/members/").status == 200 end

  local function started()
    local browser = example:browser()
    local answer = browser:submit("/verify", "/verify/start")
    assert.equal(303, answer.status)
    assert.equal("/hosted", answer.headers.location)
    return browser, answer.headers["set-cookie"]:match "^identity=(vs_%w+)"
  end

  local function submitted(browser, page, outcome)
    assert.equal(303, browser:submit(page, "/simulate", { outcome = outcome }).status)
  end

  it("sends strangers away", function()
    local answer = example:browser():get "/members/"
    assert.equal(302, answer.status)
    assert.equal("/verify", answer.headers.location)
    assert.is_false(is_in((started())))
  end)

  it("lets in who is verified", function()
    local browser, id = started()
    submitted(browser, "/hosted", "verified")
    assert.equal(303, browser:get("/verify").status)
    local answer = browser:get "/members/"
    assert.equal(200, answer.status)
    assert.matches(id, answer.body, 1, true)
    assert.is_false(is_in(example:browser()))
  end)

  it("asks once for many pages", function()
    local browser, id = started()
    submitted(browser, "/hosted", "verified")
    for _ = 1, 5 do assert.is_true(is_in(browser)) end
    local n = 0
    for _, request in ipairs(core.decode(example:control("/_sim/requests", "")).data) do
      if request.method == "GET" and request.path:find(id, 1, true) then n = n + 1 end
    end
    assert.equal(2, n) -- for the page at /hosted, and for the gate
  end)

  it("tells why it didn't work, and goes on with the same session", function()
    local browser, id = started()
    submitted(browser, "/hosted", "expired")
    assert.matches("The document is expired.", browser:get("/verify").body, 1, true)
    assert.is_false(is_in(browser))
    local answer = browser:submit("/verify", "/verify/start")
    assert.equal("/hosted", answer.headers.location)
    assert.is_nil(answer.headers["set-cookie"])
    assert.matches(id, browser:get("/hosted").body, 1, true)
  end)

  it("waits while the checks run", function()
    local browser = started()
    submitted(browser, "/hosted", "processing")
    assert.matches('id="waiting"', browser:get("/verify").body, 1, true)
    assert.equal('{"status":"processing"}', browser:get("/verify/status").body)
    assert.is_false(is_in(browser))
    submitted(browser, "/verify", "verified")
    assert.equal('{"status":"verified"}', browser:get("/verify/status").body)
    assert.is_true(is_in(browser))
  end)

  it("believes no cookie but its own", function()
    local browser, id = started()
    submitted(browser, "/hosted", "verified")
    local answer = example:browser():get("/members/", ("-H 'Cookie: identity=%s.%d.%s'"):format(id,
      os.time(), ("0"):rep(64)))
    assert.equal(302, answer.status)
    answer = example:browser():get("/members/", "-H 'Cookie: identity=" .. id .. "'")
    assert.equal(302, answer.status)
  end)

  it("shuts at once behind who is erased", function()
    local browser = started()
    submitted(browser, "/hosted", "verified")
    browser:get "/members/"
    local copy = output_of("cat " .. browser.jar):match "identity%s+(%S+)"
    assert.equal(303, browser:submit("/members/", "/erase").status)
    assert.is_false(is_in(browser))
    local answer = example:browser():get("/members/", "-H 'Cookie: identity=" .. copy .. "'")
    assert.equal(302, answer.status)
  end)

  it("shuts when a webhook says that a session is redacted, whatever it has kept", function()
    local browser, id = started()
    submitted(browser, "/hosted", "verified")
    assert.is_true(is_in(browser))
    example:control("/v1/identity/verification_sessions/" .. id .. "/redact",
      "-X POST -u sk_test_simulator:")
    assert.is_true(is_in(browser)) -- nobody has told it yet
    example:control("/_sim/clock/advance", [[-d '{"seconds":345600}']])
    assert.is_true(Example.wait(function() return not is_in(browser) end))
  end)

  it("shuts when a webhook says that a session is canceled", function()
    local browser, id = started()
    example:control("/v1/identity/verification_sessions/" .. id .. "/cancel",
      "-X POST -u sk_test_simulator:")
    assert.matches("Verify me", browser:get("/verify").body, 1, true)
    -- That is known by now, also when Stripe can't be asked.
    example:control("/_sim/faults", [[-d '{"fault":"server_error","times":200}']])
    local status = Example.wait(function()
      local answer = browser:get "/members/"
      return answer.status ~= 503 and answer.status
    end)
    example:control("/_sim/faults", "-X DELETE")
    assert.equal(302, status)
  end)

  it("lets nobody in when nobody can tell", function()
    local browser = started()
    submitted(browser, "/hosted", "verified")
    example:control("/_sim/faults", [[-d '{"fault":"server_error","times":20}']])
    assert.equal(503, browser:get("/members/").status)
    example:control("/_sim/faults", "-X DELETE")
    assert.is_true(is_in(browser))
  end)

  it("takes forms from its own pages only", function()
    local browser = started()
    for _, path in ipairs { "/verify/start", "/leave", "/erase", "/simulate" } do
      assert.equal(403, browser:post(path, { outcome = "verified" }).status)
    end
  end)
end)
