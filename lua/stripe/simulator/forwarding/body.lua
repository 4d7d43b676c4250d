--- The text of a forwarded request: card fields written where its placeholders are, and masked
-- again before anything is stored.
--
-- The text is never re-encoded: only the values of known card fields change, so that whatever
-- the destination signs, orders or spaces stays as the caller wrote it.
-- @module stripe.simulator.forwarding.body
local core = require "stripe.core"

local body = {}

-- Which names mean a card field. Names are compared without case, punctuation and a leading
-- "card": cardNumber, card_number and number are one name.
local PARTS = {}
for part, names in pairs {
  number = "number pan primaryaccountnumber",
  month = "expmonth expirymonth expirationmonth",
  year = "expyear expiryyear expirationyear",
  expiry = "exp expiry expiration expdate expirydate expirationdate",
  cvc = "cvc cvc2 cvv cvv2 cvn securitycode verificationvalue",
  name = "name holder holdername nameoncard",
} do
  for name in names:gmatch "%S+" do
    PARTS[name] = part
  end
end

local REPLACEMENT = {
  number = "card_number",
  month = "card_expiry",
  year = "card_expiry",
  expiry = "card_expiry",
  cvc = "card_cvc",
  name = "cardholder_name",
}

local function plain_name(name)
  name = name:lower():gsub("[^%w]", "")
  return (name:gsub("^card", ""))
end

-- The card field that a member is, given its name and the name of the object it stands in:
-- "month" alone could be anything, within "expiry" it is the card's.
local function part_of(name, parent)
  name = plain_name(name)
  if parent and (name == "month" or name == "year") then
    return PARTS[plain_name(parent)] == "expiry" and name or nil
  end
  return PARTS[name]
end

-- Position of the quote that closes the JSON string opened at `at`.
local function string_end(text, at)
  local from = at + 1
  while true do
    local stop = text:find('["\\]', from)
    if not stop or text:byte(stop) == 34 then
      return stop
    end
    from = stop + 2
  end
end

-- Where the string or number that starts at `at` ends; nil for any other value.
local function scalar_end(text, at)
  if text:byte(at) == 34 then
    return string_end(text, at)
  end
  local after = text:match("^%-?%d[%d.eE+%-]*()", at)
  return after and after - 1
end

-- Copies JSON text, asking write(name, parent, value) for each string or number of an object,
-- value being its text as it stands there. What write returns, if anything, takes its place: as a
-- number when it says so, else as a string.
local function rewrite_json(text, write)
  local out, copied, at, name = {}, 1, 1, nil
  local parents = {}
  while true do
    at = text:find('["{}%[%]]', at)
    if not at then
      break
    end
    local first, stop = text:sub(at, at), at
    if first == '"' then
      stop = string_end(text, at)
      local value = stop and text:match("^%s*:%s*()", stop + 1)
      if not stop then
        break
      elseif value then
        name = text:sub(at + 1, stop - 1)
        local last = scalar_end(text, value)
        if last then
          local new, is_number = write(name, parents[#parents] or nil, text:sub(value, last))
          if new then
            out[#out + 1] = text:sub(copied, value - 1)
            out[#out + 1] = is_number and new or core.json(new)
            copied = last + 1
          end
        end
        stop = last or value - 1
      end
    elseif first == "{" or first == "[" then
      parents[#parents + 1] = name or false
    else
      name = parents[#parents]
      parents[#parents] = nil
    end
    at = stop + 1
  end
  out[#out + 1] = text:sub(copied)
  return table.concat(out)
end

local ESCAPES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;" }

-- The same for XML, where a field is an element that holds nothing but text.
local function rewrite_xml(text, write)
  return (text:gsub("(<([%w_:.%-]+)[^<>]*>)([^<>]*)(</%2>)", function(open, tag, value, close)
    local new = write(tag:match "[^:]+$" or tag, nil, value == "0" and value or '"' .. value .. '"')
    return new and open .. new:gsub('[&<>"]', ESCAPES) .. close
  end))
end

local function rewrite(text, write)
  return (text:match "^%s*<" and rewrite_xml or rewrite_json)(text, write)
end

--- Writes the card into a request's text.
-- @tparam string text JSON (or XML), blank where card fields go: `""`, or `0` for a number
-- @tparam table wanted set of replacements, such as `{ card_number = true }`
-- @tparam table card `{ number, month, year, cvc, name }`, all strings
-- @treturn string the text as the destination gets it
function body.fill(text, wanted, card)
  local values = {
    number = card.number,
    month = card.month,
    year = card.year,
    expiry = card.month .. "/" .. card.year:sub(-2),
    cvc = card.cvc,
    name = card.name,
  }
  return rewrite(text, function(name, parent, value)
    local part = part_of(name, parent)
    local new = part and wanted[REPLACEMENT[part]] and values[part]
    if new and value == '""' then
      return new
    elseif new and value == "0" and new:find "^%d+$" then
      return new:gsub("^0+(%d)", "%1"), true
    end
  end)
end

local function masked(number)
  return number:sub(1, 6) .. "******" .. number:sub(-4)
end

-- A pattern that finds the number however it is grouped: 4242 4242..., 4242-4242...
local function grouped(number)
  return (number:gsub("%d", "%0[ -]?"):gsub("%[ %-%]%?$", ""))
end

--- Masks the card in any text, for storing it.
-- Numbers keep their first six and last four digits, security codes become `***`; expiry and
-- holder stay readable.
-- @tparam string text a request's or an answer's text, or a header's value
-- @tparam string number the card's number, found wherever it stands
function body.mask(text, number)
  text = rewrite(text, function(name, parent, value)
    local part = part_of(name, parent)
    local digits = value:gsub("[^%d]", "")
    if digits == number or part == "number" and #digits >= 12 and #digits <= 19 then
      return masked(digits)
    elseif part == "cvc" and (#digits == 3 or #digits == 4) then
      return "***"
    end
  end)
  return (text:gsub(grouped(number), (masked(number))))
end

return body
