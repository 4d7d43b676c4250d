--- Pages from files of HTML. `{{name}}` is a value, always escaped. `{{#name}}...{{/name}}` is
-- there when the value is, once for each item when it is a list; `{{^name}}...{{/name}}` is there
-- when it isn't.

local visitor = require "visitor"

local page = {}

local ESCAPES = {
  ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;",
}

local function fill(text, values)
  text = text:gsub("{{([#^])([%w_]+)}}\n?(.-){{/%2}}\n?", function(kind, name, inner)
    local value = values[name]
    local list = type(value) == "table" and value or value and { {} } or {}
    if kind == "^" then return #list == 0 and fill(inner, values) or "" end
    local parts = {}
    for i, item in ipairs(list) do
      parts[i] = fill(inner, setmetatable(item, { __index = values }))
    end
    return table.concat(parts)
  end)
  return (text:gsub("{{([%w_]+)}}", function(name)
    return (tostring(values[name] or ""):gsub("[&<>\"']", ESCAPES))
  end))
end

local files = {}

local function read(name)
  if not files[name] then
    local file = assert(io.open(ngx.config.prefix() .. "app/" .. name, "rb"))
    files[name] = file:read "*a"
    file:close()
  end
  return files[name]
end

--- Answers with a page.
-- @string name of a file of the example
-- @tparam table values `token` is there by itself
-- @tparam[opt] integer status (200)
function page.show(name, values, status)
  values.token = visitor.token()
  ngx.status = status or 200
  ngx.header["Content-Type"] = "text/html; charset=utf-8"
  ngx.header["Cache-Control"] = "no-store"
  ngx.print(fill(read(name), values))
  return ngx.exit(ngx.OK)
end

--- Answers with JSON.
-- @string text
function page.json(text)
  ngx.header["Content-Type"] = "application/json"
  ngx.header["Cache-Control"] = "no-store"
  ngx.print(text)
  return ngx.exit(ngx.OK)
end

--- Sends the browser on, after a form.
function page.go(url) return ngx.redirect(url, ngx.HTTP_SEE_OTHER) end

return page
