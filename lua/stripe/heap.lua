--- A list of entries with `time` and `order` from which the earliest is taken first.
-- @module stripe.heap

local heap = {}

local function before(x, y)
  if x.time ~= y.time then return x.time < y.time end
  return x.order < y.order
end

--- Adds an entry.
function heap.push(list, entry)
  local i = #list + 1
  list[i] = entry
  while i > 1 do
    local parent = math.floor(i / 2)
    if not before(list[i], list[parent]) then break end
    list[i], list[parent] = list[parent], list[i]
    i = parent
  end
end

--- Takes the earliest entry, `list[1]`, out.
function heap.pop(list)
  local first, last = list[1], table.remove(list)
  local i, n = 1, #list
  if n == 0 then return first end
  list[1] = last
  while true do
    local child = i * 2
    if child > n then break end
    if child < n and before(list[child + 1], list[child]) then child = child + 1 end
    if not before(list[child], list[i]) then break end
    list[i], list[child] = list[child], list[i]
    i = child
  end
  return first
end

return heap
