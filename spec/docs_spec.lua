--- Runs every Lua snippet of the README and of docs/, and compares what it prints.
--
-- The snippets of one file are one script, in order, so that a later one may use what an earlier
-- one made. A ```text block right after a snippet is what it prints. Where they speak of a Redis at
-- redis://127.0.0.1:6379, they get one of their own.

local unpack = table.unpack or unpack -- luacheck: globals unpack

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

local function markdown_files()
  local files = { "README.md" }
  local listing = assert(io.popen("find docs -name '*.md' 2>/dev/null | sort"))
  for line in listing:lines() do files[#files + 1] = line end
  listing:close()
  return files
end

--- The snippets of a text: {line, code, expected}.
local function snippets(text)
  local found, kind, block, line = {}, nil, nil, 0
  for row in (text:gsub("\r", "") .. "\n"):gmatch("(.-)\n") do
    line = line + 1
    local fence = row:match("^```(%w*)$")
    if fence and not kind then
      kind, block = fence, { line = line + 1, rows = {} }
    elseif fence and kind then
      local code = table.concat(block.rows, "\n")
      if kind == "lua" then
        found[#found + 1] = { line = block.line, code = code }
      elseif kind == "text" and found[#found] then
        found[#found].expected = found[#found].expected or code
      end
      kind = nil
    elseif kind then
      block.rows[#block.rows + 1] = row
    elseif row:find("%S") and found[#found] then
      found[#found].expected = found[#found].expected or false
    end
  end
  return found
end

local REDIS = "redis://127.0.0.1:6379"

-- Calls f while the address of a server stands in place of REDIS, and the server is there.
local function with_redis(list, f)
  local server
  local function address()
    server = server or require("spec.support.redis_server").start()
    return server.url
  end
  for _, snippet in ipairs(list) do
    snippet.code = snippet.code:gsub((REDIS:gsub("%.", "%%.")), address)
  end
  local ok, result = xpcall(f, debug.traceback)
  if server then server:stop() end
  return assert(ok and result, result)
end

--- Runs snippets as one script; returns what each printed.
local function run(path, list)
  local printed, current = {}, 0
  local environment = setmetatable({}, { __index = _G })
  function environment.print(...)
    local words = {}
    for i = 1, select("#", ...) do words[i] = tostring((select(i, ...))) end
    local lines = printed[current]
    lines[#lines + 1] = table.concat(words, "\t")
  end
  function environment.__at(i)
    current = i
    printed[i] = {}
  end
  local script, line = {}, 1
  for i, snippet in ipairs(list) do
    local head = ("__at(%d) "):format(i)
    script[#script + 1] = ("\n"):rep(snippet.line - line) .. head .. snippet.code
    line = snippet.line + select(2, snippet.code:gsub("\n", "\n"))
  end
  local text = table.concat(script)
  local chunk
  if rawget(_G, "setfenv") then
    chunk = assert(loadstring(text, "@" .. path)) -- luacheck: globals loadstring setfenv
    setfenv(chunk, environment)
  else
    chunk = assert(load(text, "@" .. path, "t", environment))
  end
  local result = { xpcall(chunk, debug.traceback) }
  assert(unpack(result))
  return printed
end

describe("the documentation", function()
  for _, path in ipairs(markdown_files()) do
    local list = snippets(read(path))
    if #list > 0 then
      it(("runs as written: %s"):format(path), function()
        local printed = with_redis(list, function() return run(path, list) end)
        for i, snippet in ipairs(list) do
          if snippet.expected then
            assert.equal(snippet.expected, table.concat(printed[i], "\n"),
              ("%s:%d prints something else"):format(path, snippet.line))
          end
        end
      end)
    end
  end

  it("has a snippet in the README", function()
    assert.is_true(#snippets(read("README.md")) > 0)
  end)
end)
