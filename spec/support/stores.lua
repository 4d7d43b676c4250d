--- Every kind of store, made alike for a spec that all of them have to pass.
--
--     for _, kind in ipairs(stores.kinds) do
--       local store, advance, remove = stores[kind](options)

local stores = { kinds = { "memory", "sqlite", "redis", "dict" } }

local server

local function with_clock(options)
  local time = 1767225600
  local given = { now = function() return time end }
  for name, value in pairs(options or {}) do given[name] = value end
  return given, function(seconds) time = time + seconds end
end

--- @treturn table the store
-- @treturn function advances its clock by seconds
-- @treturn function removes what it left
function stores.memory(options)
  local given, advance = with_clock(options)
  return require("stripe.webhook.store.memory").new(given), advance, function() end
end

--- The same in a file; `options.path` for a second one on the same file.
function stores.sqlite(options)
  local given, advance = with_clock(options)
  given.path = given.path or os.tmpname()
  local store = assert(require("stripe.webhook.store.sqlite").new(given))
  return store, advance, function()
    store:close()
    for _, suffix in ipairs { "", "-wal", "-shm" } do os.remove(given.path .. suffix) end
  end
end

--- The same in Redis. Advancing also brings the end of keys nearer, which is the server's to count.
function stores.redis(options)
  local given, move = with_clock(options)
  server = server or require("spec.support.redis_server").start()
  given.url = server.url
  local store = require("stripe.webhook.store.redis").new(given)
  local function advance(seconds)
    move(seconds)
    for _, key in ipairs(assert(store.connection:command("KEYS", "*"))) do
      local left = assert(store.connection:command("PTTL", key))
      if left >= 0 then store.connection:command("PEXPIRE", key, left - seconds * 1000) end
    end
  end
  return store, advance, function()
    store.connection:command("FLUSHALL")
    store:close()
  end
end

--- The same in a shared dictionary of nginx; `options.dict` for a second one on the same.
function stores.dict(options)
  local given, advance = with_clock(options)
  given.dict = given.dict or require("spec.support.shared_dict").new(given.now)
  return require("stripe.webhook.store.dict").new(given), advance, function() end
end

--- Ends what the stores needed.
function stores.stop()
  if server then server:stop() end
  server = nil
end

return stores
