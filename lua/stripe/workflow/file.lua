--- Files that are at any moment the old or the new one, whole.
-- @module stripe.workflow.file

local File = {}

--- Writes a text under a temporary name beside the file, then renames it.
-- @string path
-- @string text
-- @treturn[1] boolean true
-- @treturn[2] nil
-- @treturn[2] string message
function File.write(path, text)
  local temporary = path .. ".new"
  local file, problem = io.open(temporary, "wb")
  if not file then return nil, problem end
  local written, why = file:write(text)
  local closed, reason = file:close()
  if written and closed then
    closed, reason = os.rename(temporary, path)
    if closed then return true end
  end
  os.remove(temporary)
  return nil, ("%s: %s"):format(path, tostring(why or reason or "can't be written"))
end

--- Reads a whole file.
-- @string path
-- @treturn[1] string
-- @treturn[2] nil
-- @treturn[2] string message
function File.read(path)
  local file, problem = io.open(path, "rb")
  if not file then return nil, problem end
  local text, why = file:read("*a")
  file:close()
  if not text then return nil, ("%s: %s"):format(path, tostring(why)) end
  return text
end

return File
