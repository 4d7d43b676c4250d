--- The examples, run in this process against the simulator.
-- luacheck: ignore 122 (they get another os and io for the while)

-- Runs a script in an environment with these words behind its name; returns what it printed, or
-- nil, what it complained of and its exit code when it ended itself.
local function run(name, environment, ...)
  local printed, complaint = {}, {}
  local kept = {
    arg = _G.arg, print = _G.print, exit = os.exit, stderr = io.stderr, getenv = os.getenv,
  }
  local words = { [0] = "examples/" .. name .. ".lua", ... }
  local function restore()
    _G.arg, _G.print, os.exit, io.stderr, os.getenv =
      kept.arg, kept.print, kept.exit, kept.stderr, kept.getenv
  end
  _G.arg = words
  _G.print = function(line) printed[#printed + 1] = tostring(line) end
  os.exit = function(code) error({ code = code }, 0) end
  os.getenv = function(key) return environment[key] end
  io.stderr = { write = function(_, text) complaint[#complaint + 1] = tostring(text) end }
  local ok, why = pcall(dofile, words[0])
  restore()
  if not ok and type(why) ~= "table" then error(why, 0) end
  if not ok then return nil, table.concat(complaint), why.code end
  return table.concat(printed, "\n")
end

describe("the examples", function()
  it("buy carbon removal and see it delivered", function()
    local text = assert(run("climate", {}, "2"))
    assert.matches("is confirmed: 2 t for", text, 1, true)
    assert.matches("Delivered on 2026", text, 1, true)
  end)

  it("buy the best quote, with sums that balance", function()
    local text = assert(run("onramp", {}))
    local quoted = text:match("Start a purchase of [%d.]+ USDC on %a+ for ([%d.]+) USD%?")
    assert.is_string(quoted)
    assert.matches("Paid " .. quoted .. " USD in all", text, 1, true)
  end)

  it("verify a person and erase what was learned", function()
    local text = assert(run("identity", {}))
    assert.matches("Second try: verified. Jenny Rosen", text, 1, true)
    assert.matches("redacted; the name is now [redacted]", text, 1, true)
  end)

  it("forward a card without showing it", function()
    local text = assert(run("forwarding", {}))
    assert.matches("the destination answered 201", text, 1, true)
    assert.is_nil(text:find("4242424242424242", 1, true))
  end)

  it("live through a webhook endpoint", function()
    local text = assert(run("webhook_endpoint", {}))
    assert.matches("Asking for it again: resource_missing", text, 1, true)
  end)

  it("serve webhooks, once each", function()
    local path = package.path
    -- Debian has lua-http for Lua 5.1 and 5.2; it is plain Lua.
    if not pcall(require, "http.server") then
      package.path = path .. ";/usr/share/lua/5.2/?.lua"
    end
    local text = assert(run("webhook_server", {}))
    package.path = path
    assert.matches("is delivered: https://climate.stripe.com/certificate/", text, 1, true)
    local answers = {}
    for answer in text:gmatch("%-> (%d+ %b{})") do answers[#answers + 1] = answer end
    assert.same({ '200 {"result":"committed"}', '200 {"result":"duplicate"}',
      '200 {"result":"stale"}', '400 {"result":"refused"}' }, answers)
  end)

  it("follow events without a public URL", function()
    for _, flag in ipairs { "--simulator", "--follow" } do
      local text = assert(run("polling", {}, flag))
      assert.matches("First poll:\n  climorder_%w+ is confirmed\nSecond poll, after the delivery:\n"
        .. "  climorder_%w+: 2 t delivered\n1 new events;", text)
    end
  end)

  it("are all in the demo, which never leaves the simulator", function()
    local text = assert(run("demo", { STRIPE_SECRET_KEY = "sk_live_never_to_be_used" }))
    assert.matches("5. The life of a webhook endpoint", text, 1, true)
  end)

  for _, name in ipairs { "climate", "onramp", "identity", "forwarding", "webhook_endpoint",
    "polling" } do
    it(name .. " refuses a live key without --live", function()
      local text, complaint, code = run(name, { STRIPE_SECRET_KEY = "sk_live_never_to_be_used" })
      assert.is_nil(text)
      assert.matches("--live", complaint, 1, true)
      assert.equal(2, code)
    end)
  end
end)
