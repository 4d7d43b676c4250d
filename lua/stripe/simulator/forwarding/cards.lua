--- Payment methods that can be forwarded: the test cards by their well-known names, and those a
-- test adds.
--
-- Each use of a pm_card_... name stands for a fresh payment method, so its CVC never runs out;
-- that of an added one is used up by the first forward that asks for it.
-- @module stripe.simulator.forwarding.cards
local errors = require "stripe.simulator.errors"

local cards = {}

local NUMBERS = {
  pm_card_visa = "4242424242424242",
  pm_card_visa_debit = "4000056655665556",
  pm_card_mastercard = "5555555555554444",
  pm_card_mastercard_debit = "5200828282828210",
  pm_card_mastercard_prepaid = "5105105105105100",
  pm_card_amex = "378282246310005",
  pm_card_discover = "6011111111111117",
  pm_card_diners = "3056930009020004",
  pm_card_jcb = "3566002020360505",
  pm_card_unionpay = "6200000000000005",
}

local function test_card(id)
  return {
    number = NUMBERS[id],
    month = "03",
    year = "2030",
    cvc = id == "pm_card_amex" and "1234" or "123",
    name = "Jenny Rosen",
  }
end

local function added(account)
  local private = account.store:private "forwarding"
  private.payment_methods = private.payment_methods or {}
  return private.payment_methods
end

--- The shape of what a test says about a payment method.
cards.CARD = { number = "scalar", exp_month = "digits", exp_year = "digits", cvc = "scalar",
  name = "string", type = "string" }

--- Adds (or replaces) a payment method.
-- @tparam string id such as "pm_1"
-- @tparam table options `{ number, exp_month, exp_year, cvc, name, type = "card" | "link" }`;
-- what is missing is taken from pm_card_visa
-- @treturn boolean true | nil, err
function cards.add(account, id, options)
  local card, given = test_card "pm_card_visa", options or {}
  card.number = tostring(given.number or card.number):gsub("[ -]", "")
  if not card.number:find "^%d+$" or #card.number < 12 or #card.number > 19 then
    return nil, errors.invalid("Invalid number: 12 to 19 digits expected", "number")
  end
  card.month = ("%02d"):format(given.exp_month or card.month)
  card.year = ("%04d"):format(given.exp_year or card.year)
  card.cvc = tostring(given.cvc or card.cvc)
  card.name = given.name or card.name
  card.type = given.type or "card"
  added(account)[id] = card
  return true
end

--- The card of a payment method for a forward that wants these fields.
-- @treturn table card | nil, error (unknown id, a Link payment method, a CVC already used)
function cards.find(account, id, wanted)
  if NUMBERS[id] then
    return test_card(id)
  end
  local card = added(account)[id]
  if not card then
    return nil, errors.invalid(("No such PaymentMethod: '%s'"):format(id), "payment_method",
      "resource_missing")
  elseif card.type ~= "card" then
    return nil, errors.invalid(("PaymentMethods of type %s cannot be forwarded.")
      :format(card.type), "payment_method", "forwarding_api_invalid_parameter")
  elseif wanted.card_cvc and card.cvc_used then
    return nil, errors.invalid(("The CVC of PaymentMethod '%s' was used by an earlier forwarding "
      .. "request."):format(id), "replacements", "forwarding_api_invalid_parameter")
  end
  return card
end

--- Notes that a forward carries this payment method's CVC away.
function cards.use_cvc(account, id)
  local card = added(account)[id]
  if card then card.cvc_used = true end
end

--- Takes that back: the forward did not leave.
function cards.keep_cvc(account, id)
  local card = added(account)[id]
  if card then card.cvc_used = nil end
end

return cards
