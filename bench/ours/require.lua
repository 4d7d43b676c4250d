-- An interpreter with lua-cjson; with "stripe" as argument, with this library too. Prints the
-- memory that it came to: KiB of Lua's heap, KiB of the process.
require "cjson.safe"
if ... then require(...) end
collectgarbage()
local resident = io.open("/proc/self/status"):read("*a"):match("VmHWM:%s*(%d+)")
print(("%.0f %d"):format(collectgarbage("count"), resident))
