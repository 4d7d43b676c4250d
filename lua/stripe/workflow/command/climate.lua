--- The program stripe-climate: plan, buy, watch, cancel, resolve, report.
-- @module stripe.workflow.command.climate

local argparse = require "argparse"
local Common = require "stripe.workflow.command.common"
local File = require "stripe.file"
local core = require "stripe.core"
local money = require "stripe.money"
local shell_word = require "stripe.shell_word"
local workflow = require "stripe.workflow.climate"

local NAME = "stripe-climate"

local function terms(command)
  command:option("--tons", "How much, in metric tons, such as 1.5.")
  command:option("--budget", "How much money, fees included, such as 500.00.")
  command:option("--currency", "The currency to pay in.", "usd")
  command:option("--max-price", "The most that a ton may cost, fees included, such as 600.00.")
  command:option("--pathways", "Only these, separated by commas."):convert(Common.split)
  command:option("--suppliers", "Only these ids, separated by commas."):convert(Common.split)
  command:option("--products", "Only these ids, separated by commas."):convert(Common.split)
  command:option("--delivery-by", "The last year of delivery."):convert(Common.whole)
  command:option("--cap", "The most of a product, supplier or pathway: NAME=TONS or NAME=50%.")
    :count "*"
  command:option("--prefer", "price, delivery, pathway, supplier; several, separated by commas.")
    :convert(Common.split)
end

local function parser()
  local parse = argparse(NAME, "Buys carbon removal with Stripe Climate, follows the orders and "
    .. "adds them up.")
  Common.options(parse)
  parse:command_target "command"

  local plan = parse:command("plan", "Choose what to buy. Sends nothing that changes anything.")
  terms(plan)
  plan:option("--out", "Keep the plan in this file, for buy."):argname "FILE"

  local buy = parse:command("buy", "Buy a plan, once: run it again after a failure or a kill.")
  buy:argument("plan", "A file that plan wrote; without it the terms below are planned now.")
    :args "?"
  terms(buy)
  buy:option("--reference", "Names this purchase; the same name never buys twice."):count(1)
  buy:option("--on-price-change", "stop, accept, replace, or the percent that is all right.",
    "stop")
  buy:option("--on-sold-out", "stop, skip or replace.", "stop")
    :choices { "stop", "skip", "replace" }
  buy:option("--beneficiary", "The public name on the certificate.")
  buy:flag("--partial", "Buy a plan that does not reach what was asked for.")

  local watch = parse:command("watch", "Follow orders until they are delivered or canceled.")
  watch:option("--reference", "The orders of this purchase.")
  watch:argument("orders", "Or these orders."):args "*"
  watch:option("--directory", "Where certificates and deliveries are kept.", ".")
  watch:flag("--certificates", "Fetch the certificates, too (needs curl).")
  watch:option("--interval", "Seconds between two looks.", "3600"):convert(Common.whole)
  watch:option("--for", "Seconds to watch; 0 looks once, which is right for cron.", "0")
    :target("deadline"):convert(Common.whole)

  local cancel = parse:command("cancel", "Cancel an order while it can be canceled.")
  cancel:argument("order", "Its id.")
  cancel:flag("--force", "Ask even when the time for it is over.")

  Common.resolving(parse)

  local report = parse:command("report", "Add up tons and money by pathway, supplier and year.")
  report:option("--reference", "Only the orders of this purchase.")
  report:option("--format", "text, csv or svg.", "text"):choices { "text", "csv", "svg" }
  report:option("--out", "Write it into this file."):argname "FILE"
  return parse
end

local function minor(text, option, currency)
  if not text then return nil end
  local amount, message = money.to_minor(text, currency)
  if not amount then
    Common.stop(NAME, option .. ": " .. message:gsub("^amount: ", ""), Common.USAGE)
  end
  return amount
end

local function caps_of(options)
  local caps
  for _, cap in ipairs(options.cap or {}) do
    local name, value = cap:match "^([%w_]+)=(.+)$"
    if not name then Common.stop(NAME, "--cap takes NAME=TONS or NAME=50%", Common.USAGE) end
    caps = caps or {}
    caps[name] = value
  end
  return caps
end

local function checked(...) return Common.checked(NAME, ...) end

local function plan_of(climate, options)
  local plan, err = checked(climate.plan, climate, {
    metric_tons = options.tons, budget = minor(options.budget, "--budget", options.currency),
    currency = options.currency, pathways = options.pathways, suppliers = options.suppliers,
    max_price_per_ton = minor(options.max_price, "--max-price", options.currency),
    products = options.products, delivery_by = options.delivery_by, caps = caps_of(options),
    prefer = options.prefer,
  })
  if not plan then Common.fail(NAME, err, options) end
  return plan
end

local function plan_json(plan) return Common.lists(plan, { "lines", "rejected" }) end

local commands = {}

function commands.plan(climate, options)
  local plan = plan_of(climate, options)
  if options.out then Common.write(NAME, options.out, core.json(plan_json(plan)) .. "\n") end
  Common.print(options, plan_json(plan), tostring(plan))
  return plan.complete and Common.DONE or Common.FAILED
end

local function plan_in(climate, path)
  local text, message = File.read(path)
  if not text then Common.stop(NAME, message, Common.USAGE) end
  local plan = climate:adopt((core.decode(text)))
  if not plan then Common.stop(NAME, path .. " holds no plan", Common.USAGE) end
  return plan
end

local function bought_json(result)
  return Common.lists(result, { "lines", "orders" })
