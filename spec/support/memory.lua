--- What this process holds.

local memory = {}

-- Tools that watch memory hold on to what was freed: there is nothing to measure then.
local preloaded = os.getenv "LD_PRELOAD" or ""
memory.watched = preloaded:find "asan" ~= nil or preloaded:find "vgpreload" ~= nil

--- Bytes in memory; 0 where a tool watches.
function memory.resident()
  if memory.watched then return 0 end
  local file = assert(io.open "/proc/self/statm")
  local pages = file:read("*a"):match("^%d+ (%d+)")
  file:close()
  return tonumber(pages) * 4096
end

--- What `ls` says of the descriptors of this process.
-- It begins when the pipe to it has been closed: until then that would be among them, or not, as
-- it happens.
function memory.listing()
  local name = os.tmpname()
  io.popen(("cat >/dev/null; exec ls -l /proc/$PPID/fd >%s"):format(name), "w"):close()
  local file = assert(io.open(name))
  local text = file:read "*a"
  file:close()
  os.remove(name)
  return text
end

--- How many descriptors are open, of those whose name has a word in it.
function memory.descriptors(word)
  local n = 0
  for line in memory.listing():gmatch "[^\n]+" do
    if line:find(word or "->", 1, true) then n = n + 1 end
  end
  return n
end

return memory
