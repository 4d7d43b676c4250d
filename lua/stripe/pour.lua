--- Hands the bytes of a download to a function or a file handle, as they come.
-- @module stripe.pour

local Pour = {}

local metatable = { __name = "stripe.pour", __index = Pour }

local function take(self, call, chunk)
  local ok, message = self.write(chunk)
  if ok == false or ok == nil and message then
    return tostring(message or "it returned false")
  end
  self.done = self.done + #chunk
  if self.progress then
    self.progress(self.done, tonumber((call:headers()["content-length"])))
  end
end

--- Takes the chunks that wait in a call.
-- @tparam userdata call
-- @treturn ?string why the sink didn't take one, or what it threw; then the download is over
function Pour:drain(call)
  local chunk = call:chunk()
  while chunk do
    local ok, failed = pcall(take, self, call, chunk)
    if not ok then failed = tostring(failed) end
    if failed then return failed end
    chunk = call:chunk()
  end
end

--- Makes one for a call.
-- @tparam function|table|userdata sink `sink(bytes)`, or something with `sink:write(bytes)`; false,
--   or nil and a message, from it ends the download
-- @tparam ?function progress `progress(done, total)`, bytes
-- @treturn table
function Pour.new(sink, progress)
  local write = sink
  if type(sink) ~= "function" then
    write = function(chunk) return sink:write(chunk) end
  end
  return setmetatable({ write = write, progress = progress, done = 0 }, metatable)
end

return Pour
