--- A file of JSON lines that only grows: a kill costs at most the line that was being written.
-- @module stripe.json_log

local core = require "stripe.core"
local File = require "stripe.file"

local Log = {}
local metatable = { __name = "stripe.json_log", __index = Log }

-- Shows what is there, line by line. Says whether the last one is whole; nil and a message when the
-- file can't be read.
local function read(path, see)
  local file, problem, code = File.open(path)
  if not file then
    if code == 2 then return true end
    return nil, problem
  end
  for line in file:lines() do
    local entry = core.decode(line)
    if type(entry) == "table" then see(entry) end
  end
  local whole = true
  if file:seek("end") > 0 then
    file:seek("end", -1)
    whole = file:read(1) == "\n"
  end
  file:close()
  return whole
end

--- Opens a file, or makes it.
-- @string path
-- @tparam function see is called with each entry that is there, the oldest first
-- @tparam[opt] boolean private what is in it is nobody else's
-- @treturn[1] table
-- @treturn[2] nil
-- @treturn[2] string message
local function open(path, see, private)
  local whole, unreadable = read(path, see)
  if whole == nil then return nil, unreadable end
  if private then
    local made, why = core.private_file(path)
    if not made then return nil, why end
  end
  local file, problem = io.open(path, "ab")
  if not file then return nil, problem end
  file:setvbuf("line")
  if not whole then file:write("\n") end
  return setmetatable({ file = file }, metatable)
end

--- Adds a line.
-- @string line JSON
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string message
function Log:add(line)
  local written, problem = self.file:write(line, "\n")
  if not written then return nil, problem end
  return true
end

function Log:close() self.file:close() end

return { open = open }
