--- Names of entries that are made of parts, such as a workflow, a reference and a number.
--
-- What parts hold can't make two names one: "a/b" and "c" are another name than "a" and "b/c".
-- @module stripe.journal.name

local core = require "stripe.core"

local LONGEST = 255 -- bytes of a name

local function escaped(part)
  return (part:gsub("[%%/]", { ["%"] = "%25", ["/"] = "%2F" }))
end

--- Joins parts.
-- @string prefix as it is
-- @string ... parts
-- @treturn string
local function join(prefix, ...)
  local parts = { prefix }
  for i = 1, select("#", ...) do parts[i + 1] = escaped((select(i, ...))) end
  local name = table.concat(parts, "/")
  if #name <= LONGEST then return name end
  return prefix .. "/sha256/" .. core.sha256(name)
end

return join
