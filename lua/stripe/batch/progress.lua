--- How far a batch is: a bar on a terminal, a line now and then elsewhere.
-- @module stripe.batch.progress

local core = require "stripe.core"

local Progress = {}
local metatable = { __name = "stripe.batch.progress", __index = Progress }

local WIDTH = 30
local BAR_PAUSE, LINE_PAUSE = 0.1, 10 -- seconds between two

local function on_terminal()
  local status = os.execute "test -t 2" -- to send its errors elsewhere would be to change the 2
  return status == true or status == 0
end

local function counts(summary)
  local text = ("%d done"):format(summary.done)
  for _, name in ipairs { "failed", "doubtful", "skipped", "left" } do
    if (summary[name] or 0) > 0 then text = text .. (", %d %s"):format(summary[name], name) end
  end
  return text
end

local function seen(summary)
  return summary.done + summary.failed + summary.doubtful + summary.skipped + (summary.left or 0)
end

local function bar(summary, now)
  local part = summary.total > 0 and seen(summary) / summary.total or 1
  local filled = math.floor(part * WIDTH)
  local text = ("\r[%s%s] %3d %%  %s"):format(("#"):rep(filled), ("."):rep(WIDTH - filled),
    math.floor(part * 100), counts(summary))
  local passed = now - summary.began
  local rows = seen(summary) - summary.skipped - (summary.left or 0)
  if rows > 0 and part < 1 then
    local left = passed / rows * (summary.total - seen(summary))
    text = text .. ("  %d s left"):format(math.ceil(left))
  end
  return text .. "\27[K"
end

--- Makes one.
-- @tparam[opt] table options `terminal`: whether standard error is one (found out), `write`: takes
--   text (standard error), `now`: seconds
function Progress.new(options)
  options = options or {}
  local terminal = options.terminal
  if terminal == nil then terminal = on_terminal() end
  return setmetatable({
    terminal = terminal, now = options.now or core.now, last = -math.huge,
    write = options.write or function(text) io.stderr:write(text) end,
  }, metatable)
end

--- Shows a summary, if it is time to.
-- @tparam table summary `total`, `done`, `failed`, `doubtful`, `skipped`, `began`
-- @tparam boolean final shows it in any case, and ends the line
function Progress:show(summary, final)
  local now = self.now()
  if not final and now - self.last < (self.terminal and BAR_PAUSE or LINE_PAUSE) then return end
  self.last = now
  if self.terminal then
    self.write(bar(summary, now) .. (final and "\n" or ""))
  else
    self.write(("%d of %d: %s\n"):format(seen(summary), summary.total, counts(summary)))
  end
end

return Progress
