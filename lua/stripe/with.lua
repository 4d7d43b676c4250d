--- Gives a table the members of another one: `with({}, options)` is a copy of them.
-- @module stripe.with

--- @tparam table target
-- @tparam ?table members
-- @treturn table target
return function(target, members)
  for name, value in pairs(members or {}) do target[name] = value end
  return target
end
