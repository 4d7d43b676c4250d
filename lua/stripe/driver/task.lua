--- Tasks as drivers keep them: what each came to, and who waits for that.
-- @module stripe.driver.task

local Task = {}

local unpack = table.unpack or unpack -- luacheck: ignore 113 143

--- One that is under way. Who waits for it is for its driver to note, in `waiters`; `done` says
-- whether it has come to its end.
-- @treturn table
function Task.new() return { done = false, waiters = {} } end

--- Keeps what a task came to.
-- @tparam table task
-- @tparam boolean ok
-- @param ... what it returned; or what it threw, and a traceback
function Task.keep(task, ok, ...)
  task.done, task.outcome = true, { n = select("#", ...) + 1, ok, ... }
end

--- That again.
-- @tparam table task one that is done
-- @return as it was given to `keep`
function Task.outcome(task) return unpack(task.outcome, 1, task.outcome.n) end

return Task
