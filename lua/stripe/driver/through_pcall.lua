--- Whether a coroutine can yield out of a pcall or xpcall: in every Lua but PUC 5.1. Told by its
-- name, and not tried out: a module may be loaded in a request of nginx, where nothing yields
-- meanwhile, and where coroutines are nginx's own.
-- @module stripe.driver.through_pcall

return _VERSION ~= "Lua 5.1" or package.loaded.jit ~= nil
