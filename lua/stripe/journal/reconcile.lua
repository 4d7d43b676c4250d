--- What became of a request whose key may have been forgotten: asked of Stripe, not guessed.
--
-- What creates an object left its stamp in the object's metadata: the object is looked for among
-- those of its kind, from the time of the request on. What changes the state of an object shows in
-- that object. An update is the same when it is done twice.
-- @module stripe.journal.reconcile

local Operations = require "stripe.operations"
local with = require "stripe.with"

-- Seconds by which Stripe's clock and ours may differ, a wrong time zone included: what is looked
-- at in vain costs little.
local SKEW = 24 * 3600
local MOST = 10000 -- objects looked at

local function operation_of(resource, name)
  for _, operation in ipairs(Operations.list) do
    if operation.resource == resource and operation.name == name then return operation end
  end
end

-- Asks as the request would have asked: with its API key, account, headers and time limits.
local function ask(look, operation, ids, params)
  local options = with({}, look.options)
  options.idempotency_key = nil
  return look.send(look.settings, {
    op = operation.op, ids = ids or {}, params = params, options = options,
  })
end

-- Lists that show only some of what was done: that an object isn't there proves nothing. Stripe
-- keeps a forwarded request if its destination answered, and then for 30 days.
local PARTIAL = {
  ["forwarding.requests"] = "requests that were sent and got no answer are not listed by Stripe",
}

-- The object that carries the stamp.
local function created(look, operation)
  local list = operation_of(operation.resource, "list")
  if not (list and look.stamp_name) then
    return nil, "doubtful", ("%s can't be looked for: it carries no stamp"):format(
      operation.returns or operation.resource)
  end
  local since = look.since and math.floor(look.since - SKEW)
  local ranged = Operations.takes(list, "created")
  local page, err = ask(look, list, nil, {
    limit = 100, created = since and ranged and { gte = since } or nil,
  })
  if not page then return nil, "failed", err end
  local seen = 0
  for object, problem in page:each() do
    if not object then return nil, "failed", problem end
    if type(object.metadata) == "table" and object.metadata[look.stamp_name] == look.stamp then
      return object
    end
    seen = seen + 1
    if seen >= MOST then
      return nil, "doubtful", ("it is not among the latest %d of %s"):format(MOST,
        operation.resource)
    end
    -- Lists are newest first, but orders made in the same moment may be in any order.
    if since and not ranged and object.created and object.created < since then break end
  end
  local partial = PARTIAL[operation.resource]
  return nil, partial and "doubtful" or "absent", partial
end

-- What shows that an operation on an existing object was carried out.
local SHOWS = {
  cancel = function(object) return object.status == "canceled" end,
  redact = function(object) return object.redaction ~= nil end,
}

local function changed(look, operation)
  if operation.name == "update" then return nil, "absent" end
  local shows, retrieve = SHOWS[operation.name], operation_of(operation.resource, "retrieve")
  if not (shows and retrieve) then
    return nil, "doubtful", ("nothing shows whether %s was carried out"):format(
      Operations.name(operation.op))
  end
  local object, err = ask(look, retrieve, look.ids)
  if not object then return nil, "failed", err end
  if shows(object) then return object end
  return nil, "absent"
end

--- Looks for what a request did.
-- @tparam table look `operation` (entry of `Operations.list`, or nil), `ids`, `since` (Unix seconds
--   of the first attempt; nil when nobody knows), `stamp_name` (false: it carries no stamp),
--   `stamp`; `send`, `settings`, `options`
-- @treturn[1] table the object that it made or changed
-- @treturn[2] nil
-- @treturn[2] string "absent": it did nothing; "doubtful": that can't be told; "failed": the
--   asking did
-- @treturn[2] ?string|table why, or the error of a failure
local function reconcile(look)
  local operation = look.operation
  if not operation then return nil, "doubtful", "what it does is not in the catalogue" end
  return (#operation.ids == 0 and created or changed)(look, operation)
end

return reconcile
