--- "Did you mean": the known name that a mistyped one is nearest to.
-- @module stripe.suggest

-- The number of letters to insert, delete, replace or swap with a neighbour to get from a to b.
local function distance(a, b)
  local before, last = {}, {}
  for j = 0, #b do last[j] = j end
  for i = 1, #a do
    local row = { [0] = i }
    for j = 1, #b do
      local same = a:byte(i) == b:byte(j)
      row[j] = math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same and 0 or 1))
      if i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
        row[j] = math.min(row[j], before[j - 2] + 1)
      end
    end
    before, last = last, row
  end
  return last[#b]
end

--- Finds the name that was probably meant.
-- @tparam string name what was written
-- @tparam table names the known ones, as keys
-- @treturn ?string the nearest within two edits (one, for names of up to four letters); of equals
--   the first in byte order
local function suggest(name, names)
  local best
  local least = #name > 4 and 2 or 1
  for known in pairs(names) do
    if type(known) == "string" and math.abs(#known - #name) <= least then
      local d = distance(name, known)
      if d < least or d == least and (not best or known < best) then
        best, least = known, d
      end
    end
  end
  return best
end

--- The same as the end of a sentence.
-- @tparam string name
-- @tparam table names
-- @treturn string ' (did you mean "x"?)', or nothing
local function hint(name, names)
  local best = suggest(tostring(name), names)
  return best and (' (did you mean "%s"?)'):format(best) or ""
end

return { nearest = suggest, hint = hint }
