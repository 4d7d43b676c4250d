--- Rows of a file, one after the other: CSV with a line of titles, or JSON lines.
--
-- The file is read in pieces, so its size doesn't matter. A row is a table; of CSV its values are
-- text. [RFC 4180: quotes, doubled quotes and line ends inside quotes; either kind of line end]
-- @module stripe.batch.rows

local core = require "stripe.core"
local File = require "stripe.file"

local Rows = {}

local PIECE = 65536
local BOM = "\239\187\191"
local LONGEST = 1024 * 1024 -- bytes of one row: more means that a quote was never closed

-- A reader of CSV records: each call gives a list of fields and the number of its line, nil at the
-- end, or nil, nil, message.
local function records(file)
  local start = file:read(#BOM)
  local text, at, line, ended = start ~= BOM and start or "", 1, 1, false

  local function more()
    local piece = not ended and file:read(PIECE)
    if not piece then
      ended = true
      return false
    end
    text, at = text:sub(at) .. piece, 1
    return true
  end

  -- The character at `at`, with the next one known too; "" at the end.
  local function look()
    while #text - at < 1 and more() do end -- luacheck: ignore 542
    return text:sub(at, at)
  end

  local function quoted()
    local parts, began, size = {}, line, 0
    at = at + 1
    while true do
      local stop = text:find('"', at, true)
      if not stop then
        parts[#parts + 1] = text:sub(at)
        size = size + #parts[#parts]
        at = #text + 1
        if size > LONGEST or not more() then
          return nil, ("line %d: a quote is opened and never closed"):format(began)
        end
      else
        parts[#parts + 1] = text:sub(at, stop - 1)
        at = stop + 1
        if look() ~= '"' then break end
        parts[#parts + 1], at = '"', at + 1
      end
    end
    local value = table.concat(parts)
    line = line + select(2, value:gsub("\n", ""))
    local after = look()
    if after ~= "" and not after:find("[,\r\n]") then
      return nil, ("line %d: text after a closing quote"):format(line)
    end
    return value
  end

  local function plain()
    local parts = {}
    while true do
      local stop = text:find("[,\r\n]", at)
      parts[#parts + 1] = text:sub(at, stop and stop - 1 or -1)
      at = stop or #text + 1
      if stop or not more() then break end
    end
    local value = table.concat(parts)
    if value:find('"', 1, true) then
      return nil, ("line %d: a quote inside a field that is not quoted"):format(line)
    end
    return value
  end

  return function()
    if look() == "" then return nil end
    local fields, began = {}, line
    while true do
      local value, message
      if look() == '"' then value, message = quoted() else value, message = plain() end
      if not value then return nil, nil, message end
      fields[#fields + 1] = value
      local after = look()
      at = at + (after == "" and 0 or 1)
      if after == "\r" and look() == "\n" then at = at + 1 end
      if after ~= "," then break end
    end
    line = line + 1
    return fields, began
  end
end

local function csv(file, name)
  local read = records(file)
  local titles, _, message = read()
  if not titles then return nil, ("%s: %s"):format(name, message or "it has no line of titles") end
  local seen = {}
  for i, title in ipairs(titles) do
    if title == "" or seen[title] then
      return nil, ("%s: column %d needs a title of its own"):format(name, i)
    end
    seen[title] = true
  end
  return function()
    local fields, line, wrong
    repeat
      fields, line, wrong = read()
    until not fields or #fields > 1 or fields[1] ~= "" or #titles == 1
    if wrong then return nil, ("%s: %s"):format(name, wrong) end
    if not fields then return nil end
    if #fields ~= #titles then
      return nil, ("%s: line %d has %d fields, the titles are %d"):format(name, line, #fields,
        #titles)
    end
    local row = {}
    for i, title in ipairs(titles) do row[title] = fields[i] end
    return row
  end
end

local function json_lines(file, name)
  local line = 0
  return function()
    local text
    repeat
      text = file:read("*l")
      line = line + 1
      if line == 1 and text and text:sub(1, #BOM) == BOM then text = text:sub(#BOM + 1) end
    until not text or text:find("%S")
    if not text then return nil end
    local row, message
    if not text:find "^%s*%[" then row, message = core.decode(text) end
    if type(row) ~= "table" then
      return nil, ("%s: line %d: %s"):format(name, line,
        message and tostring(message) or "not a JSON object")
    end
    return row
  end
end

local FORMATS = { csv = csv, jsonl = json_lines }

--- Opens a file of rows.
-- @string path
-- @string[opt] format "csv" or "jsonl"; by default what the name ends with
-- @treturn[1] function gives the next row; nil at the end; nil and a message when it can't be read
-- @treturn[1] function closes the file
-- @treturn[2] nil
-- @treturn[2] string message
function Rows.open(path, format)
  format = format or path:match("%.(%w+)$")
  local read = FORMATS[format == "json" and "jsonl" or format]
  if not read then
    return nil, ("%s: its name ends neither with .csv nor with .jsonl; say which format it has")
      :format(path)
  end
  local file, problem = File.open(path)
  if not file then return nil, problem end
  local next_row, message = read(file, path)
  if not next_row then
    file:close()
    return nil, message
  end
  return next_row, function() file:close() end
end

--- The same for rows that are in memory already.
-- @tparam {table,...} list
function Rows.list(list)
  local i = 0
  return function()
    i = i + 1
    return list[i]
  end, function() end
end

return Rows
