--- What something thrown says, without the place in a file that Lua puts in front of it: for who
-- reads or throws it where that place says nothing.
-- @module stripe.without_place

--- @param thrown
-- @treturn string
return function(thrown) return (tostring(thrown):gsub("^[^:]*:%d+: ", "")) end
