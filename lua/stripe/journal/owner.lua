--- Who works on an entry of a journal: this process, told apart from others and known to be alive.
--
-- On the same machine a process that ended is known at once (Linux: by /proc); elsewhere its lease
-- has to end first.
-- @module stripe.journal.owner

local core = require "stripe.core"

local Owner = {}

local function first_line(path)
  local file = io.open(path, "r")
  local line = file and file:read("*l")
  if file then file:close() end
  return line
end

-- When a process began, in ticks since the machine did; nil when there is none of that number. A
-- name in brackets may hold anything, so the fields are counted from the last bracket.
local function start_of(pid)
  local stat = first_line("/proc/" .. pid .. "/stat")
  local fields, n = stat and stat:match("^.*%)%s+(.*)$"), 2
  for field in (fields or ""):gmatch("%S+") do
    n = n + 1
    if n == 22 then return field end
  end
end

local function machine()
  return (first_line("/proc/sys/kernel/random/boot_id") or "") .. "/"
    .. (first_line("/proc/sys/kernel/hostname") or "")
end

-- Read anew each time: a process may have forked.
local function here()
  local stat = first_line("/proc/self/stat")
  local pid = stat and stat:match("^%d+")
  return pid and { machine = machine(), pid = pid, start = start_of(pid) } or { machine = "" }
end

--- This process, as an owner for so many seconds.
-- @number now Unix seconds
-- @number lease seconds
-- @treturn table plain data
function Owner.new(now, lease)
  local owner = here()
  owner.token, owner.expires = assert(core.uuid()), now + lease
  return owner
end

-- Whether the process of an owner is known to have ended.
local function ended(owner)
  if not owner.pid then return false end
  local me = here()
  return me.machine == owner.machine and start_of(owner.pid) ~= owner.start
end

--- The seconds for which an owner still holds what it has; nil when it holds nothing any more.
-- @tparam ?table owner
-- @number now Unix seconds
-- @treturn ?number
function Owner.holds(owner, now)
  if not owner or owner.expires <= now or ended(owner) then return nil end
  return owner.expires - now
end

return Owner
