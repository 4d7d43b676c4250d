--- What waits to be delivered, in another order.
-- @module stripe.simulator.deliveries.arrange

--- The records that are due.
-- @tparam table records by their ids
-- @number now Unix seconds
-- @param order "created"; "reverse"; or a list of ids of events, what is not in it coming last
-- @treturn {table,...}
return function(records, now, order)
  local list, place = {}, {}
  for _, record in pairs(records) do
    if record.state == "pending" and not record.flying and record.due <= now then
      list[#list + 1] = record
    end
  end
  for i, id in ipairs(type(order) == "table" and order or {}) do place[id] = place[id] or i end
  table.sort(list, function(x, y)
    local px, py = place[x.event] or math.huge, place[y.event] or math.huge
    if px ~= py then return px < py end
    if order == "reverse" then return x.order > y.order end
    return x.order < y.order
  end)
  return list
end
