--- Follows an account's events on a machine without a public URL: each of them is handled once,
-- also when the script is killed and started again.
--
--   lua5.4 examples/polling.lua [DATABASE] [--live] [--follow]
--
-- --follow goes on until it is killed; on the simulator, where nothing more happens, it is ignored.

local setup = dofile((arg[0]:match("^(.*)/") or ".") .. "/setup.lua")
local say, stripe = setup.say, setup.stripe

local client, simulator = setup.open()
local database = setup.words[1] or (simulator and ":memory:" or "events.db")

local handler = stripe.webhook.handler {
  secrets = false, -- what the API returns needs no signature
  store = setup.try(stripe.webhook.store.sqlite { path = database }),
  on = {
    ["climate.order.delivered"] = function(ctx)
      -- Written in one step with the mark that the event is done: neither is there twice.
      local books = assert(ctx:transaction())
      assert(books:execute("CREATE TABLE IF NOT EXISTS delivered (id TEXT, tons TEXT)"))
      assert(books:execute(("INSERT INTO delivered VALUES (%s, %s)"):format(
        books:quote(ctx.object.id), books:quote(ctx.object.metric_tons))))
      say("  %s: %s t delivered", ctx.object.id, ctx.object.metric_tons)
    end,
    ["climate.order.*"] = function(ctx) say("  %s is %s", ctx.object.id, ctx.object.status) end,
  },
  on_error = function(err) say("  (our log: %s)", tostring(err)) end,
}

-- The simulator's clock stands still, so its position is not worth a file.
local checkpoint = not simulator and database .. ".checkpoint" or nil
local options = {
  type = "climate.*", follow = not simulator and setup.flags.follow or nil,
  on_gap = function(gap)
    say("Events between %s and %s are lost.", setup.date(gap.from), setup.date(gap.to))
  end,
  on_poll = function(report) say("%d new events", report.listed) end,
}

if simulator then
  local product = setup.try(client.climate.products:list { limit = 1 }).data[1]
  local order = setup.try(client.climate.orders:create { product = product.id, metric_tons = "2" })
  say("First poll:")
  checkpoint = setup.try(client.events:since(nil, handler, options))
  simulator.climate:deliver(order.id)
  say("Second poll, after the delivery:")
end
local position, err, report = client.events:since(checkpoint, handler, options)
if not position then setup.try(nil, err) end
say("%d new events; everything until %s is done.", report.listed, setup.date(position.created))
