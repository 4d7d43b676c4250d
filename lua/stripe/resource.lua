--- Resources: the tree of methods that hangs off a client, made from the catalogue.
--
-- A method takes the ids of its path, then params, then options; a download takes its ids, a sink,
-- and options. The tree is made once; what a client holds are thin handles.
-- @module stripe.resource

local core = require "stripe.core"
local Call = require "stripe.call"
local Operations = require "stripe.operations"
local Options = require "stripe.options"
local suggest = require "stripe.suggest"

local Resource = {}

local NONE = Options.none

-- A sink is a path, a function, or something with a method write.
local function check_sink(sink, position)
  local kind = type(sink)
  if kind == "nil" or kind == "string" or kind == "function" then return nil end
  local found, write = pcall(function() return sink.write end)
  if found and write then return nil end
  return ("argument %d (sink) must be a path, a file handle or a function; options are argument %d")
    :format(position, position + 1)
end

-- Options among the parameters would be sent to Stripe, and not do what was meant.
local function check_params(params, operation, position)
  if params == nil then return nil end
  if type(params) ~= "table" then
    return ("argument %d (params) must be a table, not a %s"):format(position, type(params))
  end
  for name in pairs(params) do
    if Options.of_call[name] and not Operations.takes(operation, name) then
      return ("%q is an option, not a parameter of %s: pass it as argument %d"):format(
        name, Operations.name(operation.op), position + 1)
    end
  end
end

-- `quotes_path`: true, or the alternate path itself.
local function check_path(options, operation)
  local path = options.quotes_path
  if path == nil or path == true and operation.alternate_path then return nil end
  if path == false or path == operation.path then
    options.quotes_path = false
  elseif path ~= operation.alternate_path or path == nil then
    return operation.alternate_path
      and ('option "quotes_path" must be true or %q'):format(operation.alternate_path)
      or 'option "quotes_path" is for crypto.onramp_quotes'
  end
end

-- The options of a request: a copy, or nil and what is wrong with them.
local function read_options(options, operation, position)
  if type(options) ~= "table" then
    return nil, ("argument %d (options) must be a table, not a %s"):format(position, type(options))
  end
  local mine = Options.copy(options)
  local misuse = Options.for_call(mine) or check_path(mine, operation)
  if misuse then return nil, misuse end
  return mine
end

-- Reads the arguments of a method: a request, or nil and what is wrong with them. `middle` is what
-- stands between the id and the options, `extra` what comes after these.
local function read(operation, id, middle, options, extra)
  if id ~= nil and type(id) ~= "string" then
    return nil, ("argument 1 (%s) must be an id, not a %s; stripe.id(x) takes it from an object")
      :format(operation.ids[1], type(id))
  end
  if extra ~= nil then
    return nil, ("too many arguments: %s, then options"):format(
      operation.binary and "the id, a sink" or operation.ids[1] and "the id, params" or "params")
  end
  local request, misuse = {
    op = operation.op, ids = id, options = NONE, binary = operation.binary,
  }
  if operation.binary then
    request.sink, misuse = middle, check_sink(middle, #operation.ids + 1)
  elseif middle ~= nil then
    request.params, misuse = middle, check_params(middle, operation, #operation.ids + 1)
  end
  if misuse then return nil, misuse end
  if options ~= nil then
    request.options, misuse = read_options(options, operation, #operation.ids + 2)
    if misuse then return nil, misuse end
  end
  return request
end

-- No path of the catalogue has more than one id.
local function method_of(operation, metatable)
  local usage = ("use client.%s:%s(...) with a colon"):format(operation.resource, operation.name)
  local takes_id = #operation.ids > 0
  return function(self, id, middle, options, extra)
    if getmetatable(self) ~= metatable then error(usage, 2) end
    if not takes_id then id, middle, options, extra = nil, id, middle, options end
    local request, misuse = read(operation, id, middle, options, extra)
    if misuse then error(misuse, 2) end
    return Call.run(self.settings(), request)
  end
end

-- A node of the tree: a resource (has methods), a namespace (has children), or both.
local function node(name)
  local metatable = { __name = "stripe.resource", methods = {}, children = {} }
  metatable.__tostring = function() return "stripe.resource (" .. name .. ")" end
  function metatable.__index(self, key)
    local method = metatable.methods[key]
    if method then return method end
    local child = metatable.children[key]
    if not child then
      if type(key) ~= "string" then return nil end
      local known = {}
      for k in pairs(metatable.methods) do known[k] = true end
      for k in pairs(metatable.children) do known[k] = true end
      error(("%s has no %q"):format(name, core.redact(key)) .. suggest.hint(key, known), 2)
    end
    local handle = setmetatable({ settings = self.settings }, child)
    rawset(self, key, handle)
    return handle
  end
  return metatable
end

local root = node("client")
for op, operation in ipairs(Operations.list) do
  operation.op = op
  local metatable, path = root, "client"
  for part in operation.resource:gmatch("[^.]+") do
    path = path .. "." .. part
    metatable.children[part] = metatable.children[part] or node(path)
    metatable = metatable.children[part]
  end
  metatable.methods[operation.name] = method_of(operation, metatable)
end

-- What the catalogue doesn't have: polling, see `stripe.webhook.poll`. It loads when it is called.
local events = root.children.events
function events.methods.since(self, ...)
  if getmetatable(self) ~= events then error("use client.events:since(...) with a colon", 2) end
  local Poll = require "stripe.webhook.poll"
  local poll, misuse = Poll.prepare(self, self.settings(), ...)
  if not poll then error(misuse, 2) end
  return Poll.run(poll)
end

--- The names of what hangs at the top of a client, as keys.
Resource.names = root.children

--- A handle for what hangs at the top of a client.
-- @tparam string name
-- @tparam function settings gives the client's settings; a function, so that printing a handle
--   with all it holds shows no key
-- @treturn ?table
function Resource.handle(name, settings)
  local metatable = root.children[name]
  return metatable and setmetatable({ settings = settings }, metatable)
end

return Resource
