--- Buying carbon removal: plan, buy, watch, report.
--
--     local climate = stripe.workflow.climate(client)
--     local plan = climate:plan { metric_tons = "10", max_price_per_ton = 60000 }
--     print(plan)
--     local bought, err = climate:buy(plan, {
--       journal = stripe.journal "offsets.db", reference = "2026-11",
--     })
--
-- Amounts are integers of minor currency units, tons are decimal text; nothing is rounded on the
-- way. Methods return `nil, err` as calls do; errors of the workflow itself have the type
-- "workflow_error" and a code.
-- @module stripe.workflow.climate

local Class = require "stripe.workflow.class"
local Cancel = require "stripe.workflow.climate.cancel"
local Plan = require "stripe.workflow.climate.plan"
local Report = require "stripe.workflow.climate.report"
local Watch = require "stripe.workflow.climate.watch"
local buy = require "stripe.workflow.climate.buy"

local Climate = {}

--- Makes the workflow for a client.
-- @function stripe.workflow.climate
-- @tparam table client
local new, client_of = Class.new("climate", Climate)

--- Plans a purchase: reads what is on sale and chooses. Nothing is sent but reads.
-- @tparam table options
--   `metric_tons` (decimal text or number) or `budget` (minor units, fees included): how much;
--   `currency` ("usd");
--   `max_price_per_ton`: minor units, fees included;
--   `pathways`, `suppliers` (ids): only products all of whose suppliers are of these;
--   `products`, `exclude`: only these product ids, none of these;
--   `delivery_by`: the last year of delivery; products without a year are left out then;
--   `caps`: the most by product id, supplier id or pathway (another name is refused), as tons or as
--   a share such as "50%";
--   `prefer`: "price" (default), "delivery" (earliest first), "pathway", "supplier" (in the order
--   of the lists), or a list of these
-- @treturn[1] table the plan: `{ lines = { { product, name, pathway, suppliers, delivery_year,
--   metric_tons, price_per_ton, amount_subtotal, amount_fees, amount_total, by }, ... }, currency,
--   metric_tons, amount_subtotal, amount_fees, amount_total, complete, missing_tons, unspent,
--   rejected = { { product, name, reason }, ... }, asked, created, livemode }`; `by`: whether the
--   line is ordered by tons or by amount. Plain data; `tostring` makes a table for people
-- @treturn[2] nil
-- @treturn[2] table the error
function Climate:plan(options)
  return Plan.make(client_of(self, "plan"), options)
end

--- Buys a plan: places an order for each of its lines, once, however often this is called with the
-- same reference and the same journal, and wherever it was killed before. When it is resumed it
-- goes by the plan that it began with.
-- @tparam table plan
-- @tparam table options
--   `journal`: a `stripe.journal`; `reference`: names the purchase, also in the orders' metadata
--   (`climate_reference`);
--   `on_price_change`: "stop" (default), "accept", "replace", or a number: the percent by which a
--   price may have risen since the plan; falling prices are always taken;
--   `on_sold_out`: "stop" (default), "skip", or "replace" by what else fits the plan's terms;
--   `beneficiary`, `metadata`: of the orders; `partial`: true buys a plan that is not complete;
--   `wait`: seconds to wait for another process that buys the same reference
-- @treturn[1] table `{ reference, orders, lines = { { number, state = "bought" | "skipped" |
--   "replaced", product, order, metric_tons, amount_total, deviation, reason }, ... }, currency,
--   metric_tons, amount_subtotal, amount_fees, amount_total, complete, resumed }`; `deviation`:
--   minor units that the order cost more than the plan said
-- @treturn[2] nil
-- @treturn[2] table the error; codes of the workflow: "price_changed", "sold_out", "incomplete",
--   "empty", "changed" (the reference is of the other mode)
-- @treturn[2] ?table what was bought so far, in the same shape
function Climate:buy(plan, options)
  return buy(client_of(self, "buy"), plan, options)
end

--- Polls orders until all are delivered or canceled, and keeps what came of them in files.
-- @tparam table options
--   `orders` (list of ids or orders) or `reference` (of a purchase);
--   `directory`: where to write `ORDER.json`, and `ORDER.csv` with the deliveries and their
--   registry links; `fetch(url, order)` -> bytes, file extension | nil, message: gets a certificate
--   as well;
--   `interval` (3600): seconds between two looks; `deadline`: seconds for all; 0 looks once;
--   `cancel`: a `stripe.canceller()`; `on_change(order, status_before)`; `driver`
-- @treturn[1] table `{ delivered = orders, canceled = orders, open = orders, complete }`
-- @treturn[2] nil
-- @treturn[2] table the error; codes of the workflow: "empty" (no order has the reference), "files"
--   (they can't be written)
-- @treturn[2] ?table what is known so far, in the same shape
function Climate:watch(options)
  return Watch.poll(client_of(self, "watch"), options)
end

--- The same for webhooks: handlers for the `on` of `stripe.webhook.handler` or of `events:since`.
-- @tparam[opt] table options `orders`, `reference`: only these; `directory`, `fetch`, `on_change`
-- @treturn table pattern -> function(ctx)
function Climate:handlers(options)
  return Watch.handlers(client_of(self, "handlers"), options or {})
end

--- Cancels an order, if it still can be.
-- @string id
-- @tparam[opt] table options `journal`; `force`: true asks Stripe even when the time is over;
--   `now`: a function that gives Unix seconds; `wait`: of the journal's `once`
-- @treturn[1] table the order
-- @treturn[1] nil
-- @treturn[1] table `{ refund = minor units that come back, already = it was canceled before }`
-- @treturn[2] nil
-- @treturn[2] table the error; codes of the workflow: "too_late", "ended"
function Climate:cancel(id, options)
  return Cancel.run(client_of(self, "cancel"), id, options)
end

--- Until when an order can be canceled, and what would come back.
-- @tparam table order
-- @treturn ?integer Unix seconds; nil when it has ended
-- @treturn ?integer minor units
function Climate:window(order)
  client_of(self, "window")
  return Cancel.window(order)
end

--- Adds up all orders.
-- @tparam[opt] table options `since`, `before`: Unix seconds, of the creation; `reference`
-- @treturn[1] table `{ groups = { { year, pathway, supplier, state = "ordered" | "delivered" |
--   "canceled", currency, metric_tons, amount_total, amount_fees }, ... }, totals = { { state,
--   currency, metric_tons, amount_total, amount_fees, orders }, ... } }` with the methods
--   `table()`, `csv()` and `svg()`, each of which gives text
-- @treturn[2] nil
-- @treturn[2] table the error
function Climate:report(options)
  return Report.make(client_of(self, "report"), options)
end

--- A plan that was kept as JSON, with its `tostring`.
-- @tparam table data
-- @treturn ?table nil when it is no plan
function Climate:adopt(data)
  client_of(self, "adopt")
  return Plan.adopt(data)
end

return new
