--- Certificates for the simulator's port.
-- @module stripe.simulator.server.tls

local http_tls = require "http.tls"
local altname = require "openssl.x509.altname"
local bignum = require "openssl.bignum"
local name = require "openssl.x509.name"
local pkey = require "openssl.pkey"
local rand = require "openssl.rand"
local x509 = require "openssl.x509"

local tls = {}

local DAYS = 365

-- A certificate for this machine, signed by itself.
local function make(host)
  local key = pkey.new { type = "EC", curve = "prime256v1" }
  local certificate = x509.new()
  certificate:setVersion(3)
  certificate:setSerial(bignum.fromBinary(rand.bytes(16)))
  local subject = name.new()
  subject:add("CN", "stripe-sim")
  certificate:setSubject(subject)
  certificate:setIssuer(subject)
  local names = altname.new()
  names:add("DNS", "localhost")
  names:add("IP", "127.0.0.1")
  names:add("IP", "::1")
  if host:find "^[%d.]+$" or host:find(":", 1, true) then
    names:add("IP", host)
  else
    names:add("DNS", host)
  end
  certificate:setSubjectAlt(names)
  local now = os.time()
  certificate:setLifetime(now - 3600, now + DAYS * 86400)
  certificate:setBasicConstraints { CA = true }
  certificate:setBasicConstraintsCritical(true)
  certificate:setPublicKey(key)
  certificate:sign(key)
  return certificate, key
end

local function contents(path)
  local file, problem = io.open(path, "rb")
  if not file then error(problem, 0) end
  local text = assert(file:read("*a"))
  file:close()
  return text
end

local function context_of(certificate, key)
  local context = http_tls.new_server_context()
  assert(context:setCertificate(certificate))
  assert(context:setPrivateKey(key))
  return context
end

--- A context with a certificate of the simulator's own.
-- @string host that it is for, besides localhost
-- @treturn table openssl.ssl.context
-- @treturn string the certificate, as PEM
function tls.own(host)
  local certificate, key = make(host)
  return context_of(certificate, key), certificate:toPEM()
end

--- A context with a certificate from files.
-- @treturn table context | nil, message
function tls.given(certificate_path, key_path)
  local ok, context = pcall(function()
    return context_of(x509.new(contents(certificate_path)), pkey.new(contents(key_path)))
  end)
  if ok then return context end
  return nil, tostring(context)
end

return tls
