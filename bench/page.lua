-- bench: the page of results, of which each program writes its own part.

local Page = {}

local FILE = "bench/results.md"
local HEAD = "# Bench of nginx" -- begins the second part

local function read()
  local file = io.open(FILE)
  if not file then return "", "" end
  local text = file:read("*a")
  file:close()
  local at = text:find("\n" .. HEAD, 1, true)
  if not at then return text, "" end
  return text:sub(1, at - 1), text:sub(at + 1)
end

local function write(first, second)
  local file = assert(io.open(FILE, "w"))
  file:write(first, second ~= "" and "\n" or "", second)
  assert(file:close())
end

--- Replaces the part about one process.
function Page.plain(text)
  local _, second = read()
  write(text, second)
end

--- Replaces the part about nginx.
-- @tparam table lines those below its heading
function Page.nginx(lines)
  local text = HEAD .. "\n\n" .. table.concat(lines, "\n") .. "\n"
  write((read()), text)
  return text
end

return Page
