--- Answers on their way out: one write for status, headers and body.
--
-- lua-http's own way through header objects and two writes takes as long as the simulator needs to
-- find the answer; so this file does what its `write_headers` and `write_chunk` do.
-- @module stripe.simulator.server.write

local reason_phrases = require "http.h1_reason_phrases"

local SECONDS = 60

-- Said by this file alone.
local FRAMING = { ["content-length"] = true, ["transfer-encoding"] = true, connection = true }

-- Answers without a body, whatever the headers promise.
local BODILESS = { HEAD = true, [204] = true, [304] = true }

local date, date_of

local function now()
  local time = os.time()
  if time ~= date_of then
    date_of, date = time, os.date("!%a, %d %b %Y %H:%M:%S GMT", time)
  end
  return date
end

-- Whether the connection ends with this answer. The stream knows when the client asked for it.
local function closes(stream, request)
  if request.close or stream.close_when_done then return true end
  return stream.peer_version == 1.0 and (request.connection or ""):lower() ~= "keep-alive"
end

local function head(stream, answer, request)
  local status = answer.status
  local lines = {
    ("HTTP/1.1 %d %s"):format(status, reason_phrases[tostring(status)]),
  }
  for _, header in ipairs(answer.headers) do
    if not FRAMING[header[1]:lower()] then
      lines[#lines + 1] = header[1] .. ": " .. tostring(header[2]):gsub("[\r\n]", " ")
    end
  end
  lines[#lines + 1] = "Date: " .. now()
  if status >= 200 and not BODILESS[status] then
    lines[#lines + 1] = ("Content-Length: %d"):format(#(answer.body or ""))
  end
  if closes(stream, request) then
    lines[#lines + 1] = "Connection: close"
    stream.close_when_done = true
  elseif stream.peer_version == 1.0 then
    lines[#lines + 1] = "Connection: keep-alive"
  end
  lines[#lines + 1] = "\r\n"
  return table.concat(lines, "\r\n")
end

--- Writes an answer, after those to the earlier requests of its connection.
-- @tparam table stream of lua-http
-- @tparam table answer `{ status, headers, body }`
-- @tparam table request as `server.read` made it
-- @tparam[opt] number bytes no more of the body is written; the connection is left open
return function(stream, answer, request, bytes)
  local connection = stream.connection
  while connection.pipeline:peek() ~= stream do
    if stream.state == "closed" then return end
    stream.pipeline_cond:wait()
  end
  local body = answer.body or ""
  if BODILESS[request.method] or BODILESS[answer.status] then body = "" end
  if not connection.socket then return end
  local text = head(stream, answer, request) .. (bytes and body:sub(1, bytes) or body)
  stream.body_write_type = "length" -- so that lua-http sends no answer of its own
  if not connection.socket:xwrite(text, "n", SECONDS) or bytes then return end
  stream:set_state(stream.state == "half closed (remote)" and "closed" or "half closed (local)")
end
