--- Headers as transports have them: a list of {name, value} that can be read by name, too.
-- @module stripe.simulator.readable

--- @tparam {table,...} list
-- @treturn table the same; of a name that is there several times, in any case, the last one counts
return function(list)
  local by_name = {}
  for _, header in ipairs(list) do by_name[header[1]:lower()] = header[2] end
  return setmetatable(list, {
    __name = "stripe.simulator.headers",
    __index = function(_, name) return type(name) == "string" and by_name[name:lower()] or nil end,
  })
end
