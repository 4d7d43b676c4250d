--- Connections that end badly, on demand.
-- @module stripe.simulator.server.break

-- With LuaJIT's ffi a close can be a real reset; elsewhere it is an early end.
local function linger_by_ffi()
  local found, ffi = pcall(require, "ffi")
  if not (found and rawget(_G, "jit")) then return nil end
  local level, name = 1, 13
  if ffi.os ~= "Linux" then level, name = 0xffff, 0x80 end
  ffi.cdef [[
    struct stripe_linger { int on; int seconds; };
    int setsockopt(int, int, int, const void *, unsigned);
  ]]
  return function(descriptor)
    local linger = ffi.new("struct stripe_linger", 1, 0)
    ffi.C.setsockopt(descriptor, level, name, linger, ffi.sizeof(linger))
  end
end

local no_linger = linger_by_ffi() or function() end

--- Ends the connection of a stream.
-- @tparam table stream of lua-http
-- @string how "reset": the peer gets a reset; "short": what was written arrives, then the end
local function break_off(stream, how)
  local socket = stream.connection:take_socket()
  if not socket then return end
  if how == "reset" then no_linger(socket:pollfd()) end
  socket:close()
end

return break_off
