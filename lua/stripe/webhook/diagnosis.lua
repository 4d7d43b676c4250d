--- Why no signature fits: what happened to the payload, or which secret it was signed with.
--
-- Most of it is proven by trying: a change is undone, and the signature fits. The rest is what the
-- payload looks like, and says so. The attempts are few, none of them on a long payload, and every
-- one takes time in proportion to it, since anybody can send what doesn't fit.
-- @module stripe.webhook.diagnosis

local core = require "stripe.core"
local Secrets = require "stripe.webhook.secrets"
local encoded = require "stripe.encoded"

local LONGEST = 65536 -- bytes of a payload that anything is tried on
local BOM = "\239\187\191"
local LOST = "\239\191\189" -- U+FFFD, which decoders put where they understand nothing

-- Without the bytes of a class at the end. Patterns would try it from every byte.
local function trim_end(text, others)
  local from = text:reverse():find(others)
  return from and text:sub(1, #text - from + 1) or ""
end

local function trim(text)
  return (trim_end(text, "%S"):gsub("^%s+", ""))
end

local function percent_decoded(text)
  return text:find("%%[57][BbDd]") and encoded.form(text) or nil
end

local function base64_decoded(text)
  -- It starts with `{` and an `"` or white space.
  if not text:find("^%s*e[wy]") or text:find("[^%w+/=%s]") then return nil end
  return encoded.base64(text)
end

-- The text of a JSON string.
local function unquoted(text)
  if not text:find('^%s*"') then return nil end
  local value = core.decode(text)
  return type(value) == "string" and value or nil
end

-- Bytes that were taken for Latin-1 characters and written as UTF-8.
local function once_encoded(text)
  if not text:find("[\194\195][\128-\191]") then return nil end
  return (text:gsub("([\194\195])([\128-\191])", function(first, second)
    return string.char((first:byte() - 194) * 64 + second:byte())
  end))
end

local function laid_out(style)
  return function(text)
    if text:sub(1, 3) == BOM then text = text:sub(4) end
    return text:find("^%s*[{%[]") and core.webhook_layout(text, style) or nil
  end
end

local indented = laid_out "indented"

-- Some encoders write \/ for a slash.
local function indented_slashes(text)
  if not text:find("\\/", 1, true) then return nil end
  return indented((text:gsub("\\(.)", { ["/"] = "/" })))
end

-- What may have happened, and what undoes it; nil: it did not.
local CHANGES = {
  { "valid if the trailing newline is removed",
    function(text) return trim_end(text, "[^\r\n]") end },
  { "valid if a trailing newline is added", function(text) return text .. "\n" end },
  { "valid if the white space around it is removed", trim },
  { "valid if the byte order mark is removed",
    function(text) return text:sub(1, 3) == BOM and text:sub(4) end },
  { "valid if a byte order mark is put before it", function(text) return BOM .. text end },
  { "valid if its CRLF line ends are made LF",
    function(text) return (text:gsub("\r\n", "\n")) end },
  { "valid if its LF line ends are made CRLF",
    function(text) return not text:find("\r", 1, true) and (text:gsub("\n", "\r\n")) end },
  { "valid if its CRLF line ends are made LF and the white space around it is removed",
    function(text) return trim((text:gsub("\r\n", "\n"))) end },
  { "valid if it is percent-decoded: it was read as a form", percent_decoded },
  { "valid if it is base64-decoded: a gateway handed it on encoded", base64_decoded },
  { "valid if it is taken out of a JSON string: it was encoded once more", unquoted },
  { "valid if its UTF-8 is undone once: it was read as Latin-1", once_encoded },
  { "valid if indented as Stripe does it: the payload was re-encoded JSON", indented },
  { "valid if indented as Stripe does it, with its slashes unescaped: the payload was re-encoded "
    .. "JSON", indented_slashes },
  { "valid without its white space: the payload was re-encoded JSON", laid_out "compact" },
  { "valid with other white space: the payload was re-encoded JSON", laid_out "spaced" },
}

-- The position in `secrets` of the one that made the signature.
local function which(payload, header, secrets)
  local _, index = core.webhook_verify(payload, header, secrets, false, false, 0)
  return type(index) == "number" and index or nil
end

local function other_secret(payload, header, others)
  if others == nil then return nil end
  local secrets, names = Secrets.read(others)
  local index = secrets and which(payload, header, secrets)
  if not index then return nil end
  return names[index] and ("signed with the secret named %q"):format(names[index])
    or ("signed with the other secret %d"):format(index)
end

-- What a secret was meant to be.
local REPAIRS = {
  { "valid if the white space around the secret is removed", trim },
  { "valid if the quotes around the secret are removed",
    function(secret) return trim(secret):match("^[\"'](.*)[\"']$") end },
  { "valid if the secret starts with whsec_",
    function(secret) return not secret:find("^whsec_") and "whsec_" .. secret end },
}

local function repaired_secret(payload, header, secrets)
  for _, repair in ipairs(REPAIRS) do
    for _, secret in ipairs(secrets) do
      local meant = repair[2](secret)
      if meant and meant ~= "" and meant ~= secret and which(payload, header, { meant }) then
        return repair[1]
      end
    end
  end
end

local function changed_payload(payload, header, secrets)
  local tried = { [payload] = true }
  for _, change in ipairs(CHANGES) do
    local text = change[2](payload)
    if text and not tried[text] then
      tried[text] = true
      if which(text, header, secrets) then return change[1] end
    end
  end
end

-- What a signature that fits shows. Each attempt goes over the whole payload.
local function proven(payload, header, secrets, others)
  if #payload > LONGEST then return nil end
  return other_secret(payload, header, others) or repaired_secret(payload, header, secrets)
    or changed_payload(payload, header, secrets)
end

-- Prefixes of what is sometimes taken for the signing secret.
local FOREIGN = { sk_ = "an API key", rk_ = "an API key", pk_ = "an API key",
  we_ = "the id of an endpoint" }

local function foreign_secret(secrets)
  for i, secret in ipairs(secrets) do
    local kind = FOREIGN[secret:sub(1, 3)]
    if kind then return ("secret %d looks like %s, not like a signing secret"):format(i, kind) end
  end
end

local function looks(payload)
  if payload == "" then return "the payload is empty: it was not read, or elsewhere before" end
  if payload:find(LOST, 1, true) then
    return "the payload has U+FFFD in it: it was probably decoded as text, which lost bytes"
  end
  local head = payload:sub(1, 200)
  if not head:find("^{") then return "the payload doesn't start as an event does" end
  if not head:find('^{\n  "id": "') then
    return "likely: the payload was re-encoded JSON (it isn't indented as Stripe does it, or its "
      .. "members are in another order)"
  end
end

--- Looks for the reason.
-- @string payload that no signature fits
-- @string header that is one
-- @tparam table secrets list of strings
-- @param others secrets that are not valid here, see `stripe.webhook.secrets`
-- @treturn ?string
return function(payload, header, secrets, others)
  return proven(payload, header, secrets, others) or foreign_secret(secrets) or looks(payload)
end
