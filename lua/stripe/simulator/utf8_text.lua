--- Bytes that should be UTF-8.
-- @module stripe.simulator.utf8_text

local utf8_text = {}

local REPLACEMENT = "\239\191\189" -- U+FFFD

-- The well-formed sequences of more than one byte, by their first byte.
local SEQUENCES = {
  "^[\194-\223][\128-\191]()", "^\224[\160-\191][\128-\191]()",
  "^[\225-\236\238\239][\128-\191][\128-\191]()", "^\237[\128-\159][\128-\191]()",
  "^\240[\144-\191][\128-\191][\128-\191]()",
  "^[\241-\243][\128-\191][\128-\191][\128-\191]()",
  "^\244[\128-\143][\128-\191][\128-\191]()",
}

-- Where the sequence that begins at `at` is over; nil when none does.
local function sequence_end(run, at)
  for _, pattern in ipairs(SEQUENCES) do
    local after = run:match(pattern, at)
    if after then return after end
  end
end

local function repair(run)
  local out, at = {}, 1
  while at <= #run do
    local after = sequence_end(run, at)
    out[#out + 1] = after and run:sub(at, after - 1) or REPLACEMENT
    at = after or at + 1
  end
  return table.concat(out)
end

--- The bytes as text: what is no UTF-8 becomes U+FFFD.
function utf8_text.repaired(bytes) return (bytes:gsub("[\128-\255]+", repair)) end

--- Whether bytes are text.
function utf8_text.is(bytes) return utf8_text.repaired(bytes) == bytes end

return utf8_text
