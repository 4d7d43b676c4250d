--- Shared dictionaries of nginx: finding one, and changing it alone among the workers.
-- @module stripe.resty.dict

local core = require "stripe.core"

local Dict = {}

-- Seconds after which the lock of a worker that was killed while it held it ends by itself. It is
-- held for a few microseconds, in which nobody yields; so there are some tries for it at once, and
-- some more with a pause (seconds) before each, when its worker has no processor just now, or is
-- dead. Trying without a pause would keep the dictionary itself locked most of the time, and nginx
-- can't mend one whose worker is killed in the midst of that.
local LOCK_LIFE, TRIES, PATIENT, PAUSE = 1, 100, 200, 0.0002

--- A dictionary by its name: `lua_shared_dict stripe 1m;` in nginx.conf. What is one already stays
-- what it is.
-- @tparam string|table name
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string message
function Dict.open(name)
  if type(name) == "table" and type(name.get) == "function" then return name end
  local ngx = package.loaded.ngx
  local dict = ngx and ngx.shared and ngx.shared[name]
  if dict then return dict end
  return nil, ("there is no shared dictionary %q: nginx.conf needs \"lua_shared_dict %s 1m;\"")
    :format(tostring(name), tostring(name))
end

--- Calls `f` while no other worker is in the same place. It must not yield.
-- @tparam table dict
-- @string key of the lock
-- @tparam function f
-- @tparam ?boolean evict in a full dictionary, have the lock take the place of what was unused for
--   the longest time; otherwise it fails there
-- @return what `f` returns, two values | nil, message
function Dict.locked(dict, key, f, evict)
  local add = evict and dict.add or dict.safe_add
  for try = 1, TRIES + PATIENT do
    if try > TRIES then core.sleep(PAUSE) end
    local added, message = add(dict, key, 1, LOCK_LIFE)
    if added then
      local ok, kept, problem = pcall(f)
      dict:delete(key)
      if not ok then error(kept, 0) end
      return kept, problem
    end
    if message ~= "exists" then return nil, message end
  end
  return nil, "its lock is held too long"
end

return Dict
