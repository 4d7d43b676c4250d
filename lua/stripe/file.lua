--- Files that are at any moment the old or the new one, whole.
-- @module stripe.file

local core = require "stripe.core"

local File = {}

--- Writes a text under a temporary name beside the file, then renames it. When this returns, it is
-- on disk.
-- @string path
-- @string text
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string message
function File.write(path, text) return core.replace_file(path, text) end

--- Opens a file to read it. A directory opens as well, and throws when its lines are asked for.
-- @string path
-- @treturn[1] file
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] integer the system's number of the error; 2: there is none
function File.open(path)
  local file, problem, code = io.open(path, "rb")
  if not file then return nil, problem, code end
  local _, why, number = file:read(0)
  if not why then return file end
  file:close()
  return nil, ("%s: %s"):format(path, why), number
end

--- Reads a whole file.
-- @string path
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string message
-- @treturn[2] ?integer the system's number for it; 2: there is no such file
function File.read(path)
  local file, problem, code = File.open(path)
  if not file then return nil, problem, code end
  local text, why = file:read("*a")
  file:close()
  if not text then return nil, ("%s: %s"):format(path, tostring(why)) end
  return text
end

return File
