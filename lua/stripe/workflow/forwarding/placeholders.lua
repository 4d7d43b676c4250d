--- Where card fields go in the text of a request: fields that are `""` (for text) or `0` (for a
-- number), as Stripe fills them in. [docs.stripe.com/payments/forwarding]
--
-- Which names mean what is agreed with Stripe for each destination; these are the usual ones.
-- Other names are told by the option `fields`.
-- @module stripe.workflow.forwarding.placeholders

local core = require "stripe.core"

local Placeholders = {}

-- Without case, punctuation and a leading "card".
local NAMES = {}
for replacement, names in pairs {
  card_number = "number pan primaryaccountnumber",
  card_expiry = "expmonth expirymonth expirationmonth expyear expiryyear expirationyear exp expiry "
    .. "expiration expdate expirydate expirationdate",
  card_cvc = "cvc cvc2 cvv cvv2 cvn securitycode verificationvalue",
  cardholder_name = "name holder holdername nameoncard",
} do
  for name in names:gmatch "%S+" do NAMES[name] = replacement end
end

-- Names that may be something else: they mean a card where something around them says so.
local GENERAL = { name = true, number = true, exp = true, holder = true }

local KNOWN = {
  card_number = true, card_expiry = true, card_cvc = true, cardholder_name = true,
}

local EXAMPLES = {
  card_number = "number", card_expiry = "exp_month", card_cvc = "cvc", cardholder_name = "name",
}

local function letters(name) return (name:lower():gsub("[^%w]", "")) end

local function plain(name) return (letters(name):gsub("^card", "")) end

-- The replacement that a field is usually for, and whether it surely is.
local function meaning(field)
  local name, parent = plain(field.name), field.parent and plain(field.parent)
  if name == "month" or name == "year" then
    return NAMES[parent or ""] == "card_expiry" and "card_expiry" or nil, true
  end
  local sure = not GENERAL[name] or letters(field.name):find("card", 1, true) ~= nil
    or field.parent ~= nil and letters(field.parent):find("card", 1, true) ~= nil
  return NAMES[name], sure
end

local function walk(value, path, name, parent, found)
  if type(value) == "table" then
    local list = #value > 0
    for key, each in pairs(value) do
      if list then
        walk(each, ("%s[%d]"):format(path, key - 1), name, parent, found)
      else
        walk(each, path == "" and key or path .. "." .. key, key, name, found)
      end
    end
  elseif name then
    found[#found + 1] = {
      path = path, name = name, parent = parent, blank = value == "" or value == 0,
      number = value == 0,
    }
  end
end

local function read_xml(text)
  local found = {}
  for tag, value in text:gmatch "<([%w_:.%-]+)[^<>]*>([^<>]*)</%1>" do
    local name = tag:match "[^:]+$" or tag
    found[#found + 1] = {
      path = name, name = name, blank = value == "" or value == "0", number = value == "0",
    }
  end
  return found
end

-- The fields of a text: nil and what is wrong with it.
local function read(text)
  if text:find "^%s*<" then return read_xml(text) end
  local value, message = core.decode(text, true)
  if type(value) ~= "table" then
    return nil, "is neither JSON nor XML" .. (message and ": " .. tostring(message) or "")
  end
  local found = {}
  walk(value, "", nil, nil, found)
  table.sort(found, function(a, b) return a.path < b.path end)
  return found
end

-- The fields that a replacement is for: those that are told, else those with the usual names.
local function fields_for(replacement, found, told)
  local own, list = told[replacement], {}
  if type(own) == "string" then own = { own } end
  for _, field in ipairs(found) do
    if own then
      for _, name in ipairs(own) do
        if field.path == name or field.name == name then list[#list + 1] = field end
      end
    elseif meaning(field) == replacement then
      list[#list + 1] = field
    end
  end
  return list, own
end

local function unknown_blanks(found)
  local names = {}
  for _, field in ipairs(found) do
    if field.blank and not meaning(field) then names[#names + 1] = field.path end
  end
  return #names > 0 and (" (blank are: %s; say fields = { ... } if one of them is it)")
    :format(table.concat(names, ", ")) or ""
end

local function unfilled(replacement, found, told)
  local fields, own = fields_for(replacement, found, told)
  local blanks = 0
  for _, field in ipairs(fields) do
    if field.blank then blanks = blanks + 1 end
    if field.number and replacement == "cardholder_name" then
      return "request[body]", ("%s is 0, but a name is text: its placeholder is \"\"")
        :format(field.path)
    end
  end
  if blanks > 0 then return nil end
  if fields[1] then
    return "request[body]", ("%s holds a value where the placeholder of %q has to be: \"\" for "
      .. "text, 0 for a number"):format(fields[1].path, replacement)
  elseif own then
    return "replacements", ("%q has no placeholder: the body has no field %s"):format(replacement,
      table.concat(own, ", "))
  elseif KNOWN[replacement] then
    return "replacements", ("%q has no placeholder in the body: a field such as %q that is \"\" "
      .. "for text or 0 for a number%s"):format(replacement, EXAMPLES[replacement],
      unknown_blanks(found))
  end
end

local function has(list, value)
  for _, each in ipairs(list) do
    if each == value then return true end
  end
  return false
end

-- The replacement that a blank field waits for, if it surely does.
local function waits_for(field, told)
  for replacement, names in pairs(told) do
    for _, name in ipairs(type(names) == "table" and names or { names }) do
      if field.path == name or field.name == name then return replacement end
    end
  end
  local replacement, sure = meaning(field)
  return sure and not told[replacement or false] and replacement or nil
end

--- Compares placeholders and replacements.
-- @string text JSON or XML
-- @tparam {string,...} replacements
-- @tparam[opt] table told replacement -> name or path of its field, or a list of them
-- @treturn[1] nil all is well
-- @treturn[2] string the parameter
-- @treturn[2] string what is wrong with it; names fields, never shows what they hold
function Placeholders.check(text, replacements, told)
  told = told or {}
  local found, message = read(text)
  if not found then return "request[body]", message end
  for _, replacement in ipairs(replacements) do
    local param, why = unfilled(replacement, found, told)
    if param then return param, why end
  end
  for _, field in ipairs(found) do
    local wanted = field.blank and waits_for(field, told)
    if wanted and not has(replacements, wanted) then
      return "replacements", ("the body's %s is a placeholder, but %q is not among the "
        .. "replacements: it would be sent blank"):format(field.path, wanted)
    end
  end
end

return Placeholders
