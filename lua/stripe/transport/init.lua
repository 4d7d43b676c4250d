--- Transports: what answers one HTTP exchange.
--
-- A transport has a method `exchange(call, driver, canceller)`: it sends `call:request()` and
-- returns an answer `{status, headers, body}`, or nil and a failure `{kind, message, sent}`. Or it
-- has a method `start(call, clock)`, which begins that and returns at once; what it returns is
-- waited for by its method `finish(canceller, wait)`, see `stripe.transport.engine`.
-- @module stripe.transport

local Transport = {}

-- Transport of each simulator that is in use; a garbage collection may empty this.
local wrapped = setmetatable({}, { __mode = "kv" })

local function wrap(simulator, progress, download)
  local Simulated = require "stripe.transport.simulator"
  if progress then return Simulated.new(simulator, progress, download) end
  wrapped[simulator] = Simulated.new(simulator)
  return wrapped[simulator]
end

--- The transport for one call.
-- @tparam table settings of the client. Their `transport`: a simulator, a function, or something
--   that is a transport; nil means libcurl, through stripe.engine, which is loaded here: at the
--   first call that needs it
-- @tparam ?function progress `progress(done, total)`: told how many bytes have gone out; of a
--   download, how many have come in
-- @tparam ?table pour takes the body of a download as it comes, see `stripe.pour`
-- @tparam ?boolean download
-- @treturn[1] table the transport
-- @treturn[2] nil
-- @treturn[2] string why there is none
function Transport.choose(settings, progress, pour, download)
  if settings.engine and not (progress or pour) then return settings.engine end
  local option = settings.transport
  local seen = not pour and progress -- a pour reports by itself
  local known = option and not seen and wrapped[option]
  if known then return known end
  if type(option) == "function" then
    return require("stripe.transport.callback").new(option, seen, download)
  elseif option and (option.exchange or option.start) then
    return option
  elseif option then
    return wrap(option, seen, download)
  end
  local found, engine = true, package.loaded["stripe.transport.engine"]
  if not engine then found, engine = pcall(require, "stripe.transport.engine") end
  if found then return engine.new(settings, progress, pour, download) end
  return nil, "no transport: stripe.engine (libcurl) is not built; pass a function, or "
    .. "transport = stripe.simulator.new()"
end

return Transport