end

local function bought_text(result)
  local lines = {}
  for i, line in ipairs(result.lines) do
    lines[i] = line.state == "bought"
      and ("%s: %s t for %s, order %s"):format(line.product, line.metric_tons,
        money.format(line.amount_total, result.currency), line.order)
      or ("%s: %s, %s"):format(line.product, line.state, line.reason)
  end
  lines[#lines + 1] = ("%s: %s t for %s, %s of it fees"):format(result.reference,
    result.metric_tons, money.format(result.amount_total, result.currency),
    money.format(result.amount_fees, result.currency))
  return table.concat(lines, "\n") .. "\n"
end

local TERMS = { "tons", "budget", "max_price", "pathways", "suppliers", "products", "delivery_by",
  "prefer" }

-- The plan to buy: from its file, or made of the terms; not both.
local function plan_to_buy(climate, options)
  if not options.plan then return plan_of(climate, options) end
  for _, term in ipairs(TERMS) do
    if options[term] then
      Common.stop(NAME, ("give the plan in %s, or terms such as --%s, not both")
        :format(options.plan, (term:gsub("_", "-"))), Common.USAGE)
    end
  end
  return plan_in(climate, options.plan)
end

function commands.buy(climate, options)
  local plan = plan_to_buy(climate, options)
  if options.dry_run then
    Common.print(options, plan_json(plan), tostring(plan) .. "Nothing was bought.\n")
    return plan.complete and Common.DONE or Common.FAILED
  end
  local result, err, sofar = checked(climate.buy, climate, plan, {
    journal = Common.journal(NAME, options), reference = options.reference,
    on_price_change = tonumber(options.on_price_change) or options.on_price_change,
    on_sold_out = options.on_sold_out, partial = options.partial,
    beneficiary = options.beneficiary and { public_name = options.beneficiary } or nil,
  })
  if not result then
    if sofar and #sofar.lines > 0 and not options.json then io.write(bought_text(sofar)) end
    Common.fail(NAME, err, options, sofar and bought_json(sofar))
  end
  Common.print(options, bought_json(result), bought_text(result))
  return result.complete and Common.DONE or Common.FAILED
end

local function make_directory(path)
  local made = os.execute("mkdir -p -- " .. shell_word(path))
  if made ~= true and made ~= 0 then Common.stop(NAME, path .. " can't be made", Common.USAGE) end
end

-- Gets a certificate: its bytes and an extension, or nil and a message.
local function fetch(url)
  if not url:find("^https://[%w.-]+/") then return nil, url .. " is no address of the web" end
  local pipe = io.popen("curl -fsSL --proto =https --max-time 60 -- " .. shell_word(url))
  local bytes = pipe and pipe:read("*a") or ""
  if pipe then pipe:close() end
  if bytes == "" then return nil, url .. " can't be fetched" end
  return bytes, bytes:find("^%%PDF") and "pdf" or "html"
end

function commands.watch(climate, options)
  if (options.reference == nil) == (#options.orders == 0) then
    Common.stop(NAME, "say which orders: --reference NAME, or their ids", Common.USAGE)
  end
  make_directory(options.directory)
  local result, err = checked(climate.watch, climate, {
    orders = not options.reference and options.orders or nil, reference = options.reference,
    directory = options.directory, interval = math.max(options.interval, 1),
    deadline = options.deadline, fetch = options.certificates and fetch or nil,
  })
  if not result then Common.fail(NAME, err, options) end
  local lines = {}
  for _, state in ipairs { "delivered", "canceled", "open" } do
    for _, order in ipairs(result[state]) do
      lines[#lines + 1] = ("%s: %s"):format(order.id, order.status or "not seen")
    end
  end
  Common.print(options, Common.lists(result, { "delivered", "canceled", "open" }),
    table.concat(lines, "\n") .. "\n")
  return result.complete and Common.DONE or Common.AGAIN
end

function commands.cancel(climate, options)
  if options.dry_run then
    local order, err = climate.client.climate.orders:retrieve(options.order)
    if not order then Common.fail(NAME, err, options) end
    local ends, refund = climate:window(order)
    if ends and core.time() > ends then ends = nil end
    Common.print(options, { order = order.id, status = order.status, cancel_until = ends,
      refund = refund }, ends and ("%s: %s would come back, until %s\n"):format(order.id,
      money.format(refund, order.currency), os.date("!%Y-%m-%d %H:%M UTC", ends))
      or ("%s is %s\n"):format(order.id, order.status))
    return Common.DONE
  end
  local order, err, info = climate:cancel(options.order, {
    journal = Common.journal(NAME, options), force = options.force,
  })
  if not order then Common.fail(NAME, err, options) end
  Common.print(options, order, info.already and order.id .. ": it was canceled before\n"
    or ("%s: canceled, %s come back\n"):format(order.id, money.format(info.refund, order.currency)))
  return Common.DONE
end

function commands.report(climate, options)
  local report, err = climate:report { reference = options.reference }
  if not report then Common.fail(NAME, err, options) end
  local texts = { text = report.table, csv = report.csv, svg = report.svg }
  Common.write(NAME, options.out,
    options.json and core.json { groups = report.groups, totals = report.totals } .. "\n"
      or texts[options.format](report))
  return Common.DONE
end

--- Runs the program; returns never.
-- @tparam {string,...} arguments
local function main(arguments)
  Common.run(NAME, parser():parse(arguments), workflow, commands, "climorder_")
end

return main
