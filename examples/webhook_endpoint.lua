--- The life of a webhook endpoint: made, pointed at more events, paused, deleted; and the events
-- that it was for.
--
--   lua5.4 examples/webhook_endpoint.lua [URL] [--live]

local setup = dofile((arg[0]:match("^(.*)/") or ".") .. "/setup.lua")
local say, try = setup.say, setup.try

local client, simulator = setup.open()

local endpoint = try(client.webhook_endpoints:create {
  url = setup.words[1] or "https://example.com/stripe",
  enabled_events = { "climate.order.created" },
  description = "orders",
})
say("Endpoint %s is %s and listens for %s.", endpoint.id, endpoint.status,
  table.concat(endpoint.enabled_events, ", "))
say("Its signing secret is shown once: %s...", endpoint.secret:sub(1, 6))

endpoint = try(client.webhook_endpoints:update(endpoint.id, {
  enabled_events = { "climate.order.created", "climate.order.delivered" },
  description = "",
}))
say("Now it listens for %s.", table.concat(endpoint.enabled_events, ", "))

if simulator then
  local product = try(client.climate.products:list { limit = 1 }).data[1]
  local order = try(client.climate.orders:create { product = product.id, metric_tons = "0.1" })
  simulator.climate:deliver(order.id)
  for event, err in try(client.events:list { type = "climate.order.*" }):each() do
    try(event, err)
    say("  event %s about %s, %d delivery pending", event.type, event.data.object.id,
      event.pending_webhooks)
  end
end

endpoint = try(client.webhook_endpoints:update(endpoint.id, { disabled = true }))
say("Paused: it is %s.", endpoint.status)
local gone = try(client.webhook_endpoints:delete(endpoint.id))
say("Deleted: %s.", tostring(gone.deleted))
local _, err = client.webhook_endpoints:retrieve(endpoint.id)
say("Asking for it again: %s", err and err.code or "still there")
