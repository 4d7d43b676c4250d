--- Dry runs: what a call would send, without sending it.
-- @module stripe.dry_run

local Observe = require "stripe.observe"
local shell_word = require "stripe.shell_word"

-- A header as curl takes it: one without a value would be left out, if it ended with its colon.
local function line_of(header)
  return shell_word(header[2] == "" and header[1] .. ";" or header[1] .. ": " .. header[2])
end

-- The request as a line for a shell. The key is left to a variable of that shell, the length of the
-- body (which is another one where something is redacted) to curl. Without -g curl would take the
-- brackets of a query for ranges of addresses.
local function curl(method, url, headers, body)
  local line = { "curl", "-g", "-X", method, shell_word(url) }
  for _, header in ipairs(headers) do
    local name = header[1]:lower()
    if name == "authorization" then
      line[#line + 1] = '-H "Authorization: Bearer $STRIPE_SECRET_KEY"'
    elseif name ~= "content-length" then
      line[#line + 1] = "-H " .. line_of(header)
    end
  end
  if method ~= "GET" and body then
    line[#line + 1] = "--data-raw " .. shell_word(body)
  end
  return table.concat(line, " ")
end

--- Describes the first request of a call.
-- @tparam userdata call
-- @tparam number now
-- @treturn[1] table `{method, url, headers, body, curl}`, redacted; the body of an upload is only
--   described
-- @treturn[2] nil
-- @treturn[2] table the error
local function dry_run(call, now)
  call:next(now)
  local request = call:request()
  local url, headers = Observe.url(call, request.url), Observe.headers(request.headers)
  local body = Observe.body(call, request)
  call:cancel(now, "dry run")
  return {
    method = request.method, url = url, headers = headers, body = body,
    curl = curl(request.method, url, headers, body),
  }
end

return dry_run
