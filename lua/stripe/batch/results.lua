--- The results of a batch: a file of JSON lines, one for each row and try, the latest of which
-- counts. It only grows, so a kill costs at most the line that was being written.
-- @module stripe.batch.results

local core = require "stripe.core"
local File = require "stripe.workflow.file"

local Results = {}
local metatable = { __name = "stripe.batch.results", __index = Results }

-- Reads what is there of a batch: key -> state. Says whether the last line is whole.
local function read(path, batch)
  local states, whole = {}, true
  local file, problem, code = File.open(path)
  if not file then
    if code == 2 then return states, true end
    return nil, problem
  end
  for line in file:lines() do
    local result = core.decode(line)
    if type(result) == "table" and result.batch == batch and type(result.key) == "string" then
      states[result.key] = result.state
    end
  end
  if file:seek("end") > 0 then
    file:seek("end", -1)
    whole = file:read(1) == "\n"
  end
  file:close()
  return states, whole
end

--- Opens a file, or makes it; without a path the results are kept in memory alone.
-- @string[opt] path
-- @string batch its name: a file may be that of several
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string message
function Results.open(path, batch)
  if not path then return setmetatable({ states = {} }, metatable) end
  local states, whole = read(path, batch)
  if not states then return nil, whole end
  local made, why = core.private_file(path) -- what comes back of customers is nobody else's
  if not made then return nil, why end
  local file, problem = io.open(path, "ab")
  if not file then return nil, problem end
  file:setvbuf("line")
  if not whole then file:write("\n") end
  return setmetatable({ states = states, file = file, batch = batch }, metatable)
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
  if not self.file then return true end
  result.batch = self.batch
  local encoded, line = pcall(core.json, result)
  if not encoded then -- what a row threw may be no text
    result.value = nil
    for _, name in ipairs { "key", "error" } do result[name] = plain(result[name]) end
    line = core.json(result)
  end
  local written, problem = self.file:write(line, "\n")
  if not written then return nil, problem end
  return true
end

function Results:close()
  if self.file then self.file:close() end
end

return Results
