--- Everything once, against the simulator: what `make demo` shows.

local here = arg[0]:match("^(.*)/") or "."
local chapters = {
  { "A climate purchase", "climate.lua" },
  { "An onramp purchase", "onramp.lua" },
  { "An identity check, and its redaction", "identity.lua" },
  { "A forwarded request", "forwarding.lua" },
  { "The life of a webhook endpoint", "webhook_endpoint.lua" },
}

arg = { [0] = arg[0], "--simulator" } -- luacheck: globals arg
for i, chapter in ipairs(chapters) do
  print(("%s%d. %s"):format(i > 1 and "\n" or "", i, chapter[1]))
  print(("-"):rep(#chapter[1] + 3))
  dofile(here .. "/" .. chapter[2])
end
print("\nNothing left this machine: all of it ran on the simulator, in this process.")
