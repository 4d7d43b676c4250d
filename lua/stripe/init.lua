--- Stripe for Lua: clients, and what is needed around them.
--
--     local stripe = require "stripe"
--     local client = stripe.new("sk_test_...")
--     local order, err = client.climate.orders:create {
--       product = "climsku_...", metric_tons = "0.5", currency = "usd",
--     }
--
-- `stripe.webhook`, `stripe.simulator`, `stripe.money`, `stripe.journal`, `stripe.batch` and
-- `stripe.workflow` load when first touched.
-- @module stripe

local core = require "stripe.core"
local Client = require "stripe.client"
local Driver = require "stripe.driver"
local Operations = require "stripe.operations"
local canceller = require "stripe.canceller"
local gather = require "stripe.gather"

local stripe = {
  _NAME = "stripe",
  _VERSION = core._VERSION,
  --- JSON's null: clears a parameter; the same value as cjson.null and ngx.null.
  null = core.null,
  --- A list without elements, where `{}` would send nothing.
  empty_array = core.empty_array,
  --- Exact decimal numbers of up to 128 digits, which never change. An operand is one of them, text
  -- such as "12.50", an integer, or a float of at most 15 significant digits. `new(x)` -> decimal |
  -- nil, message; the others throw: `add`, `sub`, `mul(a, b)`; `div(a, b, places, mode)`; `round(x,
  -- mode, places)`, places being 0 unless given, and negative for tens and hundreds; `cmp(a, b)` ->
  -- -1, 0, 1; `neg`, `abs`, `sign`, `is_zero`, `tostring(x)`; `to_integer(x)` -> integer | nil,
  -- message; `is_decimal(x)`. Modes: "half_even", "half_up", "half_down", "up", "down", "ceiling",
  -- "floor". They are methods, too: `x:round("half_up", 2)`; + - * and comparisons do as well.
  decimal = core.decimal,
  new = Client.new,
  gather = gather,
  canceller = canceller.new,
}

--- What the API is, as this library knows it: `{ ["climate.orders"] = { object =, operations =,
-- fields = }, ... }`. Built once: read it, don't write to it.
-- @treturn table
function stripe.catalogue()
  return Operations.catalogue()
end

--- The lists of names: event_types, extra_event_types, explicit_event_types, api_versions,
-- error_codes, crypto_onramp_error_codes.
-- @treturn table
function stripe.catalogue_names()
  return core.names()
end

--- Closes this state's engine, if it was ever loaded; calls in flight end as canceled.
function stripe.close()
  local engine = package.loaded["stripe.transport.engine"]
  if engine then engine.close() end
end

--- The id of what may be an id or the object itself, as fields are that can be expanded.
-- @param x a string, an object with an id, or nil or stripe.null
-- @treturn ?string nil for nil and stripe.null
function stripe.id(x)
  if x == nil or x == core.null or type(x) == "string" then
    return type(x) == "string" and x or nil
  end
  local id = type(x) == "table" and x.id
  if type(id) ~= "string" then error("stripe.id takes an id or an object that has one", 2) end
  return id
end

-- One value so that no two different lists of values give the same text.
local function unambiguous(value)
  local kind = type(value)
  if kind == "number" and value % 1 == 0 and math.abs(value) < 2 ^ 53 then
    value, kind = ("%d"):format(value), "integer"
  elseif kind == "boolean" then
    value = tostring(value)
  elseif kind ~= "string" then
    return nil
  end
  return ("%s:%d:%s"):format(kind, #value, value)
end

--- An idempotency key made of what the call means, so that a script that is started again sends the
-- same key, and Stripe does nothing twice: `stripe.idempotency("order", order_number, try)`.
-- @param ... strings, integers, booleans; at least one
-- @treturn string 32 hex digits
function stripe.idempotency(...)
  local parts = {}
  for i = 1, select("#", ...) do
    parts[i] = unambiguous((select(i, ...)))
    if not parts[i] then
      error(("argument %d must be a string, an integer or a boolean"):format(i), 2)
    end
  end
  if #parts == 0 then error("stripe.idempotency takes what the call means", 2) end
  return core.sha256(table.concat(parts, ",")):sub(1, 32)
end

-- libcurl takes milliseconds to load: in nginx, better now than when a call waits.
if package.loaded.ngx then Driver.current() end

local LAZY = {
  webhook = true, simulator = true, money = true, journal = true, batch = true, workflow = true,
}

return setmetatable(stripe, {
  __name = "stripe",
  __index = function(self, name)
    if not LAZY[name] then return nil end
    local module = require("stripe." .. name)
    rawset(self, name, module)
    return module
  end,
})
