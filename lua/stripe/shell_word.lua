--- A text as one word of a shell, whatever is in it.
-- @module stripe.shell_word

--- @string text
-- @treturn string
return function(text) return "'" .. text:gsub("'", "'\\''") .. "'" end
