--- Tells a caller how much of a body has gone out, or has come in, where that is told by Lua.
-- @module stripe.transport.watch

local Watch = {}

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

-- Has a request report on its body. One in memory goes out at once.
local function reporting(request, progress)
  if request.stream then
    request.stream = counted(request.stream, progress)
  elseif #request.body > 0 then
    progress(#request.body, #request.body)
  end
  return request
end

-- What the caller's function throws is no failure of the transport.
local function threw(thrown)
  return { kind = "aborted", message = "the caller's function threw: " .. tostring(thrown) }
end

--- Asks for an answer, with a request that reports on its body.
-- @tparam function ask `ask(request)`
-- @tparam table request
-- @tparam ?function progress `progress(done, total)`
-- @return what `ask` returned, or nil and a failure when `progress` threw
function Watch.out(ask, request, progress)
  if not progress then return ask(request) end
  local failure
  local function tell(done, total)
    local ok, thrown = pcall(progress, done, total)
    if ok then return end
    failure = threw(thrown)
    error(failure.message, 0)
  end
  local ok, answer, why = pcall(function() return ask(reporting(request, tell)) end)
  if failure then return nil, failure end
  if not ok then error(answer, 0) end
  return answer, why
end

--- Reports on the body of a download, which has come at once.
-- @tparam ?table answer
-- @tparam ?table failure
-- @tparam ?function progress `progress(done, total)`
-- @return the answer and the failure, or nil and another one when `progress` threw
function Watch.came(answer, failure, progress)
  local good = answer and answer.status >= 200 and answer.status < 300
  if not (progress and good) or answer.body == "" then return answer, failure end
  local ok, thrown = pcall(progress, #answer.body, #answer.body)
  if not ok then return nil, threw(thrown) end
  return answer, failure
end

return Watch
