--- JSON text as Stripe delivers it: indented by two spaces. Who decodes a payload and encodes it
-- again before he verifies it should find out in a test.
-- @module stripe.simulator.deliveries.pretty

local CLOSING = { ["{"] = "}", ["["] = "]" }

-- Where the string that begins at `at` ends.
local function string_end(text, at)
  repeat
    at = text:find('["\\]', at + 1)
    if text:byte(at) == 34 then return at end
    at = at + 1
  until false
end

--- @string text compact JSON
-- @treturn string
return function(text)
  local out, n, level = {}, 0, 0
  local function add(piece)
    n = n + 1
    out[n] = piece
  end
  local function line() add("\n" .. ("  "):rep(level)) end
  local at = 1
  while true do
    local found = text:find('["{}%[%],:]', at)
    if not found then break end
    if found > at then add(text:sub(at, found - 1)) end
    at = found + 1
    local c = text:sub(found, found)
    if c == '"' then
      local last = string_end(text, found)
      add(text:sub(found, last))
      at = last + 1
    elseif CLOSING[c] then
      if text:sub(at, at) == CLOSING[c] then
        add(c .. CLOSING[c])
        at = at + 1
      else
        add(c)
        level = level + 1
        line()
      end
    elseif c == "," then
      add(c)
      line()
    elseif c == ":" then
      add(": ")
    else
      level = level - 1
      line()
      add(c)
    end
  end
  add(text:sub(at))
  return table.concat(out)
end
