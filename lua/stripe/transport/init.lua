--- Transports: what answers one HTTP exchange.
--
-- A transport has one method, `exchange(call, driver, canceller)`: it sends `call:request()` and
-- returns an answer `{status, headers, body}`, or nil and a failure `{kind, message, sent}`.
-- @module stripe.transport

local Transport = {}

--- Resolves the `transport` option.
-- @tparam ?table|function option a simulator, a function, or something with `exchange`; nil means
--   libcurl, through stripe.engine, which is loaded here: at the first call that needs it
-- @tparam ?function progress `progress(done, total)`: told how many bytes of the request's body
--   have gone out
-- @treturn[1] table the transport
-- @treturn[2] nil
-- @treturn[2] string why there is none
function Transport.choose(option, progress)
  if type(option) == "function" then
    return require("stripe.transport.callback").new(option, progress)
  elseif option and option.exchange then
    return option
  elseif option then
    return require("stripe.transport.simulator").new(option, progress)
  end
  local found, engine = pcall(require, "stripe.transport.engine")
  if found then return engine.new(progress) end
  return nil, "no transport: stripe.engine (libcurl) is not built; pass a function, or "
    .. "transport = stripe.simulator.new()"
end

return Transport
