--- Whether this worker is a place where a simulator can be.
-- @module stripe.simulator.resty.place

local ffi = require "ffi"
local process = require "ngx.process"

local ngx = ngx -- luacheck: ignore 113

ffi.cdef "int setenv(const char *, const char *, int);"

local place = {}

-- Says for the whole process, beyond this Lua state, that a simulator is there.
local MARK = "STRIPE_SIMULATOR_PID"

-- The process that has loaded this in `init_by_lua`, which is the master but where each request
-- has a Lua state of its own.
local loaded_by = ngx.get_phase() == "init" and ngx.worker.pid()

local function has_state_for_a_request()
  local pid = ngx.worker.pid()
  if loaded_by == pid and process.type() ~= "single" or os.getenv(MARK) == tostring(pid) then
    return true
  end
  ffi.C.setenv(MARK, tostring(pid), 1)
  return false
end

--- Why there can't be one here; to be asked once.
-- @treturn ?string
function place.problem()
  local count = ngx.worker.count()
  if count > 1 then
    return ("the simulator's state is in the memory of one worker, and there are %d: set "
      .. "`worker_processes 1;`"):format(count)
  end
  if has_state_for_a_request() then
    return "with `lua_code_cache off;` each request has a Lua state of its own, where the "
      .. "simulator would forget everything: set `lua_code_cache on;`"
  end
end

return place
