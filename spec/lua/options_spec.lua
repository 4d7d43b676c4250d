local Options = require "stripe.options"
local stripe = require "stripe"

local function client(given)
  given.api_key = given.api_key or "sk_test_1"
  local settings, message = Options.for_client(given)
  return settings, message
end

local function refused(name, value)
  local settings, message = client { [name] = value }
  assert.is_nil(settings, name)
  assert.matches(name, message, 1, true)
  return message
end

describe("the options of a client", function()
  it("have the defaults of the contract", function()
    local settings = client {}
    assert.equal(80, settings.timeout)
    assert.equal(30, settings.connect_timeout)
    assert.equal(2, settings.max_retries)
    assert.is_false(settings.retry_rate_limit)
    assert.is_true(settings.validate)
    assert.is_nil(settings.deadline)
    assert.equal("https://api.stripe.com", settings.base_url)
    assert.equal("https://files.stripe.com", settings.files_url)
    assert.equal("Stripe/v1 LuaBindings/" .. stripe._VERSION, settings.user_agent)
  end)

  it("are named when they are unknown, with the name that was meant", function()
    assert.matches('unknown option "timout" (did you mean "timeout"?)', refused("timout", 1),
      1, true)
    assert.matches('unknown option "zzz"', refused("zzz", 1), 1, true)
  end)

  it("are named without the key that a slip has put there", function()
    local _, message = client { ["sk_test_51HxTravelersKey99"] = true }
    assert.equal('unknown option "sk_test_***ey99"', message)
  end)

  it("have types", function()
    for name, value in pairs {
      api_version = 1, account = 1, context = {}, base_url = true, files_url = 1, timeout = "80",
      connect_timeout = "1", deadline = true, max_retries = "2", retry_rate_limit = 1, proxy = true,
      no_proxy = 1, ca_file = 1, ca_path = 1, client_cert = 1, client_key = 1, unix_socket = 1,
      resolve = "x", http_version = 2, max_connection_age = "1", max_connections = "1",
      transport = "curl", driver = 1, limiter = 1, clock = 1, validate = 1, null = "null",
      livemode = "live", on_request = {}, on_response = {}, app_info = "x",
    } do
      assert.matches(" must be a ", refused(name, value), 1, true)
    end
  end)

  it("have ranges", function()
    for _, wrong in ipairs {
      { "timeout", 0 }, { "timeout", -1 }, { "timeout", 0 / 0 }, { "timeout", math.huge },
      { "connect_timeout", 0 }, { "deadline", 0 }, { "max_retries", -1 }, { "max_retries", 1.5 },
      { "max_retries", 1001 }, { "http_version", "3" }, { "validate", "loose" }, { "account", "" },
      { "account", "acct_1\r\nX: y" }, { "context", "a b" }, { "api_version", "2026\n" },
      { "transport", {} }, { "limiter", {} }, { "app_info", {} },
      { "app_info", { name = "x", version = "1\r\n" } }, { "app_info", { name = "x", nme = "y" } },
      { "null", io.stdout }, { "ca_file", "a\0b" }, { "unix_socket", "a\0b" }, { "proxy", "a\0b" },
      { "no_proxy", "a\0b" },
    } do
      refused(wrong[1], wrong[2])
    end
  end)

  it("name the same mistake first, whatever the order of the table", function()
    local _, message = client { zzz = 1, timeout = "x", aaa = 1 }
    assert.matches('"aaa"', message, 1, true)
  end)

  it("need a key", function()
    local settings, message = Options.for_client {}
    assert.is_nil(settings)
    assert.matches("api_key", message)
  end)

  it("refuse account together with context", function()
    local _, message = client { account = "acct_1", context = "ctx_1" }
    assert.matches("account and context", message)
  end)

  it("let files_url follow base_url", function()
    local settings = client { base_url = "http://127.0.0.1:1/" }
    assert.equal("http://127.0.0.1:1", settings.files_url)
    settings = client { base_url = "http://127.0.0.1:1", files_url = "https://files.example" }
    assert.equal("https://files.example", settings.files_url)
  end)

  it("refuse an address that would give the key away", function()
    refused("base_url", "http://api.stripe.com")
    refused("files_url", "http://files.stripe.com")
  end)

  it("refuse a proxy with white space, and do not repeat the password in it", function()
    local settings, message = client { proxy = "http://user:secret word@127.0.0.1:3128" }
    assert.is_nil(settings)
    assert.matches('option "proxy" has white space', message, 1, true)
    assert.not_matches("secret", message, 1, true)
    assert.is_table((client { proxy = "http://user:secret%20word@127.0.0.1:3128" }))
  end)

  it("refuse a key of the mode that livemode excludes", function()
    local _, message = client { api_key = "sk_live_1", livemode = false }
    assert.matches("live key", message)
    assert.is_table((client { api_key = "sk_live_1", livemode = true }))
  end)

  it("put the application into the User-Agent", function()
    local app = { name = "Trees", version = "2.0", url = "https://trees.example" }
    assert.matches(" Trees/2.0 (https://trees.example)", client { app_info = app }.user_agent,
      1, true)
  end)
end)

describe("the options of a call", function()
  it("are misuse when unknown or of a wrong type", function()
    assert.matches('unknown option "idempotency_kye" (did you mean "idempotency_key"?)',
      Options.for_call { idempotency_kye = "x" }, 1, true)
    assert.matches('unknown option "proxy"', Options.for_call { proxy = "x" }, 1, true)
    for name, value in pairs {
      idempotency_key = 1, timeout = "1", headers = "x", dry_run = 1, cancel = true, progress = 1,
      oauth_token = 1, host = 1, quotes_path = 1, max_retries = true, deadline = "1",
    } do
      assert.matches(name, Options.for_call { [name] = value }, 1, true)
    end
    for name, value in pairs { cancel = {}, headers = { x = 1 } } do
      local misuse = Options.for_call { [name] = value }
      assert.matches(name, misuse, 1, true)
    end
  end)

  it("are refused, not misuse, when only the value is wrong", function()
    for name, value in pairs {
      timeout = -1, host = "connect", max_retries = 0.5,
    } do
      local misuse, message, which = Options.for_call { [name] = value }
      assert.is_nil(misuse)
      assert.matches(name, message, 1, true)
      assert.equal(name, which)
    end
  end)

  it("may switch off what the client has", function()
    assert.is_nil(Options.for_call { account = false, context = false, deadline = false })
  end)
end)
