--- Runs before the specs: loads what must not be unloaded between two files.
--
-- busted forgets the modules that a file loaded. A library that holds an event loop would then be
-- finalised and loaded anew in one process, which luv does not survive.

for _, name in ipairs { "luv", "cqueues" } do pcall(require, name) end
