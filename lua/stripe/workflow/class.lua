--- What the workflows have in common: an object that holds a client, options that are checked by
-- name, errors of the workflow itself.
-- @module stripe.workflow.class

local Error = require "stripe.error"
local Misuse = require "stripe.misuse"
local core = require "stripe.core"
local with = require "stripe.with"

local decimal = core.decimal

local Class = {}

--- The class of a workflow.
-- @string name such as "onramp"
-- @tparam table methods
-- @treturn function makes an object for a client
-- @treturn function `client_of(self, method)`: the client; misuse when it was no colon
function Class.new(name, methods)
  local full = "stripe.workflow." .. name
  local metatable = { __name = full, __index = methods }
  local function new(client)
    local class = getmetatable(client)
    if type(class) ~= "table" or class.__name ~= "stripe.client" then
      error(full .. " takes a client", 2)
    end
    return setmetatable({ client = client }, metatable)
  end
  local function client_of(self, method)
    if getmetatable(self) ~= metatable then
      error(("use %s:%s(...) with a colon"):format(name, method), 3)
    end
    return self.client
  end
  return new, client_of
end

--- What is wrong with the names of options, or nil.
-- @string method for the message
-- @param options
-- @tparam table known set of names
function Class.unknown(method, options, known)
  if type(options) ~= "table" then return ("%s takes a table of options"):format(method) end
  return Misuse.names(options, known)
end

--- What is wrong with an option that is a number of seconds, or nil.
-- @tparam table options
-- @string name
-- @tparam[opt] boolean positive 0 won't do
function Class.seconds(options, name, positive)
  local value = options[name]
  if value == nil or type(value) == "number" and value >= 0 and not (positive and value == 0) then
    return nil
  end
  return ("option %q must be a number of seconds%s"):format(name, positive and " above 0" or "")
end

--- A value as a decimal.
-- @param value text, a number or a decimal
-- @treturn ?stripe.decimal nil when it is none
function Class.decimal(value)
  local kind = type(value)
  if kind ~= "string" and kind ~= "number" and not decimal.is_decimal(value) then return nil end
  return (decimal.new(value))
end

--- The same of one above 0.
function Class.positive(value)
  local number = Class.decimal(value)
  return number and number:sign() > 0 and number or nil
end

--- Whether a value is a list of texts, of at least one.
function Class.are_texts(value)
  if type(value) ~= "table" or #value == 0 then return false end
  local count = 0
  for _ in pairs(value) do count = count + 1 end
  for i = 1, count do
    if type(value[i]) ~= "string" then return false end
  end
  return true
end

--- What is wrong with the option `journal`, or nil.
function Class.journal(journal)
  if type(journal) == "table" and type(journal.once) == "function" then return nil end
  return 'option "journal" must be a stripe.journal'
end

--- What is wrong with the option `reference`, or nil.
function Class.reference(reference)
  if type(reference) == "string" and reference ~= "" and #reference <= 200
    and not reference:find("%c") and pcall(core.json, reference) then
    return nil
  end
  return 'option "reference" must be UTF-8 of 1 to 200 bytes without control characters'
end

--- What is wrong with both, or nil.
-- @tparam table options
-- @string otherwise what would happen without them
function Class.remembered(options, otherwise)
  local wrong = Class.journal(options.journal)
  if wrong then return wrong .. ": " .. otherwise end
  return Class.reference(options.reference)
end

--- An error of the workflow itself; nothing was sent.
-- @string code
-- @string message
-- @tparam[opt] table more fields that differ from `type = "workflow_error"`, `sent = "no"`,
--   `retryable = false`
function Class.failure(code, message, more)
  return Error.new(with({
    type = "workflow_error", code = code, message = message, attempts = {}, retryable = false,
    sent = "no",
  }, more))
end

--- The same for parameters that were refused here.
function Class.refusal(code, param, message)
  return Class.failure(code, message, { type = "validation_error", param = param })
end

return Class
