--- Options of polling.
-- @module stripe.webhook.poll.options

local Call = require "stripe.options"
local Misuse = require "stripe.misuse"
local canceller = require "stripe.canceller"

local Options = {}

local KNOWN = {
  type = "string", types = "table", overlap = "number", start = "string number",
  follow = "boolean", interval = "number", cancel = "table", max_tries = "number",
  on_gap = "function", on_poll = "function", call = "table", now = "function",
}

local function check_values(given)
  local start, tries = given.start, given.max_tries
  if given.type and given.types then return 'give option "type" or "types", not both' end
  if given.types and (#given.types == 0 or #given.types > 20) then
    return 'option "types" must be a list of 1 to 20 types'
  end
  for _, name in ipairs { "overlap", "interval" } do
    local seconds = given[name]
    if seconds and not (seconds >= 0 and seconds < 1e9 and seconds % 1 == 0) then
      return ("option %q must be a whole number of seconds"):format(name)
    end
  end
  if start and start ~= "now" and start ~= "oldest"
    and not (type(start) == "number" and start >= 0 and start % 1 == 0) then
    return 'option "start" must be "oldest", "now" or Unix seconds'
  end
  if tries and not (tries >= 1 and tries % 1 == 0) then
    return 'option "max_tries" must be an integer from 1'
  end
  if given.cancel and not canceller.is(given.cancel) then
    return 'option "cancel" must be a stripe.canceller()'
  end
  if given.call then
    if given.call.cancel then return 'give option "cancel" beside "call", not in it' end
    local misuse = Call.for_call(given.call)
    if misuse then return 'option "call": ' .. misuse end
  end
end

--- What is wrong with options.
-- @param given
-- @treturn ?string
function Options.misuse(given)
  if type(given) ~= "table" then return "argument 3 (options) must be a table" end
  local unknown = Misuse.names(given, KNOWN)
  if unknown then return unknown .. '; options of the calls go into "call"' end
  return Misuse.types(given, KNOWN) or check_values(given)
end

return Options
