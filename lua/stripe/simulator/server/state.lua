--- The file in which a simulator survives its process.
-- @module stripe.simulator.server.state

local core = require "stripe.core"

local state = {}

--- Loads a file into a simulator. One that isn't there yet is an empty state.
-- @tparam table simulator
-- @string path
-- @string url where file and link URLs lead now; those in the state are changed to it
-- @treturn boolean true | nil, message
function state.load(simulator, path, url)
  local file, problem, code = io.open(path, "rb")
  if not file then
    if code == 2 then return true end
    return nil, problem
  end
  local text = file:read("*a")
  file:close()
  if not text then return nil, path .. " can't be read" end
  local kept, why = core.decode(text)
  if type(kept) ~= "table" then
    return nil, ("%s: %s"):format(path, kept == nil and why or "no JSON object")
  end
  if type(kept.url) == "string" and kept.url ~= url then
    local old = kept.url:gsub("%p", "%%%0")
    local new = url:gsub("%%", "%%%%")
    kept = core.decode((text:gsub(old .. "(/[vl][1i])", new .. "%1")))
  end
  local restored, reason = simulator:restore(kept.snapshot)
  if not restored then return nil, ("%s: %s"):format(path, tostring(reason)) end
  return true
end

--- Writes a simulator into a file, which at any moment is the old or the new one, whole.
-- @treturn boolean true | nil, message
function state.save(simulator, path, url)
  local temporary = path .. ".new"
  local file, problem = io.open(temporary, "wb")
  if not file then return nil, problem end
  local written, why = file:write(core.json { url = url, snapshot = simulator:snapshot() }, "\n")
  local closed, reason = file:close()
  if written and closed then
    closed, reason = os.rename(temporary, path)
    if closed then return true end
  end
  os.remove(temporary)
  return nil, ("%s: %s"):format(path, why or reason or "can't be written")
end

return state
