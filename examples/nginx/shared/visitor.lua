--- Who asks: signed cookies, and forms that only our own pages can send.
--
-- A value is signed as Stripe signs its webhooks, HMAC-SHA256 over a time and the value, so the
-- library signs and verifies it, in constant time, and the age of a cookie is known. The name is
-- signed along: no cookie can stand in for another one, or for the token of a form.

local setup = require "setup"
local stripe = require "stripe"

local visitor = {}

local LIFE = 12 * 3600 -- seconds

local function sign(name, value)
  local time, digest = stripe.webhook.sign(name .. "=" .. value, setup.cookie_secret)
    :match "^t=(%d+),v1=(%x+)$"
  return ("%s.%s.%s"):format(value, time, digest)
end

local function read(name, text)
  local value, time, digest = (text or ""):match "^([%w_-]+)%.(%d+)%.(%x+)$"
  if not value then return nil end
  local valid = stripe.webhook.verify(name .. "=" .. value, ("t=%s,v1=%s"):format(time, digest),
    setup.cookie_secret, { tolerance = LIFE, diagnose = false })
  return valid and value or nil
end

--- The value of a cookie; nil when there is none, or one that we didn't write.
function visitor.get(name) return read(name, ngx.var["cookie_" .. name]) end

--- Sets a cookie; an empty value takes it away. Lax and not Strict: who comes back from Stripe's
-- page must be known.
function visitor.set(name, value)
  local cookies = ngx.header["Set-Cookie"] or {}
  if type(cookies) == "string" then cookies = { cookies } end
  cookies[#cookies + 1] = ("%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%d%s"):format(name,
    value == "" and "" or sign(name, value), value == "" and 0 or LIFE,
    ngx.var.scheme == "https" and "; Secure" or "")
  ngx.header["Set-Cookie"] = cookies
end

--- A name for this browser: 16 random bytes in hex.
function visitor.id()
  local id = visitor.get "visitor"
  if not id then
    id = ngx.var.request_id
    visitor.set("visitor", id)
  end
  return id
end

--- What a form must send along as `token`.
function visitor.token() return sign("form", visitor.id()) end

--- The fields of a form that one of our pages sent; ends the request when it was none.
-- @treturn table
function visitor.form()
  if ngx.req.get_method() ~= "POST" then
    ngx.header["Allow"] = "POST"
    return ngx.exit(405)
  end
  ngx.req.read_body()
  local fields = ngx.req.get_post_args(20) or {}
  local id = visitor.get "visitor"
  local token = type(fields.token) == "string" and read("form", fields.token)
  if not id or token ~= id then return ngx.exit(403) end
  return fields
end

return visitor
