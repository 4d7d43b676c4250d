--- Pseudo-terminals, for what looks different on a terminal.

local terminal = {}

--- Whether this place has them. A chroot without /dev/pts has none.
function terminal.available()
  local master = io.open("/dev/ptmx", "r+")
  if master then master:close() end
  return master ~= nil
end

return terminal
