--- The secrets of a webhook endpoint: one, and those that one before it while they still count.
-- [behaviour: Signature]
-- @module stripe.simulator.deliveries.secrets

local secrets = {}

local function kept(private, now)
  local previous = {}
  for _, old in ipairs(private.previous or {}) do
    if old.expires > now then previous[#previous + 1] = old end
  end
  return previous
end

--- Those that sign now, the newest first.
-- @tparam table private what the endpoint remembers
-- @number now Unix seconds
-- @treturn {string,...}
function secrets.active(private, now)
  local active = { private.secret }
  for i, old in ipairs(kept(private, now)) do active[i + 1] = old.secret end
  return active
end

--- Puts a new secret in the place of the old one, which signs that much longer.
-- @tparam table private
-- @string secret
-- @number now
-- @number seconds
function secrets.roll(private, secret, now, seconds)
  private.previous = kept(private, now)
  if seconds > 0 then
    table.insert(private.previous, 1, { secret = private.secret, expires = now + seconds })
  end
  private.secret = secret
end

return secrets
