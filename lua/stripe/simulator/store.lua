--- The objects of an account, by kind (the value of their `object` member).
--
-- Objects are plain tables in the shape of the API, nulls absent. What an object remembers but
-- never shows lives in `store:private(id)`. Both are plain data and belong to snapshots.
--
-- The JSON text of an object is kept as long as nobody was handed any object that he may change.
-- That is everybody but those who ask by `show` and `show_page`; an object held from one request
-- to another has to be asked for again before it is changed.
-- @module stripe.simulator.store

local core = require "stripe.core"
local copy = require "stripe.simulator.copy"
local errors = require "stripe.simulator.errors"
local rows = require "stripe.simulator.rows"

local Store = {}
local metatable = { __name = "stripe.simulator.store", __index = Store }

local DEFAULT_LIMIT = 10

--- Makes an empty store.
local function new()
  local self = setmetatable({}, metatable)
  self:reset()
  return self
end

local function of(self, kind)
  local kept = self.kinds[kind]
  if not kept then
    kept = rows.new()
    self.kinds[kind] = kept
  end
  return kept
end

-- Someone may change objects from here on: the texts of before don't hold.
local function touch(self) self.version = self.version + 1 end

--- Keeps an object, which must have an `id`; one with the same id is replaced in its place.
-- @treturn table the object
function Store:insert(kind, object)
  if type(object.id) ~= "string" then error("an object needs an id", 2) end
  touch(self)
  of(self, kind):put(object)
  return object
end

--- The object, or nil.
function Store:get(kind, id)
  touch(self)
  return of(self, kind):get(id)
end

--- The object that a path names, to be shown: whoever gets it here doesn't change it.
-- @string[opt="id"] param its name in the path
-- @treturn table object | nil, err 404
function Store:show(kind, id, param)
  local kept = self.kinds[kind]
  local row = kept and kept.by_id[id]
  if row then return row.object end
  return nil, errors.not_found(kind, id, param)
end

--- The object that a path names.
-- @string[opt="id"] param its name in the path
-- @treturn table object | nil, err 404
function Store:find(kind, id, param)
  touch(self)
  return self:show(kind, id, param)
end

--- The JSON text of an object, without expansion.
-- @tparam table object
-- @treturn string
function Store:text(object)
  local kept, version = self.kinds[object.object], self.version
  local row = kept and kept.by_id[object.id]
  if not row or row.object ~= object then return core.render(object) end
  if row.version ~= version then row.text, row.version = core.render(object), version end
  return row.text
end

--- The object that a parameter names.
-- @treturn table object | nil, err 400: 404 is for paths
function Store:refer(kind, id, param)
  local object, err = self:find(kind, id, param)
  if err then err.status = 400 end
  return object, err
end

--- The kind of the object with this id, or nil.
function Store:kind_of(id)
  for kind, kept in pairs(self.kinds) do
    if kept:get(id) then return kind end
  end
end

--- The ids of all objects, as a set.
function Store:ids()
  local ids = {}
  for kind in pairs(self.kinds) do
    for object in self:each(kind) do ids[object.id] = true end
  end
  return ids
end

--- Removes an object with its private state and returns it; nil when it is not there.
function Store:remove(kind, id)
  self.privates[id] = nil
  return of(self, kind):remove(id)
end

--- Iterates over all objects of a kind, newest first; the store may change meanwhile.
function Store:each(kind)
  local all = of(self, kind):all()
  local i = #all + 1
  return function()
    touch(self)
    i = i - 1
    return all[i]
  end
end

--- The newest object of a kind, or nil.
function Store:newest(kind)
  return self:page(kind, { params = { limit = 1 } }).data[1]
end

--- The private table of an object: never rendered, plain data only.
function Store:private(id)
  local private = self.privates[id]
  if not private then
    private = {}
    self.privates[id] = private
  end
  return private
end

-- The places that `created` (an integer, or a range) and `since` leave open.
local function bounds(kept, created, since)
  local low, high = 1, kept.n
  local function from(time) low = math.max(low, kept:place(time)) end
  local function to(time) high = math.min(high, kept:place(time) - 1) end
  from(since or -math.huge)
  if type(created) == "number" then
    from(created)
    to(created + 1)
  elseif created then
    if created.gt then from(created.gt + 1) end
    if created.gte then from(created.gte) end
    if created.lt then to(created.lt) end
    if created.lte then to(created.lte + 1) end
  end
  return low, high
end

-- The row that a cursor names, and the cursor's parameter; nothing without one | nil, nil, err.
local function cursor_of(self, kind, params, since)
  if params.starting_after and params.ending_before then
    return nil, nil, errors.invalid("Received both starting_after and ending_before parameters. "
      .. "Please pass in only one.")
  end
  local name = params.ending_before and "ending_before" or "starting_after"
  local id = params[name]
  if not id then return end
  local row = of(self, kind):row(id)
  if row and not (since and row.created < since) then return row, name end
  local err = errors.not_found(kind, id, name)
  err.status = 400
  return nil, nil, err
end

--- A page of a list, newest first, as the list envelope; to be shown, as by `show`.
-- @string kind
-- @tparam table request its `params` (`limit, starting_after, ending_before, created`) and `path`
-- @tparam[opt] function filter object -> whether it belongs to the list
-- @number[opt] since leaves out what was created before
-- @treturn table list envelope | nil, err
function Store:show_page(kind, request, filter, since)
  local kept, params = of(self, kind), request.params
  local row, name, err = cursor_of(self, kind, params, since)
  if err then return nil, err end
  local low, high = bounds(kept, params.created, since)
  local limit = params.limit or DEFAULT_LIMIT
  local data, more
  if name == "ending_before" then
    data, more = kept:walk(math.max(low, row.at + 1), high, 1, limit, filter)
    for i = 1, math.floor(#data / 2) do
      data[i], data[#data + 1 - i] = data[#data + 1 - i], data[i]
    end
  else
    if row then high = math.min(high, row.at - 1) end
    data, more = kept:walk(high, low, -1, limit, filter)
  end
  return { object = "list", data = data, has_more = more, url = request.path }
end

--- The same of objects that may be changed.
function Store:page(...)
  touch(self)
  return self:show_page(...)
end

--- Removes the objects of a kind that were created before `time`.
function Store:expire(kind, time) of(self, kind):expire(time) end

function Store:reset()
  self.kinds, self.privates = {}, {}
  self.version = 0 -- counts the times when somebody was handed objects to change
end

function Store:snapshot()
  local objects = {}
  for kind, kept in pairs(self.kinds) do objects[kind] = kept:all() end
  return { objects = copy.deep(objects), privates = copy.deep(self.privates) }
end

function Store:restore(state)
  self:reset()
  for kind, objects in pairs(state.objects) do
    for i = 1, #objects do self:insert(kind, objects[i]) end
  end
  self.privates = state.privates
end

return { new = new }
