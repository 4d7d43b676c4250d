--- Writes the type stubs for the Lua language server from the catalogue: `make types`.
--
-- The result is lua/stripe/types/catalogue.lua; spec/types_spec.lua fails when it is not current.

local core = require "stripe.core"

local out = {}

local function line(format, ...)
  out[#out + 1] = select("#", ...) > 0 and format:format(...) or format
end

local PREAMBLE = [[
---@meta stripe.types
-- Written by scripts/types.lua from the catalogue; `make types` writes it again.

---@class stripe.null

---What a call answered. Read from it after success, or beside an error.
---@class stripe.response
---@field status integer
---@field headers table<string, string> by lower-case name
---@field request_id string?
---@field idempotency_key string?
---@field replayed boolean an earlier request with this key was answered again
---@field attempts stripe.attempt[]
---@field notice string?
---@field error stripe.error? of the call, if it failed
---@field observer_error any what an observer threw

---@class stripe.attempt
---@field n integer
---@field status integer?
---@field failure string?
---@field request_id string?
---@field started number seconds, on the driver's clock
---@field duration number seconds
---@field slept number seconds waited before it

---@class stripe.error
---@field type "invalid_request_error"|"card_error"|"authentication_error"|"permission_error"|"rate_limit_error"|"idempotency_error"|"api_error"|"connection_error"|"validation_error"|"signature_error"|"lua_error"|"journal_error"|"workflow_error"
---@field message string
---@field code string?
---@field param string?
---@field status integer?
---@field request_id string?
---@field doc_url string?
---@field decline_code string?
---@field operation string?
---@field method string?
---@field path string?
---@field idempotency_key string?
---@field attempts stripe.attempt[]
---@field retryable boolean
---@field sent "no"|"maybe"|"yes"
---@field raw any redacted

---@class stripe.call_options
---@field api_key string?
---@field api_version string?
---@field account string|false?
---@field context string|false?
---@field idempotency_key string?
---@field timeout number? seconds, per attempt
---@field deadline number|false? seconds, for the whole call
---@field max_retries integer?
---@field headers table<string, string>?
---@field validate boolean|"strict"?
---@field dry_run boolean?
---@field cancel table? a stripe.canceller()
---@field oauth_token string?
---@field progress fun(done: integer, total: integer?)?
---@field host "api"|"files"?
---@field quotes_path boolean|string? of client.crypto.onramp_quotes: true for the other path

---@class stripe.each_options
---@field max_items integer?
---@field prefetch boolean?
]]

-- The one method of a resource that is no operation of the API.
local SINCE = "---@field since fun(self, checkpoint: string|table|integer|nil, handler: table, "
  .. "options: table?): table?, stripe.error?, table?"

local PRIMITIVE = { string = "string", integer = "integer", number = "number", boolean = "boolean" }

-- Classes of nested objects that have no name of their own wait here until their turn.
local waiting = {}

local function nested(name, members)
  waiting[#waiting + 1] = { name = name, members = members }
  return name
end

local function enum(values, open)
  local quoted = {}
  for i, value in ipairs(values) do quoted[i] = ("%q"):format(value) end
  if open then quoted[#quoted + 1] = "string" end
  return table.concat(quoted, "|")
end

local function plural(of)
  return of:find("|", 1, true) and "(" .. of .. ")[]" or of .. "[]"
end

local MANY = 40 -- longer enums would drown the reader

local function param_type(param, class)
  local text
  if param.any_of then
    local options = {}
    for i, option in ipairs(param.any_of) do options[i] = param_type(option, class) end
    text = table.concat(options, "|")
  elseif param.type == "file" then
    text = "stripe.upload"
  elseif param.enum and #param.enum <= MANY then
    text = enum(param.enum, param.open)
  elseif param.item then
    text = plural(param_type(param.item, class .. "_item"))
  elseif param.map then
    text = "table<string, string|number|boolean|stripe.null>"
  elseif param.params then
    text = nested(class, param.params)
  elseif param.format == "decimal" then
    text = "string|number"
  else
    text = PRIMITIVE[param.type] or "table"
  end
  return param.clearable and text .. '|""|stripe.null' or text
end

local function class_of(object)
  return "stripe." .. object
end

local function field_type(field, class)
  local text
  if field.type == "list" then
    return "stripe.page." .. field.item.object
  elseif field.expand == "id" then
    return "string|" .. class_of(field.object)
  elseif field.object and field.type == "object" then
    return class_of(field.object)
  elseif field.enum and #field.enum <= MANY then
    text = enum(field.enum, field.open)
  elseif field.item then
    text = plural(field_type(field.item, class .. "_item"))
  elseif field.map then
    text = "table<string, " .. field_type(field.map, class .. "_value") .. ">"
  elseif field.fields then
    text = nested(class, field.fields)
  else
    text = PRIMITIVE[field.type] or "table"
  end
  return text
end

local function note(entry)
  local notes = {}
  if entry.format == "unix-time" then notes[#notes + 1] = "Unix time" end
  if entry.format == "decimal" then notes[#notes + 1] = "exact decimal" end
  if entry.expand == "hidden" then notes[#notes + 1] = "only when expanded" end
  if entry.sensitive then notes[#notes + 1] = "sensitive" end
  return #notes > 0 and " " .. table.concat(notes, ", ") or ""
end

local function optional(entry)
  return (not entry.required or entry.nullable) and "?" or ""
end

local function class(name, entries, type_of)
  line("")
  line("---@class %s", name)
  for _, entry in ipairs(entries) do
    line("---@field %s %s%s%s", entry.name, type_of(entry, name .. "." .. entry.name),
      optional(entry), note(entry))
  end
end

-- Writes a class and those that it turned out to need.
local function classes(name, entries, type_of)
  class(name, entries, type_of)
  while waiting[1] do
    local following = table.remove(waiting, 1)
    class(following.name, following.members, type_of)
  end
end

local function page(object)
  line("")
  line("---@class stripe.page.%s", object)
  line('---@field object "list"')
  line("---@field data %s[]", class_of(object))
  line("---@field has_more boolean")
  line("---@field url string")
  for _, turn in ipairs { "next_page", "previous_page" } do
    line("---@field %s fun(self): stripe.page.%s?, stripe.error?, stripe.response?", turn, object)
  end
  line("---@field cursor fun(self): table")
  line("---@field each fun(self, options: stripe.each_options?): fun(): %s|false|nil, stripe.error?",
    class_of(object))
  line("---@field collect fun(self, options: stripe.each_options?): %s[]?, stripe.error?, %s[]?",
    class_of(object), class_of(object))
end

local function result_of(operation)
  if operation.binary then return "string|true" end
  if operation.list then return "stripe.page." .. operation.returns end
  return class_of(operation.returns)
end

local function method(operation)
  local arguments = { "self" }
  for id in operation.path:gmatch("{(.-)}") do arguments[#arguments + 1] = id .. ": string" end
  if operation.binary then
    arguments[#arguments + 1] = "sink: string|function|file*|nil"
  else
    arguments[#arguments + 1] = ("params: %s?"):format(operation.params_class or "table")
  end
  arguments[#arguments + 1] = "options: stripe.call_options?"
  return ("fun(%s): %s?, stripe.error?, stripe.response?"):format(
    table.concat(arguments, ", "), result_of(operation))
end

local function generate()
  local catalogue, order = core.catalogue(), {}
  local objects, tree = {}, { client = {} }
  local by_resource = {}
  for _, operation in ipairs(core.operations()) do
    if not by_resource[operation.resource] then
      by_resource[operation.resource] = {}
      order[#order + 1] = operation.resource
    end
    local list = by_resource[operation.resource]
    list[#list + 1] = operation
  end
  line((PREAMBLE:gsub("\n$", "")))
  line("")
  line("---A table with one of path and content (name and type may stand beside it), or an io handle.")
  line("---@alias stripe.upload table|file*")
  for _, name in ipairs(order) do
    local resource = catalogue[name]
    if not objects[resource.object] then
      objects[resource.object] = true
      classes(class_of(resource.object), resource.fields, field_type)
      page(resource.object)
    end
    local methods = {}
    for _, listed in ipairs(by_resource[name]) do
      local operation = resource.operations[listed.name]
      operation.path, operation.params_class = listed.path, nil
      if operation.params then
        operation.params_class = ("stripe.%s.%s"):format(name, listed.name)
        classes(operation.params_class, operation.params, param_type)
      end
      methods[#methods + 1] = ("---@field %s %s"):format(listed.name, method(operation))
    end
    line("")
    line("---@class stripe.resource.%s", name)
    for _, text in ipairs(methods) do line("%s", text) end
    if name == "events" then line(SINCE) end
    local space, leaf = name:match("^(.-)%.(.+)$")
    if space then
      if not tree[space] then
        tree[space] = {}
        table.insert(tree.client, { space, "stripe.namespace." .. space })
      end
      table.insert(tree[space], { leaf, "stripe.resource." .. name })
    else
      table.insert(tree.client, { name, "stripe.resource." .. name })
    end
  end
  for _, entry in ipairs(tree.client) do
    if tree[entry[1]] then
      line("")
      line("---@class %s", entry[2])
      for _, child in ipairs(tree[entry[1]]) do line("---@field %s %s", child[1], child[2]) end
    end
  end
  line("")
  line("---@class stripe.client")
  for _, entry in ipairs(tree.client) do line("---@field %s %s", entry[1], entry[2]) end
  line("---@field with fun(self, options: table): stripe.client")
  line("---@field request fun(self, method: string, path: string, params: table?, "
    .. "options: stripe.call_options?): table?, stripe.error?, stripe.response?")
  return table.concat(out, "\n") .. "\n"
end

return generate()
