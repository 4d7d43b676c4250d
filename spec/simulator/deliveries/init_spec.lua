--- Deliveries that really go out, by the driver of this process and our own engine.

local core = require "stripe.core"
local delivering = require "spec.support.delivering"
local outbound = require "stripe.simulator.outbound"
local stripe = require "stripe"
local wire_support = require "spec.support.wire"

describe("deliveries of a simulator in this process", function()
  local wire, d, sim

  setup(function() wire = wire_support.start() end)
  teardown(function()
    wire:stop()
    stripe.close()
  end)
  before_each(function()
    d = delivering.open()
    sim = d.sim
  end)

  local function endpoint(act, last)
    local path = wire_support.path(act, last)
    return d:endpoint { url = wire:url() .. path }, path
  end

  it("arrive as they were signed", function()
    local hook = endpoint "echo"
    d:order()
    local request = sim:due()[1].request
    local reply = outbound(request)
    local echo = core.decode(reply.body)
    assert.equal("POST", echo.method)
    assert.equal(request.body, echo.body)
    assert(stripe.webhook.verify(echo.body, echo.headers["stripe-signature"], hook.secret))
    assert.equal("Stripe/1.0 (+https://stripe.com/docs/webhooks)", echo.headers["user-agent"])
    assert.is_nil(echo.headers.authorization)
    assert.is_nil(echo.headers["accept-encoding"])
    assert.equal("127.0.0.1", reply.ip)
  end)

  it("go out by pump, which says how many", function()
    local _, path = endpoint "ok"
    for _ = 1, 3 do d:order() end
    assert.equal(0, wire:requests(path))
    assert.equal(3, sim:pump())
    assert.equal(3, wire:requests(path))
    assert.equal(0, sim:pump())
    assert.same({ "succeeded", 200 }, { d:last().status, d:last().attempts[1].status })
  end)

  it("follow no redirect, and tell failures apart", function()
    local expected = {
      redirect = 307, status = 404, reset = "reset", garbage = "protocol", close = "reset",
      interim = 200,
    }
    local acts = {}
    for act, result in pairs(expected) do acts[endpoint(act, tostring(result)).id] = act end
    d:order()
    sim:pump()
    local found = {}
    for _, entry in ipairs(sim:deliveries()) do
      local attempt = entry.attempts[1]
      found[acts[entry.endpoint]] = attempt.status or attempt.error.kind
    end
    assert.same(expected, found)
  end)

  it("end when their time is over", function()
    endpoint "never"
    d:order()
    local request = sim:due()[1].request
    request.timeout = 0.5 -- it has been sent by then
    local reply = outbound(request)
    assert.same({ "timeout", "maybe" }, { reply.failure, reply.sent })
  end)

  it("that bring more than a mebibyte are no success", function()
    endpoint "bytes_2000000"
    d:order()
    sim:pump()
    assert.equal("too_large", d:last().attempts[1].error.kind)
  end)

  it("have a connection each", function()
    endpoint "dies_when_reused"
    for _ = 1, 3 do d:order() end
    sim:pump { concurrency = 1 }
    for _, entry in ipairs(sim:deliveries()) do assert.equal("succeeded", entry.status) end
  end)

  it("go out by the driver that is asked for", function()
    local _, path = endpoint("together", "5")
    for _ = 1, 4 do d:order() end
    local loop, made = require("cqueues").new(), nil
    loop:wrap(function() made = sim:pump { driver = "cqueues" } end)
    loop:wrap(function()
      for _ = 1, 3 do require("cqueues").sleep(0.01) end
      assert(wire:client():request("GET", path)) -- the one that the others wait for
    end)
    assert(loop:loop(20))
    assert.equal(4, made)
    assert.error_matches(function() sim:pump { driver = "horse" } end, "horse")
    assert.error_matches(function() sim:pump { concurency = 1 } end, "unknown option: concurency")
    assert.error_matches(function() sim:pump { concurrency = 0 } end, "an integer from 1")
  end)

  it("go to functions, too", function()
    local n = 0
    sim.events:hold()
    sim:on_event(function() n = n + 1 end)
    endpoint "ok"
    d:order()
    sim.events:release()
    assert.equal(1, n)
    assert.equal(1, sim:pump())
  end)

  it("are those of one account when it is asked", function()
    endpoint "ok"
    d:order()
    assert.equal(0, sim:account("sk_test_other"):pump())
    assert.equal(1, sim:account(d.key):pump())
  end)

  it("don't ask a proxy the way to this machine", function()
    local _, path = endpoint "ok"
    local script = wire:write("proxied.lua", ([[
      local stripe = require "stripe"
      local sim = stripe.simulator.new { clock = 1800000000 }
      local client = stripe.new { api_key = "sk_test_1", transport = sim }
      assert(client.webhook_endpoints:create { url = %q, enabled_events = { "*" } })
      assert(sim.events:trigger "climate.order.created")
      sim:pump()
      io.write(sim:deliveries()[1].status)
    ]]):format(wire:url() .. path))
    local ok, output = wire_support.run(script, nil, "http_proxy=http://127.0.0.1:1")
    assert.is_true(ok, output)
    assert.equal("succeeded", output)
  end)

  it("carry forwarded requests the same way", function()
    local function forward(url)
      return d.client.forwarding.requests:create {
        url = url, payment_method = "pm_card_visa", replacements = { "card_number" },
        request = { body = '{"number":""}', headers = { { name = "X-Mine", value = "yes" } } },
      }
    end
    local forwarded = assert(forward(wire:url() .. wire_support.path "echo"))
    local echo = core.decode(forwarded.response_details.body)
    assert.same({ "POST", "yes", '{"number":"424242******4242"}' },
      { echo.method, echo.headers["x-mine"], echo.body })
    assert.equal("127.0.0.1", forwarded.request_context.destination_ip_address)
    local _, err = forward "http://127.0.0.1:1/"
    assert.equal("forwarding_api_upstream_connection_error", err.code)
    _, err = forward(wire:url() .. wire_support.path "garbage")
    assert.equal("forwarding_api_upstream_error", err.code)
    _, err = forward "https://user@127.0.0.1/"
    assert.equal("forwarding_api_invalid_parameter", err.code)
  end)
end)
