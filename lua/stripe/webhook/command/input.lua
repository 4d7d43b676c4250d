--- What the commands of stripe-webhook are given: numbers, payloads, headers, secrets.
-- @module stripe.webhook.command.input

local Input = {}

--- Ends the program because it was called wrongly.
-- @string message
function Input.misuse(message)
  io.stderr:write("stripe-webhook: ", message, "\n")
  os.exit(2)
end

--- Whole numbers from 0, for argparse.
function Input.whole(text)
  local number = tonumber(text)
  if text:find("^%d+$") and number < 1e12 then return number end
  return nil, ("'%s' is no whole number"):format(text)
end

--- Ports, for argparse.
function Input.port(text)
  local number, problem = Input.whole(text)
  if number and number > 65535 then return nil, "a port is at most 65535" end
  return number, problem
end

--- Seconds, or "off" (false, which argparse takes for a failure: it is wrapped), for argparse.
function Input.tolerance(text)
  if text == "off" then return { seconds = false } end
  local number, problem = Input.whole(text)
  return number and { seconds = number }, problem
end

local function read(path)
  local file, problem = io.open(path, "rb")
  local text = file and file:read "*a" -- nil: a directory
  if file then file:close() end
  return text, problem or path .. ": it can't be read"
end

--- The bytes of a file, or of standard input.
-- @string path "-": standard input
-- @treturn string
function Input.payload(path)
  if path == "-" then return io.read "*a" end
  local text, problem = read(path)
  return text or Input.misuse(problem)
end

--- The text of the header, out of whatever was given.
-- @tparam table options `header`, `header_file`
-- @treturn string
function Input.header(options)
  local text, problem = options.header, nil
  if options.header_file then text, problem = read(options.header_file) end
  if not text then Input.misuse(problem or "give --header or --header-file") end
  for line in text:gmatch "[^\r\n]+" do
    local name, value = line:match "^%s*([%w-]+)%s*:%s*(.-)%s*$"
    if name and name:lower() == "stripe-signature" then return value end
  end
  return text
end

-- "main=whsec_..." as a secret with a name.
local function named(text)
  local name, secret = text:match "^([%w_.-]+)=(.+)$"
  return name and { name = name, secret = secret } or text
end

local function list_of(words)
  local list = {}
  for i, word in ipairs(words) do list[i] = named(word) end
  return list
end

local function of_file(path)
  local text, problem = read(path)
  if not text then Input.misuse(problem) end
  local words = {}
  for line in text:gmatch "[^\r\n]+" do
    local word = line:match "^%s*(.-)%s*$"
    if word ~= "" then words[#words + 1] = word end
  end
  return words
end

--- The secrets that are valid, as `stripe.webhook.verify` takes them.
-- @tparam table options `secret`, `secret_file`
-- @treturn table
function Input.secrets(options)
  local words = options.secret or {}
  if options.secret_file then
    words = of_file(options.secret_file)
    if #words == 0 then Input.misuse(options.secret_file .. " has no secret in it") end
  elseif #words == 0 then
    words = { os.getenv "STRIPE_WEBHOOK_SECRET" }
  end
  if #words == 0 then
    Input.misuse "no secret: give --secret-file or --secret, or set STRIPE_WEBHOOK_SECRET"
  end
  for _, word in ipairs(words) do
    if not word:find "%S" then Input.misuse "a secret is blank" end
  end
  return list_of(words)
end

--- The secrets that are not valid, or nil.
-- @tparam table options `other_secret`
-- @treturn ?table
function Input.other_secrets(options)
  local words = options.other_secret or {}
  for _, word in ipairs(words) do
    if not word:find "%S" then Input.misuse "an --other-secret is blank" end
  end
  return #words > 0 and list_of(words) or nil
end

return Input
