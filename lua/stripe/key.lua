--- API keys: which ones may be used, and how one is shown.
-- @module stripe.key

local Key = {}

--- Whether a text can be a secret key.
-- @tparam string key
-- @treturn ?string what is wrong, to be read after its name; nil when nothing is
function Key.check(key)
  if key == "" then return "is empty" end
  if key:find("%s") then
    return "has white space in it (a line end from a file or the environment?)"
  end
  if key:find("[^\33-\126]") then return "has characters that no key has" end
  if key:find("^pk_") then
    return "is a publishable key: a server needs a secret (sk_) or restricted (rk_) one"
  end
end

--- The mode of a key, from its prefix.
-- @tparam string key
-- @treturn ?string "live", "test", or nil when the key does not say
function Key.mode(key)
  return key:match("^%l+_(live)_") or key:match("^%l+_(test)_")
    or key:match("^%l+_%l+_(live)_") or key:match("^%l+_%l+_(test)_")
end

--- Whether the option `livemode` excludes a key.
-- @tparam string key
-- @tparam ?boolean livemode
-- @treturn ?string what is wrong, to be read after its name; nil when nothing is
function Key.wrong_mode(key, livemode)
  local mode = Key.mode(key)
  if livemode ~= nil and mode and (mode == "live") ~= livemode then
    return ("is a %s key, and livemode = %s refuses it"):format(mode, tostring(livemode))
  end
end

--- What may be shown of a key: its mode and its last four characters, if that leaves enough unsaid.
-- @tparam string key
-- @treturn string such as "test, ...x7Qa"
function Key.show(key)
  local mode = Key.mode(key) or "unknown mode"
  return #key >= 16 and mode .. ", ..." .. key:sub(-4) or mode
end

return Key
