--- A server for webhooks: lua-http brings the requests, one handler does the rest.
--
--   STRIPE_WEBHOOK_SECRET=whsec_... luajit examples/webhook_server.lua [PORT]
--
-- Without a secret it plays both sides: the simulator makes events, and they come to the server as
-- Stripe would send them, one of them twice, and a forged one.

local setup = dofile((arg[0]:match("^(.*)/") or ".") .. "/setup.lua")
local say, stripe = setup.say, setup.stripe

local found, http_server = pcall(require, "http.server")
if not found then
  io.stderr:write("This example needs lua-http, which Debian has for Lua 5.1, 5.2 and LuaJIT.\n")
  os.exit(1)
end
local cqueues = require "cqueues"
local new_headers = require("http.headers").new

local secret = os.getenv("STRIPE_WEBHOOK_SECRET")
if secret == "" or setup.flags.simulator then secret = nil end
local playing = secret == nil
secret = secret or "whsec_example_of_one_afternoon"

local handler = stripe.webhook.handler {
  secrets = { example = secret },
  newest = { ["climate.order.*"] = true },
  on = {
    ["climate.order.delivered"] = function(ctx)
      say("  %s is delivered: %s", ctx.object.id, ctx.object.certificate or "no certificate yet")
    end,
    ["climate.order.*"] = function(ctx) say("  %s is %s", ctx.object.id, ctx.object.status) end,
    ["crypto.onramp_session.*"] = function(ctx)
      say("  %s is %s", ctx.object.id, ctx.object.status)
    end,
  },
  fallback = function(ctx) say("  something else: %s", ctx.type) end,
  on_error = function(err) say("  (our log: %s)", tostring(err)) end,
}

local LIMIT = 1024 * 1024 -- bytes; events are some kilobytes

local function reply(_, stream)
  local headers = stream:get_headers(10)
  if not headers then return end
  local payload = stream:get_body_chars(LIMIT + 1, 10)
  local status, body = 400, ""
  if headers:get(":method") == "POST" and payload and #payload <= LIMIT then
    status, body = handler(payload, headers)
  end
  local answer = new_headers()
  answer:append(":status", tostring(status))
  answer:append("content-type", "application/json")
  stream:write_headers(answer, false, 10)
  stream:write_body_from_string(body, 10)
end

local controller = cqueues.new()
local server = assert(http_server.listen {
  cq = controller, host = "127.0.0.1", port = playing and 0 or tonumber(setup.words[1]) or 4242,
  onstream = reply,
  onerror = function(_, _, operation, problem)
    io.stderr:write(operation, ": ", tostring(problem), "\n")
  end,
})
assert(server:listen())
local _, _, port = server:localname()
local url = ("http://127.0.0.1:%d/"):format(port)

-- Sends an event as Stripe does.
local function send(event, with)
  local payload = require("cjson").encode(event)
  local request = require("http.request").new_from_uri(url)
  request.headers:upsert(":method", "POST")
  request.headers:append("stripe-signature", stripe.webhook.sign(payload, with or secret))
  request:set_body(payload)
  request.headers:delete("expect")
  local answer, stream = request:go(10)
  if not answer then error(stream) end
  say("  -> %s %s", answer:get(":status"), stream:get_body_as_string(10))
end

local function play()
  local simulator = stripe.simulator.new { seed = 1, clock = 1767225600 }
  local client = stripe.new { api_key = "sk_test_example", transport = simulator }
  local product = setup.try(client.climate.products:list { limit = 1 }).data[1]
  local order = setup.try(client.climate.orders:create {
    product = product.id, metric_tons = "0.1",
  })
  simulator.climate:deliver(order.id)
  local events = setup.try(client.events:list { type = "climate.order.*" }).data
  say("An order is delivered:")
  send(events[1])
  say("The same event comes again:")
  send(events[1])
  say("An event from before it comes late:")
  send(events[#events])
  say("Somebody else tries:")
  send(events[1], "whsec_of_somebody_else")
end

if playing then
  local done = false
  controller:wrap(function()
    play()
    done = true
  end)
  repeat assert(controller:step()) until done
  server:close()
else
  say("Listening on %s", url)
  assert(server:loop())
end
