--- Which function an event is for, and what runs around it.
-- @module stripe.webhook.dispatch

local present = require "stripe.webhook.present"
local protect = require "stripe.webhook.protect"

local Dispatch = {}

--- The function for an event.
-- @tparam table settings
-- @tparam table event
-- @treturn[1] function
-- @treturn[1] ?string its pattern; nil: it is the fallback
-- @treturn[2] nil
-- @treturn[2] string why there is none: "type", "livemode" or "account"
function Dispatch.find(settings, event)
  local wanted = settings.livemode
  if wanted ~= nil and event.livemode ~= wanted then return nil, "livemode" end
  local account = present(event.account) or present(event.context)
  if settings.accounts and not settings.accounts(account, event) then return nil, "account" end
  local f, pattern = settings.patterns:match(event.type)
  f = f or settings.fallback
  if not f then return nil, "type" end
  return f, pattern
end

-- Runs the middleware and then the handler.
local function layers(settings, ctx, f)
  local function layer(i)
    local around = settings.use[i]
    if not around then return f(ctx) end
    local passed = false
    return around(ctx, function()
      if passed then error("a middleware called next twice", 2) end
      passed = true
      return layer(i + 1)
    end)
  end
  return layer(1)
end

-- What a thin event leaves out.
local function fetch(settings, ctx)
  local what = ctx.thin and settings.fetch
  if not what then return true end
  if what ~= "related" then
    local event, err = ctx:fetch_event()
    if not event then return nil, err end
  end
  if what ~= "event" then
    local object, err = ctx:related()
    if not object then return nil, err end
  end
  return true
end

--- Runs the function of an event, with all that is around it.
-- @tparam table settings
-- @tparam table ctx
-- @tparam function f
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @return[2] what it threw, as `stripe.webhook.protect` gives it, or the error it returned
function Dispatch.run(settings, ctx, f)
  local ok, value, err = protect(function()
    local fetched, failed = fetch(settings, ctx)
    if not fetched then return nil, failed end
    return layers(settings, ctx, f)
  end)
  if not ok then return nil, value end
  if value == false or value == nil and err ~= nil then
    return nil, err == nil and "the handler returned false" or err
  end
  return true
end

return Dispatch
