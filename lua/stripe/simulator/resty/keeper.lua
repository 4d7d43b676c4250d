--- The file that carries a simulator over the end of its worker, and who may use it.
--
-- While nginx reloads there are two workers, and both take requests. A lock beside the file says
-- whose turn it is: the new one waits until the old one has written the file and let go, which the
-- system sees to even where a worker is killed.
-- @module stripe.simulator.resty.keeper

local ffi = require "ffi"
local state = require "stripe.simulator.server.state"

local ngx = ngx -- luacheck: ignore 113

ffi.cdef [[
  int fileno(void *);
  int flock(int, int);
  unsigned umask(unsigned);
]]

local EXCLUSIVE, AT_ONCE = 2, 4
local PRIVATE = 63 -- 0077: the file holds keys
local WAIT, LOOK = 10, 0.02 -- seconds in all, and between two tries

local Keeper = {}
local metatable = { __name = "stripe.simulator.resty.keeper", __index = Keeper }

local function privately(f, ...)
  local before = ffi.C.umask(PRIVATE)
  local result, problem = f(...)
  ffi.C.umask(before)
  return result, problem
end

-- Whether it is this worker's turn; nil and why not when that can't be known.
local function lock(self)
  local file, problem = privately(io.open, self.path .. ".lock", "ae")
  if not file then return nil, problem end
  if ffi.C.flock(ffi.C.fileno(file), EXCLUSIVE + AT_ONCE) ~= 0 then
    file:close()
    return false
  end
  self.file = file
  return true
end

local function unlock(self)
  self.file:close()
  self.file = nil
end

local function load(self)
  local loaded, problem = state.load(self.simulator, self.path, self.url)
  if loaded then
    self.loaded()
    loaded, problem = self:save() -- rather now than after a day's work
  end
  if not loaded then unlock(self) end
  return loaded, problem
end

--- Writes the file, at once and whole.
-- @treturn boolean true | nil, message
function Keeper:save()
  if not self.file then return nil, self.path .. " is another worker's by now" end
  return privately(state.save, self.simulator, self.path, self.url)
end

--- Makes the simulator this worker's own, with the state of the file; waits for its turn.
-- @treturn boolean true | nil, message
function Keeper:take()
  local limit = ngx.now() + WAIT
  while not self.file do
    local locked, problem = lock(self)
    if locked then return load(self) end
    if locked == nil then return nil, problem end
    if ngx.now() > limit then return nil, self.path .. " is in use by another worker" end
    ngx.sleep(LOOK)
  end
  return true
end

--- Writes the file and lets the next worker have it.
function Keeper:leave()
  if not self.file then return end
  local ok, saved, problem = pcall(self.save, self)
  if not (ok and saved) then
    ngx.log(ngx.ERR, "stripe simulator: the state was not saved: ", problem or saved)
  end
  unlock(self)
end

--- Makes one.
-- @tparam table options `simulator`; `path` of the file; `url`: where file and link URLs lead;
--   `loaded()` is called when the file has been read
-- @treturn table
local function new(options)
  return setmetatable({
    simulator = options.simulator, path = options.path, url = options.url,
    loaded = options.loaded,
  }, metatable)
end

return { new = new }
