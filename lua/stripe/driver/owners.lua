--- Which driver runs a coroutine: coroutine -> driver, of the tasks of all drivers. Who waits in a
-- task is to wait by its driver, whatever else would be chosen.
-- @module stripe.driver.owners

return setmetatable({}, { __mode = "k" })
