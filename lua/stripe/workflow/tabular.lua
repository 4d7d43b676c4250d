--- Rows for people and for programs: a table in columns, and CSV.
--
-- A list of columns is `{ { title =, field =, right = true | nil }, ... }`; a row is a table with
-- those fields. What is nil is shown as nothing.
-- @module stripe.workflow.tabular

local Tabular = {}

-- How many places a text takes on a terminal: characters, not bytes.
local function width(text)
  local _, continued = text:gsub("[\128-\191]", "")
  return #text - continued
end

local function cell(row, column)
  local value = row[column.field]
  if value == nil then return "" end
  return (tostring(value):gsub("%c+", " "))
end

local function pad(text, to, right)
  local space = (" "):rep(to - width(text))
  return right and space .. text or text .. space
end

--- A table for a terminal.
-- @tparam {table,...} columns
-- @tparam {table,...} rows
-- @tparam[opt] table total a last row, below a line
-- @treturn string with a line end after each line
function Tabular.text(columns, rows, total)
  local widths, all = {}, {}
  for i, row in ipairs(rows) do all[i] = row end
  all[#all + 1] = total
  for i, column in ipairs(columns) do
    widths[i] = width(column.title)
    for _, row in ipairs(all) do widths[i] = math.max(widths[i], width(cell(row, column))) end
  end
  local lines = {}
  local function add(texts)
    for i, column in ipairs(columns) do texts[i] = pad(texts[i], widths[i], column.right) end
    lines[#lines + 1] = (table.concat(texts, "  "):gsub("%s+$", ""))
  end
  local function add_row(row)
    local texts = {}
    for i, column in ipairs(columns) do texts[i] = cell(row, column) end
    add(texts)
  end
  local function add_rule()
    local texts = {}
    for i in ipairs(columns) do texts[i] = ("-"):rep(widths[i]) end
    add(texts)
  end
  local titles = {}
  for i, column in ipairs(columns) do titles[i] = column.title end
  add(titles)
  add_rule()
  for _, row in ipairs(rows) do add_row(row) end
  if total then
    add_rule()
    add_row(total)
  end
  return table.concat(lines, "\n") .. "\n"
end

-- RFC 4180. What a spreadsheet would take for a formula gets an apostrophe in front, as OWASP says;
-- numbers stay numbers.
local function quoted(text)
  if text:find("^[=+@\t\r-]") and not tonumber(text) then text = "'" .. text end
  if text:find('[",\r\n]') then text = '"' .. text:gsub('"', '""') .. '"' end
  return text
end

--- The same as CSV, with a line of titles.
-- @tparam {table,...} columns
-- @tparam {table,...} rows
-- @treturn string
function Tabular.csv(columns, rows)
  local lines, texts = {}, {}
  for i, column in ipairs(columns) do texts[i] = quoted(column.title) end
  lines[1] = table.concat(texts, ",")
  for n, row in ipairs(rows) do
    texts = {}
    for i, column in ipairs(columns) do
      local value = row[column.field]
      texts[i] = value == nil and "" or quoted(tostring(value))
    end
    lines[n + 1] = table.concat(texts, ",")
  end
  return table.concat(lines, "\r\n") .. "\r\n"
end

return Tabular
