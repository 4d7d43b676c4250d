--- The results of a batch: a file of JSON lines, one for each row and try, the latest of which
-- counts.
-- @module stripe.batch.results

local core = require "stripe.core"
local json_log = require "stripe.json_log"

local Results = {}
local metatable = { __name = "stripe.batch.results", __index = Results }

--- Opens a file, or makes it; without a path the results are kept in memory alone.
-- @string[opt] path
-- @string batch its name: a file may be that of several
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string message
function Results.open(path, batch)
  local self = setmetatable({ states = {}, batch = batch }, metatable)
  if not path then return self end
  local log, problem = json_log.open(path, function(result)
    if result.batch == batch and type(result.key) == "string" then
      self.states[result.key] = result.state
    end
  end, true)
  if not log then return nil, problem end
  self.log = log
  return self
end

--- The state of a row in an earlier run: "done", "failed", "doubtful", or nil.
function Results:state(key) return self.states[key] end

local function plain(text)
  if text == nil or pcall(core.json, text) then return text end
  return (tostring(text):gsub("[\128-\255]", "?"))
end

--- Adds a result.
-- @tparam table result `key`, `n`, `state`, `value`, `error`
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string message
function Results:add(result)
  self.states[result.key] = result.state
  if not self.log then return true end
  result.batch = self.batch
  local encoded, line = pcall(core.json, result)
  if not encoded then -- what a row threw may be no text
    result.value = nil
    for _, name in ipairs { "key", "error" } do result[name] = plain(result[name]) end
    line = core.json(result)
  end
  return self.log:add(line)
end

function Results:close()
  if self.log then self.log:close() end
end

return Results
