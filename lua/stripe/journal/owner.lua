--- Who works on an entry of a journal: this process, told apart from others and known to be alive.
--
-- On the same machine a process that ended is known at once (Linux: by /proc); elsewhere its lease
-- has to end first. Containers of one machine, in which numbers of processes mean something else,
-- count as machines of their own.
-- @module stripe.journal.owner

local core = require "stripe.core"

local Owner = {}

local function first_line(path)
  local file = io.open(path, "r")
  local line = file and file:read("*l")
  if file then file:close() end
  return line
end

-- Of a process: when it began, in ticks since the machine did, and its state; nil when there is
-- none of that number. A name in brackets may hold anything, so the fields are counted from the
-- last bracket: the state is the third, the beginning the 22nd. [proc(5)]
local function look(pid)
  local stat = first_line("/proc/" .. pid .. "/stat")
  local fields, n, state = stat and stat:match("^.*%)%s+(.*)$"), 2, nil
  for field in (fields or ""):gmatch("%S+") do
    n = n + 1
    if n == 3 then state = field end
    if n == 22 then return field, state end
  end
end

-- This boot, this host, and when the first process began: a container has one of its own.
local function machine()
  return table.concat({
    first_line("/proc/sys/kernel/random/boot_id") or "",
    first_line("/proc/sys/kernel/hostname") or "", look "1" or "",
  }, "/")
end

-- Read anew each time: a process may have forked.
local function here()
  local stat = first_line("/proc/self/stat")
  local pid = stat and stat:match("^%d+")
  return pid and { machine = machine(), pid = pid, start = look(pid) } or { machine = "" }
end

-- What this Lua state works on, by token. A process can have several states.
local STATE, working = assert(core.uuid()), {}

--- This process, as an owner for so many seconds.
-- @number now Unix seconds
-- @number lease seconds
-- @treturn table plain data
function Owner.new(now, lease)
  local owner = here()
  owner.token, owner.lease, owner.expires = assert(core.uuid()), lease, now + lease
  owner.state = STATE
  working[owner.token] = true
  return owner
end

--- Ends the work of an owner, whether or not the journal can be told.
function Owner.done(owner)
  if owner then working[owner.token] = nil end
end

--- Begins the lease of an owner anew: it still works.
function Owner.renew(owner, now)
  owner.expires = math.max(owner.expires, now + owner.lease)
end

-- Whether the process of an owner is known to have ended. One that was killed stays in /proc for as
-- long as its parent doesn't ask for it. Where processes of other users are hidden the first one is
-- too, and then nothing is known.
local function ended(owner)
  if not owner.pid or here().machine ~= owner.machine then return false end
  local start, state = look(owner.pid)
  if not start then return look "1" ~= nil end
  if start == owner.start and owner.state == STATE and owner.pid == here().pid then
    return not working[owner.token]
  end
  return start ~= owner.start or state == "Z" or state == "X"
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
