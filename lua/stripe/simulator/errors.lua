--- Errors as the server words them.
--
-- An error is a flat table: what the body's `error` member says (`type, code, message, param`,
-- extra members), and beside it `status` and perhaps `headers`. Families return it as
-- `nil, err`; the router turns it into an answer. `tostring(err)` is its message.
--
-- Wordings follow what was measured on the live API where that is known; the others are the
-- simulator's own and are listed in docs/simulator/framework.md.
-- @module stripe.simulator.errors

local core = require "stripe.core"
local utf8_text = require "stripe.simulator.utf8_text"
local with = require "stripe.with"

local errors = {}

local DOC_URL = "https://docs.stripe.com/error-codes/"
local OUTSIDE_BODY = { status = true, headers = true }

local metatable = {
  __name = "stripe.simulator.error",
  __tostring = function(err) return err.message end,
}

--- Makes an error.
-- @tparam table fields `status` (400), `type` ("invalid_request_error"), `message`, and optionally
--   `code`, `param`, `headers` (map of header names) and any extra member of the body
-- @treturn table err
function errors.new(fields)
  local err = with({ status = 400, type = "invalid_request_error" }, fields)
  if err.code and not err.doc_url then err.doc_url = DOC_URL .. err.code:gsub("_", "-") end
  return setmetatable(err, metatable)
end

--- A request that can't be carried out: 400.
function errors.invalid(message, param, code)
  return errors.new { message = message, param = param, code = code }
end

--- A required parameter that is not there: 400 parameter_missing.
function errors.missing_param(param)
  return errors.invalid("Missing required param: " .. param .. ".", param, "parameter_missing")
end

-- What the server calls a kind: identity's are in camel case (measured), the others in words.
local function label_of(kind)
  local inner = kind:match("^identity%.(.*)$")
  if not inner then return (kind:gsub("[._]", " ")) end
  return (("_" .. inner):gsub("_(%l)", string.upper))
end

--- An object that is not there: 404 resource_missing.
-- @string kind
-- @string id
-- @string[opt="id"] param the parameter that named it; `id` is an id in the path
function errors.not_found(kind, id, param)
  return errors.new {
    status = 404, code = "resource_missing", param = param or "id",
    message = ("No such %s: '%s'"):format(label_of(kind), id),
  }
end

--- The JSON text of an error's answer. What it quotes may be any bytes.
function errors.body(err)
  local members = {}
  for name, value in pairs(err) do
    if type(value) == "string" then value = utf8_text.repaired(value) end
    if not OUTSIDE_BODY[name] then members[name] = value end
  end
  return core.json { error = members }
end

local function listed(values)
  if #values == 1 then return values[1] end
  return table.concat(values, ", ", 1, #values - 1) .. " or " .. values[#values]
end

local LONGEST = 500 -- bytes that are quoted of names that a request brought

local function short(name)
  return #name > LONGEST and name:sub(1, LONGEST) .. "..." or name
end

-- Type that was wanted -> code.
local INVALID = { integer = "parameter_invalid_integer" }

-- Kind of problem -> message (nil: the sentence of the reader) and code.
local wordings = {
  missing = function(p)
    return "Missing required param: " .. p.param .. ".", "parameter_missing"
  end,
  unknown = function(p)
    local names = p.names and p.names[1] and p.names or { p.param }
    local message = (#names == 1 and "Received unknown parameter: "
      or "Received unknown parameters: ") .. short(table.concat(names, ", "))
    if p.suggestion then message = message .. ". Did you mean " .. p.suggestion .. "?" end
    return message, "parameter_unknown"
  end,
  enum = function(p)
    return p.values and ("Invalid %s: must be one of %s"):format(p.param, listed(p.values))
  end,
  type = function(p)
    if p.expected == "integer" or p.expected == "boolean" then
      return ("Invalid %s: %s"):format(p.expected, p.value or p.param), INVALID[p.expected]
    end
  end,
  range = function() return nil, INVALID.integer end,
  not_clearable = function() return nil, "parameter_invalid_empty" end,
}

--- The server's error for a problem that the parameter reader found.
-- @tparam table problem as `core.read` returns it
-- @treturn table err
function errors.from_problem(problem)
  local wording = wordings[problem.kind]
  local message, code
  if wording then message, code = wording(problem) end
  local name = problem.param
  local param = name and short(name)
  if not message then
    message = problem.message
    if param ~= name then message = param .. message:sub(#name + 1) end -- which it begins with
  end
  return errors.invalid(message, param, code)
end

--- The refusal of a body that is no form.
function errors.no_form()
  return errors.invalid("Invalid request (check that your POST content type is "
    .. "application/x-www-form-urlencoded).")
end

return errors
