local stripe = require "stripe"

local decimal = stripe.decimal

local NOW = 1800000000
local MARINE, WEATHERING = "climsku_marine_removal_2029", "climsku_enhanced_weathering_2028"
local SPOT, PORTFOLIO = "climsku_frontier_spot_biomass_2024",
  "climsku_frontier_offtake_portfolio_2027"
local AIR, MIXED = "climsku_direct_air_capture_2030", "climsku_frontier_mixed_portfolio"

describe("the climate workflow", function()
  local sim, client, climate, journal

  before_each(function()
    sim = stripe.simulator.new { clock = NOW }
    client = stripe.new { api_key = "sk_test_1", transport = sim, max_retries = 0 }
    climate = stripe.workflow.climate(client)
    journal = assert(stripe.journal { memory = true, now = function() return NOW end })
  end)

  local function products(plan)
    local list = {}
    for i, line in ipairs(plan.lines) do list[i] = line.product end
    return list
  end

  local function orders()
    return assert(assert(client.climate.orders:list { limit = 100 }):collect())
  end

  describe("plans", function()
    it("the cheapest first, as far as the stock goes", function()
      local plan = assert(climate:plan { metric_tons = "10000" })
      assert.same({ MARINE, WEATHERING }, products(plan))
      assert.equal("6400.75", plan.lines[1].metric_tons)
      assert.equal("3599.25", plan.lines[2].metric_tons)
      assert.equal("10000", plan.metric_tons)
      assert.is_true(plan.complete)
    end)

    it("what the orders will cost, to the cent", function()
      for _, tons in ipairs { "0.5", "1", "3.333333", "0.017", "7000" } do
        local plan = assert(climate:plan { metric_tons = tons, exclude = { SPOT } })
        for _, line in ipairs(plan.lines) do
          local order = assert(client.climate.orders:create {
            product = line.product, metric_tons = line.metric_tons, currency = "usd",
          })
          assert.equal(order.amount_subtotal, line.amount_subtotal)
          assert.equal(order.amount_fees, line.amount_fees)
          assert.equal(order.amount_total, line.amount_total)
          sim:reset()
        end
      end
    end)

    it("within a budget, fees included", function()
      for _, budget in ipairs { 100, 101, 9999, 10000, 123457 } do
        local plan = assert(climate:plan { budget = budget })
        assert.is_true(plan.amount_total <= budget)
        assert.is_true(plan.amount_total >= budget - 1)
        assert.equal(budget - plan.amount_total, plan.unspent)
        assert.is_true(plan.complete)
        assert.equal("amount", plan.lines[1].by)
      end
    end)

    it("in other currencies, also those without cents", function()
      local plan = assert(climate:plan { metric_tons = 2, currency = "JPY" })
      assert.equal("jpy", plan.currency)
      assert.same({ SPOT }, products(plan))
      assert.equal(2 * 63000, plan.amount_subtotal)
      assert.matches("126000 JPY", tostring(plan), 1, true)
    end)

    it("by pathway, supplier, year and price", function()
      local function first(options)
        options.metric_tons = 1
        return products(assert(climate:plan(options)))
      end
      assert.same({ AIR }, first { pathways = { "direct_air_capture" } })
      assert.same({ WEATHERING }, first { suppliers = { "climsup_lithos_carbon" } })
      assert.same({ WEATHERING }, first { delivery_by = 2028 })
      assert.same({ SPOT }, first { delivery_by = 2027 })
      assert.same({}, first { max_price_per_ton = 28324 })
      assert.same({ MARINE }, first { max_price_per_ton = 28325 })
      assert.same({ SPOT }, first { prefer = "delivery" })
      assert.same({ MIXED }, first { products = { MIXED } })
      assert.same({ PORTFOLIO }, first {
        products = { PORTFOLIO, AIR }, prefer = { "pathway", "price" },
        pathways = { "biomass_carbon_removal_and_storage", "direct_air_capture" },
      })
      assert.same({ AIR }, first {
        products = { PORTFOLIO, AIR }, prefer = { "pathway", "price" },
        pathways = { "direct_air_capture", "biomass_carbon_removal_and_storage" },
      })
    end)

    it("under caps, in tons and in shares", function()
      local plan = assert(climate:plan {
        metric_tons = "10", caps = { [MARINE] = 4, enhanced_weathering = "25%" },
      })
      assert.same({ MARINE, WEATHERING, SPOT }, products(plan))
      assert.same({ "4", "2.5", "3.5" },
        { plan.lines[1].metric_tons, plan.lines[2].metric_tons, plan.lines[3].metric_tons })
      plan = assert(climate:plan { budget = 100000, caps = { climsup_planetary = "30%" } })
      assert.same({ MARINE, WEATHERING }, products(plan))
      assert.is_true(plan.lines[1].amount_total <= 30000)
      assert.is_true(plan.lines[1].amount_total >= 29999)
    end)

    it("under no cap that means nothing", function()
      local none, err = climate:plan {
        metric_tons = "10", caps = { enhanced_wethering = "25%", [MARINE] = 4 },
      }
      assert.is_nil(none)
      assert.equal("caps: no product, supplier or pathway is called \"enhanced_wethering\" "
        .. '(did you mean "enhanced_weathering"?)', err.message)
      -- What isn't on sale today may be tomorrow.
      assert(climate:plan { metric_tons = "1", caps = { climsku_gone = 1, climsup_gone = 1 } })
      sim.climate:stock(WEATHERING, { metric_tons = "0", active = false })
      assert(climate:plan { metric_tons = "1", caps = { enhanced_weathering = 1 } })
    end)

    it("and says what is missing, and why a product was left out", function()
      local plan = assert(climate:plan { metric_tons = "500", products = { AIR } })
      assert.is_false(plan.complete)
      assert.equal("80", plan.missing_tons)
      assert.matches("80 t of 500 t", tostring(plan), 1, true)
      plan = assert(climate:plan { metric_tons = 1, delivery_by = 2028 })
      local reasons = {}
      for _, each in ipairs(plan.rejected) do reasons[each.product] = each.reason end
      assert.equal("delivered in 2029", reasons[MARINE])
      assert.equal("its delivery year is not known", reasons[MIXED])
    end)

    it("without sending anything but reads", function()
      assert(climate:plan { metric_tons = 1 })
      for _, request in ipairs(sim:requests()) do assert.equal("GET", request.method) end
    end)

    it("as a table with totals, and as plain data", function()
      local plan = assert(climate:plan { metric_tons = "1.5" })
      assert.matches("Marine carbon removal 2029  marine carbon removal  2029", tostring(plan), 1,
        true)
      assert.matches("424.88 USD", tostring(plan), 1, true)
      local core = require "stripe.core"
      local copy = climate:adopt(assert(core.decode(core.json(plan))))
      assert.equal(tostring(plan), tostring(copy))
      assert.is_nil(climate:adopt { object = "list" })
    end)

    it("with names for what is wrong", function()
      local function refused(options, message)
        assert.error_matches(function() climate:plan(options) end, message)
      end
      refused({}, '"metric_tons" or "budget"')
      refused({ metric_tons = 1, budget = 1 }, "one of them")
      refused({ metric_tons = "-1" }, "positive decimal")
      refused({ metric_tons = "x" }, "positive decimal")
      refused({ budget = "12.50" }, "minor units")
      refused({ budget = 12.5 }, "minor units")
      refused({ metric_tons = 1, pathway = {} }, "pathways")
      refused({ metric_tons = 1, pathways = "x" }, "list of texts")
      refused({ metric_tons = 1, suppliers = { "a", b = "c" } }, "list of texts")
      refused({ metric_tons = 1, caps = { x = "many" } }, "metric tons, or a share")
      refused({ metric_tons = 1, caps = "25%" }, '"caps" must be a table')
      refused({ metric_tons = 1, caps = { 5 } }, '"caps": its keys')
      refused({ metric_tons = 1, prefer = "cheap" }, "prefer")
      assert.error_matches(function() climate.plan { metric_tons = 1 } end, "colon")
      assert.error_matches(function() stripe.workflow.climate {} end, "takes a client")
    end)

    it("and hands on what the API answers", function()
      sim.faults:add { fault = "server_error" }
      local none, err = climate:plan { metric_tons = 1 }
      assert.is_nil(none)
      assert.equal(500, err.status)
    end)
  end)

  describe("buys", function()
    local function buy(plan, options)
      local given = { journal = journal, reference = "november" }
      for name, value in pairs(options or {}) do given[name] = value end
      return climate:buy(plan, given)
    end

    local function plan_of(tons, options)
      local given = { metric_tons = tons or "10000" }
      for name, value in pairs(options or {}) do given[name] = value end
      return assert(climate:plan(given))
    end

    it("each line once, and the totals are those of the plan", function()
      local plan = plan_of()
      local bought = assert(buy(plan, { beneficiary = { public_name = "Rocket Rides" } }))
      assert.equal(2, #bought.orders)
      assert.equal(plan.amount_total, bought.amount_total)
      assert.equal(plan.metric_tons, bought.metric_tons)
      assert.is_true(bought.complete)
      assert.is_false(bought.resumed)
      assert.equal("Rocket Rides", bought.orders[1].beneficiary.public_name)
      assert.equal("november", bought.orders[1].metadata.climate_reference)
      local again = assert(buy(plan))
      assert.is_true(again.resumed)
      assert.equal(plan.amount_total, again.amount_total)
      assert.equal(2, #orders())
    end)

    it("for exactly the money of a budget", function()
      local plan = assert(climate:plan { budget = 50000 })
      local bought = assert(buy(plan))
      assert.equal(plan.amount_total, bought.amount_total)
      assert.equal(0, bought.lines[1].deviation)
    end)

    it("on with the plan that a run began with, whatever was planned since", function()
      local first = plan_of()
      sim.faults:add { fault = "lost", times = 1, match = { operation = "climate.orders.create" } }
      local none, err, sofar = buy(first)
      assert.is_nil(none)
      assert.equal("maybe", err.sent)
      assert.equal(0, #sofar.orders)
      sim.climate:price(MARINE, { usd = 99000 })
      local bought = assert(buy(plan_of("20")))
      assert.equal(first.amount_total, bought.amount_total)
      assert.equal(2, #orders())
    end)

    it("nothing when a price has risen, unless it may", function()
      local plan = plan_of("10")
      sim.climate:price(MARINE, { usd = 30000 })
      local none, err = buy(plan)
      assert.is_nil(none)
      assert.equal("price_changed", err.code)
      assert.matches("309.00 USD now, 283.25 USD", err.message, 1, true)
      assert.equal(0, #orders())
      assert.is_nil((buy(plan, { on_price_change = 9 })))
      local bought = assert(buy(plan, { on_price_change = 9.1 }))
      assert.equal(309000 - 283250, bought.lines[1].deviation)
    end)

    it("at a lower price without asking", function()
      local plan = plan_of("10")
      sim.climate:price(MARINE, { usd = 20000 })
      local bought = assert(buy(plan))
      assert.equal(206000, bought.amount_total)
      assert.is_true(bought.lines[1].deviation < 0)
    end)

    it("stops, skips or replaces what is sold out", function()
      local plan = plan_of()
      sim.climate:stock(WEATHERING, "1")
      local none, err, sofar = buy(plan)
      assert.is_nil(none)
      assert.equal("sold_out", err.code)
      assert.equal(1, #sofar.orders)
      local bought = assert(buy(plan, { on_sold_out = "replace" }))
      assert.equal("10000", bought.metric_tons)
      assert.is_true(bought.complete)
      assert.equal("replaced", bought.lines[2].state)
      assert.equal("2.1", bought.lines[3].number)
      assert.equal(#bought.orders, #orders())
      bought = assert(buy(plan, { reference = "other", on_sold_out = "skip" }))
      assert.is_false(bought.complete)
    end)

    it("stays with a replacement when the product is back", function()
      local plan = plan_of()
      sim.climate:stock(MARINE, "0")
      sim.faults:add { fault = "lost", times = 1, match = { operation = "climate.orders.create" } }
      assert.is_nil((buy(plan, { on_sold_out = "replace" })))
      sim.climate:stock(MARINE, "6400.75")
      local bought = assert(buy(plan, { on_sold_out = "replace" }))
      assert.equal("10000", bought.metric_tons)
      for _, order in ipairs(bought.orders) do assert.not_equal(MARINE, order.product) end
      assert.equal(#bought.orders, #orders())
    end)

    it("what somebody else left between the look and the order", function()
      local plan = plan_of("6000", { products = { MARINE, WEATHERING } })
      sim.faults:add {
        fault = { status = 400, body = { error = { type = "invalid_request_error",
          code = "out_of_inventory", message = "Only 1 metric tons are available." } } },
        match = { operation = "climate.orders.create" },
      }
      local bought = assert(buy(plan, { on_sold_out = "replace" }))
      assert.equal("6000", bought.metric_tons)
      assert.equal(WEATHERING, bought.orders[1].product)
    end)

    it("two purchases, whatever their references look like", function()
      local plan = plan_of("10")
      assert(buy(plan, { reference = "2026" }))
      local other = assert(buy(plan, { reference = "2026/1" }))
      assert.is_false(other.resumed)
      assert.equal("10", other.metric_tons)
      assert.equal(2, #orders())
    end)

    it("by its policy, too, what has to be sent anew after days", function()
      local plan = plan_of("10")
      local now = NOW
      journal = assert(stripe.journal { memory = true, now = function() return now end })
      sim.faults:add { fault = "reset", times = 1, match = { operation = "climate.orders.create" } }
      assert.is_nil((buy(plan)))
      now = now + 90000
      sim:advance(90000)
      sim.climate:price(MARINE, { usd = 90000 })
      local none, err = buy(plan)
      assert.is_nil(none)
      assert.equal("price_changed", err.code)
      assert.equal(0, #orders())
      assert.equal(WEATHERING, assert(buy(plan, { on_price_change = "replace" })).orders[1].product)
    end)

    it("what takes a line's place within the caps of the whole", function()
      local plan = plan_of("10", {
        caps = { [MARINE] = 4, enhanced_weathering = "25%", direct_air_capture = "10%" },
      })
      assert.equal(3, #plan.lines) -- 4 t, 2.5 t and 3.5 t of the spot tons
      assert(sim.climate:product("climsku_more_weathering", {
        name = "More weathering", prices = { usd = 30000 }, metric_tons = "100",
        delivery_year = 2028, suppliers = { "climsup_lithos_carbon" },
      }))
      sim.climate:stock(SPOT, "0")
      local bought = assert(buy(plan, { on_sold_out = "replace" }))
      local tons = decimal.new(0)
      for _, order in ipairs(bought.orders) do
        assert.not_equal("climsku_more_weathering", order.product)
        if order.product == AIR then assert.equal("1", order.metric_tons) end
        tons = tons:add(order.metric_tons)
      end
      assert.equal(0, decimal.cmp(tons, 10))
    end)

    it("on when a person has told the journal what became of an order", function()
      local plan = plan_of("10")
      sim.faults:add { fault = "lost", times = 1, match = { operation = "climate.orders.create" } }
      assert.is_nil((buy(plan)))
      assert.is_true(journal:resolve("climate/november/1", { object = { id = orders()[1].id } }))
      local bought = assert(buy(plan))
      assert.equal(plan.amount_total, bought.amount_total)
      assert.equal(1, #orders())
    end)

    it("under its own reference, whatever metadata is given", function()
      assert(buy(plan_of("1"), { metadata = { climate_reference = "x", department = "7" } }))
      local metadata = orders()[1].metadata
      assert.equal("november", metadata.climate_reference)
      assert.equal("7", metadata.department)
    end)

    it("nothing for money because it was bought in test mode", function()
      local plan = plan_of("1")
      assert(buy(plan))
      plan.livemode = true
      local none, err = buy(plan)
      assert.is_nil(none)
      assert.equal("changed", err.code)
      assert.matches("in test mode", err.message, 1, true)
    end)

    it("an incomplete plan only when told to", function()
      local plan = plan_of("500", { products = { AIR } })
      local none, err = buy(plan)
      assert.is_nil(none)
      assert.equal("incomplete", err.code)
      assert.equal("420", assert(buy(plan, { partial = true })).metric_tons)
    end)

    it("only with a journal and a reference", function()
      local plan = plan_of("1")
      assert.error_matches(function() climate:buy(plan, { reference = "x" }) end, "journal")
      assert.error_matches(function() climate:buy(plan, { journal = journal }) end, "reference")
      assert.error_matches(function() climate:buy({}, {}) end, "plan")
      assert.error_matches(function() buy(plan, { on_sold_out = "cry" }) end, "on_sold_out")
      assert.error_matches(function() buy(plan, { refrence = "x" }) end, "refrence")
      assert.error_matches(function() buy(plan, { metadata = 1 }) end, "metadata")
      assert.error_matches(function() buy(plan, { wait = "1" }) end, "wait")
    end)
  end)

  describe("watches", function()
    local directory

    before_each(function()
      directory = os.tmpname()
      os.remove(directory)
      os.execute("mkdir " .. directory)
    end)
    after_each(function() os.execute("rm -rf " .. directory) end)

    local function read(name)
      local file = assert(io.open(directory .. "/" .. name))
      local text = file:read "*a"
      file:close()
      return text
    end

    local function order()
      return assert(client.climate.orders:create {
        product = MIXED, metric_tons = "1", currency = "usd",
        metadata = { climate_reference = "november" },
      })
    end

    it("until all are delivered or canceled, and keeps what came", function()
      local first, second = order(), order()
      local seen, looks = {}, 0
      local driver = {}
      for name, verb in pairs(require "stripe.driver.blocking") do driver[name] = verb end
      driver.sleep = function()
        looks = looks + 1
        if looks == 2 then sim.climate:deliver(first.id) end
        if looks == 3 then assert(client.climate.orders:cancel(second.id)) end
      end
      local result = assert(climate:watch {
        reference = "november", directory = directory, driver = driver, interval = 1,
        on_change = function(o, before) seen[#seen + 1] = (before or "new") .. ">" .. o.status end,
        fetch = function(url) return "certificate of " .. url, "txt" end,
      })
      assert.is_true(result.complete)
      assert.equal(3, looks)
      assert.equal(first.id, result.delivered[1].id)
      assert.equal(second.id, result.canceled[1].id)
      assert.same({ "new>confirmed", "new>confirmed", "confirmed>delivered",
        "confirmed>canceled" }, seen)
      local kept = require("stripe.core").decode(read(first.id .. ".json"))
      assert.equal("delivered", kept.status)
      local csv = read(first.id .. ".csv")
      assert.equal(5, select(2, csv:gsub("\r\n", "")))
      assert.matches("Heirloom,direct_air_capture,US,https://registry.example/", csv, 1, true)
      assert.matches("^certificate of https://", read(first.id .. ".txt"))
      assert.matches("canceled", read(second.id .. ".json"))
    end)

    it("for as long as it may", function()
      local made = order()
      local result = assert(climate:watch { orders = { made }, deadline = 0 })
      assert.is_false(result.complete)
      assert.equal(made.id, result.open[1].id)
    end)

    it("through failures that pass", function()
      local made = order()
      sim.climate:deliver(made.id)
      sim.faults:add { fault = "server_error", match = { operation = "climate.orders.retrieve" } }
      local driver = {}
      for name, verb in pairs(require "stripe.driver.blocking") do driver[name] = verb end
      driver.sleep = function() end
      assert.is_true(assert(climate:watch { orders = { made.id }, driver = driver }).complete)
      local none, err = climate:watch { orders = { "climorder_none" } }
      assert.is_nil(none)
      assert.equal(404, err.status)
    end)

    it("no orders at all only by mistake", function()
      local none, err = climate:watch { reference = "novembre" }
      assert.is_nil(none)
      assert.equal("empty", err.code)
      assert.error_matches(function() climate:watch { orders = {} } end, "at least one")
      assert.error_matches(function() climate:watch { orders = { "x" }, deadline = "1" } end,
        "deadline")
      assert.error_matches(function() climate:handlers { directroy = "x" } end, "directroy")
    end)

    it("and writes lists as lists", function()
      local made = order()
      assert(client.climate.orders:cancel(made.id))
      assert(climate:watch { orders = { made }, directory = directory })
      assert.matches('"delivery_details":[]', read(made.id .. ".json"), 1, true)
    end)

    it("says when a file can't be written", function()
      local made = order()
      sim.climate:deliver(made.id)
      local none, err = climate:watch { orders = { made }, directory = directory .. "/none" }
      assert.is_nil(none)
      assert.equal("files", err.code)
    end)

    it("by events as well", function()
      local made, other = order(), order()
      sim.climate:deliver(made.id)
      local on = climate:handlers { orders = { made }, directory = directory }
      local handler = on["climate.order.*"]
      assert.is_true(handler { object = { id = other.id } })
      assert.is_true(handler { object = { id = made.id, status = "confirmed" } })
      assert.matches("registry", read(made.id .. ".csv"))
      assert.is_nil(io.open(directory .. "/" .. other.id .. ".json"))
    end)

    it("by webhooks, whose events come again when a file can't be written", function()
      local made, secret, seen = order(), "whsec_test", {}
      local function receive(folder)
        local handler = stripe.webhook.handler {
          secrets = { secret }, store = stripe.webhook.store.memory(),
          on = climate:handlers {
            reference = "november", directory = folder,
            on_change = function(o, before)
              seen[#seen + 1] = (before or "new") .. ">" .. o.status
            end,
          },
        }
        local statuses = {}
        local events = assert(client.events:list { type = "climate.order.delivered" })
        for _, event in ipairs(events.data) do
          local payload = require("stripe.core").json(event)
          statuses[#statuses + 1] = handler(payload, {
            ["stripe-signature"] = stripe.webhook.sign(payload, secret),
          })
        end
        return statuses
      end
      sim.climate:deliver(made.id)
      assert.same({ 500 }, receive(directory .. "/none"))
      assert.same({ 200 }, receive(directory))
      assert.same({ "new>delivered", "new>delivered" }, seen)
      assert.matches("registry", read(made.id .. ".csv"))
    end)
  end)

  describe("cancels", function()
    local function order()
      return assert(client.climate.orders:create {
        product = MARINE, metric_tons = "1", currency = "usd",
      })
    end

    it("within a day, less the fees", function()
      local made = order()
      local canceled, err, info = climate:cancel(made.id, { now = function() return NOW end })
      assert.is_nil(err)
      assert.equal("canceled", canceled.status)
      assert.equal(27500, info.refund)
      canceled, err, info = climate:cancel(made.id)
      assert.is_nil(err)
      assert.equal("canceled", canceled.status)
      assert.is_true(info.already)
    end)

    it("not after it, without asking", function()
      local made = order()
      local late = { now = function() return NOW + 86401 end }
      local none, err = climate:cancel(made.id, late)
      assert.is_nil(none)
      assert.equal("too_late", err.code)
      late.force = true
      assert.is_truthy(climate:cancel(made.id, late))
    end)

    it("for thirty days after a delay, with the fees", function()
      local made = order()
      sim:advance(10 * 86400)
      local delayed = assert(sim.climate:delay(made.id))
      local ends, refund = climate:window(delayed)
      assert.equal(NOW + 40 * 86400, ends)
      assert.equal(28325, refund)
      assert.is_truthy(climate:cancel(made.id, { now = function() return ends end }))
    end)

    it("and says what is wrong with its options", function()
      assert.error_matches(function() climate:cancel() end, "argument 1 %(id%)")
      assert.error_matches(function() climate:cancel("x", { jurnal = journal }) end, "jurnal")
      assert.error_matches(function() climate:cancel("x", { journal = {} }) end, "stripe.journal")
      assert.error_matches(function() climate:report { refrence = "x" } end, "refrence")
      assert.error_matches(function() climate:report { since = "2026" } end, "since")
    end)

    it("once, with a journal, and not what has ended", function()
      local made = order()
      sim.faults:add { fault = "lost", match = { operation = "climate.orders.cancel" } }
      local options = { journal = journal, now = function() return NOW end }
      assert.is_nil((climate:cancel(made.id, options)))
      assert.equal("canceled", assert(climate:cancel(made.id, options)).status)
      local delivered = order()
      sim.climate:deliver(delivered.id)
      local none, err = climate:cancel(delivered.id)
      assert.is_nil(none)
      assert.equal("ended", err.code)
    end)

    it("also when a person told the journal that it was done, and it wasn't", function()
      local made = order()
      sim.faults:add { match = { operation = "climate.orders.cancel" }, fault = {
        status = 500, headers = { ["Idempotent-Replayed"] = "true" }, body = "{}",
      } }
      local options = { journal = journal, now = function() return NOW end }
      assert.is_nil((climate:cancel(made.id, options)))
      local _, doubt = climate:cancel(made.id, options)
      assert.equal("doubtful", doubt.code)
      assert.matches("nothing shows that it was. Look in the Dashboard at " .. made.id,
        doubt.message, 1, true)
      assert(journal:resolve(doubt.entry, { object = { id = made.id } }))
      local canceled, err = climate:cancel(made.id, options)
      assert.is_nil(err)
      assert.equal("canceled", canceled.status)
      assert.equal("usd", canceled.currency)
    end)
  end)

  describe("reports", function()
    local function order(product, tons)
      return assert(client.climate.orders:create {
        product = product, metric_tons = tons, currency = "usd",
      })
    end

    it("tons and money that add up, whoever delivered them", function()
      local first = order(MIXED, "1.000001")
      order(MARINE, "2.5")
      local gone = order(PORTFOLIO, "3")
      sim.climate:deliver(first.id)
      assert(client.climate.orders:cancel(gone.id))
      local report = assert(climate:report())
      local tons, total, fees = decimal.new(0), 0, 0
      for _, group in ipairs(report.groups) do
        tons = tons:add(group.metric_tons)
        total, fees = total + group.amount_total, fees + group.amount_fees
      end
      local sum = 0
      for _, made in ipairs(orders()) do sum = sum + made.amount_total end
      assert.equal("6.500001", tostring(tons))
      assert.equal(sum, total)
      assert.is_true(fees > 0)
      assert.equal(6, #report.groups)
      assert.same({ "ordered", "delivered", "canceled" },
        { report.totals[1].state, report.totals[2].state, report.totals[3].state })
    end)

    it("as a table, as CSV, as a picture", function()
      order(MARINE, "2")
      order(WEATHERING, "1.5")
      local report = assert(climate:report())
      assert.matches("2028  enhanced weathering    Lithos Carbon", report:table(), 1, true)
      assert.equal(report:table(), tostring(report))
      assert.matches("2029,marine carbon removal,Planetary,ordered,2,USD,16.50,566.50\r\n",
        report:csv(), 1, true)
      local svg = report:svg()
      assert.matches("^<svg xmlns=", svg)
      assert.matches("marine carbon removal: 2 t", svg, 1, true)
      assert.matches(">1.5 t<", svg, 1, true)
    end)

    it("on part of the time, and on one purchase", function()
      order(MARINE, "2")
      sim:advance(1000)
      local plan = assert(climate:plan { metric_tons = "1" })
      assert(climate:buy(plan, { journal = journal, reference = "november" }))
      assert.equal("1", assert(climate:report { since = NOW + 1 }).totals[1].metric_tons)
      assert.equal("2", assert(climate:report { before = NOW + 1 }).totals[1].metric_tons)
      assert.equal("1", assert(climate:report { reference = "november" }).totals[1].metric_tons)
    end)
  end)
end)
