--- Runs before the specs: loads what must not be unloaded between two files.
--
-- busted forgets the modules that a file loaded. A library that holds an event loop would then be
-- finalised and loaded anew in one process, which luv does not survive.

local KEPT = {
  "luv", "cqueues", "cqueues.socket", "cqueues.errno", "cqueues.signal", "cqueues.condition",
  "cqueues.promise", "cqueues.dns", "openssl.ssl.context",
}
for _, name in ipairs(KEPT) do pcall(require, name) end
