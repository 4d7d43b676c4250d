--- An SQL statement, as far as a transaction has to know it before LuaSQL gets it.
--
-- LuaSQL runs the first of several statements and drops the others without a word, ends at a NUL,
-- and runs a statement with RETURNING twice. A handler whose effects depend on it is told instead.
-- @module stripe.webhook.store.statement

-- What text between two marks begins with -> what ends it.
local ENDS = { ["'"] = "'", ['"'] = '"', ["`"] = "`", ["["] = "]", ["--"] = "\n", ["/*"] = "*/" }

-- The statement without comments and without what stands in quotes.
local function bare(sql)
  local pieces, at = {}, 1
  while true do
    local first = sql:find("['\"`%[%-/]", at)
    if not first then break end
    pieces[#pieces + 1] = sql:sub(at, first - 1)
    local mark = ENDS[sql:sub(first, first + 1)] and sql:sub(first, first + 1)
      or sql:sub(first, first)
    if ENDS[mark] then
      local _, last = sql:find(ENDS[mark], first + #mark, true)
      if not last then return table.concat(pieces) end
      pieces[#pieces + 1], at = " ", last + 1
    else
      pieces[#pieces + 1], at = mark, first + 1
    end
  end
  return table.concat(pieces) .. sql:sub(at)
end

-- Whether it makes a trigger, which has statements in it up to its END.
local function is_trigger(text)
  return text:find("^%s*CREATE%s+TRIGGER%s") or text:find("^%s*CREATE%s+TEMP%a*%s+TRIGGER%s")
end

local ENDING = { BEGIN = true, COMMIT = true, END = true, ROLLBACK = true }

--- Whether a statement can run inside a transaction.
-- @string sql
-- @treturn ?string what is wrong with it
local function problem(sql)
  if sql:find("%z") then
    return "a statement can't have a NUL in it: pass the text through transaction:quote"
  end
  local text = bare(sql):upper()
  if not text:find("[^;%s]") then return "there is no statement in it" end
  local first = text:match("^%s*(%a+)")
  if ENDING[first] and not text:find("^%s*ROLLBACK%s+TO%s") and
    not text:find("^%s*ROLLBACK%s+TRANSACTION%s+TO%s") then
    return "the transaction ends with the handler: a handler that throws undoes it"
  end
  if is_trigger(text) and text:find("%f[%w_]END[;%s]*$") then return nil end
  if text:find(";%s*[^;%s]") then return "one statement at a time: the second one would not run" end
  if text:find("%f[%w_]RETURNING%f[^%w_]") then
    return "RETURNING would run the statement twice: use a SELECT after it"
  end
end

return { problem = problem }
