--- A certificate authority that lives as long as a spec, and what it signs.

local altname = require "openssl.x509.altname"
local bignum = require "openssl.bignum"
local context = require "openssl.ssl.context"
local name = require "openssl.x509.name"
local pkey = require "openssl.pkey"
local x509 = require "openssl.x509"

local certificates = {}

local serial = 0

local function write(path, ...)
  local file = assert(io.open(path, "w"))
  for _, part in ipairs { ... } do
    file:write(part:toPEM(part.getSubject and "PEM" or "private"))
  end
  file:close()
end

local function sign(common_name, host, authority, authority_key)
  local key = pkey.new { type = "EC", curve = "prime256v1" }
  local certificate, subject = x509.new(), name.new()
  serial = serial + 1
  subject:add("CN", common_name)
  certificate:setVersion(3)
  certificate:setSerial(bignum.new(serial))
  certificate:setSubject(subject)
  certificate:setIssuer(authority and authority:getSubject() or subject)
  if host then
    local names = altname.new()
    names:add("DNS", host)
    names:add("IP", "127.0.0.1")
    certificate:setSubjectAlt(names)
  end
  local now = os.time()
  certificate:setLifetime(now - 3600, now + 86400)
  certificate:setBasicConstraints { CA = not authority }
  certificate:setPublicKey(key)
  certificate:sign(authority_key or key)
  return certificate, key
end

local function server(certificate, key, protocol)
  local made = context.new(protocol or "TLS", true)
  assert(made:setCertificate(certificate))
  assert(made:setPrivateKey(key))
  return made
end

--- Makes them: `ca.pem`, `client.pem` (with its key) and `stranger.pem` (signed by nobody) in a
-- directory, and contexts for servers: `right` (localhost), `wrong` (another host's), `mutual`
-- (asks for a client's), `old` (TLS 1.1 at most).
function certificates.make(directory)
  local ca, ca_key = sign("ours")
  write(directory .. "/ca.pem", ca)
  write(directory .. "/stranger.pem", (sign("a stranger")))
  local client, client_key = sign("client", nil, ca, ca_key)
  write(directory .. "/client.pem", client, client_key)
  write(directory .. "/client-key.pem", client_key)
  local right, right_key = sign("localhost", "localhost", ca, ca_key)
  local other = altname.new()
  other:add("DNS", "elsewhere.test")
  local wrong, wrong_key = sign("elsewhere.test", nil, ca, ca_key)
  wrong:setSubjectAlt(other)
  wrong:sign(ca_key)
  local made = {
    right = server(right, right_key), wrong = server(wrong, wrong_key),
    mutual = server(right, right_key), old = server(right, right_key, "TLSv1_1"),
  }
  local store = require("openssl.x509.store").new()
  store:add(ca)
  made.mutual:setStore(store)
  made.mutual:setVerify(context.VERIFY_PEER + context.VERIFY_FAIL_IF_NO_PEER_CERT)
  return made
end

return certificates
