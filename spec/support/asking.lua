--- A fresh simulator and short ways to ask it things, for the specs of its families.

local core = require "stripe.core"
local schema = require "spec.support.schema"
local simulator = require "stripe.simulator"

local KEY = "sk_test_asking"
local START = 1750000000 -- 15 June 2025

-- Every answer that is no error has to fit the catalogue.
local function check(text)
  local object = core.decode(text, true)
  local kind = object.deleted and "deleted_" .. object.object or object.object
  if kind == "list" and object.data[1] then kind = "list:" .. object.data[1].object end
  if object.error or kind == "list" then return end
  local problems = schema.check(object, kind)
  if problems[1] then error("not a " .. kind .. ": " .. table.concat(problems, "; "), 3) end
end

--- Opens a simulator with a frozen clock.
-- Returns a table: `sim`, `account`, `key`, and `get(path, query, headers)`, `post(path, form,
-- headers)`, `delete(path, headers)`, `upload(file, fields, headers)`, which return the decoded
-- answer, its status and its text.
local function open()
  local sim = simulator.new { clock = START, seed = 7 }
  local asking = { sim = sim, start = START, key = KEY }

  local function ask(method, path, query, body, headers)
    local list = { { "Authorization", "Bearer " .. KEY } }
    local form = body and not (headers and headers["Content-Type"])
    if form then list[2] = { "Content-Type", "application/x-www-form-urlencoded" } end
    for name, value in pairs(headers or {}) do list[#list + 1] = { name, value } end
    local url = "https://api.stripe.com" .. path .. (query and "?" .. query or "")
    local answer = sim:handle { method = method, url = url, headers = list, body = body }
    check(answer.body)
    return core.decode(answer.body), answer.status, answer.body
  end

  function asking.get(path, query, headers) return ask("GET", path, query, nil, headers) end
  function asking.post(path, form, headers) return ask("POST", path, nil, form or "", headers) end

  function asking.delete(path, headers) return ask("DELETE", path, nil, nil, headers) end

  -- A file `{ name, content }` and fields by name, as a multipart body.
  function asking.upload(file, fields, headers)
    local parts = { ('--x\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n\r\n')
      :format(file[1]) .. file[2] }
    for name, value in pairs(fields) do
      parts[#parts + 1] = ('--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n')
        :format(name) .. value
    end
    local all = { ["Content-Type"] = "multipart/form-data; boundary=x" }
    for name, value in pairs(headers or {}) do all[name] = value end
    return ask("POST", "/v1/files", nil, table.concat(parts, "\r\n") .. "\r\n--x--\r\n", all)
  end

  --- The events so far, oldest first, as a list of types; or those of one type, whole.
  function asking.events(event_type)
    local list = asking.get("/v1/events", "limit=100" .. (event_type and "&type=" .. event_type
      or ""))
    local found = {}
    for i = #list.data, 1, -1 do
      found[#found + 1] = event_type and list.data[i] or list.data[i].type
    end
    return found
  end

  asking.account = sim:account(KEY)
  return asking
end

return { open = open }
