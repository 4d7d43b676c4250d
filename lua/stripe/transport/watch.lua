--- Tells a caller how much of a request's body has gone out.
-- @module stripe.transport.watch

-- Counts what goes through a reader.
local function counted(stream, progress)
  local done = 0
  return setmetatable({ content_length = stream.content_length }, {
    __name = "stripe.upload",
    __call = function()
      local piece, message = stream()
      if piece then
        done = done + #piece
        progress(done, stream.content_length)
      end
      return piece, message
    end,
  })
end

--- Has a request report on its body. One in memory goes out at once.
-- @tparam table request
-- @tparam ?function progress `progress(done, total)`, bytes
-- @treturn table the request
local function watch(request, progress)
  if not progress then return request end
  if request.stream then
    request.stream = counted(request.stream, progress)
  elseif #request.body > 0 then
    progress(#request.body, #request.body)
  end
  return request
end

return watch
