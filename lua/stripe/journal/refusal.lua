--- Errors as a journal keeps them: what they say, without what a message repeats of a request.
-- @module stripe.journal.refusal

local core = require "stripe.core"
local Error = require "stripe.error"
local encoded = require "stripe.encoded"
local with = require "stripe.with"

local Refusal = {}

local FIELDS = { "type", "code", "param", "decline_code", "doc_url", "status", "request_id",
  "operation", "method", "path", "sent", "retryable" }

local SHORTEST = 3 -- bytes of a value that is looked for; shorter ones are in any sentence

-- The values of a form that the redacted one doesn't show.
local function hidden(form, redacted)
  local shown, values = {}, {}
  for name, value in redacted:gmatch("([^&=]+)=([^&]*)") do shown[name] = value end
  for name, value in form:gmatch("([^&=]+)=([^&]*)") do
    if shown[name] ~= value and #value >= SHORTEST then
      values[#values + 1] = encoded.form(value)
    end
  end
  table.sort(values, function(a, b) return #a > #b end)
  return values
end

local function without(text, values)
  for _, value in ipairs(values) do
    text = text:gsub(value:gsub("%p", "%%%0"), "[redacted]")
  end
  if pcall(core.json, text) then return text end
  return (text:gsub("[\128-\255]", "?"))
end

--- The part of an error that may be kept.
-- @tparam table err
-- @string form the parameters of its request, as they were sent
-- @string redacted the same without secrets
-- @treturn table plain data
function Refusal.keep(err, form, redacted)
  local kept, values = {}, hidden(form, redacted)
  for _, name in ipairs(FIELDS) do
    local value = err[name]
    kept[name] = type(value) == "string" and without(value, values) or value
  end
  kept.message = without(tostring(err.message), values)
  return kept
end

--- The error again.
-- @tparam table kept
function Refusal.again(kept) return Error.new(with({ attempts = {} }, kept)) end

return Refusal
